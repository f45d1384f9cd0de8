"""Does a file's beginning contradict the media type it was announced as?

A table of signatures of common types (https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern, and the formats'
own specifications): what has a signature must have it, text must be text, and a program is nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

HEAD_BYTES = 4096
"""How much of a file's beginning is looked at."""
UNKNOWN = "application/octet-stream"
"""The type that claims nothing: every file may be it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A family of formats with one beginning: any of `magics`, and the media types that may be announced for it."""

    magics: tuple[re.Pattern[bytes], ...]
    types: re.Pattern[str]
    text: bool = False


def _kind(*magics: bytes, types: str, text: bool = False) -> Kind:
    return Kind(tuple(re.compile(magic, re.DOTALL) for magic in magics), re.compile(types), text)


PROGRAM = "program"
KINDS: Mapping[str, Kind] = {
    "png": _kind(rb"\x89PNG\r\n\x1a\n", types=r"image/(x-)?png"),
    "jpeg": _kind(rb"\xff\xd8\xff", types=r"image/(jpeg|jpg|pjpeg)"),
    "gif": _kind(rb"GIF8[79]a", types=r"image/gif"),
    "webp": _kind(rb"RIFF.{4}WEBP", types=r"image/webp"),
    "bmp": _kind(rb"BM.{4}\0\0\0\0", types=r"image/(x-ms-)?bmp"),
    "tiff": _kind(rb"II\*\0", rb"MM\0\*", types=r"image/tiff"),
    "iso media": _kind(
        rb".{4}ftyp", types=r"(video|audio)/(mp4|quicktime|x-m4[av]|m4a|3gpp2?)|image/(hei[cf]|avif)(-sequence)?"
    ),
    "matroska": _kind(rb"\x1aE\xdf\xa3", types=r"(video|audio)/(webm|(x-)?matroska)"),
    "ogg": _kind(rb"OggS\0", types=r"(audio|video|application)/ogg|audio/opus"),
    "wave": _kind(rb"RIFF.{4}WAVE", types=r"audio/(wav|wave|x-wav|vnd\.wave)"),
    "avi": _kind(rb"RIFF.{4}AVI ", types=r"video/(x-msvideo|avi|vnd\.avi)"),
    "mp3": _kind(rb"ID3[\x02-\x04]", rb"\xff[\xf2\xf3\xfa\xfb]", types=r"audio/(mpeg|mp3)"),
    "flac": _kind(rb"fLaC", types=r"audio/(x-)?flac"),
    "pdf": _kind(rb"%PDF-", types=r"application/(x-)?pdf"),
    "zip": _kind(
        rb"PK\x03\x04",
        rb"PK\x05\x06",
        types=r"application/(x-)?zip(-compressed)?|application/epub\+zip|application/java-archive"
        r"|application/vnd\.openxmlformats-officedocument\..+|application/vnd\.oasis\.opendocument\..+"
        r"|application/vnd\.ms-(word|excel|powerpoint)\..+macroenabled\.12",
    ),
    "gzip": _kind(rb"\x1f\x8b\x08", types=r"application/(x-)?(gzip|tgz|compressed-tar)"),
    "bzip2": _kind(rb"BZh[1-9]1AY&SY", types=r"application/(x-)?bzip2?"),
    "xz": _kind(rb"\xfd7zXZ\0", types=r"application/(x-)?xz"),
    "7z": _kind(rb"7z\xbc\xaf\x27\x1c", types=r"application/(x-)?7z-compressed"),
    "rar": _kind(rb"Rar!\x1a\x07", types=r"application/(x-rar(-compressed)?|vnd\.rar)"),
    "ole": _kind(
        rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        types=r"application/(msword|vnd\.ms-(excel|powerpoint|outlook|project|publisher)|vnd\.visio|x-msi)",
    ),
    "rtf": _kind(rb"\{\\rtf", types=r"(application|text)/rtf", text=True),
    PROGRAM: _kind(
        rb"MZ.{58}.{4}",
        rb"\x7fELF",
        rb"\xfe\xed\xfa[\xce\xcf]",
        rb"[\xce\xcf]\xfa\xed\xfe",
        rb"\xca\xfe\xba\xbe",
        types=r"application/(x-)?(msdownload|ms-?dos-executable|executable|elf|mach-binary|sharedlib|dosexec|java-vm)"
        r"|application/vnd\.microsoft\.portable-executable",
    ),
}
_TEXT = re.compile(
    r"text/.+|image/svg\+xml|application/((.+\+)?(json|xml)|(x-)?(javascript|sh|yaml|sql))|message/rfc822"
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKS_OF_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SHOWN = re.compile(r"image/(png|jpeg|gif|webp|bmp|tiff|hei[cf]|avif)|(audio|video)/.+|text/(plain|csv)")


def contradicts(content_type: str, head: bytes) -> bool:
    """Whether a file that begins with `head` cannot be what `content_type` says."""
    if content_type == UNKNOWN:
        return False
    found = kind_of(head)
    claimed = {name for name, kind in KINDS.items() if kind.types.fullmatch(content_type)}
    if claimed:
        return found not in claimed
    if _TEXT.fullmatch(content_type):
        misses_svg = content_type == "image/svg+xml" and _SVG.search(head) is None
        return misses_svg or not _is_text(head) or (found is not None and not KINDS[found].text)
    if content_type.split("/", maxsplit=1)[0] in {"image", "audio", "video"}:
        return found is not None  # all that the table knows of these has its own types
    return found == PROGRAM


def kind_of(head: bytes) -> str | None:
    """The family of formats that the beginning tells; None where it tells nothing."""
    return next((name for name, kind in KINDS.items() if any(magic.match(head) for magic in kind.magics)), None)


def served_type(content_type: str) -> str:
    """The type under which the file is given out: what a browser might run is only ever bytes to be saved."""
    return content_type if _SHOWN.fullmatch(content_type) else UNKNOWN


def _is_text(head: bytes) -> bool:
    if head.startswith(_MARKS_OF_UTF16):
        return True
    return _CONTROL.search(head) is None
