"""What the cloud emulator must be told: where its journal lies, where it listens and what the account holds."""

from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "123456789012"


@dataclass(frozen=True, kw_only=True)
class CloudSettings:
    """`home` is the emulator's own folder; `hosts` the folder of the emulated machines (`hosts/<instance id>/`).

    With port 0 a free one is taken. `validation_wait` is in seconds: how long after its validation record a
    certificate is issued.
    """

    home: Path
    hosts: Path
    port: int
    host: str = "127.0.0.1"
    base_domain: str = "localhost"
    region: str = "us-east-1"
    validation_wait: int = 1
    hang_seconds: float = 60.0

    @property
    def journal(self) -> Path:
        return self.home / "journal.jsonl"

    @property
    def seed_file(self) -> Path:
        """Written by the seed: the ids that the provisioner's settings name (`SeededAccount` as JSON)."""
        return self.home / "account.json"
