"""messaging's settings."""

from pydantic import Field

from libs.adapters.bus import BusSettings
from libs.adapters.cache import CacheSettings
from libs.adapters.keys import KeysSettings
from libs.common.settings import ServiceSettings


class MessagingSettings(ServiceSettings):
    """What messaging needs beyond every service's settings."""

    bus: BusSettings
    keys: KeysSettings
    cache: CacheSettings
    drain_seconds: float = Field(
        default=30, ge=0, description="Time after SIGTERM in which open sockets are asked to come back elsewhere."
    )
