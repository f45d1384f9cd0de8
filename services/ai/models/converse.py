"""A request as Bedrock's ConverseStream takes it.

Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html,
https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html and
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html.
"""

from typing import Any

from services.ai.models.prompt import Prompt
from services.ai.models.settings import BedrockModelSettings, GuardrailSettings

_CACHE_POINT = {"cachePoint": {"type": "default"}}
# A text that is named for grounding alone is looked at by no other policy, hence the second word.
_SOURCE, _QUESTION = ["grounding_source", "guard_content"], ["query", "guard_content"]


def converse_request(prompt: Prompt, most_tokens: int, settings: BedrockModelSettings) -> dict[str, Any]:
    """The arguments of `converse_stream`.

    Cache points stand behind what is the same for all questions to an assistant, and behind the sources. As soon as a
    guardrail is told which texts to look at, it looks at no others: so the question is named beside the sources.
    """
    cache_point = [_CACHE_POINT] if settings.prompt_caching else []
    inference: dict[str, Any] = {"maxTokens": most_tokens}
    if settings.temperature is not None:
        inference["temperature"] = settings.temperature
    request: dict[str, Any] = {
        "modelId": settings.model,
        "system": [{"text": prompt.system}, *cache_point],
        "messages": [
            *({"role": turn.role, "content": [{"text": turn.text}]} for turn in prompt.turns),
            {
                "role": "user",
                "content": [
                    {"text": prompt.preface},
                    *(_guarded(text, _SOURCE, settings.guardrail) for text in prompt.sources),
                    *(cache_point if prompt.sources else []),
                    _guarded(prompt.question, _QUESTION, settings.guardrail),
                ],
            },
        ],
        "inferenceConfig": inference,
    }
    if settings.guardrail is not None:
        request["guardrailConfig"] = _guardrail(settings.guardrail)
    return request


def _guarded(text: str, qualifiers: list[str], guardrail: GuardrailSettings | None) -> dict[str, Any]:
    if guardrail is None:
        return {"text": text}
    return {"guardContent": {"text": {"text": text, "qualifiers": qualifiers}}}


def _guardrail(settings: GuardrailSettings) -> dict[str, str]:
    return {
        "guardrailIdentifier": settings.identifier,
        "guardrailVersion": settings.version,
        "trace": settings.trace,
        "streamProcessingMode": settings.stream_processing_mode,
    }
