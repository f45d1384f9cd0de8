"""Ports on 127.0.0.1: chosen freely at the first start and kept, or fixed by a setting and then checked."""

import errno
import random
import socket
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sandbox.errors import PortTaken, SandboxError
from sandbox.files import read_json, write_json

# Below the range from which Linux takes ports for outgoing connections (from 32768 on), so that a kept port is not
# lost to one of those between two starts.
_CHOICES = range(20_000, 32_000)
_ATTEMPTS = 200


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


def free_port(*, unwanted: Iterable[int] = ()) -> int:
    """A port that is free now and not among `unwanted`. Raises SandboxError when none is found."""
    avoided = set(unwanted)
    choose = random.SystemRandom().choice
    for _ in range(_ATTEMPTS):
        port = choose(_CHOICES)
        if port not in avoided and is_free(port):
            return port
    raise SandboxError(f"No free port was found between {_CHOICES.start} and {_CHOICES.stop - 1}.")


def require_free(port: int, *, setting: str) -> None:
    """Check a fixed port. Raises PortTaken, which names the port and the setting that changes it."""
    if not is_free(port):
        raise PortTaken(f"Port {port} is taken by another program; free it, or set {setting} to another port.")


def keep_ports(path: Path, names: Iterable[str], *, fixed: Iterable[int] = ()) -> dict[str, int]:
    """A port for each name, from `path` where it is still free, else newly chosen; saved there. Avoids `fixed`."""
    kept = {name: port for name, port in read_json(path).items() if isinstance(port, int)}
    reserved = set(fixed)
    taken = {*reserved, *kept.values()}
    ports: dict[str, int] = {}
    for name in names:
        port = kept.get(name)
        if port is None or port in reserved or not is_free(port):
            port = free_port(unwanted=taken)
            taken.add(port)
        ports[name] = port
    write_json(path, {**kept, **ports})
    return ports
