"""What a host's agent is told at boot: where the control plane is, its one-time token, its folder and runtime."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.provisioner.agent.errors import ConfigInvalid

AGENT_VERSION = "1.0.0"


class AgentConfig(BaseModel):
    """The bootstrap document that user data writes on a host.

    `memory_mib` is what stacks may reserve together; `port` is where the simulated runtime's entrance listens
    (0: any free one). Times are in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    control_plane_url: str = Field(pattern=r"^https?://")
    token: str = Field(repr=False)
    root: Path
    runtime: Literal["simulated", "compose"] = "compose"
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    report_seconds: Annotated[float, Field(gt=0)] = 15.0
    memory_mib: Annotated[int, Field(ge=1)]


def load(path: Path) -> AgentConfig:
    """Reads the bootstrap document (JSON). Raises ConfigInvalid, with one line that names what is wrong."""
    try:
        return AgentConfig.model_validate(json.loads(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise ConfigInvalid(f"{path}: {_summary(error)}") from error


def _summary(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return str(error)
