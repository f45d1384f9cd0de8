"""How many people a business may have: a hard limit of its plan, which billing knows. Who there is, auth knows best."""

from uuid import UUID

from libs.contracts.billing import BillingClient, EntitlementCheck, LimitReached

ENTITLEMENT = "users"


async def seats_of(billing: BillingClient, tenant_id: UUID) -> EntitlementCheck:
    """What the plan of the business allows. Ask before a transaction begins: this goes over the network.

    Raises:
        ServiceUnavailable: billing does not answer; nobody is let in without it.
    """
    return await billing.check_entitlement(tenant_id, ENTITLEMENT, quantity=0)


def refuse_beyond(seats: EntitlementCheck, used: int) -> None:
    """Raises LimitReached unless the plan has room for one more beside the `used` that are taken."""
    if seats.limit is not None and used >= seats.limit:
        raise LimitReached(seats.model_copy(update={"used": used}))
