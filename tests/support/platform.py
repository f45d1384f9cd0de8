"""The whole platform as a stranger runs it: `stackpro up` in a process of its own, reached over HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from libs.common.ids import new_id
from sandbox.ports import free_port
from sandbox.web.build import FRONTEND

PASSWORD = "correct horse battery staple 7"
CARD = {"exp_month": "12", "exp_year": "2034", "cvc": "123"}
PAYING, DECLINED = "4242424242424242", "4000000000000002"
APPS = {"crm", "files", "booking", "email_marketing", "website"}
START_SECONDS = 90.0
Found = TypeVar("Found")


def until(look: Callable[[], Found | None], *, seconds: float, what: str) -> Found:
    """Looks every 50 ms until something is found; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


@dataclass
class Platform:
    """A sandbox of its own in `home`."""

    home: Path
    port: int = field(default_factory=free_port)
    web_port: int | None = field(default_factory=free_port)
    frontend: Path = FRONTEND
    settings: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "STACKPRO_HOME": str(self.home),
            "STACKPRO_PORT": str(self.port),
            "STACKPRO_FRONTEND": str(self.frontend),
            **({} if self.web_port is None else {"STACKPRO_WEB_PORT": str(self.web_port)}),
            **self.settings,
        }

    def endpoints(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.home / "endpoints.json").read_text())
        return found

    def printed(self) -> str:
        """What `stackpro up` has told so far."""
        return (self.home.parent / f"{self.home.name}.up.log").read_text()

    def start(self) -> None:
        """Starts it and waits for `/readyz`."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home.parent / f"{self.home.name}.up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", "up"],
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        until(self._is_up, seconds=START_SECONDS, what="the platform is up")

    def _is_up(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise AssertionError(self.printed()[-2000:])
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """`kill -9` of the whole process group."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """Ctrl-C; returns the exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=40)

    def run(self, *command: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        """Runs `stackpro …` against this platform."""
        return subprocess.run(
            [sys.executable, "-m", "cli", *command],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@dataclass
class Owner:
    """The owner of a business, at the gateway."""

    platform: Platform
    email: str
    tenant_id: str
    slug: str
    token: str
    refresh_token: str

    @classmethod
    def sign_up(cls, platform: Platform, *, company: str = "Bäcker & Söhne") -> "Owner":
        email = f"owner-{new_id().hex}@example.com"
        body = {"email": email, "password": PASSWORD, "full_name": "Ada L", "company": company}
        response = httpx.post(f"{platform.url}/v1/auth/signup", json=body, timeout=30)
        assert response.status_code == 201, response.text
        answer = response.json()
        tenant = answer["tenant"]
        return cls(platform, email, tenant["id"], tenant["slug"], answer["access_token"], answer["refresh_token"])

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **arguments.pop("headers", {})}
        return httpx.request(method, f"{self.platform.url}{path}", headers=headers, timeout=30, **arguments)

    def get(self, path: str) -> Any:
        response = self.request("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def sign_in(self) -> None:
        body = {"email": self.email, "password": PASSWORD}
        self.token = httpx.post(f"{self.platform.url}/v1/auth/login", json=body, timeout=30).json()["access_token"]

    def check_out(self, plan: str = "business") -> str:
        """The address of the hosted page."""
        response = self.request("POST", "/v1/billing/checkout", json={"plan": plan, "interval": "month"})
        assert response.status_code == 201, response.text
        return str(response.json()["url"])

    def pay(self, url: str, *, card: str = PAYING) -> httpx.Response:
        return httpx.post(f"{url}/pay", data=CARD | {"card_number": card}, timeout=30)

    def stack_on(self, host_kind: str, *, seconds: float = 60) -> dict[str, Any]:
        """The dashboard, as soon as every app is healthy on a host of this kind."""

        def look() -> dict[str, Any] | None:
            dashboard: dict[str, Any] = self.get("/v1/dashboard")
            stack = dashboard["stack"] or {}
            apps = stack.get("apps") or {}
            healthy = set(apps) >= APPS and all(app["status"] == "healthy" for app in apps.values())
            return dashboard if healthy and stack.get("host_kind") == host_kind else None

        return until(look, seconds=seconds, what=f"a healthy stack on a {host_kind} host")

    def volumes(self) -> list[Path]:
        """Where the files of this business's `files` app lie."""
        return list(self.platform.home.glob(f"hosts/*/stacks/{self.slug}/volumes/files"))
