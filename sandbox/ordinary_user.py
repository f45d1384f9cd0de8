"""Running a program that refuses root (PostgreSQL) when we are root, without opening any folder to others."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import Unsupported

_NAMESPACE_USER = 1000


@dataclass(frozen=True)
class OrdinaryUser:
    """`prefix` goes before a command; what the command owns belongs to `owner` (a uid) outside of it."""

    prefix: tuple[str, ...]
    owner: int

    def give(self, folder: Path) -> None:
        """Make `folder` and all in it belong to this user: an earlier start may have run as another."""
        if os.geteuid() == 0:
            for each in (folder, *folder.rglob("*")):
                if each.lstat().st_uid != self.owner:
                    os.chown(each, self.owner, -1, follow_symlinks=False)


def ordinary_user() -> OrdinaryUser:
    """Ourselves if we are not root; else root in a user namespace; else a system user.

    In the namespace the process has another uid and yet remains root's outside, so it enters a 0700 folder of
    root's. Where namespaces are refused (most containers), the system user gets there by the one capability to
    pass over permissions instead. Raises Unsupported when neither is possible.
    """
    if os.geteuid() != 0:
        return OrdinaryUser((), os.geteuid())
    for candidate in (in_namespace(), as_system_user()):
        if candidate and _runs((*candidate.prefix, "true")):
            return candidate
    raise Unsupported(
        "PostgreSQL refuses to run as root, and this machine allows root neither user namespaces nor another"
        " user. Run the sandbox as an ordinary user."
    )


def in_namespace() -> OrdinaryUser | None:
    """Root behind another uid; None without the program `unshare`."""
    unshare = shutil.which("unshare")
    return OrdinaryUser((unshare, "--user", f"--map-user={_NAMESPACE_USER}"), 0) if unshare else None


def as_system_user() -> OrdinaryUser | None:
    """`nobody`, able to enter root's folders; None without the program `setpriv`."""
    setpriv = shutil.which("setpriv")
    nobody = pwd.getpwnam("nobody")
    if not setpriv:
        return None
    # The change of user clears the parent-death signal, so it is asked for again.
    options = (
        f"--reuid={nobody.pw_uid} --regid={nobody.pw_gid} --clear-groups"
        " --inh-caps=+dac_override --ambient-caps=+dac_override --pdeathsig INT"
    )
    return OrdinaryUser((setpriv, *options.split()), nobody.pw_uid)


def _runs(command: tuple[str, ...]) -> bool:
    tried = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  made of our constants
    return tried.returncode == 0
