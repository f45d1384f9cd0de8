"""Ports on 127.0.0.1: chosen freely at the first start and kept, or fixed by a setting and then checked."""

import errno
import random
import socket
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path

from sandbox.errors import PortTaken, SandboxError
from sandbox.files import read_json, write_json

# Below the range from which Linux takes ports for outgoing connections (from 32768 on), so that a kept port is not
# lost to one of those between two starts.
_SINGLE = range(30_000, 32_000)
_BLOCKS = range(20_000, 30_000, 100)
_ATTEMPTS = 200
_held: dict[int, int] = {}
"""Blocks and single ports of this process, and the descriptors that hold them until it and its children have ended."""


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            return False
    return True


def free_port() -> int:
    """A port that is free now, and that no other process is given here until this one has ended.

    Raises SandboxError when none is found.
    """
    choose = random.SystemRandom().choice
    for _ in range(_ATTEMPTS):
        if is_free(port := choose(_SINGLE)) and _taken(port):
            return port
    raise SandboxError(f"No free port was found between {_SINGLE.start} and {_SINGLE.stop - 1}.")


def require_free(port: int, *, setting: str) -> None:
    """Check a fixed port. Raises PortTaken, which names the port and the setting that changes it."""
    if not is_free(port):
        raise PortTaken(f"Port {port} is taken by another program; free it, or set {setting} to another port.")


def keep_ports(path: Path, names: Iterable[str], *, fixed: Collection[int] = ()) -> dict[str, int]:
    """A port for each name, from `path` where it is still free, else newly chosen; saved there. Avoids `fixed`.

    All are of one block, which belongs to this process until it has ended: platforms that start at the same moment
    choose none that another one has chosen but does not listen on yet. Raises SandboxError when too few are free.
    """
    kept = {name: port for name, port in read_json(path).items() if isinstance(port, int)}
    block = _hold_block({port - port % _BLOCKS.step for port in kept.values()})
    choices = (port for port in block if port not in {*fixed, *kept.values()} and is_free(port))
    ports: dict[str, int] = {}
    for name in names:
        port = kept.get(name)
        if port is None or port not in block or port in fixed or not is_free(port):
            port = next(choices, None)
        if port is None:
            raise SandboxError(f"Too few free ports were found between {block.start} and {block.stop - 1}.")
        ports[name] = port
    write_json(path, {**kept, **ports})
    return ports


def _hold_block(wanted: Collection[int]) -> range:
    """A block that no other process holds, one of `wanted` if that can be."""
    others = random.SystemRandom().sample(_BLOCKS, len(_BLOCKS))
    for start in [*(start for start in wanted if start in _BLOCKS), *others]:
        if start in _held and start not in wanted:
            continue
        if start in _held or _taken(start):
            return range(start, start + _BLOCKS.step)
    raise SandboxError(f"All ports between {_BLOCKS.start} and {_BLOCKS.stop - 1} are held by other platforms.")


def _taken(start: int) -> bool:
    """Takes a name that one process of this machine can have (unix(7), abstract sockets), and no file remembers."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0stackpro-port-{start}")
    except OSError as error:
        name.close()
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    _held[start] = name.detach()
    return True
