"""The agent as a process: registration, commands, reports, its apps over HTTP, its stop."""

import json
import stat

import aiohttp
import psutil

from libs.contracts.hosts import StackApplied
from tests.services.provisioner.agent.conftest import MakeAgent
from tests.services.provisioner.agent.plane import ACME, OTHER, Plane, bundle
from tests.support.eventually import eventually

BUSINESS = ("crm", "files", "booking", "email_marketing", "website")


async def test_registers_once_and_uses_the_kept_credential_after_a_restart(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent().start()
    await eventually(lambda: "host-1" in plane.reports)
    assert await agent.stop() == 0
    plane.reports.clear()

    agent.start()

    await eventually(lambda: "host-1" in plane.reports)
    assert (plane.registrations, plane.refused) == (1, 0)
    assert stat.S_IMODE((agent.root / "credential.json").stat().st_mode) == 0o600


async def test_a_refused_token_is_said_clearly_and_not_tried_in_a_loop(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent(token="spent").start()

    await eventually(lambda: agent.log.exists() and "agent.registration.refused" in agent.log.read_text())

    line = json.loads(agent.log.read_text().splitlines()[-1])
    assert "refused this host's token (401)" in line["detail"]
    assert plane.refused == 1
    assert agent.running()
    assert await agent.stop() == 0


async def test_an_applied_stack_answers_for_each_app_by_host_name(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent().start()

    result = await plane.run("host-1", plane.apply(bundle()))

    assert isinstance(result.result, StackApplied)
    assert {app.name: app.status for app in result.result.apps} == {app.name: "healthy" for app in bundle().apps}
    port = await agent.port()
    async with aiohttp.ClientSession() as session:
        for app in bundle().apps:
            for host in app.hostnames:
                url = f"http://127.0.0.1:{port}{app.health.path}"
                async with session.get(url, headers={"Host": f"{host}:{port}"}) as answer:
                    assert answer.status == 200, app.name
                    assert "Bäcker &amp; Söhne" in await answer.text()
        async with session.get(f"http://127.0.0.1:{port}/", headers={"Host": "nobody.localhost"}) as answer:
            assert answer.status == 404


async def test_only_a_load_balancer_is_told_that_the_entrance_stands(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent().start()
    await plane.run("host-1", plane.apply(bundle()))
    url, name = f"http://127.0.0.1:{await agent.port()}/ping", {"Host": f"{ACME.slug}.localhost"}

    async with aiohttp.ClientSession() as session:
        async with session.get(url, headers={**name, "User-Agent": "ELB-HealthChecker/2.0"}) as answer:
            assert (answer.status, await answer.text()) == (200, "OK")
        async with session.get(url, headers=name) as answer:
            assert answer.status == 404


async def test_reports_health_storage_bandwidth_and_capacity(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent().start()
    await plane.run("host-1", plane.apply(bundle()))
    port = await agent.port()
    url, headers = f"http://127.0.0.1:{port}/data/note.bin", {"Host": f"files.{ACME.slug}.localhost"}
    async with aiohttp.ClientSession() as session:
        async with session.put(url, data=b"x" * 50_000, headers=headers) as answer:
            assert answer.status == 201
        async with session.get(url, headers=headers) as answer:
            assert await answer.read() == b"x" * 50_000

    def carried() -> bool:
        apps = {app.name: app for stack in plane.reports["host-1"].stacks for app in stack.apps}
        return bool(apps) and apps["files"].bandwidth_bytes >= 100_000

    await eventually(carried)
    report = plane.reports["host-1"]
    (stack,) = report.stacks
    assert {app.name for app in stack.apps if app.status == "healthy"} >= set(BUSINESS)
    assert report.capacity.memory_mib == 4096
    assert report.capacity.reserved_mib == bundle().memory_mib
    assert next(app for app in stack.apps if app.name == "website").storage_bytes > 500


async def test_a_missing_volume_makes_its_app_and_those_that_need_it_unhealthy(
    plane: Plane, make_agent: MakeAgent
) -> None:
    agent = make_agent().start()
    await plane.run("host-1", plane.apply(bundle()))
    (agent.volumes() / "mysql").rename(agent.root / "gone")

    def broken() -> set[str]:
        return {a.name for s in plane.reports["host-1"].stacks for a in s.apps if a.status == "unhealthy"}

    assert await eventually(broken) == {"mysql", "crm", "files", "email_marketing"}


async def test_a_command_delivered_again_and_again_is_executed_once(plane: Plane, make_agent: MakeAgent) -> None:
    plane.keep_delivering = True
    agent = make_agent().start()
    backup = plane.back_up(ACME)
    await plane.run("host-1", plane.apply(bundle()))
    await plane.run("host-1", backup)
    plane.objects.clear()

    await eventually(lambda: plane.received[backup.id] >= 3)

    assert plane.objects == {}
    assert agent.log.read_text().count('"kind": "back_up_stack", "stack"') == 2  # started and succeeded, once each


async def test_a_stack_that_does_not_fit_is_refused_and_leaves_nothing(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent(memory_mib=bundle().memory_mib + 100).start()
    await plane.run("host-1", plane.apply(bundle()))

    result = await plane.run("host-1", plane.apply(bundle(OTHER)))

    assert result.error is not None
    assert result.error.code == "capacity_exceeded"
    assert not agent.volumes(OTHER).exists()


async def test_stacks_come_back_by_themselves_after_a_kill_even_without_a_control_plane(
    plane: Plane, make_agent: MakeAgent
) -> None:
    agent = make_agent().start()
    await plane.run("host-1", plane.apply(bundle()))
    marker = agent.volumes() / "files/marker.bin"
    marker.write_bytes(b"kept")
    await agent.kill()

    agent.start()

    port = await agent.port()
    async with aiohttp.ClientSession() as session:
        headers = {"Host": f"files.{ACME.slug}.localhost"}
        async with session.get(f"http://127.0.0.1:{port}/data/marker.bin", headers=headers) as answer:
            assert await answer.read() == b"kept"


async def test_a_stopped_stack_is_reported_stopped_and_serves_again_when_applied(
    plane: Plane, make_agent: MakeAgent
) -> None:
    make_agent().start()
    stopped = await plane.run("host-1", plane.apply(bundle(mode="stopped")))
    running = await plane.run("host-1", plane.apply(bundle(generation=2)))

    assert isinstance(stopped.result, StackApplied)
    assert isinstance(running.result, StackApplied)
    assert {app.status for app in stopped.result.apps} == {"stopped"}
    assert {app.status for app in running.result.apps} == {"healthy"}


async def test_removal_keeps_the_volumes_unless_told_to_delete_them(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent().start()
    await plane.run("host-1", plane.apply(bundle()))

    await plane.run("host-1", plane.remove(ACME, delete_data=False))
    kept = (agent.volumes() / "website/public/index.html").exists()
    await plane.run("host-1", plane.remove(ACME, delete_data=True))

    assert kept
    assert not agent.volumes().parent.exists()
    await eventually(lambda: plane.reports["host-1"].stacks == ())


async def test_secrets_stay_in_files_that_only_their_owner_reads(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent().start()
    await plane.run("host-1", plane.apply(bundle()))
    secret = bundle().apps[1].secrets["MYSQL_ROOT_PASSWORD"].encode()
    assert await agent.stop() == 0  # it would replace its files while they are read

    readable = [
        path
        for path in agent.root.rglob("*")
        if path.is_file() and secret in path.read_bytes() and path.stat().st_mode & 0o077
    ]

    assert readable == []
    assert secret not in agent.log.read_bytes()
    assert all(secret not in path.read_bytes() for path in (agent.root / "journal").iterdir())


async def test_an_idle_agent_takes_next_to_no_time_and_little_memory(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent().start()
    await plane.run("host-1", plane.apply(bundle()))
    process = psutil.Process(agent.pid)
    count = plane.reports["host-1"].sent_at
    before = sum(process.cpu_times()[:2])

    await eventually(lambda: (plane.reports["host-1"].sent_at - count).total_seconds() > 2)

    # Ten reports of five a second; a real agent sends one in fifteen seconds.
    assert sum(process.cpu_times()[:2]) - before < 0.5
    assert process.memory_info().rss < 100 * 1024 * 1024
