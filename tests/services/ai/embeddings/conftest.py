"""Both forms of the embeddings port, opened once."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from libs.adapters.aws_settings import AwsSettings
from services.ai.embeddings import (
    BedrockEmbeddingsSettings,
    Embeddings,
    LocalEmbeddingsSettings,
    open_embeddings,
)
from tests.services.ai.bedrock_titan import REGION, FakeTitan
from tests.support.http_server import served


@pytest.fixture(scope="session")
async def minilm() -> AsyncIterator[Embeddings]:
    async with open_embeddings(LocalEmbeddingsSettings(threads=2)) as embeddings:
        yield embeddings


@pytest.fixture(scope="session")
async def titan_url() -> AsyncIterator[tuple[FakeTitan, str]]:
    fake = FakeTitan()
    async with served(fake.app()) as url:
        yield fake, url


@pytest.fixture
def fake_titan(titan_url: tuple[FakeTitan, str]) -> FakeTitan:
    """The fake as if it had just been made."""
    fake = titan_url[0]
    vars(fake).update(vars(FakeTitan()))
    return fake


@pytest.fixture
def titan_settings(titan_url: tuple[FakeTitan, str]) -> BedrockEmbeddingsSettings:
    aws = AwsSettings(
        region=REGION,
        endpoint_url=titan_url[1],
        access_key_id=SecretStr("AKIAEXAMPLE"),
        secret_access_key=SecretStr("a-secret-that-signs"),
        max_attempts=1,
        read_timeout=5,
    )
    return BedrockEmbeddingsSettings(aws=aws, dimensions=256, concurrency=3)


@pytest.fixture
async def titan(fake_titan: FakeTitan, titan_settings: BedrockEmbeddingsSettings) -> AsyncIterator[Embeddings]:
    async with open_embeddings(titan_settings) as embeddings:
        yield embeddings


@pytest.fixture(params=["local", "bedrock"])
def embeddings(request: pytest.FixtureRequest, minilm: Embeddings, titan: Embeddings) -> Embeddings:
    return minilm if request.param == "local" else titan
