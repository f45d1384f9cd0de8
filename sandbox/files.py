"""Writing the sandbox's small state files so that a reader or a crash never sees half of one."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def write_private(path: Path, text: str, *, sync: bool = True) -> None:
    """Replace `path` with `text` in one step, readable by its owner alone; with `sync` it survives a power cut."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    partial.replace(path)


def write_json(path: Path, values: Mapping[str, object], *, sync: bool = True) -> None:
    """`write_private` for a JSON object."""
    write_private(path, json.dumps(values, indent=2, sort_keys=True) + "\n", sync=sync)


def read_json(path: Path) -> dict[str, object]:
    """The object in `path`; empty when there is no such file."""
    try:
        loaded = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
