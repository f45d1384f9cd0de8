"""Which language models may be asked, in which order, and with what."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from libs.adapters.aws_settings import AwsSettings

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,59}$")]


class _RemoteModelSettings(BaseModel):
    """What models that are asked over the network share. Times in seconds."""

    model_config = ConfigDict(frozen=True)

    name: Name = Field(description="What assistants and receipts call it.")
    first_timeout: float = Field(default=20, gt=0, description="Until the first sign of an answer.")
    between_timeout: float = Field(default=15, gt=0, description="Between two signs of life.")
    whole_timeout: float = Field(default=180, gt=0, description="For the whole answer.")
    max_connections: int = Field(default=200, ge=1, description="Answers under way at once, per process.")
    temperature: float | None = Field(default=None, ge=0, le=1, description="The vendor's default if not given.")


class GuardrailSettings(BaseModel):
    """A guardrail of Bedrock. With `sync` each piece is looked at before it is given; `async` gives it first."""

    model_config = ConfigDict(frozen=True)

    identifier: str = Field(
        pattern=r"^([a-z0-9]+|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+)$"
    )
    version: str = Field(pattern=r"^([1-9][0-9]{0,7}|DRAFT)$")
    trace: Literal["enabled", "disabled", "enabled_full"] = "disabled"
    stream_processing_mode: Literal["sync", "async"] = "sync"


class BedrockModelSettings(_RemoteModelSettings):
    """A model of Amazon Bedrock, by its id or that of an inference profile."""

    form: Literal["bedrock"] = "bedrock"
    model: str = Field(min_length=1, max_length=2048)
    aws: AwsSettings = AwsSettings()
    prompt_caching: bool = Field(default=True, description="Off for models without it: they refuse cache points.")
    guardrail: GuardrailSettings | None = None


class OpenAIModelSettings(_RemoteModelSettings):
    """A model behind any endpoint that speaks OpenAI's chat completions, such as `https://api.openai.com/v1`.

    `tokens_field` is what the endpoint calls the limit: OpenAI's newer models know the second name only, most others
    the first only.
    """

    form: Literal["openai"] = "openai"
    model: str = Field(min_length=1, max_length=200)
    base_url: str = Field(pattern=r"^https?://\S+[^/\s]$")
    key: SecretStr | None = None
    tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"


class LocalModelSettings(BaseModel):
    """The extractive answerer: no network and no model; it quotes the sentences that fit best."""

    model_config = ConfigDict(frozen=True)

    form: Literal["local"] = "local"
    name: Name = "local"
    most_sentences: int = Field(default=3, ge=1, le=10)


ModelSettings = Annotated[BedrockModelSettings | OpenAIModelSettings | LocalModelSettings, Field(discriminator="form")]
