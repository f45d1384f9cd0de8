"""Writes `docs/reference/configuration.md` from the settings classes: `python -m tools.configuration_reference`."""

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel
from pydantic_settings import BaseSettings

from cli.processes import MigrationSettings
from cli.settings import CliSettings
from libs.common.settings import ServiceSettings
from sandbox.standalone import (
    CloudEnvironment,
    EdgeEnvironment,
    HostsEnvironment,
    MailboxEnvironment,
    ObjectsEnvironment,
    StripeEnvironment,
)
from services.gateway.settings import GatewaySettings
from services.registry import NAMES
from tools.settings_reader import Variable, block_variables, plain_blocks, port_blocks, settings_of, variables

PAGE = Path(__file__).resolve().parent.parent / "docs/reference/configuration.md"
HEAD = """# Configuration

<!-- Written by `make reference` from the settings classes. Change those, not this page. -->

Every setting is an environment variable. Nested ones are joined by two underscores: `STACKPRO_BUS__FORM`. Values marked
JSON are JSON documents. A variable without a default is required, and a process that lacks one ends at once with one
line that names it; a secret never has a default. `make run` needs none of the variables of the services: its supervisor
hands each process its settings.
"""
PORTS_HEAD = """## Ports

A port is something outside of the platform that comes in several forms. A service that uses a port takes the
variables of the form that `…__FORM` names.
"""
EMULATORS: Mapping[str, type[BaseSettings]] = {
    "mailbox": MailboxEnvironment,
    "stripe": StripeEnvironment,
    "objects": ObjectsEnvironment,
    "cloud": CloudEnvironment,
    "edge": EdgeEnvironment,
    "hosts": HostsEnvironment,
}


def render() -> str:
    """The whole page."""
    services: dict[str, type[BaseSettings]] = {name: settings_of(name) for name in NAMES}
    return "\n".join(
        (
            HEAD,
            *_section(
                "The sandbox: `make run` and the `stackpro` command", _about(CliSettings), variables(CliSettings)
            ),
            *_section(
                f"Every service with a database: {', '.join(NAMES)}",
                _about(ServiceSettings),
                variables(ServiceSettings),
            ),
            *(line for name, settings in services.items() for line in _service(name, settings)),
            *_section("gateway", _about(GatewaySettings) + _blocks(GatewaySettings), variables(GatewaySettings)),
            *_section("`stackpro migrate`", _about(MigrationSettings), variables(MigrationSettings)),
            *(
                line
                for name, settings in EMULATORS.items()
                for line in _section(f"`python -m sandbox.standalone {name}`", _about(settings), variables(settings))
            ),
            *_ports(services.values()),
        )
    )


def _service(name: str, settings: type[BaseSettings]) -> Iterator[str]:
    shared = {variable.name for variable in variables(ServiceSettings)}
    ports = port_blocks(settings)
    blocks = tuple(f"STACKPRO_{port.upper()}__" for port in ports)
    own = [one for one in variables(settings) if one.name not in shared and not one.name.startswith(blocks)]
    used = ", ".join(f"[{port}](#{port})" for port in ports)
    yield from _section(name, f"{_about(settings)} Ports: {used}.{_blocks(settings)}", own)


def _ports(services: Iterable[type[BaseSettings]]) -> Iterator[str]:
    ports: dict[str, list[type[BaseModel]]] = {}
    for settings in services:
        ports |= port_blocks(settings)
    yield PORTS_HEAD
    for port, forms in sorted(ports.items()):
        yield f"### {port}\n"
        for form in forms:
            listed = block_variables(form, f"STACKPRO_{port.upper()}__")
            yield f"`{listed[0].form}`: {_about(form)}\n"
            yield from _table(listed)


def _blocks(settings: type[BaseModel]) -> str:
    """What the nested blocks hold, as a list behind the text."""
    listed = [f"- `{begin}…`: {_about(block)}" for begin, block in plain_blocks(settings).items()]
    return "\n\n" + "\n".join(listed) if listed else ""


def _section(title: str, about: str, listed: list[Variable]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{about}\n"
    yield from _table(listed)


def _table(listed: list[Variable]) -> Iterator[str]:
    yield "| variable | takes | default | |"
    yield "|---|---|---|---|"
    for one in listed:
        default = "required" if one.required else f"`{one.default}`" if one.default else "none"
        yield f"| `{one.name}` | {one.kind} | {default} | {one.description} |".replace("  ", " ")
    yield ""


def _about(kind: type[BaseModel]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render())
    sys.stdout.write(f"{PAGE.relative_to(PAGE.parents[2])}\n")
