"""The server of the built web app, over HTTP on a tiny export."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.web.app import WebSettings, create_app
from tests.sandbox.stripe.world import listen, serve

API = "http://127.0.0.1:8000"
PAGE, PACKED = b"<!doctype html><p>Welcome</p>", b"not really brotli"
SCRIPT = "_next/static/chunks/a1b2.js"


def exported(folder: Path) -> Path:
    """A frontend folder as a build leaves it."""
    files = {
        "out/index.html": PAGE,
        "out/index.html.br": PACKED,
        "out/404.html": b"<!doctype html><p>Nothing here</p>",
        "out/signup/index.html": b"<!doctype html><p>Sign up</p>",
        "out/signup/index.txt": b"payload",
        "out/empty/picture.png": b"png",
        f"out/{SCRIPT}": b"let a",
        "out/.hidden": b"secret",
        "secret.txt": b"secret",
        "hosting/headers.json": json.dumps(
            {
                "Content-Security-Policy": "frame-ancestors 'none'",
                "X-Content-Type-Options": "nosniff",
                "Strict-Transport-Security": "max-age=1",
            }
        ).encode(),
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "out" / "way-out.txt").symlink_to(folder / "secret.txt")
    return folder


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    listener, url = listen()
    app = create_app(WebSettings(frontend=exported(tmp_path), api_url=API))
    headers = {"Accept-Encoding": "identity"}
    async with serve(app, listener), httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        yield client


def raw_status(web: httpx.AsyncClient, path: str) -> tuple[int, bytes]:
    """The answer to a path that no client library would send as it stands."""
    connection = http.client.HTTPConnection(web.base_url.host, web.base_url.port, timeout=10)
    connection.putrequest("GET", path)
    connection.endheaders()
    response = connection.getresponse()
    found = response.status, response.read()
    connection.close()
    return found


async def test_a_folder_is_answered_with_its_page(web: httpx.AsyncClient) -> None:
    start, signup = await web.get("/"), await web.get("/signup/")

    assert (start.status_code, start.content) == (200, PAGE)
    assert start.headers["content-type"] == "text/html; charset=utf-8"
    assert "Sign up" in signup.text


async def test_a_folder_without_its_slash_leads_to_it_and_keeps_the_query(web: httpx.AsyncClient) -> None:
    answer = await web.get("/signup?plan=starter&x=%2F")

    assert (answer.status_code, answer.headers["location"]) == (308, "/signup/?plan=starter&x=%2F")
    assert "connect-src" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/empty", "/empty/", "/index.html/", f"/{SCRIPT}.map"])
async def test_what_is_missing_is_the_page_for_it_with_its_status(web: httpx.AsyncClient, path: str) -> None:
    answer = await web.get(path)

    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


async def test_an_export_that_is_gone_is_a_plain_404(tmp_path: Path) -> None:
    (tmp_path / "hosting").mkdir()
    (tmp_path / "hosting" / "headers.json").write_text("{}")
    listener, url = listen()
    app = create_app(WebSettings(frontend=tmp_path, api_url=API))
    async with serve(app, listener), httpx.AsyncClient(base_url=url, trust_env=False) as web:
        answer = await web.get("/")

    assert (answer.status_code, answer.text) == (404, "There is no such page.\n")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/signup/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%5csecret.txt",
        "/signup/%2e%2e/%2e%2e/secret.txt",
        "//secret.txt",
        "/.hidden",
        "/way-out.txt",
        "/secret.txt%00",
        "/%2Fetc/passwd",
    ],
)
async def test_no_path_leads_out_of_the_export(web: httpx.AsyncClient, path: str) -> None:
    status, body = await asyncio.to_thread(raw_status, web, path)

    assert status == 404
    assert b"secret" not in body


async def test_no_redirect_leads_to_another_host(web: httpx.AsyncClient) -> None:
    for path in ("//evil.example/signup", "/%5cevil.example", "/%2f/evil.example"):
        assert (await asyncio.to_thread(raw_status, web, path))[0] == 404


async def test_files_with_a_hash_in_their_name_are_kept_for_ever_and_pages_are_asked_for(
    web: httpx.AsyncClient,
) -> None:
    script, page = await web.get(f"/{SCRIPT}"), await web.get("/")

    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"


async def test_a_page_that_the_browser_has_is_not_sent_again(web: httpx.AsyncClient, tmp_path: Path) -> None:
    tag = (await web.get("/")).headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        unchanged = await web.get("/", headers={"If-None-Match": known})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", tag)
        assert unchanged.headers["x-content-type-options"] == "nosniff"
    (tmp_path / "out" / "index.html").write_bytes(PAGE + b"<p>more</p>")

    changed = await web.get("/", headers={"If-None-Match": tag})

    assert (changed.status_code, changed.content) == (200, PAGE + b"<p>more</p>")


async def test_brotli_is_sent_to_who_takes_it(web: httpx.AsyncClient) -> None:
    plain = await web.get("/")
    async with web.stream("GET", "/", headers={"Accept-Encoding": "gzip, br;q=0.9"}) as packed:
        body = b"".join([part async for part in packed.aiter_raw()])

    assert body == PACKED
    assert packed.headers["content-encoding"] == "br"
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["gzip", "br;q=0", "brx", ""])
async def test_brotli_is_not_sent_to_others(web: httpx.AsyncClient, accepted: str) -> None:
    answer = await web.get("/", headers={"Accept-Encoding": accepted})

    assert "content-encoding" not in answer.headers
    assert answer.content == PAGE


async def test_the_app_learns_where_the_api_is(web: httpx.AsyncClient) -> None:
    answer = await web.get("/config.json")

    assert answer.json() == {"api_url": API}
    assert answer.headers["cache-control"] == "no-store"


async def test_the_api_has_the_name_by_which_the_app_was_asked(web: httpx.AsyncClient) -> None:
    answer = await web.get("/config.json", headers={"Host": "localhost:3000"})

    assert answer.json() == {"api_url": "http://localhost:8000"}
    assert "connect-src 'self' http://localhost:8000" in answer.headers["content-security-policy"]


async def test_every_answer_has_the_headers_of_the_hosting_file(web: httpx.AsyncClient) -> None:
    for path in ("/", "/config.json", "/nothing", f"/{SCRIPT}"):
        headers = (await web.get(path)).headers
        assert (
            headers["content-security-policy"]
            == f"frame-ancestors 'none'; connect-src 'self' {API} {API.replace('http', 'ws', 1)}"
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in headers


async def test_a_head_tells_the_length_and_sends_nothing(web: httpx.AsyncClient) -> None:
    answer = await web.head("/")

    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(len(PAGE)))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_nothing_can_be_changed(web: httpx.AsyncClient, method: str) -> None:
    answer = await web.request(method, "/")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
