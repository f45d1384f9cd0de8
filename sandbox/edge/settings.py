"""What the emulated internet edge must be told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class EdgeSettings:
    """`hosts` is the folder of the emulated machines, whose agents write there where they listen. `port` 0: any."""

    cloud_url: str
    hosts: Path
    port: int
    host: str = "127.0.0.1"
    answer_seconds: float = 30.0
