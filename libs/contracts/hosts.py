"""What the control plane and a host's agent say to each other: commands, results, bundles, reports, backups.

The agent calls outward only: it registers once, long-polls for commands, posts their results and reports.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

REGISTER_PATH = "/agent/v1/register"
COMMANDS_PATH = "/agent/v1/commands"
RESULT_PATH = "/agent/v1/commands/{command_id}/result"
UPLOAD_PATH = "/agent/v1/commands/{command_id}/upload"
DOWNLOAD_PATH = "/agent/v1/commands/{command_id}/download"
REPORT_PATH = "/agent/v1/report"
POLL_SECONDS = 25
LARGEST_SINGLE_UPLOAD = 5 * 1024**3
"""Bytes that one presigned PUT may carry (Amazon S3 User Guide, "Uploading objects": 5 GB)."""
MANIFEST_NAME = "manifest.json"
MOST_PARTS = 999_999

Whole = Annotated[int, Field(strict=True, ge=0)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
AppName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
HostId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")]
Hostname = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RelativePath = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^/\x00][^\x00]*$")]
BackupFileName = Annotated[str, Field(pattern=r"^(manifest\.json|part-[0-9]{6})$")]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
VariableValue = Annotated[str, Field(pattern=r"^[^'\r\n\x00]*$")]
"""One line without an apostrophe: in an env file it stands between two, where nothing is interpolated."""

StackMode = Literal["running", "read_only", "stopped"]
"""`read_only` is a freeze: what may write is stopped, and what only serves files is read."""
AppStatus = Literal["starting", "healthy", "unhealthy", "stopped"]


def part_name(number: int) -> str:
    """Name of an archive's part, counted from 1 up to `MOST_PARTS`; the order of names is that of numbers."""
    return f"part-{number:06d}"


class HostsValue(BaseModel):
    """A value of the agent protocol: immutable, and closed to fields that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HostRegistration(HostsValue):
    """Body of `POST /agent/v1/register`. The token comes from the host's user data and works once."""

    token: str = Field(min_length=1, repr=False)


class HostCredential(HostsValue):
    """Answer to a registration; from then on the credential is the bearer token of every call."""

    host_id: HostId
    credential: str = Field(min_length=1, repr=False)


class StackRef(HostsValue):
    slug: Slug
    tenant_id: UUID


class Mount(HostsValue):
    """A folder of the app's volume as the container sees it; `source` is relative to `volumes/<app>/`."""

    source: str = Field(default=".", pattern=r"^(\.|[A-Za-z0-9_-]+)$")
    target: str = Field(pattern=r"^/[^\x00:]+$")
    read_only: bool = False


class HealthCheck(HostsValue):
    """How a container proves that it serves: `path` answers 200 from outside, `command` exits 0 inside."""

    path: str | None = Field(default=None, pattern=r"^/")
    command: tuple[str, ...]
    interval_seconds: Whole = 15
    timeout_seconds: Whole = 5
    retries: Whole = 5
    start_seconds: Whole = 120


class DatabaseDump(HostsValue):
    """Commands run inside a database's container: `dump` writes to its output, `restore` reads its input.

    A database that a container runtime dumped is archived as `<volume>/dumps/<file>`; its `raw` folder is left out.
    """

    raw: str = Field(pattern=r"^[a-z0-9_-]+$")
    file: str = Field(pattern=r"^[a-z0-9._-]+$")
    dump: tuple[str, ...]
    restore: tuple[str, ...]


class InitialFile(HostsValue):
    """Written into a fresh volume, and never again: from then on the volume belongs to the tenant."""

    path: RelativePath
    content: str
    executable: bool = False


class BundleApp(HostsValue):
    """One container of a stack, complete: the agent needs no catalogue of its own."""

    name: AppName
    title: str
    image: str = Field(pattern=r"^[a-z0-9./_-]+:[A-Za-z0-9._-]+(@sha256:[0-9a-f]{64})?$")
    hostnames: tuple[Hostname, ...] = ()
    port: Annotated[int, Field(strict=True, ge=1, le=65535)]
    memory_mib: Annotated[int, Field(strict=True, ge=16)]
    cpus: Annotated[float, Field(gt=0)]
    command: tuple[str, ...] = ()
    environment: dict[VariableName, VariableValue] = {}
    secrets: dict[VariableName, VariableValue] = Field(default={}, repr=False)
    mounts: tuple[Mount, ...] = ()
    files: tuple[InitialFile, ...] = ()
    needs: tuple[AppName, ...] = ()
    health: HealthCheck
    dump: DatabaseDump | None = None


class StackBundle(HostsValue):
    """Everything a host needs to run a stack. `mode` is the state wanted: `running` also ends a freeze.

    `ingress_port` is what the stack's Traefik publishes on a real host; stacks of one host need different ones.
    """

    stack: StackRef
    generation: Whole
    site_name: str = Field(min_length=1, max_length=200)
    apps: tuple[BundleApp, ...] = Field(min_length=1)
    ingress_port: Annotated[int, Field(strict=True, ge=1, le=65535)] = 80
    mode: StackMode = "running"

    @property
    def memory_mib(self) -> int:
        """Memory that the stack reserves on its host, in MiB."""
        return sum(app.memory_mib for app in self.apps)


class RemovalOrder(HostsValue):
    """Ends a stack's containers; its volumes go only with `delete_data`."""

    delete_data: Annotated[bool, Field(strict=True)] = False


class UploadTarget(HostsValue):
    """A presigned PUT of one file of a backup; the signature binds its length and its SHA-256."""

    url: str = Field(repr=False)
    headers: dict[str, str] = {}


class DownloadSource(HostsValue):
    """A presigned GET."""

    url: str = Field(repr=False)
    headers: dict[str, str] = {}


