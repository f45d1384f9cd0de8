"""Puts placeholders in the place of what identifies people, before text leaves the machine, and takes them back."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.ai.safety.personal_data import FINDERS, Kind

_PLACEHOLDER = re.compile(rf"\[({'|'.join(FINDERS)}) (\d{{1,9}})\]")
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What stood from `start` to `end` of the original text, and what stands there now."""

    kind: Kind
    start: int
    end: int
    placeholder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """`originals` says what each placeholder stands for: of this text, and of those that came before."""

    text: str
    spans: tuple[Span, ...]
    originals: Mapping[str, str] = field(repr=False)


def redact(text: str, language: str, *, known: Mapping[str, str] = _NOTHING) -> Redacted:
    """`text`, in `language` (ISO 639-1), with placeholders such as `[e-mail 1]`, the same for what is written alike.

    `known` are the `originals` of texts that go to the same model beside this one, so that a placeholder means the same
    in all of them. Linear in the length of the text.
    """
    names = _Names(text, known)
    spans = [
        Span(kind=kind, start=start, end=end, placeholder=names.of(kind, text[start:end]))
        for start, end, kind in sorted(_found(text, language))
    ]
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += text[done : span.start], span.placeholder
        done = span.end
    return Redacted(text="".join([*parts, text[done:]]), spans=tuple(spans), originals=names.originals)


def restore(text: str, originals: Mapping[str, str]) -> str:
    """`text`, such as a model's answer, with the originals in place of their placeholders."""
    return _PLACEHOLDER.sub(lambda match: originals.get(match.group(), match.group()), text)


class Restorer:
    """Restores a text that comes in pieces, wherever they are cut."""

    def __init__(self, originals: Mapping[str, str]) -> None:
        self._originals = originals
        self._held = ""

    def feed(self, text: str) -> str:
        """What can be told with the next piece: all but what may be the beginning of a placeholder."""
        text = restore(self._held + text, self._originals)
        begins = text.rfind("[")
        is_part = begins >= 0 and any(one.startswith(text[begins:]) for one in self._originals)
        self._held = text[begins:] if is_part else ""
        return text[:begins] if is_part else text

    def close(self) -> str:
        """The rest."""
        held, self._held = self._held, ""
        return held


def _found(text: str, language: str) -> list[tuple[int, int, Kind]]:
    """Places that do not overlap: what was found is blank to those who look after it."""
    found: list[tuple[int, int, Kind]] = []
    rest = text
    for kind, find in FINDERS.items():
        places = _apart(find(rest, language))
        found += [(start, end, kind) for start, end in places]
        parts: list[str] = []
        done = 0
        for start, end in places:
            parts += rest[done:start], "\0" * (end - start)
            done = end
        rest = "".join([*parts, rest[done:]])
    return found


def _apart(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order; where several overlap, the first and longest stays."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


class _Names:
    """Gives placeholders, none of which the text has already, and remembers what they stand for."""

    def __init__(self, text: str, known: Mapping[str, str]) -> None:
        self.originals = dict(known)
        self._numbers: defaultdict[str, int] = defaultdict(int)
        self._given: dict[tuple[str, str], str] = {}
        self._in_text = {match.group() for match in _PLACEHOLDER.finditer(text)}
        for placeholder, original in known.items():
            kind = placeholder[1:].rpartition(" ")[0]
            self._given[kind, original] = placeholder

    def of(self, kind: Kind, original: str) -> str:
        """The placeholder of `original`."""
        given = self._given.get((kind, original))
        if given is None:
            given = self._given[kind, original] = self._next(kind)
            self.originals[given] = original
        return given

    def _next(self, kind: Kind) -> str:
        while True:
            self._numbers[kind] += 1
            placeholder = f"[{kind} {self._numbers[kind]}]"
            if placeholder not in self.originals and placeholder not in self._in_text:
                return placeholder
