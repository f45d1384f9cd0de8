"""A thousand people at messaging's sockets, each cut off twenty times, while everything under them fails."""

import shutil
import tempfile
from pathlib import Path

import uvloop

from bench.registry import Bench, Figures
from tests.support.messaging_platform import messaging_platform
from tests.support.torture import Plan, Torture

NODES = 2
PLAN = Plan(
    people=1_000,
    room=10,
    drops=20,
    messages=10,
    seconds=120,
    blows=("node-0", "flush", "postgres", "worker", "node-1", "valkey", "node-0", "flush", "postgres", "node-1"),
    settle_seconds=300,
)


def run() -> Figures:
    """One run; what is lost, twice or in the wrong order is counted over all people."""
    folder = Path(tempfile.mkdtemp(prefix="bench-torture-"))
    try:
        with messaging_platform(folder / "home", nodes=NODES) as platform:
            outcome = uvloop.run(Torture(platform, PLAN).run())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{outcome.written:,} messages in rooms of {PLAN.room}; killed or flushed on the way: {', '.join(PLAN.blows)}."
    )
    print(f"{outcome.passed_over:,} events came twice or out of order and were put right by the clients;")
    print(f"{outcome.resyncs:,} times a client had to fetch anew.")
    return {
        "clients": PLAN.people,
        "drops": outcome.drops,
        "lost": outcome.lost,
        "duplicated": outcome.duplicated,
        "misordered": outcome.misordered,
    }


BENCH = Bench(
    name="torture",
    measures="messages lost, duplicated and misordered for 1,000 people who are each cut off 20 times, while nodes, "
    "worker, Valkey and PostgreSQL are killed",
    run=run,
)
