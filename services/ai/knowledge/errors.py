"""What may go wrong with knowledge bases."""

from libs.common.problems import Conflict, NotFound


class KnowledgeBaseNotFound(NotFound):
    code = "knowledge_base_not_found"
    default_detail = "There is no such knowledge base. Its id is in the list of knowledge bases."


class NameTaken(Conflict):
    code = "knowledge_base_name_taken"
    default_detail = "Another knowledge base has this name. Choose a different one."
