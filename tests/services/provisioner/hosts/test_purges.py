"""Orders to hosts are forgotten ninety days after they were carried out; one that waits is not."""

from sqlalchemy import func, select, update

from services.provisioner.base import Base
from services.provisioner.hosts.models import HostCommand
from tests.services.provisioner.hosts.world import Fleet
from tests.support.purges import days_ago, purge_table


async def test_a_command_goes_ninety_days_after_it_was_settled_and_a_waiting_one_stays(fleet: Fleet) -> None:
    host, tenant = await fleet.host(), await fleet.tenant()
    settled, waiting = [await fleet.command(tenant, host, delete_data=flag) for flag in (False, True)]
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        await session.execute(update(HostCommand).values(created_at=days_ago(200)))
        done = update(HostCommand).where(HostCommand.id == settled)
        await session.execute(done.values(status="succeeded", finished_at=days_ago(89)))
        assert await session.scalar(select(func.count()).select_from(HostCommand)) == 2

    assert await purge_table(fleet.database, Base.metadata, "host_command") == 0
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        await session.execute(done.values(finished_at=days_ago(91)))
    assert await purge_table(fleet.database, Base.metadata, "host_command") == 1

    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        assert list(await session.scalars(select(HostCommand.id))) == [waiting]
