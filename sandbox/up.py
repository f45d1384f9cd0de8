"""Runs the sandbox: one supervisor over every process, until Ctrl-C."""

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.children import Progress
from sandbox.errors import PortTaken
from sandbox.home import Home
from sandbox.ports import require_free
from sandbox.supervisor import Supervisor

if TYPE_CHECKING:
    from sandbox.world import World


def run_sandbox(
    home: Home,
    *,
    port: int,
    web_port: int,
    frontend: Path | None,
    web_port_is_wanted: bool,
    on_progress: Callable[[Progress], None],
    on_up: Callable[["World"], None],
) -> None:
    """Runs everything until Ctrl-C. `on_up` is called once `/readyz` of the gateway answers.

    `frontend` is the folder of the built web app, or None to run without it. Where `web_port` is taken and no one
    asked for that port, the platform runs without the web app too.

    Raises:
        SandboxError: one line that says what is in the way, such as a taken port or a home in use.
    """
    with home.owned():
        require_free(port, setting="STACKPRO_PORT")
        if frontend and not _has_port(web_port, is_wanted=web_port_is_wanted, on_progress=on_progress):
            frontend = None
        # Imported here, because they load every service: what is in the way is told seconds before. What is imported
        # stays; to look for garbage in it meanwhile takes a quarter of the time.
        gc.disable()
        from sandbox.household import children  # noqa: PLC0415 - see above
        from sandbox.world import open_world  # noqa: PLC0415 - see above

        gc.freeze()
        gc.enable()
        world = open_world(home, port=port, web_port=web_port, frontend=frontend)
        supervisor = Supervisor(logs=home.logs, record=home.processes, on_progress=on_progress)
        for child in children(world):
            supervisor.add(child)
        # Before the gateway answers: who waited for its `/readyz` reads this next.
        home.write_endpoints(world.endpoints())
        supervisor.run(on_up=partial(on_up, world))


def _has_port(port: int, *, is_wanted: bool, on_progress: Callable[[Progress], None]) -> bool:
    try:
        require_free(port, setting="STACKPRO_WEB_PORT")
    except PortTaken as error:
        if is_wanted:
            raise
        on_progress(Progress("web", "crashed", 0.0, f"is left out. {error}"))
        return False
    return True
