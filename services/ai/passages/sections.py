"""A document as sections: blocks under the headings that lead to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.ai.extraction.values import Block
from services.ai.passages.measure import Measure


@dataclass(frozen=True, eq=False, slots=True)
class Heading:
    """A heading of a document; `title` is its text, shortened if it is long, and `size` the title's."""

    title: str
    size: int
    level: int


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that follow each other under the same headings, the outermost first."""

    path: tuple[Heading, ...]
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A heading whose section goes on; `shown` once its words are sure to be in some passage."""

    heading: Heading
    block: Block
    shown: bool = False


def sections_of(blocks: Iterable[Block], measure: Measure) -> Iterator[Section]:
    """The sections in order. Headings take a quarter of a passage at most: outer ones are left out then.

    A heading that would be in no path (nothing stands under it, it is long, or it was left out) is a block as well.
    """
    stack: list[_Open] = []
    section: Section | None = None
    for block in blocks:
        if not block.text.strip():
            continue
        if block.kind != "heading":
            section = section or _begin(stack, measure)
            section.blocks.append(block)
            continue
        if section is not None:
            yield section
            section = None
        yield from _close(stack, block.level or 1, measure)
        stack.append(_opened(block, measure))
        if stack[-1].shown:
            section = _begin(stack, measure)
            section.blocks.append(_as_text(stack[-1]))
    if section is not None:
        yield section
    yield from _close(stack, 0, measure)


def _opened(block: Block, measure: Measure) -> _Open:
    longest = measure.most // 8
    title = block.text.strip()
    size = measure.size(title)
    is_long = size > longest
    if is_long:
        first = next(measure.cut(title, 0, len(title), longest // 2))
        title = title[: first.end].rstrip() + "…"
        size = measure.size(title)
    return _Open(Heading(title, size, block.level or 1), block, shown=is_long)


def _close(stack: list[_Open], level: int, measure: Measure) -> Iterator[Section]:
    """Ends what a heading of `level` ends; headings under which nothing stood become a section."""
    silent: list[_Open] = []
    while stack and stack[-1].heading.level >= level:
        last = stack.pop()
        if not last.shown:
            silent.insert(0, last)
    if silent:
        section = _begin(stack, measure)
        section.blocks.extend(map(_as_text, silent))
        yield section


def _begin(stack: list[_Open], measure: Measure) -> Section:
    room, first = measure.most // 4, len(stack)
    while first and (room := room - stack[first - 1].heading.size) >= 0:
        first -= 1
    section = Section(tuple(each.heading for each in stack[first:]))
    section.blocks.extend(_as_text(each) for each in stack[:first] if not each.shown)
    for each in stack:
        each.shown = True
    return section


def _as_text(heading: _Open) -> Block:
    return Block("paragraph", heading.block.text, heading.block.page)
