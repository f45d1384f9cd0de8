"""What a reader may not do, whoever has taken it over, and that it ends with whoever asked for it."""

import asyncio
import os
import sys
from pathlib import Path

import orjson
import pytest

from tests.services.ai.extraction.converting import noted, runs
from tests.services.ai.extraction.documents import docx, page_of, pdf
from tests.services.ai.extraction.reading import outcome
from tests.support.eventually import eventually

PROBE, WORKER = (Path(__file__).with_name(name) for name in ("probe.py", "worker.py"))
REFUSED = "PermissionError"


async def _probe(how: str) -> dict[str, str]:
    """What came of each attempt; a server listens, and notes who comes."""
    visits: list[object] = []
    server = await asyncio.start_server(lambda *_: visits.append("somebody"), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(PROBE), how, str(os.getpid()), str(port)),
            stdout=asyncio.subprocess.PIPE,
            env={},
            start_new_session=True,
        )
        printed, _ = await process.communicate()
    assert visits == []
    outcomes: dict[str, str] = orjson.loads(printed)
    return outcomes


NOBODY_ELSE = {
    **dict.fromkeys(("internet", "datagram", "ipv6", "raw", "netlink", "local datagram", "io_uring", "x32"), REFUSED),
    **dict.fromkeys(("signal", "own session"), REFUSED),
    "own environment": "done",
}


async def test_a_reader_reaches_nobody_and_starts_nothing() -> None:
    outcomes = await _probe("plain")

    assert outcomes.items() >= {**NOBODY_ELSE, "local": REFUSED, "program": REFUSED, "memory": "OSError"}.items()
    assert (outcomes["file"], outcomes["thread"]) == ("done", "done")


async def test_a_reader_that_needs_a_converter_may_start_it_and_no_more() -> None:
    outcomes = await _probe("programs")

    assert outcomes.items() >= {**NOBODY_ELSE, "local": "done", "program": "done"}.items()


async def test_a_reader_that_parses_opens_no_file_either() -> None:
    outcomes = await _probe("sealed")

    closed = ("parent's environment", "file", "new file", "folder", "program", "local")
    assert outcomes.items() >= {**NOBODY_ELSE, **dict.fromkeys(closed, REFUSED), "thread": "RuntimeError"}.items()


@pytest.mark.parametrize("ending", [".pdf", ".docx", ".html", ".md", ".txt", ".csv"])
async def test_every_reader_has_all_it_needs_when_files_are_closed(tmp_path: Path, ending: str) -> None:
    """What Python loads only when it is first used cannot be loaded then."""
    contents = {
        ".pdf": pdf([page_of(("Große Äpfel", 20), "", "Ligaturen, “Zeichen” – 5 €")], title="T"),
        ".docx": docx(lambda document: document.add_paragraph("Größe", style="List Bullet")),
        ".html": "<meta charset=shift_jis><p>日本語</p>".encode("shift_jis"),
        ".md": "# Größe\n\n<b>x</b>".encode("utf-16"),
        ".txt": "Größe".encode("cp1252"),
        ".csv": "a;b\nGröße;ü".encode("cp1252"),
    }

    assert await outcome(tmp_path, contents[ending], ending) == "read"


async def test_a_reader_and_its_converter_end_when_the_worker_is_killed(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, str(WORKER), str(tmp_path)), env={**os.environ, "TMPDIR": str(temporary)}
    )
    pids = await eventually(lambda: noted(tmp_path / "pids"), timeout=20)
    assert len(pids) == 3

    worker.kill()
    await worker.wait()

    await eventually(lambda: not any(map(runs, pids)))
    assert list(temporary.iterdir()) == []
