"""What can be wrong about chats and answers."""

from libs.common.problems import Conflict, NotFound, Unavailable


class AnswerNotFound(NotFound):
    code = "answer_not_found"
    default_detail = "There is no such answer of yours."


class ChatNotFound(NotFound):
    code = "chat_not_found"
    default_detail = "There is no such chat of yours with this assistant."


class AnswerRunning(Conflict):
    code = "answer_running"
    default_detail = "This answer is still being written. Wait for its end, or stop it."


class AnswerLost(Unavailable):
    """How the answer ended could not be written; nothing was charged."""

    code = "answer_lost"
    default_detail = "The answer could not be kept. Nothing was charged; ask again in a moment."
