"""Who may read a document: one rule, which lists, downloads and every search apply in their SQL."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_

from libs.common.members import Member
from services.ai.documents.models import Document, DocumentReader


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a member with a role, or a visitor of a website, who is neither."""

    user_id: UUID | None
    role: str | None

    @classmethod
    def of(cls, member: Member) -> "Asker":
        return cls(user_id=member.user_id, role=member.role)


VISITOR = Asker(user_id=None, role=None)


def readable_by(asker: Asker) -> ColumnElement[bool]:
    """Documents for everyone, for members if the asker is one, and those that name the asker's role or the asker."""
    if asker.user_id is None:
        return Document.audience == "everyone"
    named = exists().where(
        DocumentReader.tenant_id == Document.tenant_id,
        DocumentReader.document_id == Document.id,
        or_(DocumentReader.role == asker.role, DocumentReader.user_id == asker.user_id),
    )
    return or_(Document.audience.in_(("everyone", "members")), and_(Document.audience == "restricted", named))
