"""The Bedrock form of the embeddings port: Amazon Titan Text Embeddings V2 by InvokeModel.

Rules of the model: Amazon Bedrock User Guide, "Amazon Titan Text Embeddings models". Errors: Bedrock API Reference,
InvokeModel.
"""

import math
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import numpy as np
import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.adapters.aws import aws_client, aws_errors
from libs.common.circuit import Circuit, CircuitOpen
from services.ai.embeddings.batches import each
from services.ai.embeddings.metrics import TOKENS
from services.ai.embeddings.port import EmbeddingsFailed, EmbeddingsUnavailable, Floats, refuse_blank
from services.ai.embeddings.settings import BedrockEmbeddingsSettings

_MOST_BYTES = 8_000
"""The model takes 8,192 tokens and 50,000 characters; its tokenizer is not public, but no token is less than a byte."""
_BYTES_PER_TOKEN = 3
"""English has 4.7 characters to a token by AWS's own figure; other alphabets have more bytes to a character."""
_KNOWN = {
    "ModelErrorException": EmbeddingsUnavailable,
    "ModelNotReadyException": EmbeddingsUnavailable,
    "ModelTimeoutException": EmbeddingsUnavailable,
    "ServiceQuotaExceededException": EmbeddingsUnavailable,
}


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)

    embedding: list[float]
    tokens: int = Field(alias="inputTextTokenCount", ge=0)


class TitanEmbeddings:
    """One call for each text, since the model takes no more; several calls at once."""

    def __init__(self, client: Any, settings: BedrockEmbeddingsSettings) -> None:
        self._client = client
        self._settings = settings
        self._circuit = Circuit()
        self.model = f"titan-embed-text-v2:{settings.dimensions}"
        self.dimensions: int = settings.dimensions
        self.most_tokens = settings.passage_tokens
        self.unrelated_below = settings.unrelated_below

    def count_tokens(self, text: str) -> int:
        return -(-len(text.encode(errors="replace")) // _BYTES_PER_TOKEN)

    async def embed(self, texts: Sequence[str]) -> Floats:
        refuse_blank(texts)
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)

        async def write(index: int) -> None:
            vectors[index] = await self._vector(texts[index])

        await each(range(len(texts)), write, at_once=self._settings.concurrency)
        return vectors

    async def _vector(self, text: str) -> Floats:
        body = {
            "inputText": text.encode(errors="replace")[:_MOST_BYTES].decode(errors="ignore"),
            "dimensions": self.dimensions,
            "normalize": True,
        }
        with self._errors():
            answer = await self._client.invoke_model(
                modelId=self._settings.model_id,
                contentType="application/json",
                accept="application/json",
                body=orjson.dumps(body),
            )
            async with answer["body"] as stream:
                content = await stream.read()
        return self._read(content)

    def _read(self, content: bytes) -> Floats:
        try:
            answer = _Answer.model_validate_json(content)
        except ValidationError as error:
            raise EmbeddingsFailed("The embedding model answered with what is no vector.") from error
        length = math.hypot(*answer.embedding)
        if len(answer.embedding) != self.dimensions or not math.isfinite(length) or length == 0:
            raise EmbeddingsFailed("The embedding model answered with what is no vector.")
        TOKENS.labels(self.model).inc(answer.tokens)
        return (np.array(answer.embedding) / length).astype(np.float32)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            self._circuit.check()
            with aws_errors(_KNOWN, unavailable=EmbeddingsUnavailable, failed=EmbeddingsFailed):
                yield
        except CircuitOpen as error:
            raise EmbeddingsUnavailable(headers=error.headers) from None
        except EmbeddingsUnavailable:
            self._circuit.failed()
            raise
        except EmbeddingsFailed:
            self._circuit.succeeded()
            raise
        except (aiohttp.ClientError, TimeoutError) as error:  # while the answer's body is read
            self._circuit.failed()
            raise EmbeddingsUnavailable from error
        self._circuit.succeeded()


@asynccontextmanager
async def open_titan(settings: BedrockEmbeddingsSettings) -> AsyncIterator[TitanEmbeddings]:
    """Titan with the client that lives as long as the process."""
    async with aws_client("bedrock-runtime", settings.aws, max_connections=settings.concurrency) as client:
        yield TitanEmbeddings(client, settings)
