"""What a network model has told of its answer so far, and when that is enough."""

from dataclasses import dataclass

from services.ai.models.errors import ModelBroke
from services.ai.models.port import Finished, Reason, Usage
from services.ai.models.prices import estimated_usage
from services.ai.models.prompt import Prompt


@dataclass(kw_only=True)
class Told:
    """An answer is whole as soon as its model said why it stopped; what it used is estimated if that is not told."""

    name: str
    model: str
    prompt: Prompt
    reason: Reason | None = None
    usage: Usage | None = None
    answer_bytes: int = 0

    @property
    def is_whole(self) -> bool:
        """Nothing more is needed of this stream."""
        return self.reason is not None and self.usage is not None

    def finished(self) -> Finished:
        """The last event.

        Raises:
            ModelBroke: the model never said why it stopped.
        """
        if self.reason is None:
            raise ModelBroke(self.name)
        usage = self.usage or estimated_usage(prompt_bytes=self.prompt.length, answer_bytes=self.answer_bytes)
        return Finished(usage=usage, reason=self.reason, model=self.model, name=self.name)
