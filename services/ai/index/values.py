"""What a search takes and gives."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import orjson
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage that fits a question, with its place.

    `score` orders what one search found, from 0 to 1. `vector_similarity` is the cosine between question and passage,
    None without a vector; `lexical_score` is BM25's, None where no word of the question stands in the passage.
    """

    passage_id: UUID
    document_id: UUID
    knowledge_base_id: UUID
    document_name: str
    position: int
    text: str
    headings: tuple[str, ...]
    page_from: int | None
    page_to: int | None
    score: float
    vector_similarity: float | None
    lexical_score: float | None


@dataclass(frozen=True, slots=True)
class QueryVector:
    """A question's vector of length 1, by the model whose passages it is compared with."""

    values: NDArray[np.float32]
    model: str

    @property
    def dimensions(self) -> int:
        return len(self.values)

    @property
    def written(self) -> str:
        """As pgvector reads it, in the half precision that passages have, too."""
        return written(self.values)


class Place(NamedTuple):
    """Where a passage is: what the index of words knows it by."""

    document_id: UUID
    position: int


def written(vector: NDArray[np.floating[Any]]) -> str:
    """A vector as pgvector reads it, such as `[0.1,0.2]`, in half precision."""
    return orjson.dumps(vector.astype(np.float16), option=orjson.OPT_SERIALIZE_NUMPY).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How far a search looks; the times were measured on two cores with vectors of 384 dimensions.

    `candidates` passages are taken from each leg. Vectors are compared one by one as long as that takes no longer than
    by the graph, and up to `exact_up_to` passages in any case; one comparison takes `comparison_us`, one step of the
    graph that finds a passage of the tenant or of another one `step_us`. The graph looks at `ef_search` passages at
    once and gives up after `max_scan_tuples`. Words lead a search up to `postings`; `completed` of their passages are
    then judged by the common words, too. An asker who may read fewer than `few_documents` is answered from those alone.
    """

    candidates: int = 50
    exact_up_to: int = 10_000
    comparison_us: float = 0.7
    step_us: float = 30.0
    ef_search: int = 64
    max_scan_tuples: int = 5_000
    postings: int = 9_000
    completed: int = 200
    few_documents: int = 500
