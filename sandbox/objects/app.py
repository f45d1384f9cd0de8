"""Serves the signed URLs of the local object store: streamed uploads and downloads, nothing without a signature."""

from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime
from hashlib import sha256

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict
from starlette.middleware.cors import CORSMiddleware

from libs.adapters.objects import LocalObjectsSettings, ObjectInfo, ObjectRefused
from libs.adapters.objects.local import LocalObjects
from libs.adapters.objects.signing import ANY_LENGTH, BadSignature, Expired, Grant, attachment, verified_grant
from libs.common.problems import Forbidden, install_problem_handlers
from sandbox.objects.ranges import Unsatisfiable, byte_range


class ObjectsServerSettings(BaseModel):
    """The store whose URLs are served; pages of `allowed_origins` may use them from a browser."""

    model_config = ConfigDict(frozen=True)

    store: LocalObjectsSettings
    allowed_origins: tuple[str, ...] = ("*",)


class UrlRefused(Forbidden):
    code = "bad_signature"
    default_detail = "This address was not issued by the platform, or was changed. Ask for a new one."


class UrlExpired(Forbidden):
    code = "url_expired"
    default_detail = "This address is no longer valid. Ask for a new one."


def create_app(settings: ObjectsServerSettings) -> FastAPI:
    """The server; it holds no state but the store's directory."""
    app = FastAPI(title="StackPro sandbox objects", openapi_url=None)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.allowed_origins),
        allow_methods=["GET", "HEAD", "PUT"],
        allow_headers=["*"],
        expose_headers=["ETag", "Content-Range", "Content-Disposition"],
    )
    install_problem_handlers(app)
    app.include_router(_routes(settings.store))
    return app


def _routes(store: LocalObjectsSettings) -> APIRouter:
    router = APIRouter()
    objects = LocalObjects(store)
    signing_key = store.signing_key.get_secret_value()

    @router.get("/livez")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.api_route("/{bucket}/{key:path}", methods=["GET", "HEAD"])
    async def download(bucket: str, key: str, request: Request) -> Response:
        grant = _grant(signing_key, bucket, key, request, "GET")
        return _answer(objects, grant, await objects.head(bucket, key), request)

    @router.put("/{bucket}/{key:path}")
    async def upload(bucket: str, key: str, request: Request) -> Response:
        grant = _grant(signing_key, bucket, key, request, "PUT")
        _check_announcement(grant, request.headers)
        info = await objects.put(
            bucket,
            key,
            request.stream() if grant.length == ANY_LENGTH else _exactly(grant.length, request.stream()),
            content_type=grant.type,
            checksum_sha256=grant.sha256 or None,
            max_bytes=None if grant.length == ANY_LENGTH else grant.length,
        )
        return Response(status_code=200, headers={"ETag": _etag(info)})

    return router


def _grant(signing_key: str, bucket: str, key: str, request: Request, method: str) -> Grant:
    try:
        grant = verified_grant(signing_key, bucket, key, request.query_params)
    except BadSignature as error:
        raise UrlRefused from error
    except Expired as error:
        raise UrlExpired from error
    if grant.method != method:
        raise UrlRefused(f"This address is for {grant.method} only.")
    return grant


def _check_announcement(grant: Grant, headers: Mapping[str, str]) -> None:
    if headers.get("content-type", "") != grant.type:
        raise UrlRefused(f"Send the header Content-Type: {grant.type}")
    if grant.length == ANY_LENGTH:
        return
    if (announced := headers.get("content-length")) is not None and announced != str(grant.length):
        raise UrlRefused(f"Send exactly {grant.length} bytes.")


async def _exactly(length: int, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body, refused when it ends early; that it is not longer is checked by the store."""
    came = 0
    async for chunk in chunks:
        came += len(chunk)
        yield chunk
    if came != length:
        raise ObjectRefused(f"{came} bytes came, {length} were announced; nothing was stored.")


def _answer(objects: LocalObjects, grant: Grant, info: ObjectInfo, request: Request) -> Response:
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": _etag(info),
        "Last-Modified": format_datetime(info.modified_at, usegmt=True),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        # The store has the same origin for all tenants, so what they upload must not run there.
        "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'",
    }
    if grant.filename:
        headers["Content-Disposition"] = attachment(grant.filename)
    try:
        part = byte_range(request.headers.get("range"), info.size)
    except Unsatisfiable:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{info.size}"})
    first, last = part or (0, info.size - 1)
    headers["Content-Length"] = str(last - first + 1)
    if part is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{info.size}"
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=info.content_type)
    body = _read(objects, grant, info, first=first, last=last)
    return StreamingResponse(body, status, headers, info.content_type)


async def _read(
    objects: LocalObjects, grant: Grant, info: ObjectInfo, *, first: int, last: int
) -> AsyncIterator[bytes]:
    async with objects.get(grant.bucket, grant.key, first=first, last=last) as reader:
        if reader.info != info:
            # The head is sent already, so all that is left is to break off; the client will ask again.
            raise ObjectRefused("The file was replaced while it was asked for.")
        async for chunk in reader:
            yield chunk


def _etag(info: ObjectInfo) -> str:
    basis = info.checksum_sha256 or f"{info.size}-{info.modified_at.timestamp()}"
    return f'"{sha256(basis.encode()).hexdigest()[:32]}"'
