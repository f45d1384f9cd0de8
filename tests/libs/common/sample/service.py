"""A small service that keeps notes, built only from what every service shares."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from libs.adapters.bus import BusSettings, open_bus
from libs.common.access_mode import apply_access_change
from libs.common.data_catalogue import keeps
from libs.common.database import TableTypes, new_metadata
from libs.common.events import FactEvent
from libs.common.idempotency import Idempotency, idempotency
from libs.common.ids import new_id
from libs.common.members import CallingService, Member, calling_service, member_with
from libs.common.schemas import RequestBody
from libs.common.service import Service, ServiceContext, context_of
from libs.common.service_parts import open_parts
from libs.common.settings import ServiceSettings
from libs.contracts.billing import TenantAccessChanged


class Base(TableTypes, DeclarativeBase):
    metadata = new_metadata()


class Note(Base):
    __tablename__ = "note"
    __table_args__ = keeps(owner="sample", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    text: Mapped[str]


class NoteWritten(FactEvent):
    """A note was written."""

    type: ClassVar[str] = "sample.note.written.v1"

    text: str


class SampleSettings(ServiceSettings):
    bus: BusSettings
    secret_of_sample: SecretStr = SecretStr("")


class NewNote(RequestBody):
    text: str = Field(min_length=1)


class NoteAnswer(BaseModel):
    id: UUID
    text: str


router = APIRouter()


@router.post("/v1/notes", status_code=201, operation_id="write_note")
async def write_note(
    body: NewNote,
    request: Request,
    member: Annotated[Member, Depends(member_with("stack:use"))],
    once: Annotated[Idempotency, Depends(idempotency)],
) -> Response:
    context = context_of(request, ServiceContext)
    async with context.database.tenant_session(member.tenant_id) as session:

        async def write() -> NoteAnswer:
            note = Note(tenant_id=member.tenant_id, id=new_id(), text=body.text)
            session.add(note)
            await session.flush()
            return NoteAnswer(id=note.id, text=note.text)

        return await once.run(session, member.tenant_id, write)


@router.get("/internal/tenants/{tenant_id}/notes", operation_id="count_notes")
async def count_notes(tenant_id: UUID, _caller: Annotated[CallingService, Depends(calling_service)]) -> dict[str, str]:
    return {"tenant": str(tenant_id)}


@router.get("/v1/broken", operation_id="break")
async def fail() -> None:
    raise RuntimeError("secret detail of the inside")


async def copy_note(session: AsyncSession, event: NoteWritten) -> None:
    """The handler under test: the effect of an event is one note."""
    if event.text == "poison":
        raise ValueError("cannot be applied")
    session.add(Note(tenant_id=event.tenant_id, id=new_id(), text=event.text))
    await session.flush()


@asynccontextmanager
async def open_context(settings: SampleSettings) -> AsyncIterator[ServiceContext]:
    async with open_parts("sample", settings) as parts, open_bus(settings.bus) as bus:
        yield ServiceContext(
            settings=settings,
            database=parts.database,
            bus=bus,
            clock=parts.clock,
            cursors=parts.cursors,
            tokens=parts.tokens,
            assertions=parts.assertions,
            access_modes=parts.access_modes,
        )


MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = Service(
    name="sample",
    settings=SampleSettings,
    open_context=open_context,
    migrations=MIGRATIONS,
    routers=(router,),
    tables=Base.metadata,
    callers={"count_notes": frozenset({"gateway"})},
    handlers=lambda _context: {NoteWritten: copy_note, TenantAccessChanged: apply_access_change},
)
