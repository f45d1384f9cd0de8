"""`python -m tests.faults.sandbox_program HOME` runs the small sandbox until SIGTERM, or until its parent ends.

The file `up` in HOME says that all of it answers.
"""

import ctypes
import signal
import sys
from dataclasses import replace
from pathlib import Path

from sandbox.home import Home
from sandbox.household import children
from sandbox.processes import PR_SET_PDEATHSIG
from sandbox.supervisor import Supervisor
from sandbox.world import open_world
from tests.faults.small_sandbox import GATEWAY, WEB

PARTS = frozenset({"postgres", "cloud", "objects", "migrations", "billing", "provisioner", "edge", "hosts"})


def main(path: Path) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    home = Home(path)
    with home.owned():
        world = open_world(home, port=GATEWAY, web_port=WEB)
        supervisor = Supervisor(logs=home.logs, record=home.processes, on_progress=lambda _progress: None)
        for child in children(world):
            if child.name in PARTS:
                supervisor.add(replace(child, after=tuple(name for name in child.after if name in PARTS)))
        supervisor.run(on_up=(path / "up").touch)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
