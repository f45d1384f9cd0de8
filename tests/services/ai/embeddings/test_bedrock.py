"""Titan on Bedrock: what is asked of it, and what becomes of its errors."""

import asyncio

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from services.ai.embeddings import (
    BedrockEmbeddingsSettings,
    Embeddings,
    EmbeddingsFailed,
    EmbeddingsUnavailable,
    open_embeddings,
)
from tests.services.ai.bedrock_titan import FakeTitan, vector_of
from tests.support.eventually import eventually


async def test_one_call_for_each_text_and_only_so_many_at_once(titan: Embeddings, fake_titan: FakeTitan) -> None:
    texts = [f"text {number}" for number in range(30)]
    fake_titan.gate = asyncio.Event()
    embedding = asyncio.create_task(titan.embed(texts))
    await eventually(lambda: fake_titan.under_way == 3)
    fake_titan.gate.set()
    await embedding
    assert sorted(fake_titan.texts) == sorted(texts)
    assert fake_titan.most_under_way == 3


async def test_the_tokens_that_bedrock_bills_are_counted(titan: Embeddings) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("ai_embedding_tokens_total", {"model": titan.model}) or 0

    before = counted()
    await titan.embed(["12345", "678"])
    assert counted() == before + 8


async def test_throttling_passes(titan: Embeddings, fake_titan: FakeTitan) -> None:
    fake_titan.throttle = 1
    with pytest.raises(EmbeddingsUnavailable) as raised:
        await titan.embed(["text"])
    assert raised.value.retryable
    assert len(await titan.embed(["text"])) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (408, "ModelTimeoutException"),
        (424, "ModelErrorException"),
        (429, "ModelNotReadyException"),
        (400, "ServiceQuotaExceededException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ],
)
async def test_errors_that_pass(titan: Embeddings, fake_titan: FakeTitan, status: int, code: str) -> None:
    fake_titan.answer = JSONResponse({"message": "no"}, status_code=status, headers={"x-amzn-errortype": code})
    with pytest.raises(EmbeddingsUnavailable):
        await titan.embed(["text"])


@pytest.mark.parametrize(
    "answer",
    [
        Response("no JSON"),
        JSONResponse({}),
        JSONResponse({"embedding": [0.1] * 255, "inputTextTokenCount": 1}),
        JSONResponse({"embedding": [0.0] * 256, "inputTextTokenCount": 1}),
        Response(b'{"embedding": [NaN], "inputTextTokenCount": 1}'),
        JSONResponse({"embedding": [1e308] * 256, "inputTextTokenCount": 1}),
        JSONResponse({"message": "no"}, status_code=403, headers={"x-amzn-errortype": "AccessDeniedException"}),
        JSONResponse({"message": "no"}, status_code=404, headers={"x-amzn-errortype": "ResourceNotFoundException"}),
    ],
)
async def test_answers_that_are_no_vector_fail(titan: Embeddings, fake_titan: FakeTitan, answer: Response) -> None:
    fake_titan.answer = answer
    with pytest.raises(EmbeddingsFailed):
        await titan.embed(["text"])


async def test_a_wrong_model_region_or_no_signature_fails_and_shows_nothing_of_aws(
    fake_titan: FakeTitan, titan_settings: BedrockEmbeddingsSettings
) -> None:
    elsewhere = titan_settings.aws.model_copy(update={"region": "us-west-2"})
    for settings in (
        titan_settings.model_copy(update={"model_id": "amazon.titan-embed-text-v9"}),
        titan_settings.model_copy(update={"aws": elsewhere}),
    ):
        async with open_embeddings(settings) as embeddings:
            with pytest.raises(EmbeddingsFailed) as raised:
                await embeddings.embed(["text"])
        assert "credential" not in str(raised.value).lower()
    assert fake_titan.texts == []


async def test_a_breaking_connection_passes(titan_settings: BedrockEmbeddingsSettings) -> None:
    async def answer_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"embedding": [')
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer_half, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    aws = titan_settings.aws.model_copy(update={"endpoint_url": url, "secret_access_key": SecretStr("another")})
    async with server, open_embeddings(titan_settings.model_copy(update={"aws": aws})) as embeddings:
        with pytest.raises(EmbeddingsUnavailable):
            await embeddings.embed(["text"])


async def test_a_model_that_keeps_failing_is_left_alone_for_a_while(titan: Embeddings, fake_titan: FakeTitan) -> None:
    fake_titan.throttle = 1000
    for _ in range(7):
        with pytest.raises(EmbeddingsUnavailable):
            await titan.embed(["text"])
    assert fake_titan.throttle == 995


async def test_the_first_error_ends_the_calls_that_were_to_follow(titan: Embeddings, fake_titan: FakeTitan) -> None:
    fake_titan.throttle = 1
    with pytest.raises(EmbeddingsUnavailable):
        await titan.embed([f"text {number}" for number in range(500)])
    assert len(fake_titan.texts) < 20


async def test_vectors_are_those_of_the_answer(titan: Embeddings) -> None:
    [vector] = await titan.embed(["warranty"])
    assert vector.tolist() == pytest.approx(vector_of("warranty", 256), abs=1e-6)
