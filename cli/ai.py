"""`stackpro ai`: how well the search of the assistant does."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli.errors import fail
from libs.adapters.errors import PortError
from libs.common.settings import load_settings
from sandbox.errors import SandboxError
from sandbox.postgres import EmbeddedPostgres
from sandbox.scratch import open_scratch_database, scratch_postgres
from services.ai.app import SERVICE
from services.ai.embeddings import EmbeddingsSettings, LocalEmbeddingsSettings, open_embeddings
from services.ai.evaluation.beir import Collection, Leg, NoCollection, evaluate, read_collection
from services.ai.evaluation.metrics import Measured

app = typer.Typer(help="Measure how well the assistant finds what it answers from.")


class EvaluationSettings(BaseSettings):
    """What `ai` reads of its own settings here: the first embedding model."""

    model_config = SettingsConfigDict(env_prefix="STACKPRO_", env_nested_delimiter="__", extra="ignore", frozen=True)

    embeddings: list[EmbeddingsSettings] = Field(default=[LocalEmbeddingsSettings()], min_length=1)


@app.callback()
def ai() -> None:
    """A command of its own name each, also while there is one."""


@app.command("evaluate")
def evaluate_collection(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A collection in BEIR's format.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Take so many documents only, the first ones.")] = None,
) -> None:
    """Measure each leg of the search, and both together, on a collection of documents, questions and judgements.

    Nothing needs to run, and nothing stays: the collection is searched in a PostgreSQL of its own, by the same code
    that answers people, with the embedding model that `STACKPRO_EMBEDDINGS` names first.
    """
    settings = load_settings(EvaluationSettings).embeddings[0]
    try:
        collection = read_collection(folder, limit=limit)
        with scratch_postgres() as postgres:
            figures = asyncio.run(_evaluate(postgres, settings, collection))
    except (NoCollection, PortError, SandboxError) as error:
        raise fail(str(error)) from None
    _show(collection, figures)


async def _evaluate(
    postgres: EmbeddedPostgres, settings: EmbeddingsSettings, collection: Collection
) -> Mapping[Leg, Measured]:
    database = await open_scratch_database(postgres, SERVICE.name, SERVICE.migrations)
    try:
        async with open_embeddings(settings) as embeddings:
            with Progress(console=Console(stderr=True), transient=True) as progress:
                stages = {stage: progress.add_task(stage, total=None) for stage in ("documents", "questions")}
                return await evaluate(
                    database,
                    embeddings,
                    collection,
                    progress=lambda stage, done, total: progress.update(stages[stage], completed=done, total=total),
                )
    finally:
        await database.aclose()


def _show(collection: Collection, figures: Mapping[Leg, Measured]) -> None:
    console = Console(highlight=False)
    console.print(f"{len(collection.documents):,} documents, {len(collection.questions):,} questions")
    table = Table("leg", "nDCG@10", "recall@100", "MRR", box=None, padding=(0, 2, 0, 0))
    for leg, one in figures.items():
        table.add_row(leg, f"{one.ndcg_at_10:.3f}", f"{one.recall_at_100:.3f}", f"{one.mrr:.3f}")
    console.print(table)
