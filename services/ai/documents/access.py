"""Who may read a document: one rule, which lists, downloads and every search apply in their SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Text, Uuid, and_, cast, column, exists, func, or_
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.members import Member
from services.ai.documents.models import Document, DocumentReader


@dataclass(frozen=True, slots=True)
class Company:
    """Members of the business who hear an answer too, with their roles in the same order.

    One of whom neither is known may be any member.
    """

    user_ids: Sequence[UUID | None]
    roles: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a member with a role, or a visitor of a website, who is neither.

    Who asks in `company`, as in a conversation, is answered only from what all of them may read.
    """

    user_id: UUID | None
    role: str | None
    company: Company | None = None

    @classmethod
    def of(cls, member: Member) -> "Asker":
        return cls(user_id=member.user_id, role=member.role)


VISITOR = Asker(user_id=None, role=None)


def readable_by(asker: Asker) -> ColumnElement[bool]:
    """Documents for everyone, for members if the asker is one, and those that name the asker, by role or as a person,
    and all of the asker's company."""
    if asker.user_id is None:
        return Document.audience == "everyone"
    named: ColumnElement[bool] = _reader(
        or_(DocumentReader.role == asker.role, DocumentReader.user_id == asker.user_id)
    )
    if asker.company is not None:
        named = and_(named, _names_all(asker.company))
    return or_(Document.audience.in_(("everyone", "members")), and_(Document.audience == "restricted", named))


def _names_all(company: Company) -> ColumnElement[bool]:
    """There is nobody in the company whom the document does not name."""
    hearer = (
        func.unnest(cast(company.user_ids, ARRAY(Uuid)), cast(company.roles, ARRAY(Text)))
        .table_valued(column("user_id", Uuid), column("role", Text))
        .render_derived()
    )
    reader = _reader(or_(DocumentReader.role == hearer.c.role, DocumentReader.user_id == hearer.c.user_id))
    # Without saying so, the document of the innermost query would be any document.
    unnamed = exists().select_from(hearer).where(~reader.correlate(Document, hearer))
    return ~unnamed.correlate(Document)


def _reader(which: ColumnElement[bool]) -> Exists:
    return exists().where(
        DocumentReader.tenant_id == Document.tenant_id, DocumentReader.document_id == Document.id, which
    )
