"""The three forms of the port, each beside what lets a test make it speak, wait and break."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from services.ai.models import (
    BedrockModelSettings,
    LanguageModel,
    LocalModelSettings,
    OpenAIModelSettings,
    open_model,
)
from tests.services.ai import bedrock, chat_endpoint
from tests.services.ai.bedrock import Bedrock, fake_bedrock
from tests.services.ai.chat_endpoint import ChatEndpoint, fake_chat_endpoint

SAID = ("The shop opens ", 'at nine [1: "opens at ni', 'ne in the morning"].')


@dataclass(frozen=True, kw_only=True)
class Form:
    """A model that says `SAID`, or what amounts to it, once it was told to speak."""

    model: LanguageModel
    speak: Callable[[], None] = lambda: None


@dataclass(frozen=True, kw_only=True)
class RemoteForm(Form):
    """A model that is asked over the network: what happens to the next question, and what happened so far."""

    hang: Callable[[], None]
    break_off: Callable[[], None]
    asked: Callable[[], int]
    left: Callable[[], int]
    """How many calls we left before they ended."""


def bedrock_settings(fake: Bedrock, **values: object) -> BedrockModelSettings:
    fields: dict[str, object] = {"name": "claude", "model": bedrock.CLAUDE, "aws": fake.aws, "first_timeout": 5}
    return BedrockModelSettings.model_validate(fields | {"between_timeout": 5} | values)


def openai_settings(fake: ChatEndpoint, **values: object) -> OpenAIModelSettings:
    fields: dict[str, object] = {"name": "gpt", "model": chat_endpoint.MODEL, "base_url": fake.url, "first_timeout": 5}
    return OpenAIModelSettings.model_validate(
        fields | {"between_timeout": 5, "key": SecretStr(chat_endpoint.KEY)} | values
    )


@asynccontextmanager
async def _bedrock() -> AsyncIterator[RemoteForm]:
    async with fake_bedrock() as fake, open_model(bedrock_settings(fake)) as model:
        yield RemoteForm(
            model=model,
            speak=lambda: fake.will_say(*SAID),
            hang=lambda: fake.will_say("It", bedrock.Break.HANG),
            break_off=lambda: fake.will_say("It", bedrock.Break.CUT),
            asked=lambda: len(fake.asked),
            left=lambda: fake.left,
        )


@asynccontextmanager
async def _openai() -> AsyncIterator[RemoteForm]:
    async with fake_chat_endpoint() as fake, open_model(openai_settings(fake)) as model:
        yield RemoteForm(
            model=model,
            speak=lambda: fake.will_say(*SAID),
            hang=lambda: fake.will_say("It", chat_endpoint.Break.HANG),
            break_off=lambda: fake.will_say("It", chat_endpoint.Break.CUT),
            asked=lambda: len(fake.asked),
            left=lambda: fake.left,
        )


@asynccontextmanager
async def _local() -> AsyncIterator[Form]:
    async with open_model(LocalModelSettings()) as model:
        yield Form(model=model)


REMOTE_FORMS: dict[str, Callable[[], AbstractAsyncContextManager[RemoteForm]]] = {
    "bedrock": _bedrock,
    "openai": _openai,
}
FORMS: dict[str, Callable[[], AbstractAsyncContextManager[Form]]] = {**REMOTE_FORMS, "local": _local}
