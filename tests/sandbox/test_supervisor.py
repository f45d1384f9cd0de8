"""What the supervisor does with its children, seen from outside a real sandbox program."""

import json
import signal
from pathlib import Path

import pytest

from sandbox.children import Child
from sandbox.leftovers import ProcessRecord
from sandbox.supervisor import Supervisor
from tests.sandbox.running import running
from tests.support.eventually import eventually


async def test_children_start_in_the_order_of_what_they_come_after(tmp_path: Path) -> None:
    with running(tmp_path, "three_in_a_row") as sandbox:
        await sandbox.until("up")

        assert sandbox.events() == [
            "first starting",
            "first ready",
            "task starting",
            "task done",
            "second starting",
            "second ready",
            "third starting",
            "third ready",
            "up",
        ]


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_request_ends_children_in_reverse_order(tmp_path: Path, sig: signal.Signals) -> None:
    with running(tmp_path, "three_in_a_row") as sandbox:
        await sandbox.until("up")
        sandbox.signal(sig)

        assert sandbox.wait() == (0, "")
        names = ("third", "second", "first")
        stops = [f"{name} {state}" for name in names for state in ("stopping", "stopped")]
        assert sandbox.events()[-7:] == [*stops, "over"]
        assert [sandbox.child(name) for name in names] == [None, None, None]


async def test_a_crashed_child_is_restarted_and_the_reason_is_told(tmp_path: Path) -> None:
    with running(tmp_path, "crashing") as sandbox:
        await sandbox.until("up")
        before = sandbox.child("flaky")
        (tmp_path / "crash").touch()
        await sandbox.until("flaky crashed ended with status 7; starts again in 0.5 s")
        await eventually(lambda: sandbox.events()[-1] == "flaky ready")

        await eventually(lambda: sandbox.child("flaky") not in (None, before))
        assert sandbox.events().count("steady starting") == 1


async def test_pauses_grow_while_a_child_keeps_crashing(tmp_path: Path) -> None:
    with running(tmp_path, "crashing") as sandbox:
        await sandbox.until("up")
        for pause in ("0.5 s", "1 s"):
            (tmp_path / "crash").touch()
            await sandbox.until(f"flaky crashed ended with status 7; starts again in {pause}")


async def test_a_child_that_fails_at_the_start_stops_all_with_its_last_line(tmp_path: Path) -> None:
    with running(tmp_path, "failing") as sandbox:
        status, errors = sandbox.wait()

    first, _, tail = errors.partition("\n---\n")
    assert status == 1
    assert first == (f"doomed ended with status 1: the disk of this child is full (log: {tmp_path}/logs/doomed.log)")
    assert tail == "the disk of this child is full\n"
    assert sandbox.events()[-1] == "steady stopped"


async def test_a_defect_in_a_child_leaves_its_traceback_in_the_log(tmp_path: Path) -> None:
    with running(tmp_path, "raising") as sandbox:
        _, errors = sandbox.wait()

    assert "ValueError: a defect" in errors.splitlines()[0]
    assert "Traceback" in (tmp_path / "logs" / "doomed.log").read_text()


async def test_a_silent_child_is_given_up_at_its_deadline(tmp_path: Path) -> None:
    with running(tmp_path, "silent") as sandbox:
        status, errors = sandbox.wait()

    assert status == 1
    assert errors.startswith("mute was not ready within 0.5 s")


async def test_a_child_that_ignores_the_request_to_stop_is_killed_after_its_limit(tmp_path: Path) -> None:
    with running(tmp_path, "stubborn") as sandbox:
        await sandbox.until("up")
        sandbox.signal(signal.SIGINT)

        assert sandbox.wait() == (0, "")
        assert sandbox.child("stubborn") is None


async def test_a_second_ctrl_c_kills_at_once(tmp_path: Path) -> None:
    with running(tmp_path, "very_stubborn") as sandbox:
        await sandbox.until("up")
        sandbox.signal(signal.SIGINT)
        await sandbox.until("stubborn stopping")
        sandbox.signal(signal.SIGINT)

        assert sandbox.wait() == (0, "")


@pytest.mark.parametrize(("scenario", "names"), [("three_in_a_row", ["first", "third"]), ("chained", ["grandchild"])])
async def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path, scenario: str, names: list[str]) -> None:
    with running(tmp_path, scenario) as sandbox:
        await sandbox.until("up")
        sandbox.signal(signal.SIGKILL)
        sandbox.wait()

        await eventually(lambda: [sandbox.child(name) for name in names] == [None] * len(names))


async def test_the_next_start_ends_what_survived_a_kill(tmp_path: Path) -> None:
    with running(tmp_path, "surviving") as killed:
        await killed.until("up")
        survivor = killed.child("survivor")
        killed.signal(signal.SIGKILL)
        killed.wait()
        assert survivor is not None
        assert survivor.is_alive()

    (tmp_path / "events").unlink()
    with running(tmp_path, "three_in_a_row") as sandbox:
        await sandbox.until("up")
        assert not survivor.is_alive()


async def test_a_recorded_pid_that_belongs_to_another_process_is_left_alone(tmp_path: Path) -> None:
    with running(tmp_path / "other", "three_in_a_row") as bystander:
        await bystander.until("up")
        other = bystander.child("first")
        assert other is not None
        record = json.loads((tmp_path / "other" / "processes.json").read_text())
        pid, started, stop_signal = record["processes"]["first"]
        record["processes"] = {"first": [pid, started - 1, stop_signal]}
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "processes.json").write_text(json.dumps(record))

        with running(tmp_path / "home", "chained") as sandbox:
            await sandbox.until("up")
            assert other.is_alive()


async def test_a_second_start_in_the_same_home_names_the_first(tmp_path: Path) -> None:
    with running(tmp_path, "three_in_a_row") as sandbox:
        await sandbox.until("up")
        with running(tmp_path, "chained") as second:
            status, errors = second.wait()

        assert status == 1
        assert f"runs already, as process {sandbox.pid}:" in errors
        assert len(errors.splitlines()) == 1
        assert sandbox.child("first") is not None


async def test_the_log_of_the_run_before_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    for _ in range(2):
        with running(tmp_path, "failing") as sandbox:
            sandbox.wait()

    logs = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert logs == ["doomed.log", "doomed.log.1", "steady.log", "steady.log.1"]


def test_a_child_declared_before_what_it_comes_after_is_refused(tmp_path: Path) -> None:
    supervisor = Supervisor(logs=tmp_path, record=ProcessRecord(tmp_path / "processes.json"))

    with pytest.raises(ValueError, match="before what it comes after"):
        supervisor.add(Child(name="early", run=signal.pause, after=("late",)))
