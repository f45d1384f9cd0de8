"""What a forked child does to serve an application: log, take its port, run until SIGTERM."""

import asyncio

import uvloop
from starlette.applications import Starlette

from libs.common.serve import listening_socket, serve
from libs.common.telemetry import configure_logging

HOST = "127.0.0.1"


def serve_app(name: str, app: Starlette, port: int, *, public: bool = False) -> None:
    """Serves `app` on `port` until SIGTERM, then ends without a pause: nobody balances load over one machine."""
    configure_logging(name)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(app, listening_socket(HOST, port), drain_seconds=0, public=public))
