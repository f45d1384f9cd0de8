"""What auth tells the other services of people."""

from libs.contracts.auth import MemberChanged
from services.auth.accounts.models import Membership


def membership_event(membership: Membership) -> MemberChanged:
    """How the membership stands, for whoever changes it to announce."""
    return MemberChanged(
        tenant_id=membership.tenant_id,
        user_id=membership.user_id,
        role=membership.role,
        active=membership.ended_at is None,
        version=membership.version,
    )
