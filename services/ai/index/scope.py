"""Where a search looks and for whom, as it stands in the statements of searches.

These are built once for each shape, since building one takes longer than most of them run: the asker and everything
else are parameters.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from services.ai.documents.access import VISITOR, Asker, Company, readable_by
from services.ai.documents.models import Document, DocumentReader
from services.ai.index.values import Place

_ANY_MEMBER = Asker(
    user_id=cast(UUID, bindparam("asker_id", type_=Uuid())),
    role=cast(str, bindparam("asker_role", type_=Text())),
    company=Company(
        user_ids=cast("Sequence[UUID]", bindparam("company_ids", type_=ARRAY(Uuid()))),
        roles=cast("Sequence[str]", bindparam("company_roles", type_=ARRAY(Text()))),
    ),
)
_PLACES = "SELECT * FROM unnest(CAST(:documents_of AS uuid[]), CAST(:positions AS integer[])) p(document_id, position)"


@dataclass(frozen=True, slots=True)
class Scope:
    """Knowledge bases, and who asks; `documents` are all that the asker may read there, where those are few."""

    bases: Sequence[UUID]
    asker: Asker
    documents: Collection[UUID] | None = None

    @property
    def member(self) -> bool:
        """False for a visitor of a website."""
        return self.asker.user_id is not None

    @property
    def few(self) -> bool:
        return self.documents is not None

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of `one_of` for `bases` and `documents`, and of `readable`."""
        values: dict[str, Any] = {"bases": list(self.bases)}
        if self.member:
            company = self.asker.company or Company((), ())
            values |= {"asker_id": self.asker.user_id, "asker_role": self.asker.role}
            values |= {"company_ids": list(company.user_ids), "company_roles": list(company.roles)}
        if self.documents is not None:
            values["documents"] = list(self.documents)
        return values


def readable(*, member: bool) -> ColumnElement[bool]:
    """Documents that are ready, and that the asker may read: a member, or any visitor."""
    return (Document.state == "ready") & readable_by(_ANY_MEMBER if member else VISITOR)


def named() -> "Select[UUID]":
    """The ids of documents that name the asker or the asker's role."""
    names_asker = (DocumentReader.role == _ANY_MEMBER.role) | (DocumentReader.user_id == _ANY_MEMBER.user_id)
    return select(DocumentReader.document_id).where(names_asker)


def one_of(attribute: InstrumentedAttribute[UUID], name: str) -> ColumnElement[bool]:
    """Whether an id is in the parameter `name`, a list."""
    return attribute == any_(bindparam(name, type_=ARRAY(Uuid())))


def places_cte(name: str) -> CTE:
    """The places in the parameters that `places_values` makes."""
    return cte(_PLACES, name)


def places_values(places: Collection[Place]) -> Mapping[str, Any]:
    return {"documents_of": [one.document_id for one in places], "positions": [one.position for one in places]}


def cte(statement: str, name: str, *numbers: str) -> CTE:
    """A part of a statement that gives places, and `numbers` beside each."""
    columns = column("document_id", Uuid()), column("position", Integer())
    return text(statement).columns(*columns, *(column(one, Double()) for one in numbers)).cte(name)
