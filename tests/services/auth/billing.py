"""billing as auth calls it: how many people each business may have."""

from uuid import UUID

from fastapi import FastAPI

from libs.contracts.billing import EntitlementCheck

TRIAL_USERS = 3


class Billing:
    """A business is in its trial, which allows three, unless `allow` says otherwise."""

    def __init__(self) -> None:
        self._allowed: dict[UUID, int | None] = {}

    def allow(self, tenant_id: UUID, users: int | None) -> None:
        """Puts the business on a plan with that limit; None is any number."""
        self._allowed[tenant_id] = users

    def app(self) -> FastAPI:
        """The operation of billing that auth calls. What billing counted is late, and does not matter."""
        app = FastAPI()

        @app.get("/internal/tenants/{tenant_id}/entitlements/users")
        async def check(tenant_id: UUID, quantity: int) -> EntitlementCheck:
            return EntitlementCheck(
                allowed=quantity == 0,
                entitlement="users",
                kind="hard",
                limit=self._allowed.get(tenant_id, TRIAL_USERS),
                used=0,
                plan="trial",
                upgrade_url="http://web.example/plans/",
            )

        return app