class FileUpload(HostsValue):
    """Body of `POST /agent/v1/commands/{id}/upload`: the file of a backup that is ready to be sent."""

    name: BackupFileName
    size: Annotated[int, Field(strict=True, ge=0, le=LARGEST_SINGLE_UPLOAD)]
    sha256: Sha256


class UploadGrant(HostsValue):
    """Where to send it, for a few minutes; null where the store holds this very file already."""

    target: UploadTarget | None


class FileDownload(HostsValue):
    """Body of `POST /agent/v1/commands/{id}/download`, answered by a `DownloadSource` for a few minutes."""

    name: BackupFileName


class BackupOrder(HostsValue):
    """Asks for an archive of a stack's data, cut into parts of `part_bytes`; the last may be shorter.

    With `freeze` the stack stays frozen until applied again. Addresses are asked for file by file.
    """

    backup_id: UUID
    part_bytes: Annotated[int, Field(strict=True, ge=1, le=LARGEST_SINGLE_UPLOAD)]
    freeze: Annotated[bool, Field(strict=True)] = False


class RestoreOrder(HostsValue):
    """Replaces a stack's data by a backup. The stack was applied before: its databases must run to be filled.

    `manifest_sha256` comes from the catalogue of backups; the manifest proves each part, the archive and each file.
    """

    backup_id: UUID
    manifest_sha256: Sha256


class ApplyStack(HostsValue):
    id: UUID
    kind: Literal["apply_stack"] = "apply_stack"
    stack: StackRef
    payload: StackBundle


class RemoveStack(HostsValue):
    id: UUID
    kind: Literal["remove_stack"] = "remove_stack"
    stack: StackRef
    payload: RemovalOrder


class BackUpStack(HostsValue):
    id: UUID
    kind: Literal["back_up_stack"] = "back_up_stack"
    stack: StackRef
    payload: BackupOrder


class RestoreStack(HostsValue):
    id: UUID
    kind: Literal["restore_stack"] = "restore_stack"
    stack: StackRef
    payload: RestoreOrder


Command = Annotated[ApplyStack | RemoveStack | BackUpStack | RestoreStack, Field(discriminator="kind")]
CommandAdapter: TypeAdapter[Command] = TypeAdapter(Command)


class CommandPage(HostsValue):
    """Answer of `GET /agent/v1/commands?wait=25`: commands without a result, oldest first, or none in time.

    A command may be delivered any number of times; the agent executes it once.
    """

    items: tuple[Command, ...] = ()


class AppReport(HostsValue):
    """One container; `bandwidth_bytes` counts both directions since the stack came to this host."""

    name: AppName
    status: AppStatus
    detail: str = ""
    uptime_seconds: Whole
    storage_bytes: Whole
    bandwidth_bytes: Whole


class StackReport(HostsValue):
    stack: StackRef
    generation: Whole
    mode: StackMode
    memory_mib: Whole
    apps: tuple[AppReport, ...]


class HostCapacity(HostsValue):
    memory_mib: Whole
    reserved_mib: Whole


class HostReport(HostsValue):
    """Body of `POST /agent/v1/report`: the whole host, so that the newest report replaces those before it."""

    host_id: HostId
    sent_at: AwareDatetime
    agent_version: str
    uptime_seconds: Whole
    capacity: HostCapacity
    stacks: tuple[StackReport, ...]


class StackApplied(HostsValue):
    kind: Literal["stack_applied"] = "stack_applied"
    generation: Whole
    apps: tuple[AppReport, ...]


class StackRemoved(HostsValue):
    kind: Literal["stack_removed"] = "stack_removed"
    data_deleted: bool


class StackBackedUp(HostsValue):
    """What the catalogue of backups keeps; `manifest_sha256` is what a later restore must present."""

    kind: Literal["stack_backed_up"] = "stack_backed_up"
    archive_bytes: Whole
    archive_sha256: Sha256
    parts: Whole
    manifest_bytes: Whole
    manifest_sha256: Sha256
    files: Whole
    content_bytes: Whole


class StackRestored(HostsValue):
    """Every file was compared with the manifest's SHA-256 before the new data took the place of the old."""

    kind: Literal["stack_restored"] = "stack_restored"
    files: Whole
    content_bytes: Whole


CommandOutcome = Annotated[StackApplied | StackRemoved | StackBackedUp | StackRestored, Field(discriminator="kind")]


class CommandError(HostsValue):
    """Why a command failed: a stable code (`capacity_exceeded`, `archive_corrupt` ...) and a sentence."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    detail: str


class CommandResult(HostsValue):
    """Body of `POST /agent/v1/commands/{id}/result`; repeated unchanged until the control plane took it."""

    status: Literal["succeeded", "failed"]
    result: CommandOutcome | None = None
    error: CommandError | None = None


class ManifestFile(HostsValue):
    path: RelativePath
    size: Whole
    sha256: Sha256


class ManifestPart(HostsValue):
    """A part of the archive; it is stored under `part_name` of its place in the manifest, counted from 1."""

    size: Whole
    sha256: Sha256


class ManifestApp(HostsValue):
    name: AppName
    image: str


class BackupManifest(HostsValue):
    """Stored beside the archive's parts, which joined in order are a tar.gz of `archive_bytes`.

    Paths are `<app>/<path in its volume>`; `skipped` holds sockets and the like.
    """

    format: Literal[1] = 1
    backup_id: UUID
    stack: StackRef
    created_at: AwareDatetime
    apps: tuple[ManifestApp, ...]
    archive_bytes: Whole
    archive_sha256: Sha256
    parts: tuple[ManifestPart, ...] = Field(min_length=1)
    files: tuple[ManifestFile, ...]
    skipped: tuple[str, ...] = ()
