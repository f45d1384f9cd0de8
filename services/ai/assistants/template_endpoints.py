"""Templates of assistants."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from libs.common.problems import Forbidden, Unauthenticated, problem_responses
from services.ai.assistants.templates import Language, Template, templates
from services.ai.deps import Managing

router = APIRouter(prefix="/v1/assistant-templates", tags=["Assistant"])


class TemplatesAnswer(BaseModel):
    """Every template, by name."""

    items: list[Template]


@router.get(
    "",
    operation_id="list_assistant_templates",
    summary="List templates of assistants",
    responses=problem_responses(Unauthenticated, Forbidden),
)
async def list_assistant_templates(
    _member: Managing, language: Annotated[Language, Query(description="The language of the templates.")] = "en"
) -> TemplatesAnswer:
    """What an assistant of your industry may begin with: instructions, documents to add, and questions to try."""
    return TemplatesAnswer(items=list(templates(language)))
