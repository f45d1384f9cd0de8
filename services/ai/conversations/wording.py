"""What an assistant writes in a conversation: its answer with the places that it rests on, or why there is none."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from libs.common.yaml_files import read_yaml
from libs.contracts.messaging import MOST_TEXT
from services.ai.answers.schemas import AnswerAnswer, CitationAnswer

MOST_SOURCES = 5
CUT = "…"


def said(answer: AnswerAnswer) -> str:
    """The answer as a message; one that failed says so."""
    if answer.state != "done" or not answer.text.strip():
        return sentence("failed", answer.language)
    sources = _sources(answer)
    room = MOST_TEXT - len(sources)
    text = answer.text.strip()
    return (text if len(text) <= room else text[: room - len(CUT)] + CUT) + sources


def sentence(which: Literal["limit", "failed"], language: str) -> str:
    """Why there is no answer."""
    return _texts(language)[which]


def _sources(answer: AnswerAnswer) -> str:
    """Each document with its page, once, in the order in which the text cites them."""
    texts = _texts(answer.language)
    places = dict.fromkeys(_place(one, texts["page"]) for one in answer.citations)
    if not places:
        return ""
    return "\n".join(("", "", texts["sources"], *(f"- {place}" for place in [*places][:MOST_SOURCES])))


def _place(citation: CitationAnswer, page: str) -> str:
    if citation.page is None:
        return citation.document_name
    return f"{citation.document_name}, {page.format(page=citation.page)}"


def _texts(language: str) -> Mapping[str, str]:
    known = _all_texts()
    return known.get(language, known["en"])


@cache
def _all_texts() -> Mapping[str, Mapping[str, str]]:
    texts: Mapping[str, Mapping[str, str]] = read_yaml(Path(__file__).with_name("texts.yaml"))
    return texts
