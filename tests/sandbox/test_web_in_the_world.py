"""What the rest of the sandbox knows of the web app, with it and without it."""

from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.world import World, open_world
from tests.sandbox.web.test_app import exported

PORT, WEB_PORT = 8000, 3000
WEB, GATEWAY = f"http://127.0.0.1:{WEB_PORT}", f"http://127.0.0.1:{PORT}"


def world(folder: Path, *, frontend: Path | None) -> World:
    home = folder / "home"
    home.mkdir()
    return open_world(Home(home), port=PORT, web_port=WEB_PORT, frontend=frontend)


def test_with_the_web_app_people_are_led_to_it(tmp_path: Path) -> None:
    found = world(tmp_path, frontend=exported(tmp_path / "frontend"))

    assert found.endpoints()["web"] == WEB
    assert [found.auth().web_url, found.billing().web_url] == [WEB, WEB]


def test_without_the_web_app_people_are_led_to_the_gateway(tmp_path: Path) -> None:
    found = world(tmp_path, frontend=None)

    assert "web" not in found.endpoints()
    assert [found.auth().web_url, found.billing().web_url] == [GATEWAY, GATEWAY]


@pytest.mark.parametrize("is_built", [True, False])
def test_the_origin_of_the_web_app_is_known_by_both_of_its_names(tmp_path: Path, is_built: bool) -> None:
    found = world(tmp_path, frontend=exported(tmp_path / "frontend") if is_built else None)

    assert found.gateway().cors_origins == [WEB, f"http://localhost:{WEB_PORT}"]


def test_no_process_takes_the_port_of_the_web_app(tmp_path: Path) -> None:
    first = world(tmp_path, frontend=None)
    web_port = first.ports["valkey"]

    found = open_world(first.home, port=PORT, web_port=web_port)

    assert web_port not in found.ports.values()
