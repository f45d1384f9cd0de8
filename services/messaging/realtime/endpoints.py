"""Tickets over HTTP."""

from fastapi import APIRouter, Request, Response

from libs.adapters.cache import CACHE_ERRORS
from libs.common.problems import Forbidden, Unauthenticated, Unavailable, problem_responses
from services.messaging.deps import Context, Ticketed
from services.messaging.realtime import asyncapi, tickets
from services.messaging.realtime.schemas import TicketAnswer

router = APIRouter(tags=["Messaging"])


@router.post(
    "/v1/realtime/tickets",
    status_code=201,
    summary="Get a ticket for one socket",
    responses=problem_responses(Unauthenticated, Forbidden, Unavailable),
)
async def create_realtime_ticket(member: Ticketed, context: Context) -> TicketAnswer:
    """Opens one socket within thirty seconds as `?ticket=`, so that no token stands in an address."""
    try:
        ticket = await tickets.issue(context.cache, member.token)
    except CACHE_ERRORS:
        raise Unavailable("Tickets cannot be issued at the moment. Send the token in the first frame.") from None
    return TicketAnswer(ticket=ticket.text, expires_in=tickets.SECONDS)


@router.get("/asyncapi.json", include_in_schema=False)
async def asyncapi_document(_request: Request) -> Response:
    """The description of the socket, for programs."""
    headers = {"Cache-Control": "public, max-age=300"}
    return Response(asyncapi.document_bytes(), media_type="application/json", headers=headers)
