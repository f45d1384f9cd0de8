"""A tunnel for WebSockets: after messaging's answer, bytes pass in both directions as they are.

uvicorn hands over a connection when a request asks for an upgrade. Nothing of a frame is kept or copied; only where the
service's frames end is followed, so that a close frame of the gateway's own can stand between two of them.
"""

import asyncio
from time import perf_counter
from typing import Any, cast

import structlog
from uvicorn.config import Config
from uvicorn.server import ServerState

from libs.common.ids import new_id
from libs.common.problems import Problem, Unavailable
from services.gateway.context import GatewayContext
from services.gateway.forwarding.errors import BadAnswer
from services.gateway.tunnel.answer import SWITCHING, read_answer, refusal
from services.gateway.tunnel.boundaries import FrameBoundaries
from services.gateway.tunnel.opening import Opening, read_opening
from services.gateway.tunnel.tunnels import OPENED

ROUTE = "/v1/realtime"
ANSWER_SECONDS = 10.0
LINGER_SECONDS = 1.0
RESTARTING = b"\x88\x02\x03\xf4"  # a close frame with code 1012 (RFC 6455 §5.5.1)
logger = structlog.get_logger()


class TunnelProtocol(asyncio.Protocol):
    """The client's side. `_answered` is True once the opening request has an answer, ours or messaging's."""

    __slots__ = (
        "_answered",
        "_boundaries",
        "_client",
        "_connecting",
        "_connections",
        "_ending",
        "_id",
        "_opening",
        "_service",
        "_started",
        "_status",
        "_timer",
        "_tunnels",
        "_waits",
    )

    def __init__(self, *, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        context = app_state["context"]
        if not isinstance(context, GatewayContext):
            raise TypeError("this application is not the gateway")
        self._tunnels = context.tunnels
        self._connections = server_state.connections
        self._client: asyncio.Transport
        self._service: _Service | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._opening: Opening | None = None
        self._id = new_id()
        self._boundaries = FrameBoundaries()
        self._timer: asyncio.TimerHandle | None = None
        self._started = perf_counter()
        self._status = 499  # nothing was answered: the client went away
        self._waits = self._answered = self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._client = cast("asyncio.Transport", transport)  # uvloop's are none by their class
        self._connections.add(self)  # type: ignore[arg-type]  # uvicorn asks of it only `shutdown`

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        if self._connecting is not None:
            self._connecting.cancel()
        if self._service is not None:
            self._service.transport.close()
        self._leave_waiting()
        if self._timer is not None:
            self._timer.cancel()
        self._record()

    def data_received(self, data: bytes) -> None:
        if self._opening is None:
            self._open(data)
        elif self._service is not None and not self._ending:
            self._service.transport.write(data)

    def eof_received(self) -> bool:
        return False

    def pause_writing(self) -> None:
        if self._service is not None:
            _let_read(self._service.transport, reads=False)

    def resume_writing(self) -> None:
        if self._service is not None:
            _let_read(self._service.transport, reads=True)

    def shutdown(self) -> None:
        """uvicorn ends."""
        self.end()

    def end(self) -> None:
        """Tells the client to come back, as soon as the frame that is under way is through."""
        if self._ending or self._client.is_closing():
            return
        if not self._answered:
            self._refuse(Unavailable("This gateway is shutting down. Come again.", retry_after=1))
            return
        self._ending = True
        if self._boundaries.at_boundary or self._status != SWITCHING:
            self._say_goodbye()
        else:
            self._limit(LINGER_SECONDS, self._client.abort)

    def from_service(self, data: bytes) -> None:
        """Passes on what messaging sent."""
        if self._client.is_closing():
            return
        if not self._ending:
            if self._status == SWITCHING:
                self._boundaries.feed(data)
            self._client.write(data)
            return
        size = self._boundaries.rest_of_frame(data)
        self._client.write(data[:size])
        if self._boundaries.at_boundary:
            self._say_goodbye()

    def answered(self, status: int, head: bytes, rest: bytes) -> None:
        """messaging answered the opening request."""
        self._answered, self._status = True, status
        self._leave_waiting()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._client.write(head)
        if status == SWITCHING:
            self._tunnels.opened(self)
        if rest:
            self.from_service(rest)
        _let_read(self._client, reads=True)

    def service_lost(self) -> None:
        """messaging closed, or died: where it said nothing to a client that is there, the gateway does."""
        if self._client.is_closing():
            return
        if not self._answered:
            self._refuse(BadAnswer())
        elif self._status == SWITCHING and not self._boundaries.closing and self._boundaries.at_boundary:
            self._say_goodbye()
        elif not self._ending:
            self._client.close()

    def let_client_send(self, *, sends: bool) -> None:
        """messaging takes more, or does not for the moment."""
        _let_read(self._client, reads=sends)

    def failed(self) -> None:
        """messaging's answer is none."""
        self._refuse(BadAnswer())

    def _open(self, head: bytes) -> None:
        tunnels = self._tunnels
        peer = self._client.get_extra_info("peername")
        try:
            self._opening = opening = read_opening(
                head,
                peer=peer[0] if peer else "unknown",
                tls=self._client.get_extra_info("sslcontext") is not None,
                trusted_proxies=tunnels.trusted_proxies,
            )
            self._id = opening.id
            opening.check(tunnels.cors)
            tunnels.admit(opening.request.address)
        except Problem as problem:
            self._refuse(problem)
            return
        self._waits = True
        _let_read(self._client, reads=False)
        self._limit(ANSWER_SECONDS, self._refuse, Unavailable())
        self._connecting = asyncio.get_running_loop().create_task(self._connect(opening))

    async def _connect(self, opening: Opening) -> None:
        service = _Service(self, str(opening.id))
        try:
            await self._tunnels.pool.connect_apart(service)
        except Problem as problem:
            self._refuse(problem)
            return
        if self._client.is_closing():
            service.transport.close()
            return
        self._service = service
        service.transport.write(opening.head(self._tunnels.pool.host_line))

    def _refuse(self, problem: Problem) -> None:
        if self._answered or self._client.is_closing():
            return
        self._answered, self._status = True, problem.status
        self._leave_waiting()
        self._client.write(refusal(problem, str(self._id)))
        self._client.close()

    def _say_goodbye(self) -> None:
        """Sends the gateway's own close frame, and lets the client be the one who closes the connection."""
        self._ending = True
        if self._status == SWITCHING and not self._boundaries.closing:
            self._client.write(RESTARTING)
        if self._service is not None:
            self._service.transport.close()
        self._limit(LINGER_SECONDS, self._client.close)

    def _limit(self, seconds: float, act: Any, *arguments: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, act, *arguments)

    def _leave_waiting(self) -> None:
        if self._waits:
            self._waits = False
            self._tunnels.shedder.leave()

    def _record(self) -> None:
        """One line for the whole life of the tunnel; never the query, which may hold a ticket."""
        self._tunnels.ended(self)
        OPENED.labels(str(self._status)).inc()
        logger.info(
            "http.request",
            request_id=str(self._id),
            method="GET",
            route=ROUTE,
            service="messaging",
            status=self._status,
            ms=round((perf_counter() - self._started) * 1000, 1),
            tenant_id=None,
        )


def _let_read(transport: asyncio.Transport, *, reads: bool) -> None:
    if transport.is_closing() or transport.is_reading() == reads:
        return
    if reads:
        transport.resume_reading()
    else:
        transport.pause_reading()


class _Service(asyncio.Protocol):
    """messaging's side of a tunnel."""

    __slots__ = ("_head", "_request_id", "_tunnel", "transport")

    def __init__(self, tunnel: TunnelProtocol, request_id: str) -> None:
        self._tunnel = tunnel
        self._request_id = request_id
        self._head: bytes | None = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._head is None:
            self._tunnel.from_service(data)
            return
        self._head += data
        try:
            answer = read_answer(self._head, self._request_id)
        except ValueError:
            self._tunnel.failed()
            self.transport.close()
            return
        if answer is not None:
            self._head = None
            self._tunnel.answered(answer.status, answer.head, answer.rest)

    def connection_lost(self, exc: Exception | None) -> None:
        self._tunnel.service_lost()

    def pause_writing(self) -> None:
        self._tunnel.let_client_send(sends=False)

    def resume_writing(self) -> None:
        self._tunnel.let_client_send(sends=True)
