"""Presence over HTTP, for who has no socket."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from libs.adapters.cache import CACHE_ERRORS
from libs.common.problems import Forbidden, SuspendedTenant, Unauthenticated, Unavailable, problem_responses
from services.messaging.deps import Context, Reader
from services.messaging.presence import service
from services.messaging.presence.schemas import PresenceAnswer, PresenceList

MOST = 200
router = APIRouter(prefix="/v1/realtime", tags=["Messaging"])


@router.get(
    "/presence",
    summary="See who is here",
    responses=problem_responses(Unauthenticated, Forbidden, SuspendedTenant, Unavailable),
)
async def get_presence(
    member: Reader,
    context: Context,
    user_ids: Annotated[
        list[UUID],
        Query(
            min_length=1,
            max_length=MOST,
            description="People of the business.",
            examples=[["0198c0de-0000-7000-8000-000000000003"]],
        ),
    ],
) -> PresenceList:
    """How people of the business are. Whoever does not work there is not in the answer."""
    known = await service.colleagues(context.database, member.tenant_id, user_ids)
    places = [(member.tenant_id, user_id) for user_id in known]
    try:
        states = await service.states(context.cache, places)
    except CACHE_ERRORS:
        raise Unavailable("Presence is not known at the moment. Try again soon.") from None
    return PresenceList(
        items=[
            PresenceAnswer(user_id=user_id, state=states[member.tenant_id, user_id], last_seen_at=seen)
            for user_id, seen in known.items()
        ]
    )
