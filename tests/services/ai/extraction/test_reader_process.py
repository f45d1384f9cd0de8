"""The process that reads: what it is given, and how it is ended, whatever it has become."""

import os
from pathlib import Path

import pytest

from services.ai.extraction.extract import run_reader
from services.ai.extraction.order import Order
from services.ai.extraction.values import Extracted, ExtractionFailed, Limits
from tests.services.ai.extraction.converting import noted, runs
from tests.services.ai.extraction.reading import LIMITS, shape
from tests.support.eventually import eventually


async def _run(folder: Path, source: str, *, limits: Limits = LIMITS) -> Extracted:
    """Runs a reader of this source over a document of one line."""
    (folder / "document").write_bytes(b"the document")
    (folder / "reader.py").write_text(source)
    order = Order(content_type="text/plain", size=12, parent=os.getpid(), limits=limits)
    with (folder / "document").open("rb") as file:
        return await run_reader(order, file, program=folder / "reader.py")


async def test_a_reader_has_the_document_and_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKPRO_SECRET", "hunter2")

    extracted = await _run(
        tmp_path,
        "import os, sys, json\n"
        "for text in (sys.stdin.read(), ' '.join({'none', *os.environ} - {'LC_CTYPE'})):\n"
        "    print(json.dumps(['block', 'paragraph', text, None, None]))\n"
        "print(json.dumps(['done', None, None]))\n",
    )

    assert shape(extracted) == [("paragraph", "the document"), ("paragraph", "none")]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('while True: print(\'["block","paragraph","more",1,1]\' * 99)', "too_large"),
        ('print(\'["block","paragraph","no end",null,null]\')', "broken"),
        ("print('Traceback')", "broken"),
        ("import os; os.abort()", "broken"),
        ("import os; os.kill(os.getpid(), 9)", "too_large"),
        ("import os; os.kill(os.getpid(), 24)", "too_slow"),
    ],
)
async def test_whatever_a_reader_does_there_is_a_reason(tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(ExtractionFailed, match=reason):
        await _run(tmp_path, source, limits=Limits(result_bytes=100_000))


async def test_a_reader_that_does_nothing_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(ExtractionFailed, match="too_slow"):
        await _run(tmp_path, "import time; time.sleep(60)", limits=Limits(wall_seconds=0.2))


async def test_a_reader_that_will_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    source = (
        "import os, signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(tmp_path / 'pids')!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "while True: sys.stdout.write('x')\n"
    )

    with pytest.raises(ExtractionFailed, match="too_large"):
        await _run(tmp_path, source, limits=Limits(result_bytes=1_000_000))

    pids = noted(tmp_path / "pids")
    assert len(pids) == 2
    await eventually(lambda: not any(map(runs, pids)))
