"""Runs the agent as a process: event loop, signals, logs, a clean stop."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import structlog
import uvloop

from services.provisioner.agent.agent import Agent, Stopping
from services.provisioner.agent.config import AgentConfig, load
from services.provisioner.agent.errors import ConfigInvalid


def run_agent(config: AgentConfig) -> None:
    """Serves until SIGTERM or SIGINT. Blocking; for a process of its own, forked or started."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(config))


def main(arguments: list[str] | None = None) -> int:
    """`python -m services.provisioner.agent --config FILE`; 2 for a bootstrap document that cannot be used."""
    parser = argparse.ArgumentParser(prog="stackpro-agent", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="the bootstrap document (JSON)")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
    except ConfigInvalid as error:
        print(f"stackpro-agent: {error}", file=sys.stderr)
        return 2
    _configure_logging()
    run_agent(config)
    return 0


async def _run(config: AgentConfig) -> None:
    stopping = Stopping()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.request)
    await Agent(config, stopping).run()


def _configure_logging() -> None:
    """The platform's log lines without its telemetry, which would treble the agent's memory."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
