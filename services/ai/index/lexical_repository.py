"""All SQL of words: which passages have them, and how many passages and words there are.

The counts are changed only by `count` and `withdraw`, under the lock of the knowledge base, by just those entries that
are written or deleted: so they are exact whatever happens at once, and nobody waits for anybody in a circle.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.index.words import LONGEST_WORD, plain

PIECE = 256
LOCK_TIMEOUT = "4s"
"""Publishing a large document takes longer than the second that is else waited for a lock."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('ai.index.' || CAST(:base AS text), 0))")
_SET_LOCK_TIMEOUT = text("SELECT set_config('lock_timeout', :timeout, true)")
_TEXT = r"array_to_string(p.headings, E'\n') || E'\n' || p.text"
# Each tsvector is materialised, or it would be made anew for each of its uses.
_WRITE = text(f"""
    WITH passage_words AS MATERIALIZED (
        SELECT p.tenant_id, p.knowledge_base_id, p.document_id, p.position,
               to_tsvector(CAST(:configuration AS regconfig), {plain(_TEXT)}) AS words
        FROM passage p
        WHERE p.document_id = ANY(CAST(:documents AS uuid[]))
          AND p.position >= :piece * {PIECE} AND p.position < (:piece + 1) * {PIECE}
    ), word AS (
        SELECT p.*, w.lexeme, cardinality(w.positions) AS frequency,
               sum(cardinality(w.positions)) OVER (PARTITION BY p.document_id, p.position) AS length
        FROM passage_words p CROSS JOIN LATERAL unnest(p.words) w
        WHERE length(w.lexeme) <= {LONGEST_WORD}
    ), posting AS (
        SELECT w.*,
               ((position % {PIECE}) << 23) | (least(frequency, 255) << 15) | least(length, 32767)::integer AS posting
        FROM word w
    )
    INSERT INTO lexical_entry (tenant_id, knowledge_base_id, term, document_id, piece, postings)
    SELECT tenant_id, knowledge_base_id, lexeme, document_id, :piece, array_agg(posting ORDER BY posting)
    FROM posting
    GROUP BY tenant_id, knowledge_base_id, document_id, lexeme
""")  # noqa: S608  # constants
_PIECES = text(f"SELECT coalesce(max(position) / {PIECE} + 1, 0) FROM passage WHERE document_id = :document")  # noqa: S608
_COUNT_TERMS = text("""
    INSERT INTO lexical_term AS t (tenant_id, knowledge_base_id, term, passages)
    SELECT tenant_id, knowledge_base_id, term, sum(cardinality(postings))
    FROM lexical_entry
    WHERE document_id = ANY(CAST(:documents AS uuid[]))
    GROUP BY tenant_id, knowledge_base_id, term
    ON CONFLICT (tenant_id, knowledge_base_id, term) DO UPDATE SET passages = t.passages + excluded.passages
""")
_COUNT_DOCUMENTS = text("""
    WITH of_document AS (
        INSERT INTO lexical_document (tenant_id, document_id, knowledge_base_id, language, passages, words)
        SELECT p.tenant_id, p.document_id, p.knowledge_base_id, :language, count(*), sum(p.length)
        FROM (
            SELECT DISTINCT tenant_id, document_id, knowledge_base_id, piece, posting >> 23, posting & 32767 AS length
            FROM lexical_entry CROSS JOIN LATERAL unnest(postings) posting
            WHERE document_id = ANY(CAST(:documents AS uuid[]))
        ) p
        GROUP BY p.tenant_id, p.document_id, p.knowledge_base_id
        RETURNING *
    )
    INSERT INTO lexical_total AS t (tenant_id, knowledge_base_id, language, documents, passages, words)
    SELECT tenant_id, knowledge_base_id, language, count(*), sum(passages), sum(words)
    FROM of_document
    GROUP BY tenant_id, knowledge_base_id, language
    ON CONFLICT (tenant_id, knowledge_base_id, language) DO UPDATE
    SET documents = t.documents + excluded.documents, passages = t.passages + excluded.passages,
        words = t.words + excluded.words
""")
_WITHDRAW_TERMS = text("""
    WITH gone AS (
        DELETE FROM lexical_entry WHERE document_id = :document RETURNING knowledge_base_id, term, postings
    ), less AS (
        SELECT knowledge_base_id, term, sum(cardinality(postings)) AS passages FROM gone GROUP BY 1, 2
    ), forgotten AS (
        DELETE FROM lexical_term t USING less
        WHERE t.knowledge_base_id = less.knowledge_base_id AND t.term = less.term AND t.passages <= less.passages
    )
    UPDATE lexical_term t SET passages = t.passages - less.passages FROM less
    WHERE t.knowledge_base_id = less.knowledge_base_id AND t.term = less.term AND t.passages > less.passages
""")
_WITHDRAW_DOCUMENT = text("""
    WITH gone AS (
        DELETE FROM lexical_document WHERE document_id = :document RETURNING *
    ), forgotten AS (
        DELETE FROM lexical_total t USING gone
        WHERE t.knowledge_base_id = gone.knowledge_base_id AND t.language = gone.language AND t.documents <= 1
    )
    UPDATE lexical_total t
    SET documents = t.documents - 1, passages = t.passages - gone.passages, words = t.words - gone.words
    FROM gone
    WHERE t.knowledge_base_id = gone.knowledge_base_id AND t.language = gone.language AND t.documents > 1
""")


async def lock(session: AsyncSession, knowledge_base_id: UUID) -> None:
    """Nobody else changes the words and counts of the knowledge base until the transaction ends."""
    usual = await session.scalar(text("SELECT current_setting('lock_timeout')"))
    await session.execute(_SET_LOCK_TIMEOUT, {"timeout": LOCK_TIMEOUT})
    await session.execute(_LOCK, {"base": str(knowledge_base_id)})
    await session.execute(_SET_LOCK_TIMEOUT, {"timeout": usual})


async def pieces(session: AsyncSession, document_id: UUID) -> int:
    """How many pieces the document has."""
    return int(await session.scalar(_PIECES, {"document": document_id}) or 0)


async def write(session: AsyncSession, document_ids: Sequence[UUID], *, piece: int, configuration: str) -> None:
    """Writes the words of one piece of each document, as `LexicalEntry` says."""
    values = {"documents": list(document_ids), "piece": piece, "configuration": configuration}
    await session.execute(_WRITE, values)


async def count(session: AsyncSession, document_ids: Sequence[UUID], *, language: str) -> None:
    """Adds documents whose words are all written to the counts."""
    values = {"documents": list(document_ids)}
    await session.execute(_COUNT_TERMS, values)
    await session.execute(_COUNT_DOCUMENTS, {**values, "language": language})


async def withdraw(session: AsyncSession, document_id: UUID) -> None:
    """Deletes the words of a document, and takes it out of the counts; does nothing if it has none."""
    await session.execute(_WITHDRAW_TERMS, {"document": document_id})
    await session.execute(_WITHDRAW_DOCUMENT, {"document": document_id})
