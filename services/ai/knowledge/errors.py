"""What may go wrong with knowledge bases."""

from libs.common.problems import Conflict, FieldError, NotFound, Unprocessable


class KnowledgeBaseNotFound(NotFound):
    code = "knowledge_base_not_found"
    default_detail = "There is no such knowledge base. Its id is in the list of knowledge bases."


class NameTaken(Conflict):
    code = "knowledge_base_name_taken"
    default_detail = "Another knowledge base has this name. Choose a different one."


class UnknownEmbeddingModel(Unprocessable):
    """This platform was not set up with the model; `models` lists those that it has."""

    code = "unknown_embedding_model"
    default_detail = "This platform has no such embedding model. Name one that is listed."

    def __init__(self, models: tuple[str, ...] = ()) -> None:
        error = FieldError(pointer="/model", code=self.code, message="There is no such embedding model here.")
        super().__init__(errors=[error], extra={"models": list(models)})
