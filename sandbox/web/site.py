"""Files of an exported site: found by the path of a request, with the headers that let browsers keep them."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    # Next.js reads its own payloads only as plain text when the site is exported.
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_HASHED = "/_next/static/"
FOREVER, ASK = "public, max-age=31536000, immutable", "no-cache"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a GET of a path gets."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """The folder that a static export wrote. It may be replaced while it is served."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def answer(self, path: str, *, query: str = "", takes_brotli: bool = False) -> Answer:
        """The file at `path` (decoded, from `/` on), the way to it (308), or the page for what is missing (404)."""
        target = self._inside(path)
        if target is None:
            return self._missing(takes_brotli)
        if target.is_dir():
            if path.endswith("/"):
                return self._file(target / "index.html", path, takes_brotli)
            if (target / "index.html").is_file():
                return Answer(status=308, headers={"Location": f"{path}/{'?' if query else ''}{query}"})
            return self._missing(takes_brotli)
        return self._missing(takes_brotli) if path.endswith("/") else self._file(target, path, takes_brotli)

    def _inside(self, path: str) -> Path | None:
        """Where `path` leads; None for what could lead out of the folder, or into what is hidden."""
        names = path.removeprefix("/").removesuffix("/").split("/") if path != "/" else []
        if any(not name or name.startswith(".") or "\\" in name or not name.isprintable() for name in names):
            return None
        target = self._root.joinpath(*names).resolve()
        return target if target.is_relative_to(self._root) else None

    def _missing(self, takes_brotli: bool) -> Answer:
        page = self._file(self._root / "404.html", "/404.html", takes_brotli)
        return Answer(status=404, body=page.body, headers=page.headers)

    def _file(self, file: Path, path: str, takes_brotli: bool) -> Answer:
        packed = file.with_name(f"{file.name}.br")
        try:
            content, tag = _content(packed if takes_brotli and packed.is_file() else file)
        except OSError:
            return self._missing(takes_brotli) if file.name != "404.html" else _BARE
        headers = {
            "Content-Type": _TYPES.get(file.suffix, "application/octet-stream"),
            "Cache-Control": FOREVER if path.startswith(_HASHED) else ASK,
            "ETag": tag,
        }
        if packed.is_file():
            headers["Vary"] = "Accept-Encoding"
            if takes_brotli:
                headers["Content-Encoding"] = "br"
        return Answer(status=200, body=content, headers=headers)


_BARE = Answer(
    status=404,
    body=b"There is no such page.\n",
    headers={"Content-Type": "text/plain; charset=utf-8", "Cache-Control": ASK},
)


def _content(file: Path) -> tuple[bytes, str]:
    """The file and its strong entity tag (RFC 9110, section 8.8.3), read anew when it was changed."""
    state = file.stat()
    return _read(file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=512)
def _read(file: Path, _changed: int, _size: int) -> tuple[bytes, str]:
    content = file.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
