"""From user data to the page a visitor sees: emulated account, booted machine with the real agent, and the edge."""

from pathlib import Path

import httpx

from sandbox.edge.app import create_app
from sandbox.edge.settings import EdgeSettings
from tests.sandbox.edge.test_edge import TAGS, eventually_status, publish, state
from tests.sandbox.hosts.test_room import boot, room
from tests.services.provisioner.agent.plane import ACME, bundle, running_plane
from tests.support.emulated_cloud import cloud_port, first_listener
from tests.support.http_server import served


async def test_a_stack_applied_on_a_booted_machine_is_reached_by_its_name(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    async with cloud_port(tmp_path) as (cloud, emulated), running_plane() as plane:
        app = create_app(EdgeSettings(cloud_url=emulated.url, hosts=hosts, port=0))
        with room(emulated.url, hosts, machines="agent"):
            async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=5) as client:
                made = await boot(cloud, "acme", token="boot-1", control_plane_url=plane.url)
                applied = await plane.run("host-1", plane.apply(bundle()))
                assert applied.status == "succeeded"

                names = [f"{ACME.slug}.localhost", f"*.{ACME.slug}.localhost"]
                group = await cloud.load_balancing.create_target_group("acme", port=80, health_path="/", tags=TAGS)
                await cloud.load_balancing.register_target(group.arn, made.id, 80)
                await cloud.load_balancing.create_rule(
                    first_listener(cloud),
                    "acme",
                    hosts=names,
                    target_group_arn=group.arn,
                    tags=TAGS,
                )
                await publish(cloud, *names)

                for name in (names[0], f"crm.{ACME.slug}.localhost"):
                    await eventually_status(client, name, 200)
                assert await state(cloud, group.arn) == "healthy"
                assert (hosts / made.id / "stacks" / ACME.slug / "volumes" / "files").is_dir()
