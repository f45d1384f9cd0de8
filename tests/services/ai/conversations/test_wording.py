"""What an assistant writes in a conversation."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.contracts.messaging import MOST_TEXT
from services.ai.answers.schemas import AnswerAnswer, CitationAnswer, Receipt
from services.ai.conversations.wording import MOST_SOURCES, said, sentence


def citation(name: str, page: int | None) -> CitationAnswer:
    return CitationAnswer(
        number=1,
        knowledge_base_id=new_id(),
        document_id=new_id(),
        document_name=name,
        passage_id=new_id(),
        page=page,
        quote="four euros",
        at=3,
    )


def answer(text: str, *citations: CitationAnswer, **fields: Any) -> AnswerAnswer:
    receipt = Receipt(
        model="local",
        version=1,
        input_tokens=0,
        output_tokens=0,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cents=Decimal(0),
        first_text_ms=1,
        total_ms=1,
        sources=[],
    )
    values = {"language": "en", "state": "done", "reason": None} | fields
    return AnswerAnswer(
        id=new_id(),
        chat_id=new_id(),
        assistant_id=new_id(),
        question="?",
        text=text,
        found=True,
        citations=list(citations),
        receipt=receipt,
        rating=None,
        comment=None,
        created_at=datetime.now(UTC),
        finished_at=None,
        **values,
    )


def test_the_places_it_rests_on_stand_below_it_each_once() -> None:
    cited = [citation("prices.pdf", 2), citation("menu.md", None), citation("prices.pdf", 2)]
    assert said(answer("Four euros. ", *cited)) == "Four euros.\n\nSources:\n- prices.pdf, page 2\n- menu.md"
    german = said(answer("Vier Euro.", *cited, language="de"))
    assert german == "Vier Euro.\n\nQuellen:\n- prices.pdf, Seite 2\n- menu.md"
    assert said(answer("I did not find this.")) == "I did not find this."


def test_it_fits_into_a_message_with_its_places() -> None:
    cited = [citation(f"{'x' * 190}{number}", number) for number in range(9)]
    text = said(answer("y" * 20_000, *cited))
    assert len(text) == MOST_TEXT
    assert text.count("\n- ") == MOST_SOURCES
    assert "y…\n\nSources:" in text


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "tr"])
def test_why_there_is_no_answer_is_said_in_each_language(language: str) -> None:
    assert said(answer("half", state="failed", language=language)) == sentence("failed", language)
    assert (sentence("limit", language) == sentence("limit", "xx")) == (language == "en")
