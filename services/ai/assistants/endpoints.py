"""Assistants and their versions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from libs.common.idempotency import KeyInUse, KeyReused
from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.ai.assistants import service
from services.ai.assistants.errors import (
    AssistantNameTaken,
    AssistantNotFound,
    UnknownKnowledge,
    UnknownModel,
    VersionNotFound,
)
from services.ai.assistants.schemas import AssistantAnswer, ModelAnswer, ModelsAnswer, NewAssistant, VersionAnswer
from services.ai.deps import Context, KnowledgeReader, Managing, OnlyOnce, Paging

router = APIRouter(prefix="/v1/assistants", tags=["Assistant"])
models_router = APIRouter(prefix="/v1/assistant-models", tags=["Assistant"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The version's number.")]


@router.post(
    "",
    operation_id="create_assistant",
    summary="Make an assistant",
    status_code=201,
    response_model=AssistantAnswer,
    responses=problem_responses(
        Unauthenticated, Forbidden, AssistantNameTaken, UnknownKnowledge, UnknownModel, KeyInUse, KeyReused
    ),
)
async def create_assistant(body: NewAssistant, member: Managing, context: Context, once: OnlyOnce) -> Response:
    """It answers from the documents of its knowledge bases, each asker only from those that they may read."""

    async def write() -> BaseModel:
        return await service.create(context, session, member, body)

    async with context.database.tenant_session(member.tenant_id) as session:
        return await once.run(session, member.tenant_id, write)


@router.get(
    "",
    operation_id="list_assistants",
    summary="List assistants",
    responses=problem_responses(Unauthenticated, Forbidden, BadCursor),
)
async def list_assistants(member: KnowledgeReader, context: Context, paging: Paging) -> Page[AssistantAnswer]:
    """The newest first, each with the version that answers."""
    return await service.page(context, member.tenant_id, paging)


@models_router.get(
    "",
    operation_id="list_models",
    summary="List the models",
    responses=problem_responses(Unauthenticated, Forbidden),
)
async def list_models(member: KnowledgeReader, context: Context) -> ModelsAnswer:
    """What assistants may answer with, in the order in which they are asked when one does not answer."""
    return ModelsAnswer(
        items=[ModelAnswer(name=one.name, leaves_the_machine=one.form != "local") for one in context.settings.models]
    )


@router.get(
    "/{assistant_id}",
    operation_id="get_assistant",
    summary="Read an assistant",
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound),
)
async def get_assistant(assistant_id: UUID, member: KnowledgeReader, context: Context) -> AssistantAnswer:
    """With the version that answers."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.read(session, assistant_id)


@router.put(
    "/{assistant_id}",
    operation_id="change_assistant",
    summary="Change an assistant",
    responses=problem_responses(
        Unauthenticated, Forbidden, AssistantNotFound, AssistantNameTaken, UnknownKnowledge, UnknownModel
    ),
)
async def change_assistant(
    assistant_id: UUID, body: NewAssistant, member: Managing, context: Context
) -> AssistantAnswer:
    """Makes another version of it, which answers from now on; the ones before are kept."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.change(context, session, member, assistant_id, body)


@router.get(
    "/{assistant_id}/versions",
    operation_id="list_assistant_versions",
    summary="List an assistant's versions",
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound, BadCursor),
)
async def list_assistant_versions(
    assistant_id: UUID, member: Managing, context: Context, paging: Paging
) -> Page[VersionAnswer]:
    """The newest first."""
    return await service.versions(context, member.tenant_id, assistant_id, paging)


@router.post(
    "/{assistant_id}/versions/{number}/take-up",
    operation_id="take_up_assistant_version",
    summary="Take up an earlier version",
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound, VersionNotFound),
)
async def take_up_assistant_version(
    assistant_id: UUID, number: Number, member: Managing, context: Context
) -> AssistantAnswer:
    """It answers from now on; no other version is lost."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.take_up(session, assistant_id, number)


@router.delete(
    "/{assistant_id}",
    operation_id="delete_assistant",
    summary="Delete an assistant",
    status_code=204,
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound),
)
async def delete_assistant(assistant_id: UUID, member: Managing, context: Context) -> None:
    """With its versions, chats and answers. Knowledge bases stay."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.delete(session, assistant_id)
