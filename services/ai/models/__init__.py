"""Language models: Bedrock, any endpoint that speaks OpenAI's chat completions, or the local extractive answerer."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from services.ai.models.errors import (
    ModelBroke,
    ModelError,
    ModelMisconfigured,
    ModelRefused,
    ModelTooSlow,
    ModelUnavailable,
)
from services.ai.models.fallback import Models
from services.ai.models.fitting import ScoreSentences
from services.ai.models.local import LocalModel
from services.ai.models.port import (
    Answering,
    Finished,
    LanguageModel,
    Message,
    ModelEvent,
    ModelRequest,
    Reason,
    Source,
    TextDelta,
    Usage,
)
from services.ai.models.settings import (
    BedrockModelSettings,
    GuardrailSettings,
    LocalModelSettings,
    ModelSettings,
    OpenAIModelSettings,
)

__all__ = [
    "Answering",
    "BedrockModelSettings",
    "Finished",
    "GuardrailSettings",
    "LanguageModel",
    "LocalModelSettings",
    "Message",
    "ModelBroke",
    "ModelError",
    "ModelEvent",
    "ModelMisconfigured",
    "ModelRefused",
    "ModelRequest",
    "ModelSettings",
    "ModelTooSlow",
    "ModelUnavailable",
    "Models",
    "OpenAIModelSettings",
    "Reason",
    "ScoreSentences",
    "Source",
    "TextDelta",
    "Usage",
    "open_model",
    "open_models",
]


@asynccontextmanager
async def open_models(
    settings: Sequence[ModelSettings], *, score_sentences: ScoreSentences | None = None
) -> AsyncIterator[Models]:
    """All models that `settings` name, in their order, open for the life of the process.

    `score_sentences` helps the local answerer to find what is said in other words than the question's.
    """
    async with AsyncExitStack() as stack:
        yield Models([await stack.enter_async_context(open_model(each, score_sentences)) for each in settings])


@asynccontextmanager
async def open_model(
    settings: ModelSettings, score_sentences: ScoreSentences | None = None
) -> AsyncIterator[LanguageModel]:
    """The model that `settings` names."""
    # The SDK costs tens of megabytes, so a form is loaded only where it is chosen.
    if isinstance(settings, LocalModelSettings):
        yield LocalModel(settings, score_sentences)
    elif isinstance(settings, OpenAIModelSettings):
        from services.ai.models.openai import open_openai  # noqa: PLC0415 - see above

        async with open_openai(settings) as model:
            yield model
    else:
        from services.ai.models.bedrock import open_bedrock  # noqa: PLC0415 - see above

        async with open_bedrock(settings) as model:
            yield model
