"""Bodies of requests, cut off by size and by time: uvicorn itself waits for a trickled one for ever."""

import asyncio

from starlette.requests import Request

from sandbox.stripe.errors import InvalidRequest

_SECONDS = 20.0


async def read_body(request: Request, *, limit: int) -> bytes:
    """Raises InvalidRequest: 413 for more than `limit` bytes, 408 for a body that does not arrive in time."""
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise InvalidRequest(f"The body is larger than {limit} bytes.", status=413)
    except TimeoutError:
        raise InvalidRequest("The body did not arrive in time.", status=408) from None
    return bytes(body)
