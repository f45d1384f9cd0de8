"""What can be wrong about a message.

Forbidden ───── NotYours
NotFound ────── MessageNotFound
Conflict ────── MessageDeleted, TooManyReactions
Unprocessable ─ WrongMessage
"""

from libs.common.problems import Conflict, FieldError, Forbidden, NotFound, Unprocessable


class MessageNotFound(NotFound):
    code = "message_not_found"
    default_detail = "There is no such message in this conversation."


class NotYours(Forbidden):
    code = "not_your_message"
    default_detail = "Only who wrote a message may edit it; they and the admins of the conversation may delete it."


class MessageDeleted(Conflict):
    code = "message_deleted"
    default_detail = "The message was deleted. It can be neither edited nor reacted to."


class TooManyReactions(Conflict):
    code = "too_many_reactions"
    default_detail = "A message takes twenty different emoji at the most. Use one of those that are there."


class WrongMessage(Unprocessable):
    """A field of a message is not valid; `code` says what is wrong with it."""

    def __init__(self, pointer: str, code: str, message: str) -> None:
        super().__init__(errors=[FieldError(pointer=pointer, code=code, message=message)])
