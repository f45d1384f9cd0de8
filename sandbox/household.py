"""Every process of the sandbox, and when each may start. It loads every service."""

from collections.abc import Callable, Mapping
from functools import partial

from pydantic_settings import BaseSettings
from starlette.applications import Starlette

from libs.common.application import create_application
from libs.common.worker import run_worker
from sandbox.children import Child
from sandbox.cloud.app import serve as serve_cloud
from sandbox.databases import prepare_databases
from sandbox.edge.app import serve as serve_edge
from sandbox.hosts.app import serve as serve_hosts
from sandbox.mailbox.app import create_app as create_mailbox
from sandbox.objects.app import create_app as create_objects
from sandbox.probes import http_ready
from sandbox.serving import serve_app
from sandbox.stripe.app import create_app as create_stripe
from sandbox.web.app import create_app as create_web
from sandbox.world import World
from services.gateway.app import create_app as create_gateway
from services.registry import NAMES, load_service

SERVICES = {name: load_service(name) for name in NAMES}
EMULATORS: Mapping[str, Callable[[World], Starlette]] = {
    "stripe": lambda world: create_stripe(world.stripe()),
    "mailbox": lambda world: create_mailbox(world.mailbox()),
    "objects": lambda world: create_objects(world.objects_server()),
}


def children(world: World) -> list[Child]:
    """Every process, in the order of their start."""
    return [
        world.postgres.child(),
        world.valkey.child(),
        *_emulators(world),
        Child(
            name="migrations",
            run=partial(prepare_databases, world, {name: service.migrations for name, service in SERVICES.items()}),
            after=("postgres",),
            once=True,
        ),
        *_services(world),
        *_machines(world),
        *_web(world),
        _gateway(world),
    ]


def _emulators(world: World) -> list[Child]:
    emulators = [
        Child(
            name=name,
            run=partial(_serve, name, partial(create, world), world.ports[name]),
            ready=http_ready(f"{world.url(name)}/livez"),
        )
        for name, create in EMULATORS.items()
    ]
    cloud = Child(
        name="cloud",
        run=partial(serve_cloud, world.cloud()),
        ready=http_ready(f"{world.url('cloud')}/_sandbox/ready"),
    )
    return [*emulators, cloud]


def _services(world: World) -> list[Child]:
    found = []
    for name in SERVICES:
        needs = ("migrations", "cloud") if name == "provisioner" else ("migrations",)
        found.append(
            Child(
                name=name,
                run=partial(_serve_service, world, name),
                after=needs,
                ready=http_ready(f"{world.url(name)}/readyz"),
            )
        )
        found.append(Child(name=f"{name}-worker", run=partial(_work, world, name), after=needs, stop_within=10))
    return found


def _machines(world: World) -> list[Child]:
    """The emulated internet edge and the emulated EC2 machines."""
    return [
        Child(
            name="edge",
            run=partial(serve_edge, world.edge()),
            after=("cloud",),
            ready=http_ready(f"{world.url('edge')}/readyz"),
        ),
        Child(name="hosts", run=partial(serve_hosts, world.hosts()), after=("cloud",), stop_within=10),
    ]


def _web(world: World) -> list[Child]:
    """The web app, where it is built."""
    if world.frontend is None:
        return []
    settings = world.web(world.frontend)
    run = partial(_serve, "web", partial(create_web, settings), world.web_port)
    return [Child(name="web", run=run, ready=http_ready(f"{world.web_url}/config.json"))]


def _gateway(world: World) -> Child:
    web = ("web",) if world.frontend else ()
    return Child(
        name="gateway",
        run=partial(_serve, "gateway", lambda: create_gateway(world.gateway()), world.port),
        after=(*SERVICES, "valkey", "edge", "hosts", *EMULATORS, *web),
        ready=http_ready(f"{world.gateway_url}/readyz"),
    )


def _serve(name: str, create: Callable[[], Starlette], port: int) -> None:
    serve_app(name, create(), port, public=name == "gateway")


def _settings(world: World, name: str) -> BaseSettings:
    makers: Mapping[str, Callable[[], BaseSettings]] = {
        "auth": world.auth,
        "billing": world.billing,
        "provisioner": world.provisioner,
        "messaging": world.messaging,
        "ai": world.ai,
    }
    return makers[name]()


def _serve_service(world: World, name: str) -> None:
    serve_app(name, create_application(SERVICES[name], _settings(world, name)), world.ports[name])


def _work(world: World, name: str) -> None:
    run_worker(SERVICES[name], _settings(world, name))
