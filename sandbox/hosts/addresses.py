"""Where an emulated machine really listens: its agent writes it to `agent.json` in the machine's folder."""

import http.client
import json
from pathlib import Path

CHECK_SECONDS = 3.0
ADDRESS_FILE = "agent.json"


def local_port(hosts: Path, instance_id: str) -> int | None:
    """The port of 127.0.0.1 behind the machine's ports; None while nothing listens there.

    The agent's simulated runtime has one entrance for all ports; `agent.json` names its local port as `port`.
    """
    try:
        values = json.loads((hosts / instance_id / ADDRESS_FILE).read_text())
    except (OSError, ValueError):
        return None
    found = values.get("port") if isinstance(values, dict) else None
    return found if isinstance(found, int) else None


def answers_health_check(hosts: Path, instance_id: str, path: str, *, host: str) -> bool:
    """Whether the machine answers a load balancer's health check with a status from 200 to 399."""
    local = local_port(hosts, instance_id)
    if local is None:
        return False
    connection = http.client.HTTPConnection("127.0.0.1", local, timeout=CHECK_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host, "User-Agent": "ELB-HealthChecker/2.0"})
        return 200 <= connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
