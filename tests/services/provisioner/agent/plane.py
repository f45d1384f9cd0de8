"""A control plane and an object store for the agent's tests: real HTTP, the protocol of `libs.contracts.hosts`."""

import asyncio
import base64
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from aiohttp import web

from libs.common.ids import new_id
from libs.contracts.hosts import (
    COMMANDS_PATH,
    REGISTER_PATH,
    REPORT_PATH,
    ApplyStack,
    BackupOrder,
    BackUpStack,
    Command,
    CommandPage,
    CommandResult,
    DownloadSource,
    FileDownload,
    FileUpload,
    HostCredential,
    HostRegistration,
    HostReport,
    RemovalOrder,
    RemoveStack,
    RestoreOrder,
    RestoreStack,
    StackBackedUp,
    StackBundle,
    StackMode,
    StackRef,
    UploadGrant,
    UploadTarget,
)
from services.provisioner.stack_apps.bundle import build_bundle
from services.provisioner.stack_apps.catalogue import load_catalogue
from tests.support.eventually import eventually

CHECKSUM_HEADER = "x-amz-checksum-sha256"
SECRETS = {name: "ab" * size for name, size in load_catalogue().secrets.items()}
ACME = StackRef(slug="acme-k3x9", tenant_id=UUID("01900000-0000-7000-8000-000000000001"))
OTHER = StackRef(slug="other-b2c4", tenant_id=UUID("01900000-0000-7000-8000-000000000002"))


def bundle(
    stack: StackRef = ACME, *, generation: int = 1, mode: StackMode = "running", ingress_port: int = 80
) -> StackBundle:
    return build_bundle(
        stack,
        generation=generation,
        site_name="Bäcker & Söhne",
        domain="localhost",
        size="small",
        secrets=SECRETS,
        scheme="http",
        ingress_port=ingress_port,
        mode=mode,
    )


