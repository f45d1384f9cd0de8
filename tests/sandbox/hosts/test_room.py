"""Emulated machines run while their instances do, come back after a crash or restart, and lose their disk last."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.processes import ProcessIdentity
from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.instances import Instance, InstanceOrder
from services.provisioner.cloud.user_data import AgentBootstrap, render_user_data
from tests.support.emulated_cloud import cloud_port, emulated_cloud
from tests.support.eventually import eventually

ROOT = Path(__file__).parents[3]
TAGS = {"Tenant": "t", "ManagedBy": "stackpro"}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


async def test_a_machine_runs_from_start_to_termination_of_its_instance(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    async with cloud_port(tmp_path) as (cloud, emulated):
        with room(emulated.url, hosts):
            made = await boot(cloud, "acme")
            pid = await machine(hosts, made.id)

            await cloud.instances.stop(made.id)
            await gone(pid)
            assert (hosts / made.id / "starts").exists()
            await eventually(lambda: not (hosts / made.id / "agent.json").exists())

            await cloud.instances.start(made.id)
            again = await machine(hosts, made.id)
            assert again != pid

            await cloud.instances.delete(made.id)
            await eventually(lambda: not (hosts / made.id).exists())
            assert ProcessIdentity.of(again) is None


async def test_a_machine_that_crashes_is_started_again(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    async with cloud_port(tmp_path) as (cloud, emulated):
        with room(emulated.url, hosts):
            made = await boot(cloud, "acme", token="crashing")

            await eventually(lambda: len(starts(hosts, made.id)) == 2)
            await machine(hosts, made.id)
            assert "crashed as asked" in (hosts / made.id / "agent.log").read_text()


async def test_an_instance_without_an_agent_boots_nothing(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    async with cloud_port(tmp_path) as (cloud, emulated):
        with room(emulated.url, hosts):
            other = await boot(cloud, "other", user_data="#!/bin/sh\necho hello\n")
            made = await boot(cloud, "acme")

            await machine(hosts, made.id)
            assert not (hosts / other.id).exists()


async def test_machines_come_back_after_a_restart_of_room_and_cloud(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    async with cloud_port(tmp_path) as (cloud, emulated):
        with room(emulated.url, hosts) as process:
            made = await boot(cloud, "acme")
            pid = await machine(hosts, made.id)
            process.kill()
            process.wait()
            await gone(pid)

    with emulated_cloud(tmp_path) as emulated, room(emulated.url, hosts):
        assert await machine(hosts, made.id) != pid


async def boot(
    cloud: Cloud,
    name: str,
    *,
    token: str = "once",
    user_data: str | None = None,
    control_plane_url: str = "http://127.0.0.1:9",
) -> Instance:
    """Starts an instance whose user data names an agent."""
    boundary = cloud.account.permission_boundary_arn
    role = await cloud.roles.create(name, boundary_arn=boundary, policy=POLICY, tags=TAGS)
    assert role.profile_arn is not None
    bootstrap = AgentBootstrap(control_plane_url=control_plane_url, token=token, memory_mib=8192)
    order = InstanceOrder(
        image_id=cloud.account.image_id,
        instance_type="t3.medium",
        subnet_id=cloud.account.subnet_ids[0],
        security_group_ids=[cloud.account.load_balancer_security_group_id],
        profile_arn=role.profile_arn,
        user_data=user_data or render_user_data(bootstrap),
        volume_gib=20,
    )
    return await cloud.instances.create(name, order, client_token=f"token-{name}", tags=TAGS)


@contextmanager
def room(cloud_url: str, hosts: Path, *, machines: str = "waiting") -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.sandbox.hosts.program", cloud_url, str(hosts), machines]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


async def machine(hosts: Path, name: str) -> int:
    """The pid of the machine's process, once it has one that told its address."""

    def pid() -> int:
        return running(hosts, name)

    return await eventually(pid)


async def gone(pid: int) -> None:
    def ended() -> bool:
        return ProcessIdentity.of(pid) is None

    await eventually(ended)


def starts(hosts: Path, name: str) -> list[int]:
    file = hosts / name / "starts"
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


def running(hosts: Path, name: str) -> int:
    """The pid of the machine's process, 0 while it has none that told its address."""
    pids = starts(hosts, name)
    up = pids and ProcessIdentity.of(pids[-1]) and (hosts / name / "agent.json").exists()
    return pids[-1] if up else 0
