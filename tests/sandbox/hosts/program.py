"""A machine room as a program of its own: `python -m ... CLOUD_URL HOSTS waiting|agent`.

Its machines run the host agent, or write their pid and wait. A waiting machine whose token is `crashing` ends at once
the first time, and stays up from then on.
"""

import os
import signal
import sys
from pathlib import Path

from sandbox.hosts.app import agent_runner, run_room
from sandbox.hosts.settings import HostsSettings
from services.provisioner.cloud.user_data import AgentBootstrap


def run(bootstrap: AgentBootstrap, disk: Path) -> None:
    starts = disk / "starts"
    with starts.open("a") as file:
        file.write(f"{os.getpid()}\n")
    (disk / "agent.json").write_text('{"port": 1}')
    if bootstrap.token == "crashing" and len(starts.read_text().split()) == 1:
        sys.exit("crashed as asked")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.pause()


if __name__ == "__main__":
    settings = HostsSettings(cloud_url=sys.argv[1], hosts=Path(sys.argv[2]), report_seconds=0.5)
    run_room(settings, agent_runner(settings) if sys.argv[3] == "agent" else run)
