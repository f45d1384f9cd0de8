"""The search of the assistant among 250,000 passages of one business, with smaller businesses in the same tables.

Both legs and their fusion are measured, without the embedding of the question. All businesses share a partition, and so
one graph of vectors: the worst case for the small ones.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from bench import search_streams
from bench.registry import Bench, Figures
from bench.search_corpus import DIMENSIONS, MODEL, Author, Business, Question, load
from bench.support.report import print_table
from libs.common.database import Database
from libs.common.ids import new_id
from sandbox.postgres import EmbeddedPostgres
from sandbox.scratch import open_scratch_database, scratch_postgres
from services.ai.app import SERVICE
from services.ai.documents.access import Asker
from services.ai.index import vector_repository
from services.ai.index.scope import Scope
from services.ai.index.searching import search
from services.ai.index.values import QueryVector, Tuning, written

LARGE, MIDDLE, SMALL = 250_000, 8_000, 50
QUESTIONS, WARMING, COMPARED = 300, 100, 60
LIMIT, CANDIDATES, BEST = 8, 50, 10
ASKER = Asker(user_id=new_id(), role="member")
EVERY_WORD = Tuning(postings=1_000_000_000)
"""All words lead, however common they are: BM25 without a short cut."""
_SAME_PARTITION = text("SELECT satisfies_hash_partition('passage_vector'::regclass, 8, 0, CAST(:tenant AS uuid))")
_OWN_CHOICE = text(f"""
    SELECT passage_id FROM passage_vector
    WHERE knowledge_base_id = :base AND model = '{MODEL}' AND dimensions = {DIMENSIONS}
    ORDER BY CAST(embedding AS halfvec({DIMENSIONS})) <=> CAST(:vector AS halfvec({DIMENSIONS})) LIMIT {CANDIDATES}
