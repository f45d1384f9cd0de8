"""Whatever fails under them, people who write to each other end with exactly what the server has, in its order."""

from pathlib import Path

from tests.support.messaging_platform import messaging_platform
from tests.support.torture import Plan, Torture

PLAN = Plan(
    people=24,
    room=8,
    drops=4,
    messages=8,
    seconds=5,
    blows=("node-0", "flush", "postgres", "worker", "node-1", "valkey"),
)


async def test_everyone_has_the_servers_order_after_cuts_kills_and_a_bad_network(tmp_path: Path) -> None:
    with messaging_platform(tmp_path / "home", nodes=2) as platform:
        outcome = await Torture(platform, PLAN).run()

    assert outcome.written == PLAN.people * PLAN.messages
    assert outcome.drops == PLAN.people * PLAN.drops
    assert outcome.passed_over > 0, "the proxy disturbed nothing"
    assert (outcome.lost, outcome.duplicated, outcome.misordered) == (0, 0, 0)
