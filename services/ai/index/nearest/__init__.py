"""The passages that are nearest in meaning: found by PostgreSQL itself, or with the help of OpenSearch."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.ai.index.nearest.port import (
    Batches,
    NearestPassages,
    StoredVector,
    VectorsError,
    VectorsFailed,
    VectorsUnavailable,
)
from services.ai.index.nearest.postgres import IN_POSTGRES
from services.ai.index.nearest.settings import OpenSearchVectorsSettings, PostgresVectorsSettings, VectorsSettings

__all__ = [
    "IN_POSTGRES",
    "Batches",
    "NearestPassages",
    "OpenSearchVectorsSettings",
    "PostgresVectorsSettings",
    "StoredVector",
    "VectorsError",
    "VectorsFailed",
    "VectorsSettings",
    "VectorsUnavailable",
    "open_nearest",
]


@asynccontextmanager
async def open_nearest(settings: VectorsSettings) -> AsyncIterator[NearestPassages]:
    """The form that `settings` names, open for the life of the process."""
    # The SDK that signs requests costs tens of megabytes, so the form is loaded only where it is chosen.
    if isinstance(settings, OpenSearchVectorsSettings):
        from services.ai.index.nearest.opensearch import open_opensearch  # noqa: PLC0415 - see above

        async with open_opensearch(settings) as nearest:
            yield nearest
    else:
        yield IN_POSTGRES