""")
Ask = Callable[[AsyncSession, Question], Awaitable[Sequence[Any]]]


def run() -> Figures:
    """One PostgreSQL with the sandbox's settings, whose files are read once before anything is measured.

    Then answers, by a platform of its own.
    """
    with scratch_postgres() as postgres:
        searched = asyncio.run(_run(postgres))
    return {**searched, **search_streams.run()}


async def _run(postgres: EmbeddedPostgres) -> Figures:
    database = await open_scratch_database(postgres, SERVICE.name, SERVICE.migrations)
    try:
        author, url = Author(), postgres.dsn(SERVICE.name).replace("postgresql://", "postgresql+asyncpg://")
        sizes = (LARGE, MIDDLE, SMALL)
        tenants = await _neighbours(url, len(sizes))
        businesses = [author.business(tenant, size) for tenant, size in zip(tenants, sizes, strict=True)]
        began = time.monotonic()
        await load(url, businesses)
        print(f"{sum(sizes):,} passages written and indexed in {time.monotonic() - began:.0f} s")
        _read_all(postgres.data)
        return {**await _searches(database, author, businesses), **await _legs(database, author, businesses)}
    finally:
        await database.aclose()


async def _searches(database: Database, author: Author, businesses: Sequence[Business]) -> Figures:
    """The whole search: one question after the other, each in a transaction of its own."""
    rows: list[tuple[str, float, float, float]] = []
    for business in businesses:
        ask = _search(business)
        await _asked(database, business, author.questions(business, WARMING), ask)
        took, _ = await _asked(database, business, author.questions(business, QUESTIONS), ask)
        rows.append((f"{len(business.texts):,} passages", median(took), _p95(took), max(took)))
    print_table(f"{QUESTIONS} searches each, ms", ("knowledge base", "median", "p95", "longest"), rows)
    large, middle, small = (row[2] for row in rows)
    return {"p95_ms": large, "middle_tenant_p95_ms": middle, "small_tenant_p95_ms": small}


async def _legs(database: Database, author: Author, businesses: Sequence[Business]) -> Figures:
    """What the short cuts of each leg leave out, and what they save."""
    large, middle, _ = businesses
    of_large, of_middle = author.questions(large, COMPARED), author.questions(middle, COMPARED)
    graph_took, by_graph = await _asked(database, large, of_large, _near(large, graph=True))
    exact_took, exact = await _asked(database, large, of_large, _near(large, graph=False))
    middle_took, _ = await _asked(database, middle, of_middle, _near(middle, graph=False))
    own_took, own = await _asked(database, middle, of_middle, _own_choice(middle))
    _, rare_first = await _asked(database, large, of_large, _words(large, Tuning()))
    _, every_word = await _asked(database, large, of_large, _words(large, EVERY_WORD))
    recall, lexical_recall = _recall(by_graph, exact), _recall(rare_first, every_word)
    print_table(
        f"The {CANDIDATES} passages nearest to {COMPARED} questions, ms",
        ("passages, way", "median", "p95", "found"),
        [
            (f"{LARGE:,}, by the graph", median(graph_took), _p95(graph_took), _found(by_graph)),
            (f"{LARGE:,}, each compared", median(exact_took), _p95(exact_took), _found(exact)),
            (f"{MIDDLE:,}, each compared", median(middle_took), _p95(middle_took), CANDIDATES),
            (f"{MIDDLE:,}, as PostgreSQL likes", median(own_took), _p95(own_took), _found(own)),
        ],
    )
    print(
        f"The graph finds {recall:.1%} of the {BEST} nearest; the rare words find {lexical_recall:.1%} of BM25's best."
    )
    return {
        "recall": recall,
        "lexical_recall": lexical_recall,
        "exact_to_graph_ratio": _p95(exact_took) / _p95(graph_took),
    }


async def _asked(
    database: Database, business: Business, questions: Sequence[Question], ask: Ask
) -> tuple[list[float], list[Sequence[Any]]]:
    """How many milliseconds each question took, and what was found, the best first."""
    took, found = [], []
    for question in questions:
        began = time.perf_counter()
        async with database.tenant_session(business.tenant_id) as session:
            found.append(await ask(session, question))
        took.append((time.perf_counter() - began) * 1000)
    return took, found


def _search(business: Business) -> Ask:
    async def ask(session: AsyncSession, question: Question) -> Sequence[UUID]:
        return await _found_by(session, business, question, limit=LIMIT, query_vector=question.vector, tuning=Tuning())

    return ask


def _words(business: Business, tuning: Tuning) -> Ask:
    async def ask(session: AsyncSession, question: Question) -> Sequence[UUID]:
        return await _found_by(session, business, question, limit=BEST, query_vector=None, tuning=tuning)

    return ask


async def _found_by(session: AsyncSession, business: Business, question: Question, **how: Any) -> Sequence[UUID]:
    bases = [business.knowledge_base_id]
    found = await search(
        session, asker=ASKER, knowledge_base_ids=bases, query=question.text, model=MODEL, language="en", **how
    )
    return [one.passage_id for one in found]


def _near(business: Business, *, graph: bool) -> Ask:
    scope = Scope([business.knowledge_base_id], ASKER)

    async def ask(session: AsyncSession, question: Question) -> Sequence[Any]:
        vector = QueryVector(question.vector, MODEL)
        if graph:
            near = await vector_repository.nearest_by_graph(session, scope, vector, Tuning(), limit=CANDIDATES)
        else:
            near = await vector_repository.nearest(session, scope, vector, limit=CANDIDATES)
        return sorted(near, key=near.__getitem__, reverse=True)

    return ask


def _own_choice(business: Business) -> Ask:
    async def ask(session: AsyncSession, question: Question) -> Sequence[Any]:
        values = {"base": business.knowledge_base_id, "vector": written(question.vector)}
        return (await session.scalars(_OWN_CHOICE, values)).all()

    return ask


async def _neighbours(url: str, number: int) -> list[UUID]:
    """Ids of tenants whose vectors are in one partition."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            found: list[UUID] = []
            while len(found) < number:
                tenant_id = new_id()
                if await connection.scalar(_SAME_PARTITION, {"tenant": tenant_id}):
                    found.append(tenant_id)
            return found
    finally:
        await engine.dispose()


def _read_all(data: Path) -> None:
    """Brings the files into the machine's memory, as they are where a database has run for a while."""
    for path in (data / "base").rglob("*"):
        if path.is_file():
            path.read_bytes()


def _recall(found: Sequence[Sequence[Any]], truth: Sequence[Sequence[Any]]) -> float:
    return fmean(len({*mine[:BEST]} & {*best[:BEST]}) / BEST for mine, best in zip(found, truth, strict=True))


def _found(answers: Sequence[Sequence[Any]]) -> float:
    return fmean(len(one) for one in answers)


def _p95(took: Sequence[float]) -> float:
    return quantiles(took, n=20)[18]


BENCH = Bench(
    name="search",
    measures="search among 250,000 passages, also for small tenants beside them; recall; answers: first byte, streams",
    run=run,
)
