"""The agents' API, as `libs.contracts.hosts` states it. Agents call; they are never called."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from libs.common.service import context_of
from libs.contracts.hosts import (
    COMMANDS_PATH,
    DOWNLOAD_PATH,
    POLL_SECONDS,
    REGISTER_PATH,
    REPORT_PATH,
    RESULT_PATH,
    UPLOAD_PATH,
    CommandPage,
    CommandResult,
    DownloadSource,
    FileDownload,
    FileUpload,
    HostCredential,
    HostRegistration,
    HostReport,
    UploadGrant,
)
from services.provisioner.context import ProvisionerContext
from services.provisioner.hosts.errors import CredentialRefused
from services.provisioner.hosts.models import Host
from services.provisioner.hosts.service import Agents

router = APIRouter(tags=["Hosts"], include_in_schema=False)
bearer = HTTPBearer(auto_error=False, scheme_name="HostCredential", description="From a host's registration.")


def _agents(request: Request) -> Agents:
    return context_of(request, ProvisionerContext).agents


AgentsService = Annotated[Agents, Depends(_agents)]


async def _calling_host(
    agents: AgentsService, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Host:
    if credentials is None:
        raise CredentialRefused
    return await agents.authenticate(credentials.credentials)


CallingHost = Annotated[Host, Depends(_calling_host)]


@router.post(REGISTER_PATH, operation_id="register_host")
async def register_host(registration: HostRegistration, agents: AgentsService) -> HostCredential:
    return await agents.register(registration.token)


@router.get(COMMANDS_PATH, operation_id="fetch_host_commands")
async def fetch_host_commands(
    host: CallingHost,
    agents: AgentsService,
    request: Request,
    wait: Annotated[float, Query(ge=0, le=POLL_SECONDS)] = 0,
) -> CommandPage:
    """Commands without a result, oldest first, as soon as there are any."""
    state = request.app.state
    return await agents.next_commands(host, wait=wait, leaving=lambda: bool(state.draining))


@router.post(RESULT_PATH, status_code=204, operation_id="settle_host_command")
async def settle_host_command(
    command_id: UUID, result: CommandResult, host: CallingHost, agents: AgentsService
) -> Response:
    await agents.take_result(host, command_id, result)
    return Response(status_code=204)


@router.post(UPLOAD_PATH, operation_id="grant_backup_upload")
async def grant_backup_upload(
    command_id: UUID, file: FileUpload, host: CallingHost, agents: AgentsService
) -> UploadGrant:
    return await agents.grant_upload(host, command_id, file)


@router.post(DOWNLOAD_PATH, operation_id="grant_backup_download")
async def grant_backup_download(
    command_id: UUID, file: FileDownload, host: CallingHost, agents: AgentsService
) -> DownloadSource:
    return await agents.grant_download(host, command_id, file.name)


@router.post(REPORT_PATH, status_code=204, operation_id="take_host_report")
async def take_host_report(report: HostReport, host: CallingHost, agents: AgentsService) -> Response:
    await agents.take_report(host, report)
    return Response(status_code=204)
