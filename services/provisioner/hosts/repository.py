"""All SQL of hosts: their rows and credentials. Sessions are platform sessions, or those of a tenant's step."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.provisioner.hosts.credentials import HostTokens, hashed
from services.provisioner.hosts.models import Host

TOKEN_LIFE = timedelta(hours=1)
_now = func.clock_timestamp()


async def open_host(
    session: AsyncSession, host_id: UUID, *, kind: str, name: str, memory_mib: int, tokens: HostTokens
) -> Host:
    """The host's row, made if there is none; a retired one is taken into use again for a new instance."""
    first = insert(Host).values(
        id=host_id, kind=kind, name=name, status="retired", memory_mib=memory_mib, reserved_mib=0, boots=0
    )
    await session.execute(first.on_conflict_do_nothing(index_elements=[Host.id]))
    host = (await session.execute(_by_id(host_id).with_for_update())).scalar_one()
    if host.status == "retired":
        boots = host.boots + 1
        host.status, host.boots, host.instance_id, host.credential_hash = "starting", boots, None, None
        host.token_hash = hashed(tokens.token(host_id, boots))
        host.memory_mib = memory_mib
        await session.flush()
        await renew_token(session, host_id)
    return host


async def renew_token(session: AsyncSession, host_id: UUID) -> None:
    """Lets the one-time token, if it was not used, be used for another hour."""
    await session.execute(
        update(Host).where(Host.id == host_id).values(token_expires_at=_now + TOKEN_LIFE).execution_options(
            synchronize_session=False
        )
    )  # fmt: skip


async def find_host(session: AsyncSession, host_id: UUID) -> Host | None:
    return await session.scalar(_by_id(host_id))


async def set_instance(session: AsyncSession, host_id: UUID, instance_id: str) -> None:
    await session.execute(update(Host).where(Host.id == host_id).values(instance_id=instance_id))


async def retire_host(session: AsyncSession, host_id: UUID) -> None:
    """From now on its credential is refused and nothing is placed on it."""
    values = {"status": "retired", "credential_hash": None, "token_hash": None}
    await session.execute(update(Host).where(Host.id == host_id).values(**values))


async def exchange_token(session: AsyncSession, token: str, credential: str) -> Host | None:
    """Takes the credential's hash in for a token that is good; None for any other.

    Until the first call with the credential the same token may be exchanged again, in case the answer was lost; the
    credential given before is dead then.
    """
    good = Host.token_hash == hashed(token), Host.token_expires_at > _now, Host.status == "starting"
    statement = update(Host).where(*good).values(credential_hash=hashed(credential)).returning(Host)
    return await session.scalar(statement.execution_options(synchronize_session=False))


async def find_by_credential(session: AsyncSession, credential: str) -> Host | None:
    return await session.scalar(select(Host).where(Host.credential_hash == hashed(credential)))


async def first_call(session: AsyncSession, host_id: UUID) -> bool:
    """Uses the token up: the credential proved to have arrived. True for the call that did it."""
    statement = (
        update(Host)
        .where(Host.id == host_id, Host.status == "starting")
        .values(status="ready", token_hash=None, token_expires_at=None, last_seen_at=_now)
        .returning(Host.id)
    )
    return await session.scalar(statement.execution_options(synchronize_session=False)) is not None


async def seen(session: AsyncSession, host_id: UUID, *, agent_version: str) -> None:
    await session.execute(update(Host).where(Host.id == host_id).values(last_seen_at=_now, agent_version=agent_version))


async def list_shared(session: AsyncSession) -> list[Host]:
    """Shared hosts in use or about to be, oldest first."""
    statement = select(Host).where(Host.kind == "shared", Host.status != "retired")
    return list(await session.scalars(statement.order_by(Host.created_at, Host.id)))


async def reserve_shared(session: AsyncSession, memory_mib: int) -> Host | None:
    """Takes memory on the fullest ready shared host that has it (best fit), or None; locks its row."""
    free = Host.memory_mib - Host.reserved_mib
    fitting = select(Host).where(Host.kind == "shared", Host.status == "ready", free >= memory_mib)
    host = await session.scalar(fitting.order_by(free, Host.id).limit(1).with_for_update())
    return None if host is None else await reserve(session, host.id, memory_mib)


async def reserve(session: AsyncSession, host_id: UUID, memory_mib: int) -> Host:
    """Takes memory of a host; its check constraint refuses more than there is."""
    statement = update(Host).where(Host.id == host_id).values(reserved_mib=Host.reserved_mib + memory_mib)
    return (await session.execute(statement.returning(Host).execution_options(populate_existing=True))).scalar_one()


async def release(session: AsyncSession, host_id: UUID, memory_mib: int) -> None:
    """Gives memory back."""
    left = Host.reserved_mib - memory_mib
    await session.execute(update(Host).where(Host.id == host_id).values(reserved_mib=case((left > 0, left), else_=0)))


def _by_id(host_id: UUID) -> Select[Host]:
    return select(Host).where(Host.id == host_id)
