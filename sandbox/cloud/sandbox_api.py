"""The emulator's own pages under `/_sandbox`: ledger, inventory, faults, and the long polls of hosts and edge."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

from sandbox.cloud import views
from sandbox.cloud.emulator import Emulator
from sandbox.cloud.faults import Answer
from sandbox.cloud.inventory import inventory
from sandbox.cloud.ledger import as_json

PREFIX = "/_sandbox/"
LONG_POLL_SECONDS = 25.0
Handler: TypeAlias = Callable[[Emulator, Mapping[str, str], bytes], Answer]


def answer_sandbox_call(
    emulator: Emulator, method: str, path: str, parameters: Mapping[str, str], body: bytes
) -> Answer:
    """Answers a call to the emulator itself."""
    handler = HANDLERS.get((method, path.removeprefix(PREFIX)))
    if handler is None:
        return _json({"error": f"there is no {method} {path} here"}, HTTPStatus.NOT_FOUND)
    return handler(emulator, parameters, body)


def _ready(emulator: Emulator, _: Mapping[str, str], __: bytes) -> Answer:
    return _json({"ready": True, "calls": emulator.version(views.ROUTE_SERVICES)})


def _ledger(emulator: Emulator, _: Mapping[str, str], __: bytes) -> Answer:
    return Answer(HTTPStatus.OK, (("Content-Type", "application/json"),), as_json(emulator.ledger()))


def _inventory(emulator: Emulator, _: Mapping[str, str], __: bytes) -> Answer:
    found = emulator.read(lambda: inventory(emulator.settings.region))
    return _json([resource.as_dict() for resource in found])


def _instances(emulator: Emulator, parameters: Mapping[str, str], _: bytes) -> Answer:
    version = _wait(emulator, views.INSTANCE_SERVICES, parameters)
    found = emulator.read(lambda: views.instances(emulator.settings.region))
    return _json({"version": version, "instances": found})


def _routes(emulator: Emulator, parameters: Mapping[str, str], _: bytes) -> Answer:
    version = _wait(emulator, views.ROUTE_SERVICES, parameters)
    found = emulator.read(lambda: views.routes(emulator.settings.region))
    return _json({"version": version, **found})


def _add_fault(emulator: Emulator, _: Mapping[str, str], body: bytes) -> Answer:
    try:
        values = json.loads(body)
        if not isinstance(values, dict):
            raise ValueError("the body must be a JSON object")
        return _json(emulator.faults.add(values), HTTPStatus.CREATED)
    except ValueError as error:
        return _json({"error": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)


def _list_faults(emulator: Emulator, _: Mapping[str, str], __: bytes) -> Answer:
    return _json(emulator.faults.listed())


def _lift_faults(emulator: Emulator, _: Mapping[str, str], __: bytes) -> Answer:
    emulator.faults.lift()
    return Answer(HTTPStatus.NO_CONTENT, (), b"")


def _wait(emulator: Emulator, services: tuple[str, ...], parameters: Mapping[str, str]) -> int:
    """The version read here is never newer than what is read after it: a change in between is told again."""
    since = parameters.get("since", "")
    if not since.isdigit():
        return emulator.version(services)
    seconds = min(float(parameters.get("seconds", LONG_POLL_SECONDS)), LONG_POLL_SECONDS)
    return emulator.wait_for_change(services, int(since), seconds=seconds)


def _json(value: object, status: int = HTTPStatus.OK) -> Answer:
    return Answer(int(status), (("Content-Type", "application/json"),), json.dumps(value).encode())


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "ready"): _ready,
    ("GET", "ledger"): _ledger,
    ("GET", "inventory"): _inventory,
    ("GET", "instances"): _instances,
    ("GET", "routes"): _routes,
    ("POST", "faults"): _add_fault,
    ("GET", "faults"): _list_faults,
    ("DELETE", "faults"): _lift_faults,
}
