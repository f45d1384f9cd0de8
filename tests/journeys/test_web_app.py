"""`stackpro up` with a tiny web app in place of the real one."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sandbox.web.test_app import PAGE
from tests.support.platform import Owner, Platform, until


@pytest.fixture
def own_platform(tmp_path: Path, frontend: Path) -> Iterator[Platform]:
    running = Platform(tmp_path / "home", frontend=frontend)
    yield running
    running.kill()


def test_a_built_web_app_is_served_and_told(platform: Platform, owner: Owner) -> None:
    web = platform.endpoints()["web"]
    checkout = owner.check_out()

    assert web == f"http://127.0.0.1:{platform.web_port}"
    assert httpx.get(f"{web}/", timeout=10).content == PAGE
    assert httpx.get(f"{web}/config.json", timeout=10).json() == {"api_url": platform.url}
    until(lambda: f"Web app         {web}" in platform.printed(), seconds=10, what="the web app's address")
    cancelled = httpx.get(f"{checkout}/cancel", timeout=30)
    assert cancelled.headers["location"].startswith(web)


def test_a_web_app_that_is_not_built_is_left_out_in_one_line(own_platform: Platform, tmp_path: Path) -> None:
    unbuilt = tmp_path / "frontend"
    shutil.copytree(own_platform.frontend, unbuilt, symlinks=True)
    (unbuilt / "page" / "index.html").write_text("changed")
    own_platform.frontend = unbuilt
    with socket.create_server(("127.0.0.1", own_platform.port)):  # it need not run to say so
        ended = own_platform.run("up")

    assert "Without the web app: it is not built; make web builds it.\n" in ended.stdout


def test_a_taken_web_port_that_was_asked_for_is_named_in_one_line(own_platform: Platform) -> None:
    with socket.create_server(("127.0.0.1", own_platform.web_port or 0)):
        ended = own_platform.run("up")

    assert ended.returncode == 1
    assert f"Port {own_platform.web_port} is taken" in ended.stderr
    assert "STACKPRO_WEB_PORT" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_without_a_wish_for_the_port_a_taken_one_costs_only_the_web_app(own_platform: Platform) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 3000))
            taken.listen()
        except OSError:
            pass  # whoever has it serves the purpose
        own_platform.web_port = None
        own_platform.start()

        assert "web" not in own_platform.endpoints()
        assert "web is left out. Port 3000 is taken by another program" in own_platform.printed()
        assert own_platform.stop() == 0
