"""The embedding models of this process: the one for new knowledge bases first, then those that older ones still use."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from services.ai.embeddings import open_embeddings
from services.ai.embeddings.port import Embeddings, EmbeddingsUnavailable
from services.ai.embeddings.settings import EmbeddingsSettings


class KnownEmbeddings:
    """By name, in the order of the settings."""

    def __init__(self, models: Sequence[Embeddings]) -> None:
        self._models = {one.model: one for one in models}
        self.default = models[0]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._models)

    async def similarities(self, question: str, sentences: Sequence[str]) -> Sequence[float]:
        """How near each of some sentences is to a question, by their cosine. Raises EmbeddingsUnavailable."""
        vectors = await self.default.embed([question, *sentences])
        return [float(one) for one in vectors[1:] @ vectors[0]]

    def __getitem__(self, model: str) -> Embeddings:
        """Raises EmbeddingsUnavailable where this process was not set up with the model."""
        if model not in self._models:
            raise EmbeddingsUnavailable(f"The embedding model {model} is not set up here any more.")
        return self._models[model]


@asynccontextmanager
async def open_known_embeddings(settings: Sequence[EmbeddingsSettings]) -> AsyncIterator[KnownEmbeddings]:
    """All of them, open for the life of the process."""
    async with AsyncExitStack() as stack:
        yield KnownEmbeddings([await stack.enter_async_context(open_embeddings(each)) for each in settings])
