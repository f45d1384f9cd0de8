"""Programs that stand in for a converter of old Word documents; each is a script that does one thing."""

from pathlib import Path


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
