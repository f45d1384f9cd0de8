"""An emulator runs as a process of its own, its settings from the environment."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from sandbox.ports import free_port
from tests.support.eventually import eventually

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("STACKPRO_")}


def start(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "sandbox.standalone", *arguments]
    return subprocess.Popen(command, env=CLEAN | environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_one_line_says_which_setting_is_missing() -> None:
    with start("mailbox") as process:
        _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    [line] = said.strip().splitlines()
    assert "STACKPRO_MAILBOX_PATH" in line


async def test_the_mailbox_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    port = free_port()
    settings = {"STACKPRO_MAILBOX_PATH": str(tmp_path / "mail.db"), "STACKPRO_MAILBOX_SECRET": "sixteen letters!"}

    with start("mailbox", "--port", str(port), **settings) as process:
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

                async def answers() -> bool:
                    try:
                        return (await client.get("/livez")).is_success
                    except httpx.TransportError:
                        return False

                await eventually(answers, timeout=30)
                assert (await client.get("/messages")).json() == []
        finally:
            process.terminate()
        process.communicate(timeout=30)

    assert process.returncode == 0
