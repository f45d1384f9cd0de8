"""Assistants to begin with, by industry: one file of `templates/` each, in every language of the platform."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from yaml import YAMLError

from libs.common.yaml_files import read_yaml
from services.ai.assistants.models import Tone

FOLDER = Path(__file__).with_name("templates")
Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class BadTemplate(Exception):
    """A template cannot be used; the text names it and says what to correct."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SuggestedDocument(_Part):
    """A document to add, and what should stand in it."""

    name: str = Field(min_length=1, max_length=60, examples=["Menu with prices"])
    content: str = Field(min_length=1, max_length=200, examples=["Every dish and drink with its price"])


class StartingQuestion(_Part):
    """A question to evaluate with: the suggested document that should hold its answer, or that none should."""

    question: str = Field(min_length=1, max_length=300, examples=["When do you open on Saturday?"])
    document: str | None = Field(default=None, examples=["Opening hours and directions"])
    unanswerable: bool = False

    @model_validator(mode="after")
    def _expects_one_thing(self) -> Self:
        if (self.document is None) != self.unanswerable:
            raise ValueError("name the document that holds the answer, or say that it is unanswerable")
        return self


class Wording(_Part):
    """A template in one language."""

    name: str = Field(min_length=1, max_length=60, examples=["Bakery or restaurant"])
    description: str = Field(min_length=1, max_length=200)
    instructions: str = Field(min_length=400, max_length=4000)
    documents: tuple[SuggestedDocument, ...] = Field(min_length=3, max_length=6)
    questions: tuple[str, ...] = Field(min_length=3, max_length=5)
    evaluation: tuple[StartingQuestion, ...] = Field(min_length=4)

    @field_validator("instructions")
    @classmethod
    def _has_paragraphs(cls, instructions: str) -> str:
        """Lines end where the file's do; only paragraphs are meant."""
        return "\n\n".join(" ".join(paragraph.split()) for paragraph in instructions.split("\n\n"))

    @model_validator(mode="after")
    def _evaluates_by_its_documents(self) -> Self:
        names = {document.name for document in self.documents}
        if unknown := {one.document for one in self.evaluation if one.document is not None} - names:
            raise ValueError(f"the evaluation names documents that are not suggested: {', '.join(sorted(unknown))}")
        if len({one.unanswerable for one in self.evaluation}) < 2:
            raise ValueError("an evaluation asks for what is in the documents and for what is not")
        return self


class Template(Wording):
    """What an assistant of an industry begins with; all of it can be changed afterwards."""

    id: str = Field(examples=["bakery_restaurant"])
    tone: Tone


def templates(language: Language) -> Sequence[Template]:
    """All templates in a language, by their names."""
    return _loaded()[language]


def load_templates(folder: Path = FOLDER) -> Mapping[Language, Sequence[Template]]:
    """Raises `BadTemplate` for a file that is malformed or lacks a language."""
    files = {path: _read(path) for path in sorted(folder.glob("*.yaml"))}
    found = {language: [_template(path, said, language) for path, said in files.items()] for language in LANGUAGES}
    return {language: sorted(these, key=lambda one: one.name.casefold()) for language, these in found.items()}


def _read(path: Path) -> dict[str, object]:
    try:
        said = read_yaml(path)
    except YAMLError as error:
        raise BadTemplate(f"{path.name}: {error}") from error
    if not isinstance(said, dict) or said.keys() != {"tone", *LANGUAGES}:
        raise BadTemplate(f"{path.name}: it needs a tone and a part for each of {', '.join(LANGUAGES)}, and no more")
    return said


def _template(path: Path, said: Mapping[str, object], language: Language) -> Template:
    try:
        wording = Wording.model_validate(said[language])
        return Template.model_validate({"id": path.stem, "tone": said["tone"], **wording.model_dump()})
    except ValueError as error:
        raise BadTemplate(f"{path.name}, {language}: {error}") from error


@cache
def _loaded() -> Mapping[Language, Sequence[Template]]:
    return load_templates()
