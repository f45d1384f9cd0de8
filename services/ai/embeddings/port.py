"""The embeddings port: texts become vectors whose nearness is nearness of meaning.

PortError
└── EmbeddingsError ── EmbeddingsUnavailable, EmbeddingsFailed
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from libs.adapters.errors import PortError

Floats = NDArray[np.float32]


class EmbeddingsError(PortError):
    code, title = "embeddings_failed", "The text could not be turned into a vector"


class EmbeddingsUnavailable(EmbeddingsError):
    status, code, title, retryable = 503, "embeddings_unavailable", "The embedding model does not answer", True
    default_detail = "Try again in a moment."


class EmbeddingsFailed(EmbeddingsError):
    """The model refused, or answered with what is no vector: the same call will not succeed later."""


class Embeddings(Protocol):
    """An embedding model. Vectors of different models cannot be compared, so `model` is stored beside each."""

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def most_tokens(self) -> int:
        """How long a passage may be; a longer text is cut there or later."""

    @property
    def unrelated_below(self) -> float:
        """The cosine below which the nearest passage has probably nothing to do with a question; -1 where nobody
        measured it, so that no question is turned away by it."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, with those that the model puts around it.

        Where the tokenizer is not public, this is an estimate that ordinary text stays below.
        """

    async def embed(self, texts: Sequence[str]) -> Floats:
        """One vector of length 1 for each text, as an array of shape (texts, dimensions).

        The event loop goes on meanwhile. Raises `EmbeddingsUnavailable`, `EmbeddingsFailed`; ValueError for a text that
        is blank.
        """


def refuse_blank(texts: Sequence[str]) -> None:
    """Raises ValueError: a blank text has no meaning, and not every model answers it."""
    if any(not text or text.isspace() for text in texts):
        raise ValueError("a blank text has no vector")
