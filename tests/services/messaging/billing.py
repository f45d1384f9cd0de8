"""billing as messaging's tests see it: it allows everything, but for tenants whose limit a test has set."""

from uuid import UUID

from fastapi import FastAPI

from libs.contracts.billing import EntitlementCheck


class BillingDouble:
    """Answers the one operation that messaging calls."""

    def __init__(self) -> None:
        self.url = ""
        self.limits: dict[UUID, int] = {}
        self.asked: list[tuple[UUID, str, int]] = []

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/internal/tenants/{tenant_id}/entitlements/{entitlement}")
        async def check(tenant_id: UUID, entitlement: str, quantity: int) -> EntitlementCheck:
            self.asked.append((tenant_id, entitlement, quantity))
            limit = self.limits.get(tenant_id)
            return EntitlementCheck(
                allowed=limit is None or quantity <= limit,
                entitlement=entitlement,
                kind="hard",
                limit=limit,
                used=0,
                plan="trial",
                upgrade_url="http://web.example/plans/",
            )

        return app
