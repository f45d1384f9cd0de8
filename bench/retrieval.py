"""How well the search of the assistant finds, with the local model: each leg beside both together.

`BEIR_DIR` names folders with collections in BEIR's format, with `:` between them; without it, the collection of the
tests is taken, which is small.
"""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

from bench.registry import Bench, Figures
from bench.support.report import print_table
from sandbox.postgres import EmbeddedPostgres
from sandbox.scratch import open_scratch_database, scratch_postgres
from services.ai.app import SERVICE
from services.ai.embeddings import LocalEmbeddingsSettings, open_embeddings
from services.ai.evaluation.beir import LEGS, Leg, evaluate, read_collection
from services.ai.evaluation.metrics import Measured

OWN = Path(__file__).parents[1] / "tests/services/ai/evaluation/collection"


def run() -> Figures:
    """Means over the collections."""
    folders = [Path(one) for one in os.environ.get("BEIR_DIR", "").split(":") if one] or [OWN]
    with scratch_postgres() as postgres:
        measured = asyncio.run(_measured(postgres, folders))
    print_table(
        f"Retrieval on {len(folders)} collection(s)",
        ("collection, leg", "nDCG@10", "recall@100", "MRR"),
        [
            (f"{folder.name}, {leg}", *(f"{value:.3f}" for value in (one.ndcg_at_10, one.recall_at_100, one.mrr)))
            for folder, legs in measured.items()
            for leg, one in legs.items()
        ],
    )
    return {f"ndcg_{leg}": fmean(legs[leg].ndcg_at_10 for legs in measured.values()) for leg in LEGS}


async def _measured(postgres: EmbeddedPostgres, folders: list[Path]) -> Mapping[Path, Mapping[Leg, Measured]]:
    database = await open_scratch_database(postgres, SERVICE.name, SERVICE.migrations)
    try:
        async with open_embeddings(LocalEmbeddingsSettings(threads=os.cpu_count() or 1)) as embeddings:
            return {folder: await evaluate(database, embeddings, read_collection(folder)) for folder in folders}
    finally:
        await database.aclose()


BENCH = Bench(
    name="retrieval",
    measures="nDCG@10 of the search by words, by meaning and by both, on the collections that BEIR_DIR names",
    run=run,
)
