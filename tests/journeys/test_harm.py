"""What a person can do to the whole platform: kill it, start it twice, give it a taken port, move its time."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.platform import Owner, Platform, until


@pytest.fixture(scope="module")
def own_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that these tests may kill, and whose time they may move."""
    running = Platform(tmp_path_factory.mktemp("own") / "home")
    try:
        running.start()
        yield running
        assert running.stop() == 0
    finally:
        running.kill()


def test_after_a_kill_of_everything_nothing_is_lost(own_platform: Platform) -> None:
    owner = Owner.sign_up(own_platform)
    until(lambda: owner.get("/v1/deployments")["items"], seconds=20, what="a deployment")
    own_platform.kill()
    own_platform.start()
    owner.sign_in()
    assert owner.stack_on("shared")["trial"]["status"] == "active"
    assert len(owner.get("/v1/deployments")["items"]) == 1


def test_a_second_start_in_the_same_home_says_so_in_one_line(platform: Platform) -> None:
    second = Platform(platform.home).run("up")
    assert second.returncode == 1
    assert "runs already" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_named_in_one_line(tmp_path: Path) -> None:
    never_up = Platform(tmp_path / "home")
    with socket.create_server(("127.0.0.1", never_up.port)):
        ended = never_up.run("up")
    assert ended.returncode == 1
    assert f"Port {never_up.port} is taken" in ended.stderr
    assert "STACKPRO_PORT" in ended.stderr


def test_a_process_that_dies_is_started_again(platform: Platform) -> None:
    os.kill(_process(platform, "billing"), signal.SIGKILL)
    owner = Owner.sign_up(platform)
    until(lambda: owner.get("/v1/dashboard")["trial"], seconds=30, what="billing answers again")


def test_a_gateway_that_paused_for_a_moment_goes_on_as_if_it_had_not(platform: Platform, owner: Owner) -> None:
    gateway = _process(platform, "gateway")
    os.kill(gateway, signal.SIGSTOP)
    try:
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{platform.url}/readyz", timeout=1)
    finally:
        os.kill(gateway, signal.SIGCONT)
    assert {owner.request("GET", "/v1/me").status_code for _ in range(20)} == {200}


def _process(platform: Platform, name: str) -> int:
    """The id of the only process that writes this part's log."""
    [found] = [int(each.name) for each in Path("/proc").glob("[0-9]*") if _writes(each, platform, f"{name}.log")]
    return found


def _writes(process: Path, platform: Platform, log: str) -> bool:
    try:
        return (process / "fd" / "1").readlink() == platform.home / "logs" / log
    except OSError:
        return False


def test_business_time_ends_a_trial_step_by_step(own_platform: Platform) -> None:
    owner = Owner.sign_up(own_platform)
    owner.stack_on("shared")
    mailbox = own_platform.endpoints()["mailbox"]

    assert "ahead" in own_platform.run("clock", "show").stdout
    moved = own_platform.run("clock", "advance", "14d1h")
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert owner.get("/v1/dashboard")["trial"]["status"] == "grace"
    refused = owner.request("POST", f"/v1/deployments/{owner.get('/v1/deployments')['items'][0]['id']}/retry")
    assert (refused.status_code, refused.json()["code"]) == (403, "tenant_read_only")
    warnings = httpx.get(f"{mailbox}/messages", params={"to": owner.email}).json()
    assert len(warnings) >= 4

    assert own_platform.run("clock", "advance", "3d").returncode == 0
    until(
        lambda: owner.request("GET", "/v1/deployments").status_code == 403, seconds=20, what="the business is suspended"
    )
    assert owner.pay(owner.check_out()).status_code == 303
    until(lambda: owner.request("GET", "/v1/deployments").status_code == 200, seconds=30, what="full access again")


def test_the_demo_performs_the_main_job(platform: Platform) -> None:
    shown = platform.run("demo", timeout=180)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    told = " ".join(shown.stdout.split())
    assert "On a dedicated host" in told
    assert "is in the mailbox" in told
    assert "wedding cakes at least two weeks ahead. from Orders and reservations.md" in told
    assert "I did not find this in the documents" in told


def test_status_and_dead_letters_tell_how_the_platform_is(platform: Platform) -> None:
    status = platform.run("status")
    assert status.returncode == 0, status.stderr
    assert platform.url in status.stdout
    assert platform.endpoints()["postgres"].split("@")[0].split(":")[2] not in status.stdout
    assert "no dead letters" in platform.run("dead-letters", "list").stdout
