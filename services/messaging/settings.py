"""messaging's settings."""

from pydantic import BaseModel, Field

from libs.adapters.bus import BusSettings
from libs.adapters.cache import CacheSettings
from libs.adapters.history import HistorySettings, NoHistorySettings
from libs.adapters.keys import KeysSettings
from libs.adapters.malware import MalwareSettings, NoScannerSettings
from libs.adapters.objects import ObjectsSettings
from libs.common.settings import Origin, ServiceSettings


class RealtimeSettings(BaseModel):
    """Limits of the sockets. The defaults are generous; a deployment tightens them."""

    authenticate_seconds: float = Field(default=15, gt=0, description="Time in which a socket must authenticate.")
    connections: int = Field(default=20_000, ge=1, description="Open sockets of one process.")
    connections_per_second: int = Field(default=500, ge=1, description="New sockets of one process; twice in a burst.")
    frames_per_second: int = Field(default=30, ge=1, description="Frames of one client; five seconds' worth at once.")
    subscriptions: int = Field(default=1000, ge=1, description="Streams that one socket may follow.")


class MessagingSettings(ServiceSettings):
    """What messaging needs beyond every service's settings."""

    bus: BusSettings
    keys: KeysSettings
    cache: CacheSettings
    history: HistorySettings = NoHistorySettings()
    messages_kept_months: int = Field(
        default=12, ge=1, description="Months for which messages are in PostgreSQL too, where there is a history."
    )
    objects: ObjectsSettings
    malware: MalwareSettings = NoScannerSettings()
    billing_url: str = Field(description="Where billing answers the other services.")
    attachments_bucket: str = Field(description="The bucket of the files that hang on messages.")
    max_attachment_bytes: int = Field(
        default=100 * 1024**2, ge=1, le=5 * 1024**3, description="The largest file that may hang on a message."
    )
    realtime: RealtimeSettings = RealtimeSettings()
    web_origins: list[Origin] = Field(
        default=[], description="Origins of the web app, as JSON; of all web pages, only theirs may open a socket."
    )
    drain_seconds: float = Field(
        default=30, ge=0, description="Time after SIGTERM in which open sockets are asked to come back elsewhere."
    )
