"""Signed URLs of the local object store, used by a stranger over HTTP: what the emulator of S3 does not check."""

import hashlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from libs.adapters.objects import LocalObjectsSettings, Objects, SignedRequest, open_objects, tenant_key
from libs.adapters.objects.signing import Grant, signed_url
from sandbox.objects.app import ObjectsServerSettings, create_app
from tests.libs.adapters.serving import listening_socket, served

BUCKET = "tenants"
SIGNING_KEY = "s" * 32
TENANT = UUID("01890000-0000-7000-8000-000000000001")


@pytest.fixture(scope="module")
async def objects(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Objects]:
    root: Path = tmp_path_factory.mktemp("objects")
    listener, url = listening_socket()
    store = LocalObjectsSettings.model_validate({"root": root, "public_url": url, "signing_key": SIGNING_KEY})
    async with served(create_app(ObjectsServerSettings(store=store)), listener), open_objects(store) as objects:
        await objects.ensure_bucket(BUCKET)
        yield objects


@pytest.fixture(scope="module")
async def stranger() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def key() -> str:
    return tenant_key(uuid4(), "uploads", "a file.txt")


async def signed_put(objects: Objects, key: str, body: bytes, *, checksum: bool = True) -> SignedRequest:
    return await objects.presign_put(
        BUCKET,
        key,
        expires_in=60,
        content_type="text/plain",
        content_length=len(body),
        checksum_sha256=hashlib.sha256(body).hexdigest() if checksum else None,
    )


async def send(stranger: httpx.AsyncClient, signed: SignedRequest, body: bytes = b"") -> httpx.Response:
    return await stranger.request(signed.method, signed.url, headers=dict(signed.headers), content=body)


async def assert_refused(response: httpx.Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_signed_upload_is_stored_and_a_signed_download_returns_it(
    objects: Objects, stranger: httpx.AsyncClient, key: str
) -> None:
    body = b"x" * 3_000_000

    put = await send(stranger, await signed_put(objects, key, body), body)
    got = await send(stranger, await objects.presign_get(BUCKET, key, expires_in=60, filename="Größe.txt"))

    assert put.status_code == got.status_code == 200
    assert got.content == body
    assert got.headers["content-type"].startswith("text/plain")
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.txt"


async def test_a_range_of_a_download_is_answered_in_part(
    objects: Objects, stranger: httpx.AsyncClient, key: str
) -> None:
    await objects.put(BUCKET, key, b"0123456789")
    url = (await objects.presign_get(BUCKET, key, expires_in=60)).url

    for wanted, expected in (("bytes=2-4", b"234"), ("bytes=7-", b"789"), ("bytes=-2", b"89")):
        response = await stranger.get(url, headers={"Range": wanted})
        assert (response.status_code, response.content) == (206, expected)
    assert (await stranger.get(url, headers={"Range": "bytes=10-"})).status_code == 416
    head = await stranger.head(url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "10", b"")


async def test_no_part_of_a_signed_url_can_be_changed(objects: Objects, stranger: httpx.AsyncClient, key: str) -> None:
    await objects.put(BUCKET, key, b"secret")
    other = tenant_key(TENANT, "other")
    await objects.put(BUCKET, other, b"of another tenant")
    url = httpx.URL((await objects.presign_get(BUCKET, key, expires_in=60)).url)

    changed = [
        url.copy_with(path=f"/{BUCKET}/{other}"),
        url.copy_set_param("expires", str(int(time.time()) + 9999)),
        url.copy_set_param("method", "PUT"),
        url.copy_set_param("filename", "x.html"),
        url.copy_set_param("signature", "0" * 64),
        url.copy_remove_param("signature"),
        url.copy_set_param("expires", "soon"),
    ]
    for bad in changed:
        await assert_refused(await stranger.get(bad), 403, "bad_signature")


async def test_a_url_is_good_for_its_method_only(objects: Objects, stranger: httpx.AsyncClient, key: str) -> None:
    signed = await signed_put(objects, key, b"hello")

    await assert_refused(await stranger.get(signed.url), 403, "bad_signature")


async def test_an_expired_url_is_refused(objects: Objects, stranger: httpx.AsyncClient, key: str) -> None:
    await objects.put(BUCKET, key, b"x")
    url = httpx.URL((await objects.presign_get(BUCKET, key, expires_in=60)).url)
    public = str(url.copy_with(raw_path=b""))

    expired = signed_url(public, SIGNING_KEY, Grant("GET", BUCKET, key, int(time.time()) - 1))

    await assert_refused(await stranger.get(expired), 403, "url_expired")


async def test_an_upload_of_another_length_type_or_content_is_refused_and_not_stored(
    objects: Objects, stranger: httpx.AsyncClient, key: str
) -> None:
    signed, unchecked = (
        await signed_put(objects, key, b"hello"),
        await signed_put(objects, key, b"hello", checksum=False),
    )

    async def longer() -> AsyncIterator[bytes]:
        yield b"hello"
        yield b"and more"

    async def shorter() -> AsyncIterator[bytes]:
        yield b"hel"

    headers = {"Content-Type": "text/plain"}
    await assert_refused(await stranger.put(signed.url, headers=headers, content=b"hello!"), 403, "bad_signature")
    await assert_refused(await stranger.put(unchecked.url, headers=headers, content=longer()), 422, "object_refused")
    await assert_refused(await stranger.put(unchecked.url, headers=headers, content=shorter()), 422, "object_refused")
    await assert_refused(await stranger.put(signed.url, headers=headers, content=b"HELLO"), 422, "object_refused")
    html = {"Content-Type": "text/html"}
    await assert_refused(await stranger.put(signed.url, headers=html, content=b"hello"), 403, "bad_signature")
    await assert_refused(
        await send(stranger, await objects.presign_get(BUCKET, key, expires_in=60)), 404, "object_missing"
    )


async def test_nothing_is_served_without_a_signature(stranger: httpx.AsyncClient, objects: Objects, key: str) -> None:
    await objects.put(BUCKET, key, b"x")
    url = httpx.URL((await objects.presign_get(BUCKET, key, expires_in=60)).url)

    await assert_refused(await stranger.get(url.copy_with(query=None)), 403, "bad_signature")


async def test_a_page_of_another_origin_may_upload(stranger: httpx.AsyncClient, objects: Objects, key: str) -> None:
    signed = await signed_put(objects, key, b"hello")
    asked = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,x-amz-checksum-sha256",
    }

    response = await stranger.options(signed.url, headers=asked)

    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"
