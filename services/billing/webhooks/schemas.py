"""What crosses the wire at the webhook."""

from pydantic import BaseModel


class WebhookReceipt(BaseModel):
    """The event is stored and will be worked off; `duplicate` if it had come before."""

    received: bool = True
    duplicate: bool
