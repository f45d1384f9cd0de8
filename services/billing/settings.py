"""billing's settings."""

from pydantic import Field, SecretStr

from libs.adapters.bus import BusSettings
from libs.adapters.mail import MailSettings
from libs.common.settings import ServiceSettings


class BillingSettings(ServiceSettings):
    """What billing needs beyond every service's settings."""

    bus: BusSettings
    mail: MailSettings
    auth_url: str = Field(description="Where auth answers the other services.")
    web_url: str = Field(description="Where people reach the web app; Checkout returns there.")
    stripe_api_key: SecretStr = Field(min_length=8, description="Stripe's secret (or restricted) key.")
    stripe_webhook_secrets: tuple[SecretStr, ...] = Field(
        min_length=1, description="Signing secrets of the webhook endpoint, as a JSON list; two while one is rotated."
    )
    stripe_api_url: str = Field(default="https://api.stripe.com", description="Stripe, or the Stripe sandbox.")
    push_catalogue_at_start: bool = Field(
        default=False, description="The worker brings Stripe's products and prices up to date when it starts."
    )
