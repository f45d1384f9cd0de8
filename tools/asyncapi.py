"""The AsyncAPI document of the sockets as it is kept in git: `make snapshots` writes it."""

from pathlib import Path
from typing import Any

from services.messaging.realtime.asyncapi import document

KEPT = Path(__file__).parents[1] / "tests" / "contracts" / "asyncapi.json"


def asyncapi_snapshot() -> dict[Path, dict[str, Any]]:
    """What the file should hold at present."""
    return {KEPT: document()}
