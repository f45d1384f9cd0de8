"""What a message's text may be and whom it names. No I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.messaging.messages.errors import WrongMessage
from services.messaging.messages.schemas import MAX_ATTACHMENTS, MAX_TEXT

_MENTION = re.compile(r"<@(all|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})>")
# The blocks that hold emoji, with what joins and varies them (UTS #51, "Unicode Emoji"); wider than its list of
# sequences, so that those of a later version pass too.
_PICTURES = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_EMOJI = re.compile(f"[{_PICTURES}][{_PICTURES}\u200d\ufe0f\u20e3\U000e0020-\U000e007f]*")
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_SPACES = re.compile(r"[^\S\n]{2,}")
MAX_MENTIONS = 100
MAX_EMOJI = 32


@dataclass(frozen=True, slots=True)
class Mentions:
    """The people whom a text names, in the order in which it does, a hundred at the most; and whether all at once."""

    user_ids: tuple[UUID, ...]
    everyone: bool


NOBODY = Mentions((), everyone=False)


def mentions_in(text: str) -> Mentions:
    """Reads the tokens `<@USER_ID>` and `<@all>`."""
    if "<@" not in text:
        return NOBODY
    named = dict.fromkeys(_MENTION.findall(text))
    people = dict.fromkeys(UUID(one) for one in named if one != "all")
    return Mentions(tuple(people)[:MAX_MENTIONS], everyone="all" in named)


def without_mentions(text: str) -> str:
    """What a text says beside the names in it; empty if that is nothing."""
    return _SPACES.sub(" ", _MENTION.sub(" ", text)).strip(" ,:;-\n")


def check_content(text: str, attachment_ids: Sequence[UUID] = ()) -> None:
    """Raises WrongMessage unless there is text of a good length, or something attached."""
    if len(text) > MAX_TEXT:
        raise WrongMessage("/text", "string_too_long", f"Write {MAX_TEXT} characters at the most.")
    if len(attachment_ids) > MAX_ATTACHMENTS:
        raise WrongMessage("/attachment_ids", "too_long", f"Attach {MAX_ATTACHMENTS} files at the most.")
    if not text.strip() and not attachment_ids:
        raise WrongMessage("/text", "string_too_short", "Write something, or attach a file.")


def is_emoji(text: str) -> bool:
    """Whether this can be one emoji, joined ones, flags and keycaps included.

    It is 32 characters at the most and holds no letters, digits or spaces: a reaction stands in the clear in the
    database, so that nobody shall write words with it.
    """
    if _KEYCAP.fullmatch(text):
        return True
    return 0 < len(text) <= MAX_EMOJI and _EMOJI.fullmatch(text) is not None
