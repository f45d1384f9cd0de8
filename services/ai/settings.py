"""ai's settings."""

from pydantic import Field

from libs.adapters.bus import BusSettings
from libs.adapters.malware import MalwareSettings, NoScannerSettings
from libs.adapters.objects import ObjectsSettings
from libs.common.settings import ServiceSettings


class AiSettings(ServiceSettings):
    """What ai needs beyond every service's settings."""

    bus: BusSettings
    objects: ObjectsSettings
    malware: MalwareSettings = NoScannerSettings()
    billing_url: str = Field(description="Where billing answers the other services.")
    messaging_url: str = Field(description="Where messaging answers the other services.")
    documents_bucket: str = Field(description="The bucket of the documents that assistants know.")
    max_document_bytes: int = Field(
        default=100 * 1024**2, ge=1, le=5 * 1024**3, description="The largest document that may be added."
    )
    embedding_model: str = Field(
        default="minilm-l6-v2", description="The model by which new knowledge bases are searched."
    )
