"""The emulated AWS as a process: one small threaded HTTP server before the emulator, started once per sandbox."""

import logging
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import structlog
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from sandbox.cloud.calls import Call
from sandbox.cloud.emulator import Emulator
from sandbox.cloud.sandbox_api import PREFIX, answer_sandbox_call
from sandbox.cloud.seed import seed_account, warm_up
from sandbox.cloud.settings import CloudSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 64 * 1024 * 1024
log = structlog.get_logger()


@dataclass(frozen=True)
class RunningCloud:
    """A cloud that serves in this process; `url` is the endpoint for AWS clients."""

    url: str
    emulator: Emulator
    server: BaseWSGIServer


def serve(settings: CloudSettings) -> None:
    """Replay the journal, seed the account, serve until SIGTERM or SIGINT."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = _open(settings)
    stop = threading.Event()
    for request in (signal.SIGTERM, signal.SIGINT):
        signal.signal(request, lambda *_: stop.set())
    with _serving(running):
        stop.wait()


@contextmanager
def running_cloud(settings: CloudSettings) -> Iterator[RunningCloud]:
    """The cloud in a thread of this process, for tests; with port 0 on a free one."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = _open(settings)
    with _serving(running):
        yield running


def _open(settings: CloudSettings) -> RunningCloud:
    emulator = Emulator(settings)
    calls = emulator.replay()
    warm_up(emulator)
    seed_account(emulator)
    server = make_server(
        settings.host, settings.port, _application(emulator), threaded=True, request_handler=QuietHandler
    )
    url = f"http://127.0.0.1:{server.server_port}"
    log.info("sandbox.cloud.ready", url=url, replayed_calls=calls)
    return RunningCloud(url, emulator, server)


@contextmanager
def _serving(running: RunningCloud) -> Iterator[None]:
    thread = threading.Thread(target=running.server.serve_forever, name="cloud", daemon=True)
    thread.start()
    try:
        yield
    finally:
        running.emulator.faults.lift()
        running.server.shutdown()
        thread.join()
        running.server.server_close()
        running.emulator.close()


def _application(emulator: Emulator) -> "WSGIApplication":
    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LARGEST_BODY
        body = request.get_data(cache=False)
        if request.path.startswith(PREFIX):
            parameters = dict(parse_qsl(request.query_string.decode()))
            answer = answer_sandbox_call(emulator, request.method, request.path, parameters, body)
        else:
            answer = emulator.handle(Call.of(environ, body))
        response = Response(answer.body, answer.status, list(answer.headers))
        # The answer to HEAD has no body to count, and says how long it would be.
        response.headers.update({name: value for name, value in answer.headers if name.lower() == "content-length"})
        return response(environ, start_response)

    return application


class QuietHandler(MotoRequestHandler):
    """Says nothing per request, and keeps connections open so that a client's pool is of use."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Every call is in the ledger already."""
