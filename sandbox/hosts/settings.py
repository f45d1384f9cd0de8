"""What the emulated machine room must be told: where the cloud is and where the machines' disks lie."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class HostsSettings:
    """`hosts` holds a folder per machine, its disk (`hosts/<instance id>/`). `report_seconds` is the agents' rhythm."""

    cloud_url: str
    hosts: Path
    report_seconds: float = 5.0
