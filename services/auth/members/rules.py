"""Who may change whose membership. An access token may be ten minutes old: the rules look at the membership itself."""

from libs.common.problems import Forbidden
from libs.contracts.permissions import PERMISSIONS_BY_ROLE
from services.auth.members.errors import LastOwner, OwnersOnly

OWNER = "owner"


def refuse_unless_manager(role: str | None) -> None:
    """`role` is the actor's; None is a member no longer. Raises Forbidden."""
    if role is None or "member:manage" not in PERMISSIONS_BY_ROLE[role]:
        raise Forbidden


def refuse_touching_owners(actor: str | None, target: str, wanted: str | None = None) -> None:
    """Only owners make, change and remove owners. Raises OwnersOnly."""
    if OWNER in (target, wanted) and actor != OWNER:
        raise OwnersOnly


def refuse_losing_the_last_owner(target: str, wanted: str | None, *, owners: int) -> None:
    """`wanted` is the role that `target` is to become, None for nobody. Raises LastOwner."""
    if target == OWNER and wanted != OWNER and owners < 2:
        raise LastOwner
