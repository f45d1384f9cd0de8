"""Programs that stand in for a converter of old Word documents, each a script that does one thing; and what runs."""

from pathlib import Path

import psutil


def script(folder: Path, *lines: str) -> Path:
    """A program of these lines of shell."""
    program = folder / "converter"
    program.write_text("\n".join(("#!/bin/sh", *lines, "")))
    program.chmod(0o755)
    return program


def printing(folder: Path, docbook: str) -> Path:
    """Prints DocBook, whatever it is given."""
    return script(folder, "cat <<'END'", f"<book><title>Letter</title>{docbook}</book>", "END")


def hanging(folder: Path) -> Path:
    """Starts a program, notes the pids of the reader, itself and that, and never ends."""
    return script(folder, "sleep 600 &", f'echo "$PPID $$ $!" > {folder}/pids', "wait")


def noted(pids: Path) -> list[int]:
    """The pids in the file; none as long as it is not there."""
    return [int(pid) for pid in pids.read_text().split()] if pids.exists() else []


def runs(pid: int) -> bool:
    """Whether the process is there and has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
