"""Knowledge bases."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from libs.common.idempotency import KeyInUse, KeyReused
from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.ai.deps import Context, KnowledgeReader, KnowledgeWriter, Managing, OnlyOnce, Paging
from services.ai.knowledge import service
from services.ai.knowledge.errors import KnowledgeBaseNotFound, NameTaken, UnknownEmbeddingModel
from services.ai.knowledge.schemas import EmbeddingModel, KnowledgeBaseAnswer, NewKnowledgeBase

router = APIRouter(prefix="/v1/knowledge-bases", tags=["Assistant"])


@router.post(
    "",
    operation_id="create_knowledge_base",
    summary="Make a knowledge base",
    status_code=201,
    response_model=KnowledgeBaseAnswer,
    responses=problem_responses(Unauthenticated, Forbidden, NameTaken, KeyInUse, KeyReused),
)
async def create_knowledge_base(
    body: NewKnowledgeBase, member: KnowledgeWriter, context: Context, once: OnlyOnce
) -> Response:
    """A place for documents that belong together. Assistants are told which ones they answer from."""

    async def write() -> BaseModel:
        return await service.create(session, member.tenant_id, body, model=context.embeddings.default.model)

    async with context.database.tenant_session(member.tenant_id) as session:
        return await once.run(session, member.tenant_id, write)


@router.get(
    "",
    operation_id="list_knowledge_bases",
    summary="List knowledge bases",
    responses=problem_responses(Unauthenticated, Forbidden, BadCursor),
)
async def list_knowledge_bases(member: KnowledgeReader, context: Context, paging: Paging) -> Page[KnowledgeBaseAnswer]:
    """The newest first, with how many documents are ready, on their way, or failed."""
    return await service.page(context, member.tenant_id, paging)


@router.get(
    "/{knowledge_base_id}",
    operation_id="get_knowledge_base",
    summary="Read a knowledge base",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound),
)
async def get_knowledge_base(knowledge_base_id: UUID, member: KnowledgeReader, context: Context) -> KnowledgeBaseAnswer:
    """Its name, and how many documents it holds."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.read(session, knowledge_base_id)


@router.put(
    "/{knowledge_base_id}",
    operation_id="change_knowledge_base",
    summary="Change a knowledge base",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, NameTaken),
)
async def change_knowledge_base(
    knowledge_base_id: UUID, body: NewKnowledgeBase, member: KnowledgeWriter, context: Context
) -> KnowledgeBaseAnswer:
    """Gives it another name or description; its documents stay."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.change(session, knowledge_base_id, body)


@router.put(
    "/{knowledge_base_id}/embedding-model",
    operation_id="move_knowledge_base",
    summary="Move to another embedding model",
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound, UnknownEmbeddingModel),
)
async def move_knowledge_base(
    knowledge_base_id: UUID, body: EmbeddingModel, member: Managing, context: Context
) -> KnowledgeBaseAnswer:
    """Every passage is embedded by it too; until the last one is, searches go on with the model before."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await service.move(context, session, knowledge_base_id, body.model)


@router.delete(
    "/{knowledge_base_id}",
    operation_id="delete_knowledge_base",
    summary="Delete a knowledge base",
    status_code=204,
    responses=problem_responses(Unauthenticated, Forbidden, KnowledgeBaseNotFound),
)
async def delete_knowledge_base(knowledge_base_id: UUID, member: Managing, context: Context) -> None:
    """With every document in it, its passages, its vectors and its files. Nothing of it is found from now on."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.delete(session, knowledge_base_id)
