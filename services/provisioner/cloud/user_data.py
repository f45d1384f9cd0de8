"""The user data a host boots with: a shell script that leaves the agent's configuration behind and starts the agent."""

import json
import re

from pydantic import BaseModel, ConfigDict, Field

BEGIN = "#stackpro-agent-begin"
END = "#stackpro-agent-end"
SCRIPT = """#!/bin/sh
# Written by StackPro's provisioner. The token below works once.
set -eu
umask 077
install -d -m 0700 /etc/stackpro
sed -n '/^{begin}$/,/^{end}$/{{ /^#[{{]/s/^#//p; }}' "$0" >/etc/stackpro/agent.json
{begin}
#{document}
{end}
systemctl enable --now stackpro-agent.service
"""


class AgentBootstrap(BaseModel):
    """What a host's agent knows at its first start; everything else it is told by the control plane.

    `token` is the one-time token of its registration, `memory_mib` what stacks may reserve together. The agent's
    own defaults, and on an emulated host its folder and runtime, complete it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    control_plane_url: str = Field(pattern=r"^https?://[^\s']+$")
    token: str = Field(min_length=1, pattern=r"^[A-Za-z0-9._~-]+$", repr=False)
    memory_mib: int = Field(ge=1)


def render_user_data(bootstrap: AgentBootstrap) -> str:
    """The script. The document stands in it once, as a marked comment that the script itself picks out."""
    document = json.dumps(bootstrap.model_dump(mode="json"), separators=(",", ":"), sort_keys=True)
    return SCRIPT.format(document=document, begin=BEGIN, end=END)


def parse_user_data(text: str) -> AgentBootstrap:
    """The bootstrap in a rendered script. Raises ValueError when there is none, or it is not one."""
    found = re.search(rf"^{BEGIN}\n#(.*)\n{END}$", text, re.MULTILINE)
    if found is None:
        raise ValueError("this user data holds no agent configuration")
    return AgentBootstrap.model_validate_json(found[1])
