"""ai's settings."""

from pydantic import Field

from libs.adapters.bus import BusSettings
from libs.adapters.malware import MalwareSettings, NoScannerSettings
from libs.adapters.objects import ObjectsSettings
from libs.common.settings import ServiceSettings
from services.ai.embeddings.settings import EmbeddingsSettings, LocalEmbeddingsSettings
from services.ai.index.nearest.settings import PostgresVectorsSettings, VectorsSettings
from services.ai.models.settings import LocalModelSettings, ModelSettings


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
    embeddings: list[EmbeddingsSettings] = Field(
        default=[LocalEmbeddingsSettings()],
        min_length=1,
        description="Embedding models, as JSON: the first for new knowledge bases, others for older ones.",
    )
    vectors: VectorsSettings = PostgresVectorsSettings()
    models: list[ModelSettings] = Field(
        default=[LocalModelSettings()],
        min_length=1,
        description="Language models, as JSON, in the order in which they are asked.",
    )
