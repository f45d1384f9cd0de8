"""The apps that a stack may hold, read from `catalogue.yaml` and `images.yaml`: sizes, limits, health, secrets."""

import secrets
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from libs.common.yaml_files import read_yaml
from libs.contracts.hosts import AppName, DatabaseDump, HealthCheck, Mount

FOLDER = Path(__file__).parent


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ManagedEntry(_Data):
    """What takes a database's place where the database itself runs outside the stack."""

    title: str
    memory_mib: tuple[Annotated[int, Field(ge=16)], ...]
    cpus: tuple[float, ...]
    command: tuple[str, ...]
    environment: dict[str, str]
    secrets: dict[str, str]
    mounts: tuple[Mount, ...]
    content: None = None
    health: HealthCheck
    dump: DatabaseDump


class AppEntry(_Data):
    """One app as the data file describes it; `label` is None for what no browser reaches."""

    title: str
    label: str | None = None
    port: int
    memory_mib: tuple[Annotated[int, Field(ge=16)], ...]
    cpus: tuple[float, ...]
    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    secrets: dict[str, str] = {}
    mounts: tuple[Mount, ...] = ()
    needs: tuple[AppName, ...] = ()
    content: str | None = None
    health: HealthCheck
    dump: DatabaseDump | None = None
    managed: ManagedEntry | None = None


class Catalogue(_Data):
    """All apps by name, in the order in which they start."""

    sizes: tuple[str, ...]
    secrets: dict[str, int]
    apps: dict[AppName, AppEntry]
    images: dict[AppName, str]

    def size_index(self, size: str) -> int:
        """Position of `size` in the lists of limits; ValueError names the sizes there are."""
        if size not in self.sizes:
            raise ValueError(f"no stack size {size!r}; there are {', '.join(self.sizes)}")
        return self.sizes.index(size)

    def entries(self, *, managed: bool) -> dict[AppName, AppEntry]:
        """The apps by name; with `managed` those for a stack whose MySQL is an RDS instance."""
        if not managed:
            return self.apps
        return {
            name: app if app.managed is None else app.model_copy(update=dict(app.managed))
            for name, app in self.apps.items()
        }

    def business_apps(self) -> tuple[str, ...]:
        """The apps that a tenant sees, each with a hostname: crm, files, booking, email_marketing, website."""
        return tuple(name for name, app in self.apps.items() if app.label is not None)


@cache
def load_catalogue() -> Catalogue:
    """Reads the data files once; a fault in them names its place."""
    data = read_yaml(FOLDER / "catalogue.yaml")
    images = read_yaml(FOLDER / "images.yaml")
    catalogue = Catalogue.model_validate({**data, "images": images})
    _check(catalogue)
    return catalogue


def stack_memory_mib(size: str, *, managed: bool = False) -> int:
    """Memory in MiB that a stack of `size` reserves on its host; placement compares it with what is free.

    `managed`: its MySQL is an RDS instance, and the host holds a client only.
    """
    catalogue = load_catalogue()
    index = catalogue.size_index(size)
    return sum(app.memory_mib[index] for app in catalogue.entries(managed=managed).values())


def generate_secrets() -> dict[str, str]:
    """Fresh values for every secret of a stack, hexadecimal, to be kept in the secrets store before first use."""
    return {name: secrets.token_hex(size) for name, size in load_catalogue().secrets.items()}


def _check(catalogue: Catalogue) -> None:
    if missing := catalogue.apps.keys() ^ catalogue.images.keys():
        raise ValueError(f"images.yaml and catalogue.yaml differ in {sorted(missing)}")
    for name, app in [*catalogue.apps.items(), *catalogue.entries(managed=True).items()]:
        if len(app.memory_mib) != len(catalogue.sizes) or len(app.cpus) != len(catalogue.sizes):
            raise ValueError(f"{name}: a limit is needed for each of {catalogue.sizes}")
        if unknown := set(app.needs) - catalogue.apps.keys():
            raise ValueError(f"{name} needs unknown apps {sorted(unknown)}")
