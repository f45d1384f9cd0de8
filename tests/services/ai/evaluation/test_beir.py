"""Collections in BEIR's format, searched by the code that answers people, with the real embedding model."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.ai.embeddings import LocalEmbeddingsSettings, open_embeddings
from services.ai.evaluation.beir import Leg, NoCollection, evaluate, read_collection
from services.ai.evaluation.metrics import Measured
from tests.support.databases import ServiceDatabase

OWN = Path(__file__).parent / "collection"


def write_collection(folder: Path, *, corpus: str, queries: str, qrels: str) -> Path:
    (folder / "qrels").mkdir()
    (folder / "corpus.jsonl").write_text(corpus)
    (folder / "queries.jsonl").write_text(queries)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{qrels}")
    return folder


@pytest.fixture(scope="module")
async def figures(ai_database: ServiceDatabase) -> Mapping[Leg, Measured]:
    database = ai_database.open()
    try:
        async with open_embeddings(LocalEmbeddingsSettings()) as embeddings:
            return await evaluate(database, embeddings, read_collection(OWN))
    finally:
        await database.aclose()


def test_both_legs_together_find_better_than_each_alone(figures: Mapping[Leg, Measured]) -> None:
    fused = figures["fused"].ndcg_at_10
    assert fused > figures["vector"].ndcg_at_10 > 0.8
    assert fused > figures["lexical"].ndcg_at_10 > 0.7


def test_what_either_leg_finds_is_among_what_both_find(figures: Mapping[Leg, Measured]) -> None:
    assert figures["fused"].recall_at_100 == 1


def test_a_collection_is_read(tmp_path: Path) -> None:
    folder = write_collection(
        tmp_path,
        corpus='{"_id": "d1", "title": "Bread", "text": "Rye"}\n{"_id": "d2", "text": "Wheat"}\n\n',
        queries='{"_id": "q1", "text": "rye?"}\n{"_id": "q2", "text": "not judged"}\n',
        qrels="q1\td1\t2\nq1\td2\t0\nunknown\td1\t1\n",
    )
    found = read_collection(folder)
    assert [(one.id, one.title, one.text) for one in found.documents] == [("d1", "Bread", "Rye"), ("d2", "", "Wheat")]
    assert found.questions == {"q1": "rye?"}
    assert found.judgements == {"q1": {"d1": 2, "d2": 0}}


def test_a_limit_takes_the_first_documents_and_the_questions_that_they_answer() -> None:
    found = read_collection(OWN, limit=8)
    assert {one.id.partition("-")[0] for one in found.documents} == {"bakery"}
    assert found.questions.keys() == {"q01", "q02", "q03", "q04", "q05", "q06", "q47"}
    assert found.judgements["q47"] == {"bakery-cakes": 2}


@pytest.mark.parametrize(
    ("corpus", "queries", "qrels"),
    [
        ("not JSON", '{"_id": "q1", "text": "rye?"}', "q1\td1\t1\n"),
        ('{"_id": "d1"}', '{"_id": "q1", "text": "rye?"}', "q1\td1\t1\n"),
        ('["d1"]', '{"_id": "q1", "text": "rye?"}', "q1\td1\t1\n"),
        ('{"_id": "d1", "text": "Rye"}', '{"_id": "q1", "text": "rye?"}', "q1 d1 1\n"),
        ('{"_id": "d1", "text": "Rye"}', '{"_id": "q1", "text": "rye?"}', "q1\td1\tmuch\n"),
        ('{"_id": "d1", "text": "Rye"}', '{"_id": "q1", "text": "rye?"}', "q1\td9\t1\n"),
        ('{"_id": "d1", "text": "Rye"}', "", "q1\td1\t1\n"),
    ],
    ids=["not JSON", "no text", "no object", "no tabs", "no number", "no such document", "no questions"],
)
def test_what_is_no_collection_is_refused(tmp_path: Path, corpus: str, queries: str, qrels: str) -> None:
    with pytest.raises(NoCollection):
        read_collection(write_collection(tmp_path, corpus=corpus, queries=queries, qrels=qrels))


def test_a_folder_that_is_not_there_is_no_collection(tmp_path: Path) -> None:
    with pytest.raises(NoCollection, match=r"corpus\.jsonl"):
        read_collection(tmp_path / "nothing")
