"""What an answer may cost, before it is asked for."""

from services.ai.answers.memory import remembered, search_query
from services.ai.answers.preparing import Question, earlier_answers
from services.ai.answers.requests import request_for
from services.ai.answers.retrieval import retrieve
from services.ai.answers.schemas import EstimateAnswer
from services.ai.assistants import service as assistants
from services.ai.context import AiContext
from services.ai.models.prices import estimate as price_range
from services.ai.passages.languages import language_of


async def estimate(context: AiContext, question: Question) -> EstimateAnswer:
    """For the model that would be asked first.

    Raises:
        AssistantNotFound, VersionNotFound, ChatNotFound, EmbeddingsUnavailable, VectorsError
    """
    async with context.database.tenant_session(question.tenant_id) as session:
        version = await assistants.find(session, question.assistant_id, number=question.version)
        earlier = await earlier_answers(session, question)
    language = language_of(question.text)
    retrieved = await retrieve(
        context,
        tenant_id=question.tenant_id,
        asker=question.asker,
        knowledge_base_ids=version.knowledge_base_ids,
        question=search_query(question.text, earlier),
        language=language,
    )
    count = context.embeddings.default.count_tokens
    memory = remembered(earlier, most_tokens=version.memory_tokens, count_tokens=count)
    asked = request_for(version, question.text, retrieved.passages, memory=memory, language=language)
    model = context.models[version.model or context.models.names[0]]
    price = price_range(model.model, asked.request)
    return EstimateAnswer(model=model.name, least_cents=price.least, most_cents=price.most, known=price.known)
