"""The agent's calls to the control plane: register, poll, report, hand in results. The agent is never called."""

import asyncio
from uuid import UUID

import aiohttp
import structlog
from pydantic import BaseModel, ValidationError

from libs.common.failpoints import failpoint
from libs.contracts.hosts import (
    COMMANDS_PATH,
    DOWNLOAD_PATH,
    POLL_SECONDS,
    REGISTER_PATH,
    REPORT_PATH,
    RESULT_PATH,
    UPLOAD_PATH,
    Command,
    CommandAdapter,
    CommandResult,
    DownloadSource,
    FileDownload,
    FileUpload,
    HostCredential,
    HostRegistration,
    HostReport,
    UploadGrant,
    UploadTarget,
)
from services.provisioner.agent.config import AgentConfig
from services.provisioner.agent.errors import AgentError, BackupAborted, CredentialRefused, RegistrationRefused
from services.provisioner.agent.files import write_atomically

log = structlog.get_logger()

CALL_TIMEOUT = aiohttp.ClientTimeout(total=15)
POLL_TIMEOUT = aiohttp.ClientTimeout(total=POLL_SECONDS + 15)
_REFUSED = frozenset({401, 403})
_GONE = frozenset({404, 409, 410})


class ControlPlaneUnreachable(AgentError):
    """No usable answer; the call is made again after a pause."""

    code = "control_plane_unreachable"


class _Page(BaseModel):
    """A `CommandPage`, its items unread: one that this agent does not know must not hold back the others."""

    items: tuple[dict[str, object], ...]


async def obtain_credential(session: aiohttp.ClientSession, config: AgentConfig) -> HostCredential:
    """The credential kept from an earlier registration, else a new one for the one-time token.

    Raises RegistrationRefused when the token was used, expired or never given out; ControlPlaneUnreachable when
    nobody could say. The control plane lets a token register again until the first call with its credential, so
    that an agent killed before it kept the answer is not lost.
    """
    kept = config.root / "credential.json"
    if kept.exists():
        return HostCredential.model_validate_json(kept.read_bytes())
    failpoint("agent.register.before")
    status, body = await _send(
        session,
        "POST",
        config.control_plane_url + REGISTER_PATH,
        body=HostRegistration(token=config.token),
        timeout=CALL_TIMEOUT,
    )
    if 400 <= status < 500 and status not in {408, 429}:
        raise RegistrationRefused(
            f"the control plane refused this host's token ({status}); "
            "replace the host, or write a fresh token into its bootstrap document"
        )
    _require_success(status)
    credential = HostCredential.model_validate_json(body)
    await asyncio.to_thread(write_atomically, kept, credential.model_dump_json().encode())
    failpoint("agent.register.after")
    return credential


class ControlPlane:
    """Calls under the host's credential. Each raises CredentialRefused or ControlPlaneUnreachable."""

    def __init__(self, session: aiohttp.ClientSession, url: str, credential: HostCredential) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {credential.credential}"}

    async def commands(self) -> tuple[tuple[Command, ...], tuple[UUID, ...]]:
        """Waits up to 25 seconds: the commands, and the ids of those that this agent cannot read."""
        body = await self._call("GET", f"{COMMANDS_PATH}?wait={POLL_SECONDS}", timeout=POLL_TIMEOUT)
        commands: list[Command] = []
        unreadable: list[UUID] = []
        for item in _Page.model_validate_json(body).items if body else ():
            try:
                commands.append(CommandAdapter.validate_python(item))
            except ValidationError:
                unreadable.append(UUID(str(item.get("id"))))
        return tuple(commands), tuple(unreadable)

    async def hand_in(self, command_id: UUID, result: CommandResult) -> None:
        """Delivers a result; one that nobody waits for any more counts as delivered."""
        failpoint("agent.result.before")
        status, _ = await _send(
            self._session,
            "POST",
            self._url + RESULT_PATH.format(command_id=command_id),
            body=result,
            headers=self._headers,
            timeout=CALL_TIMEOUT,
        )
        if status in _GONE:
            log.warning("agent.result.unwanted", command_id=str(command_id), status=status)
            return
        _require_success(status)
        failpoint("agent.result.after")

    async def upload_target(self, command_id: UUID, file: FileUpload) -> UploadTarget | None:
        """Where to send a file of a backup; None where it is stored already. Raises BackupAborted."""
        body = await self._ask(UPLOAD_PATH.format(command_id=command_id), file)
        return UploadGrant.model_validate_json(body).target

    async def download_source(self, command_id: UUID, name: str) -> DownloadSource:
        """Where to fetch a file of a backup. Raises BackupAborted."""
        body = await self._ask(DOWNLOAD_PATH.format(command_id=command_id), FileDownload(name=name))
        return DownloadSource.model_validate_json(body)

    async def _ask(self, path: str, body: BaseModel) -> bytes:
        status, answer = await _send(
            self._session, "POST", self._url + path, body=body, headers=self._headers, timeout=CALL_TIMEOUT
        )
        if status in _GONE:
            raise BackupAborted(f"the control plane gives no address for this backup any more ({status})")
        _require_success(status)
        return answer

    async def report(self, report: HostReport) -> None:
        await self._call("POST", REPORT_PATH, body=report, timeout=CALL_TIMEOUT)

    async def _call(
        self, method: str, path: str, *, timeout: aiohttp.ClientTimeout, body: BaseModel | None = None
    ) -> bytes:
        status, answer = await _send(
            self._session, method, self._url + path, body=body, headers=self._headers, timeout=timeout
        )
        _require_success(status)
        return answer


async def _send(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    timeout: aiohttp.ClientTimeout,
    body: BaseModel | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, bytes]:
    data = None if body is None else body.model_dump_json().encode()
    headers = {**(headers or {}), **({} if body is None else {"Content-Type": "application/json"})}
    try:
        async with session.request(method, url, data=data, headers=headers, timeout=timeout) as answer:
            return answer.status, await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ControlPlaneUnreachable(f"{method} {url}: {error or type(error).__name__}") from error


def _require_success(status: int) -> None:
    if status in _REFUSED:
        raise CredentialRefused(f"the control plane answered {status} to this host's credential")
    if status >= 300:
        raise ControlPlaneUnreachable(f"the control plane answered {status}")
