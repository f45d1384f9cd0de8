"""`stackpro ai`: how well the search of the assistant does, and what it needs to be told by operators."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from cli.errors import fail
from libs.adapters.errors import PortError
from libs.common.database import Database
from libs.common.settings import load_settings
from sandbox.errors import SandboxError
from sandbox.postgres import EmbeddedPostgres
from sandbox.scratch import open_scratch_database, scratch_postgres
from services.ai.app import SERVICE
from services.ai.embeddings import EmbeddingsSettings, LocalEmbeddingsSettings, open_embeddings
from services.ai.evaluation.beir import Collection, Leg, NoCollection, evaluate, read_collection
from services.ai.evaluation.metrics import Measured
from services.ai.index.nearest import PostgresVectorsSettings, VectorsSettings, open_nearest
from services.ai.index.projecting import project_all

app = typer.Typer(help="Measure how well the assistant finds what it answers from, and fill what it searches.")


class EvaluationSettings(BaseSettings):
    """What `ai` reads of its own settings here: the first embedding model."""

    model_config = SettingsConfigDict(env_prefix="STACKPRO_", env_nested_delimiter="__", extra="ignore", frozen=True)

    embeddings: list[EmbeddingsSettings] = Field(default=[LocalEmbeddingsSettings()], min_length=1)


class FillSettings(BaseSettings):
    """What `ai` reads of its own settings here: its database, and where vectors are searched."""

    model_config = SettingsConfigDict(env_prefix="STACKPRO_", env_nested_delimiter="__", extra="ignore", frozen=True)

    database_url: SecretStr
    database_system_url: SecretStr
    vectors: VectorsSettings = PostgresVectorsSettings()


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


@app.command("fill-vectors")
def fill_vectors() -> None:
    """Copy the vectors of all businesses from PostgreSQL to where `STACKPRO_VECTORS` says that they are searched.

    With the settings of the service `ai`. What is there already is written once more, which does no harm, so that the
    command may be repeated, and run while the service does.
    """
    settings = load_settings(FillSettings)
    if isinstance(settings.vectors, PostgresVectorsSettings):
        raise fail("vectors are searched in PostgreSQL itself; set STACKPRO_VECTORS to fill another form")
    try:
        copied = asyncio.run(_fill(settings))
    except PortError as error:
        raise fail(f"{error.title}: {error.__cause__ or error.detail}") from None
    except (SQLAlchemyError, OSError) as error:
        raise fail(f"the database of ai does not answer: {type(error).__name__}") from None
    Console(highlight=False).print(f"{copied:,} vectors copied.")


async def _fill(settings: FillSettings) -> int:
    copied = 0
    database = Database(
        app_url=settings.database_url.get_secret_value(),
        system_url=settings.database_system_url.get_secret_value(),
        pool_size=2,
    )
    try:
        async with open_nearest(settings.vectors) as nearest:
            with Progress(console=Console(stderr=True), transient=True) as progress:
                task = progress.add_task("vectors", total=None)

                def more(vectors: int) -> None:
                    nonlocal copied
                    copied += vectors
                    progress.update(task, completed=copied)

                await project_all(database, nearest, progress=more)
    finally:
        await database.aclose()
    return copied


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
