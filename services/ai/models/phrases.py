"""What is known of each language by data alone: how the local answerer speaks, and which words ask for nothing."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from libs.common.yaml_files import read_yaml
from services.ai.models.fitting import plain

PHRASES_FILE = Path(__file__).with_name("phrases.yaml")


class Phrases(BaseModel):
    """`fillers` are words of a question that say nothing about what is asked, without case and accents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    found: str
    nothing: str
    fillers: frozenset[str]

    @field_validator("fillers", mode="before")
    @classmethod
    def _split(cls, words: str) -> frozenset[str]:
        return frozenset(plain(words).split())


def phrases_of(language: str) -> Phrases:
    """Those of a language (ISO 639-1), or of English."""
    known = _load()
    return known.get(language, known["en"])


@cache
def _load() -> dict[str, Phrases]:
    return {language: Phrases.model_validate(phrases) for language, phrases in read_yaml(PHRASES_FILE).items()}
