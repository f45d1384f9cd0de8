"""What crosses the wire about the people of a business."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from libs.common.schemas import RequestBody

Role = Literal["owner", "admin", "member", "viewer"]


class RoleChange(RequestBody):
    """The role that a member is to have."""

    role: Role = Field(examples=["member"])


class MemberAnswer(BaseModel):
    """A person of the business. `email` is null for those who may neither manage members nor are that person."""

    user_id: UUID
    full_name: str
    email: str | None
    role: Role
    joined_at: datetime


class SeatsAnswer(BaseModel):
    """How many people the plan allows, null for any number, and what counts: members and open invitations."""

    members: int
    invitations: int
    limit: int | None
