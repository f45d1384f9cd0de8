"""The contract of the objects port, on both of its forms."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from libs.adapters.objects import (
    BadName,
    BucketMissing,
    LocalObjectsSettings,
    ObjectMissing,
    ObjectRefused,
    Objects,
    ObjectsSettings,
    S3ObjectsSettings,
    open_objects,
    tenant_key,
)


@pytest.fixture(params=["local", "aws"])
async def objects(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Objects]:
    settings: ObjectsSettings
    if request.param == "local":
        settings = LocalObjectsSettings.model_validate(
            {"root": tmp_path, "public_url": "http://127.0.0.1:1", "signing_key": "s" * 32}
        )
    else:
        settings = S3ObjectsSettings(aws=request.getfixturevalue("aws"), path_style=True)
    async with open_objects(settings) as objects:
        yield objects


@pytest.fixture
async def bucket(objects: Objects) -> str:
    name = f"test-{secrets.token_hex(6)}"
    await objects.ensure_bucket(name)
    return name


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def content(objects: Objects, bucket: str, key: str, first: int = 0, last: int | None = None) -> bytes:
    async with objects.get(bucket, key, first=first, last=last) as reader:
        return await reader.read()


async def test_what_was_put_is_read_back_with_what_is_known_of_it(objects: Objects, bucket: str) -> None:
    key = tenant_key(uuid4(), "uploads", "Grüße & mehr.txt")

    put = await objects.put(bucket, key, b"hello", content_type="text/plain", metadata={"origin": "test"})

    head = await objects.head(bucket, key)
    assert await content(objects, bucket, key) == b"hello"
    assert (head.key, head.size, head.content_type, head.metadata) == (key, 5, "text/plain", {"origin": "test"})
    assert head.checksum_sha256 == put.checksum_sha256 == hashlib.sha256(b"hello").hexdigest()


async def test_a_large_stream_arrives_whole(objects: Objects, bucket: str) -> None:
    key, block = tenant_key(uuid4(), "backups", "full.tar"), secrets.token_bytes(3_000_000)
    digest = hashlib.sha256(block * 4).hexdigest()

    info = await objects.put(bucket, key, stream(*[block] * 4), checksum_sha256=digest)

    assert info.size == 12_000_000
    assert (await objects.head(bucket, key)).checksum_sha256 == digest
    assert hashlib.sha256(await content(objects, bucket, key)).hexdigest() == digest


async def test_a_part_of_an_object_can_be_read(objects: Objects, bucket: str) -> None:
    key = tenant_key(uuid4(), "a")
    await objects.put(bucket, key, b"0123456789")

    assert await content(objects, bucket, key, 2, 4) == b"234"
    assert await content(objects, bucket, key, 7) == b"789"
    assert await content(objects, bucket, key, 8, 100) == b"89"
    assert await content(objects, bucket, key, 10) == b""


async def test_an_empty_object_is_an_object(objects: Objects, bucket: str) -> None:
    key = tenant_key(uuid4(), "empty")
    await objects.put(bucket, key, b"")

    assert (await objects.head(bucket, key)).size == 0
    assert await content(objects, bucket, key) == b""


async def test_putting_again_replaces(objects: Objects, bucket: str) -> None:
    key = tenant_key(uuid4(), "a")
    await objects.put(bucket, key, b"one", content_type="text/plain")
    await objects.put(bucket, key, b"other", content_type="text/csv")

    assert await content(objects, bucket, key) == b"other"
    assert (await objects.head(bucket, key)).content_type == "text/csv"


@pytest.mark.parametrize("size", [10, 9_000_000])
async def test_a_wrong_checksum_is_refused_and_leaves_what_was_there(objects: Objects, bucket: str, size: int) -> None:
    key = tenant_key(uuid4(), "a")
    await objects.put(bucket, key, b"before")

    with pytest.raises(ObjectRefused):
        await objects.put(bucket, key, stream(b"x" * size), checksum_sha256="0" * 64)

    assert await content(objects, bucket, key) == b"before"


@pytest.mark.parametrize("size", [101, 9_000_000])
async def test_more_than_was_allowed_is_refused_and_nothing_is_stored(objects: Objects, bucket: str, size: int) -> None:
    key = tenant_key(uuid4(), "a")

    with pytest.raises(ObjectRefused):
        await objects.put(bucket, key, stream(b"x" * size, b"x" * size), max_bytes=size + 1)

    with pytest.raises(ObjectMissing):
        await objects.head(bucket, key)


async def test_a_stream_that_breaks_off_stores_nothing(objects: Objects, bucket: str) -> None:
    key = tenant_key(uuid4(), "a")

    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 9_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await objects.put(bucket, key, broken())

    assert await objects.list_objects(bucket, key.rpartition("/")[0] + "/") == []


async def test_a_deleted_object_is_gone_and_deleting_twice_is_harmless(objects: Objects, bucket: str) -> None:
    key = tenant_key(uuid4(), "a")
    await objects.put(bucket, key, b"x")

    await objects.delete(bucket, key)
    await objects.delete(bucket, key)

    with pytest.raises(ObjectMissing):
        await objects.head(bucket, key)
    with pytest.raises(ObjectMissing):
        await content(objects, bucket, key)


async def test_a_listing_is_by_key_within_the_prefix_and_goes_on_where_it_ended(objects: Objects, bucket: str) -> None:
    tenant, other = uuid4(), uuid4()
    for name in ("b", "a/2", "a/1", "a-x", "ä"):
        await objects.put(bucket, tenant_key(tenant, name), name.encode())
    await objects.put(bucket, tenant_key(other, "a"), b"x")

    first = await objects.list_objects(bucket, f"{tenant}/", limit=3)
    rest = await objects.list_objects(bucket, f"{tenant}/", after=first[-1].key)

    names = [entry.key.removeprefix(f"{tenant}/") for entry in first + rest]
    assert names == ["a-x", "a/1", "a/2", "b", "ä"]
    assert [entry.key for entry in await objects.list_objects(bucket, f"{tenant}/a/")] == [
        tenant_key(tenant, "a/1"),
        tenant_key(tenant, "a/2"),
    ]
    assert [entry.size for entry in rest] == [1, 2]


async def test_a_key_outside_of_any_tenant_is_refused_by_every_call(objects: Objects, bucket: str) -> None:
    for key in ("a", "a/b", f"{uuid4()}/../x", "/etc/passwd"):
        with pytest.raises(BadName):
            await objects.put(bucket, key, b"x")
        with pytest.raises(BadName):
            await objects.head(bucket, key)
        with pytest.raises(BadName):
            await objects.delete(bucket, key)
        with pytest.raises(BadName):
            await objects.presign_get(bucket, key, expires_in=60)
    with pytest.raises(BadName):
        await objects.list_objects(bucket, "")


async def test_an_unknown_bucket_is_named_as_such(objects: Objects) -> None:
    with pytest.raises(BucketMissing):
        await objects.put("never-made", tenant_key(uuid4(), "a"), b"x")
    with pytest.raises(ObjectRefused):
        await objects.put("../etc", tenant_key(uuid4(), "a"), b"x")


async def test_ensuring_a_bucket_again_keeps_what_is_in_it(objects: Objects, bucket: str) -> None:
    key = tenant_key(uuid4(), "a")
    await objects.put(bucket, key, b"x")

    await objects.ensure_bucket(bucket)

    assert await content(objects, bucket, key) == b"x"


async def test_a_signed_upload_is_bound_to_type_length_and_checksum(objects: Objects, bucket: str) -> None:
    signed = await objects.presign_put(
        bucket,
        tenant_key(uuid4(), "a b"),
        expires_in=60,
        content_type="image/png",
        content_length=5,
        checksum_sha256=hashlib.sha256(b"hello").hexdigest(),
    )

    query = parse_qs(urlsplit(signed.url).query)
    bound = "content-length;content-type;host;x-amz-checksum-sha256;x-amz-sdk-checksum-algorithm"
    assert query.get("X-Amz-SignedHeaders", [bound]) == [bound]
    assert signed.method == "PUT"
    assert signed.headers["Content-Type"] == "image/png"
    assert signed.headers["Content-Length"] == "5"
    assert "%20" in urlsplit(signed.url).path


@pytest.mark.parametrize("expires_in", [0, -1, 7 * 86400 + 1])
async def test_a_url_may_not_last_longer_than_a_week(objects: Objects, bucket: str, expires_in: int) -> None:
    with pytest.raises(ObjectRefused):
        await objects.presign_get(bucket, tenant_key(uuid4(), "a"), expires_in=expires_in)


async def test_the_store_answers_a_ping(objects: Objects) -> None:
    await objects.ping()
