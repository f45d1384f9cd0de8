"""What can be wrong about assistants."""

from libs.common.problems import Conflict, FieldError, NotFound, Unprocessable


class AssistantNotFound(NotFound):
    code = "assistant_not_found"
    default_detail = "There is no such assistant. Its id is in the list of assistants."


class VersionNotFound(NotFound):
    code = "assistant_version_not_found"
    default_detail = "The assistant has no such version. Its versions are listed, the newest first."


class AssistantNameTaken(Conflict):
    code = "assistant_name_taken"
    default_detail = "Another assistant has this name. Choose a different one."


class UnknownKnowledge(Unprocessable):
    """An id names no knowledge base."""

    code = "unknown_knowledge_base"
    default_detail = "An assistant answers from knowledge bases of its own business. Name those that are listed."

    def __init__(self, index: int = 0) -> None:
        pointer = f"/knowledge_base_ids/{index}"
        super().__init__(errors=[FieldError(pointer=pointer, code=self.code, message="There is no such base.")])


class UnknownModel(Unprocessable):
    """The platform has no model of this name; `models` lists those that it has."""

    code = "unknown_model"
    default_detail = "This platform has no such model. Name one that is listed, or none for the usual one."

    def __init__(self, models: tuple[str, ...] = ()) -> None:
        error = FieldError(pointer="/model", code=self.code, message="There is no such model here.")
        super().__init__(errors=[error], extra={"models": list(models)})
