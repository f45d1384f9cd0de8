"""Errors of the people of a business.

NotFound ── MemberNotFound
Forbidden ── OwnersOnly
Conflict ── LastOwner
"""

from libs.common.problems import Conflict, Forbidden, NotFound


class MemberNotFound(NotFound):
    code = "member_not_found"
    default_detail = "This business has no such member."


class OwnersOnly(Forbidden):
    code = "owners_only"
    default_detail = "Only an owner may make, change or remove an owner."


class LastOwner(Conflict):
    code = "last_owner"
    default_detail = "A business needs an owner. Make somebody else an owner first."
