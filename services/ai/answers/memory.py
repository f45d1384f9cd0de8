"""What an assistant is reminded of: the latest questions and answers of a chat, as many as fit."""

from collections.abc import Callable, Sequence

from services.ai.answers.models import Answer
from services.ai.models.port import Message

MOST_ANSWERS = 20
FOLLOW_UP_WORDS = 6


def remembered(
    earlier: Sequence[Answer], *, most_tokens: int, count_tokens: Callable[[str], int]
) -> tuple[Message, ...]:
    """`earlier` is the latest first; the messages are in the order in which they were said."""
    messages: list[Message] = []
    left = most_tokens
    for answer in earlier:
        if answer.state != "done" or not answer.text:
            continue
        left -= count_tokens(answer.question) + count_tokens(answer.text)
        if left < 0:
            break
        messages += [Message(role="assistant", text=answer.text), Message(role="user", text=answer.question)]
    return tuple(reversed(messages))


def search_query(question: str, earlier: Sequence[Answer]) -> str:
    """A short question ("And on Sundays?") is searched together with the one before it."""
    if earlier and len(question.split()) <= FOLLOW_UP_WORDS:
        return f"{earlier[0].question} {question}"
    return question
