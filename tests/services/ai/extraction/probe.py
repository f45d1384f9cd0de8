"""Tries, confined as a reader is, what a parser that was taken over would try; prints what came of each as JSON.

`python -I probe.py plain|programs|sealed PARENT PORT`
"""

import ctypes
import json
import mmap
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from services.ai.extraction.confinement import confine, seal
from services.ai.extraction.values import Limits

IO_URING_SETUP, SECCOMP_NUMBER_X32 = 425, 0x40000000 + 41


def attempts(parent: int, port: int) -> dict[str, Callable[[], object]]:
    return {
        "internet": lambda: socket.create_connection(("127.0.0.1", port), timeout=2),
        "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "ipv6": lambda: socket.socket(socket.AF_INET6),
        "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "local": lambda: socket.socket(socket.AF_UNIX),
        "local datagram": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        "io_uring": lambda: _call(IO_URING_SETUP, 1, 0),
        "x32": lambda: _call(SECCOMP_NUMBER_X32, 2, 1, 0),
        "program": lambda: subprocess.run(["true"], check=True),
        "signal": lambda: os.kill(parent, 0),
        "own session": os.setsid,
        "parent's environment": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "file": lambda: Path("/etc/passwd").read_bytes(),
        "new file": lambda: Path("/tmp/stackpro-probe").write_bytes(b"x"),
        "folder": lambda: list(Path("/").iterdir()),
        "thread": lambda: threading.Thread(target=int).start(),
        "own environment": lambda: _none_of(os.environ),
        "memory": lambda: mmap.mmap(-1, 2 * 1024**3),
    }


def _call(number: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _none_of(environment: object) -> None:
    if set(os.environ) - {"LC_CTYPE"}:
        raise ValueError(f"there is {environment}")


def main(how: str, parent: int, port: int) -> None:
    tried = attempts(parent, port)
    confine(Limits(), parent=parent, folder=Path("/nowhere") if how == "programs" else None)
    if how == "sealed":
        seal()
    outcomes = {}
    for name, attempt in tried.items():
        try:
            attempt()
            outcomes[name] = "done"
        except (OSError, MemoryError, RuntimeError, ValueError) as error:
            outcomes[name] = type(error).__name__
    print(json.dumps(outcomes), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
