"""Roles and what each may do. Permissions are named `<thing>:<act>`; a token's `scope` is a set of them."""

from collections.abc import Mapping

VIEW = frozenset(
    {"tenant:read", "stack:read", "deployment:read", "billing:read", "conversation:read", "knowledge:read"}
)
WORK = VIEW | {"stack:use", "conversation:write", "knowledge:write", "assistant:use"}
MANAGE = WORK | {"deployment:cancel", "deployment:retry", "member:manage", "assistant:manage"}
OWN = MANAGE | {"billing:manage", "tenant:manage"}

PERMISSIONS_BY_ROLE: Mapping[str, frozenset[str]] = {
    "owner": OWN,
    "admin": MANAGE,
    "member": WORK,
    "viewer": VIEW,
}
