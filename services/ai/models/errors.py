"""What can go wrong when a model is asked.

ModelError
├── ModelUnavailable       no answer began: not reached, throttled, a fault on the vendor's side
│   ├── ModelTooSlow       nothing came in time
│   └── ModelMisconfigured our key, its rights or the model's name are wrong: an operator must look
├── ModelRefused           the model does not take this request, now or later
└── ModelBroke             the answer broke off, or came garbled
"""

from typing import ClassVar

from libs.adapters.errors import PortError


class ModelError(PortError):
    """A model did not answer as asked. The vendor's words are the cause (`__cause__`), for logs only.

    `asked` are the names of the models, in our settings, that were tried; `vendor_code` is the vendor's own name or
    HTTP status for the error, where it told one.
    """

    status, code, title = 502, "model_failed", "The language model failed"
    default_detail = "Ask again in a moment."
    tries_again: ClassVar[bool] = False
    """Whether the same model may be asked again at once."""

    def __init__(self, *asked: str, detail: str | None = None, vendor_code: str = "") -> None:
        super().__init__(detail)
        self.asked = asked
        self.vendor_code = vendor_code


class ModelUnavailable(ModelError):
    status, code, title, retryable = 503, "model_unavailable", "No language model answers", True
    default_detail = "Nothing was charged. Ask again in a moment."
    tries_again = True


class ModelTooSlow(ModelUnavailable):
    code, title = "model_too_slow", "The language model takes too long"
    tries_again = False  # who waited this long once is not made to wait again


class ModelMisconfigured(ModelUnavailable):
    code, title = "model_misconfigured", "The language model cannot be used"
    default_detail = "Nothing was charged. Choose another model, or tell whoever runs this platform."
    tries_again = False


class ModelRefused(ModelError):
    status, code, title = 422, "model_refused", "The language model does not take this question"
    default_detail = "Ask something shorter, or choose another model."


class ModelBroke(ModelError):
    code, title, retryable = "model_broke", "The answer broke off", True
    default_detail = "What was shown is not complete. Ask again."
    tries_again = True
