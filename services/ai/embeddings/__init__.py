"""Embeddings: MiniLM in this process, or Titan on Bedrock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.ai.embeddings.port import (
    Embeddings,
    EmbeddingsError,
    EmbeddingsFailed,
    EmbeddingsUnavailable,
)
from services.ai.embeddings.settings import (
    BedrockEmbeddingsSettings,
    EmbeddingsSettings,
    LocalEmbeddingsSettings,
)

__all__ = [
    "BedrockEmbeddingsSettings",
    "Embeddings",
    "EmbeddingsError",
    "EmbeddingsFailed",
    "EmbeddingsSettings",
    "EmbeddingsUnavailable",
    "LocalEmbeddingsSettings",
    "open_embeddings",
]


@asynccontextmanager
async def open_embeddings(settings: EmbeddingsSettings) -> AsyncIterator[Embeddings]:
    """The form that `settings` names, open for the life of the process."""
    # The SDK and the model cost tens of megabytes each, so a form is loaded only where it is chosen.
    if isinstance(settings, BedrockEmbeddingsSettings):
        from services.ai.embeddings.bedrock import open_titan  # noqa: PLC0415 - see above

        async with open_titan(settings) as embeddings:
            yield embeddings
    else:
        from services.ai.embeddings.local import open_minilm  # noqa: PLC0415 - see above

        async with open_minilm(settings) as embeddings:
            yield embeddings
