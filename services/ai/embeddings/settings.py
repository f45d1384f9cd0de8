"""Which form of the embeddings port to open, and with what."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.adapters.aws_settings import AwsSettings


class LocalEmbeddingsSettings(BaseModel):
    """MiniLM, run by this process: nothing leaves the machine.

    `threads` batches are worked on at once, each on one core and with 10 MB of its own.
    """

    model_config = ConfigDict(frozen=True)

    form: Literal["local"] = "local"
    threads: int = Field(default=1, ge=1, le=64)


class BedrockEmbeddingsSettings(BaseModel):
    """Amazon Titan Text Embeddings V2 on Bedrock: the texts go to AWS.

    `passage_tokens` is the length of passages: the model would take 8,192 tokens, but one vector for much text is near
    to nothing in particular. At most `concurrency` calls are under way at once. A question whose nearest passage is
    less similar than `unrelated_below` is answered by no model; by default all are, since nobody measured Titan's
    similarities here.
    """

    model_config = ConfigDict(frozen=True)

    form: Literal["bedrock"] = "bedrock"
    aws: AwsSettings = AwsSettings()
    model_id: str = Field(default="amazon.titan-embed-text-v2:0", min_length=1, max_length=2048)
    dimensions: Literal[256, 512, 1024] = 512
    passage_tokens: int = Field(default=512, ge=64, le=2048)
    concurrency: int = Field(default=8, ge=1, le=100)
    unrelated_below: float = Field(default=-1, ge=-1, le=1)


EmbeddingsSettings = Annotated[LocalEmbeddingsSettings | BedrockEmbeddingsSettings, Field(discriminator="form")]