class Plane:
    """Keeps delivering a command until its result came; remembers everything it was told."""

    def __init__(self) -> None:
        self.url = ""
        self.tokens = {"boot-1": "host-1", "boot-2": "host-2"}
        self.credentials: dict[str, str] = {}
        self.registrations = 0
        self.refused = 0
        self.queues: dict[str, dict[UUID, Command]] = {}
        self.results: dict[UUID, CommandResult] = {}
        self.received: Counter[UUID] = Counter()
        self.reports: dict[str, HostReport] = {}
        self.objects: dict[str, bytes] = {}
        self.keep_delivering = False
        self.reject_uploads = False
        self.part_bytes = 64 * 1024
        self.aborted = False
        self.folders: dict[UUID, str] = {}
        self.granted = 0
        self.expired: frozenset[int] = frozenset()
        self.good: set[str] = set()
        self.puts: list[str] = []
        self.held: list[str] = []
        self._rung = asyncio.Event()

    def send(self, host_id: str, command: Command) -> UUID:
        self.queues.setdefault(host_id, {})[command.id] = command
        self._rung.set()
        return command.id

    async def result(self, command_id: UUID, *, timeout: float = 15.0) -> CommandResult:
        await eventually(lambda: command_id in self.results, timeout=timeout)
        return self.results[command_id]

    async def run(self, host_id: str, command: Command) -> CommandResult:
        return await self.result(self.send(host_id, command))

    def apply(self, what: StackBundle) -> ApplyStack:
        return ApplyStack(id=new_id(), stack=what.stack, payload=what)

    def remove(self, stack: StackRef, *, delete_data: bool) -> RemoveStack:
        return RemoveStack(id=new_id(), stack=stack, payload=RemovalOrder(delete_data=delete_data))

    def back_up(self, stack: StackRef, *, freeze: bool = False) -> BackUpStack:
        backup_id = new_id()
        order = BackupOrder(backup_id=backup_id, part_bytes=self.part_bytes, freeze=freeze)
        command = BackUpStack(id=new_id(), stack=stack, payload=order)
        self.folders[command.id] = str(backup_id)
        return command

    def restore(self, stack: StackRef, backup: BackUpStack) -> RestoreStack:
        outcome = self.results[backup.id].result
        assert isinstance(outcome, StackBackedUp)
        return self.restore_order(stack, backup.payload.backup_id, outcome.manifest_sha256)

    def restore_order(self, stack: StackRef, backup_id: UUID, manifest_sha256: str) -> RestoreStack:
        order = RestoreOrder(backup_id=backup_id, manifest_sha256=manifest_sha256)
        command = RestoreStack(id=new_id(), stack=stack, payload=order)
        self.folders[command.id] = str(backup_id)
        return command

    def stored(self, backup_id: UUID) -> dict[str, bytes]:
        """What the store holds of a backup, by name."""
        folder = f"{backup_id}/"
        return {k.removeprefix(folder): v for k, v in sorted(self.objects.items()) if k.startswith(folder)}

    def archive(self, backup_id: UUID) -> bytes:
        """The parts of a backup joined."""
        return b"".join(body for name, body in self.stored(backup_id).items() if name.startswith("part-"))

    async def grant_upload(self, request: web.Request) -> web.Response:
        self._host(request)
        if self.aborted:
            return web.Response(status=409)
        file = FileUpload.model_validate_json(await request.read())
        key = f"{self.folders[UUID(request.match_info['id'])]}/{file.name}"
        held = self.objects.get(key)
        if held is not None and hashlib.sha256(held).hexdigest() == file.sha256:
            self.held.append(file.name)
            return _json(UploadGrant(target=None).model_dump_json())
        digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        target = UploadTarget(url=self._signed(key), headers={CHECKSUM_HEADER: digest})
        return _json(UploadGrant(target=target).model_dump_json())

    async def grant_download(self, request: web.Request) -> web.Response:
        self._host(request)
        name = FileDownload.model_validate_json(await request.read()).name
        key = f"{self.folders[UUID(request.match_info['id'])]}/{name}"
        return _json(DownloadSource(url=self._signed(key)).model_dump_json())

    def _signed(self, key: str) -> str:
        """An address that works once, unless it is one of those that are to have expired."""
        self.granted += 1
        if self.granted not in self.expired:
            self.good.add(str(self.granted))
        return f"{self.url}/objects/{key}?grant={self.granted}"

    async def register(self, request: web.Request) -> web.Response:
        token = HostRegistration.model_validate_json(await request.read()).token
        host_id = self.tokens.pop(token, None)
        if host_id is None:
            self.refused += 1
            return web.json_response({"code": "token_refused"}, status=401)
        self.registrations += 1
        credential = f"credential-of-{host_id}"
        self.credentials[credential] = host_id
        return _json(HostCredential(host_id=host_id, credential=credential).model_dump_json())

    async def commands(self, request: web.Request) -> web.Response:
        host_id = self._host(request)
        assert int(request.query["wait"]) > 0
        waiting = self.queues.setdefault(host_id, {})
        while not waiting:
            self._rung.clear()
            await self._rung.wait()
        return _json(CommandPage(items=tuple(waiting.values())).model_dump_json())

    async def take_result(self, request: web.Request) -> web.Response:
        host_id = self._host(request)
        command_id = UUID(request.match_info["id"])
        result = CommandResult.model_validate_json(await request.read())
        self.received[command_id] += 1
        assert self.results.setdefault(command_id, result) == result
        if not self.keep_delivering:
            self.queues[host_id].pop(command_id, None)
        return web.Response(status=204)

    async def take_report(self, request: web.Request) -> web.Response:
        self.reports[self._host(request)] = HostReport.model_validate_json(await request.read())
        return web.Response(status=204)

    async def put_object(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.reject_uploads or not self._take_grant(request):
            return web.Response(status=403)
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        assert request.headers[CHECKSUM_HEADER] == digest
        assert request.content_length == len(body)
        self.objects[request.match_info["name"]] = body
        self.puts.append(request.match_info["name"].rpartition("/")[2])
        return web.Response()

    async def get_object(self, request: web.Request) -> web.Response:
        if not self._take_grant(request):
            return web.Response(status=403)
        body = self.objects.get(request.match_info["name"])
        return web.Response(status=404) if body is None else web.Response(body=body)

    def _take_grant(self, request: web.Request) -> bool:
        grant = request.query["grant"]
        good = grant in self.good
        self.good.discard(grant)
        return good

    def _host(self, request: web.Request) -> str:
        host_id = self.credentials.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if host_id is None:
            raise web.HTTPUnauthorized
        return host_id


@asynccontextmanager
async def running_plane() -> AsyncIterator[Plane]:
    plane = Plane()
    app = web.Application(client_max_size=1 << 30)
    app.router.add_post(REGISTER_PATH, plane.register)
    app.router.add_get(COMMANDS_PATH, plane.commands)
    app.router.add_post("/agent/v1/commands/{id}/result", plane.take_result)
    app.router.add_post("/agent/v1/commands/{id}/upload", plane.grant_upload)
    app.router.add_post("/agent/v1/commands/{id}/download", plane.grant_download)
    app.router.add_post(REPORT_PATH, plane.take_report)
    app.router.add_put("/objects/{name:.+}", plane.put_object)
    app.router.add_get("/objects/{name:.+}", plane.get_object)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    plane.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield plane
    finally:
        await runner.cleanup()


def _json(body: str) -> web.Response:
    return web.Response(text=body, content_type="application/json")
