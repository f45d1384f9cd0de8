"""A backup's files on both forms of the objects port: sent by signed URLs, found again, counted, removed."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from libs.adapters.objects import LocalObjectsSettings, Objects, S3ObjectsSettings, open_objects
from libs.contracts.hosts import BackupManifest, FileUpload, ManifestPart, StackRef, part_name
from sandbox.objects.app import ObjectsServerSettings, create_app
from services.provisioner.backups.files import folder_of, holds_archive, is_stored, names_of_backup, remove_files
from tests.support.http_server import served

BUCKET = "stackpro-tenants"
PARTS = [b"first part", b"second part", b"end"]


@pytest.fixture(params=["local", "aws"])
async def objects(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Objects]:
    if request.param == "aws":
        async with open_objects(S3ObjectsSettings(aws=request.getfixturevalue("aws"), path_style=True)) as objects:
            yield objects
        return
    local = {"root": tmp_path, "public_url": "http://127.0.0.1:1", "signing_key": "s" * 32}
    server = ObjectsServerSettings(store=LocalObjectsSettings.model_validate(local))
    async with served(create_app(server)) as url:
        settings = LocalObjectsSettings.model_validate(local | {"public_url": url})
        async with open_objects(settings) as objects:
            yield objects


@pytest.fixture
async def folder(objects: Objects) -> str:
    await objects.ensure_bucket(BUCKET)
    return folder_of(uuid4(), uuid4())


def announced(number: int, body: bytes) -> FileUpload:
    return FileUpload(name=part_name(number), size=len(body), sha256=hashlib.sha256(body).hexdigest())


def manifest_of(parts: list[bytes]) -> BackupManifest:
    return BackupManifest(
        backup_id=uuid4(),
        stack=StackRef(slug="acme", tenant_id=UUID(int=1)),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        apps=(),
        archive_bytes=sum(map(len, parts)),
        archive_sha256=hashlib.sha256(b"".join(parts)).hexdigest(),
        parts=tuple(ManifestPart(size=len(part), sha256=hashlib.sha256(part).hexdigest()) for part in parts),
        files=(),
    )


async def sent(objects: Objects, folder: str, parts: list[bytes]) -> None:
    """As an agent sends them: each by a signed URL that is bound to its length and checksum."""
    async with httpx.AsyncClient() as client:
        for number, body in enumerate(parts, start=1):
            file = announced(number, body)
            signed = await objects.presign_put(
                BUCKET,
                folder + file.name,
                expires_in=60,
                content_type="application/octet-stream",
                content_length=file.size,
                checksum_sha256=file.sha256,
            )
            answer = await client.put(signed.url, content=body, headers=dict(signed.headers))
            assert answer.status_code == 200, answer.text


async def test_a_part_sent_by_its_signed_url_is_known_again(objects: Objects, folder: str) -> None:
    await sent(objects, folder, PARTS)
    for number, body in enumerate(PARTS, start=1):
        assert await is_stored(objects, BUCKET, folder + part_name(number), announced(number, body))
    assert not await is_stored(objects, BUCKET, folder + part_name(1), announced(1, PARTS[0][::-1]))
    assert not await is_stored(objects, BUCKET, folder + part_name(4), announced(4, b"more"))


async def test_an_archive_is_there_when_each_part_is_in_its_length(objects: Objects, folder: str) -> None:
    await sent(objects, folder, PARTS)
    assert await holds_archive(objects, BUCKET, folder, manifest_of(PARTS))
    assert not await holds_archive(objects, BUCKET, folder, manifest_of([*PARTS, b"more"]))
    assert not await holds_archive(objects, BUCKET, folder, manifest_of([PARTS[1], PARTS[0], PARTS[2]]))
    await objects.delete(BUCKET, folder + part_name(2))
    assert not await holds_archive(objects, BUCKET, folder, manifest_of(PARTS))


async def test_parts_beyond_the_end_go_and_the_backup_stays(objects: Objects, folder: str) -> None:
    await sent(objects, folder, [*PARTS, b"of an attempt before", b"and another"])
    await objects.put(BUCKET, folder + "manifest.json", b"{}")
    await remove_files(objects, BUCKET, folder, keep=names_of_backup(len(PARTS)))
    names = [entry.key.removeprefix(folder) for entry in await objects.list_objects(BUCKET, folder)]
    assert names == ["manifest.json", "part-000001", "part-000002", "part-000003"]


async def test_a_backup_that_is_given_up_leaves_nothing_and_its_neighbour_stays(objects: Objects, folder: str) -> None:
    neighbour = folder_of(UUID(folder.split("/", maxsplit=1)[0]), uuid4())
    await sent(objects, folder, PARTS)
    await sent(objects, neighbour, PARTS)
    for _ in range(2):
        await remove_files(objects, BUCKET, folder)
        assert await objects.list_objects(BUCKET, folder) == []
    assert len(await objects.list_objects(BUCKET, neighbour)) == len(PARTS)
