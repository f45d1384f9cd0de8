"""What a forked worker of the provisioner runs: all of it, imported by the parent, on the small sandbox."""

from pathlib import Path

from services.provisioner.worker import run
from tests.faults.small_sandbox import world_in


def work(*, home: str, lease_seconds: float = 15.0) -> None:
    """Works as the sandbox in `home` would let it, until SIGTERM."""
    run(world_in(Path(home)).provisioner().model_copy(update={"lease_seconds": lease_seconds}))
