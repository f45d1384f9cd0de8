"""Operators rotate the keys that sign access tokens and seal messages, and end the life of one that was seen."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from libs.common.ids import new_id
from services.auth.signing_keys.models import SigningKeyRow
from services.auth.signing_keys.operations import PublishedKey, published_keys, rotate_now
from tests.cli.conftest import Command
from tests.support.identities import SERVICE_KEYS
from tests.support.services import Services


@pytest.fixture(autouse=True)
async def one_key(services: Services) -> None:
    """auth with one key, which signs."""
    async with services.auth.database.system_session() as session:
        await session.execute(delete(SigningKeyRow))
    await rotate_now(services.auth.database, services.auth.cipher)


async def keys(services: Services) -> list[PublishedKey]:
    return await published_keys(services.auth.database)


async def begin_to_sign(services: Services) -> None:
    """As if the ten minutes before a new key signs had passed."""
    async with services.auth.database.system_session() as session:
        ahead = SigningKeyRow.active_from > datetime.now(UTC)
        await session.execute(update(SigningKeyRow).where(ahead).values(active_from=datetime.now(UTC)))


async def test_rotating_publishes_the_next_key_and_leaves_the_old_one_valid_for_its_tokens_life(
    stackpro: Command, services: Services
) -> None:
    [old] = await keys(services)
    result = await stackpro("keys", "rotate")
    assert result.exit_code == 0, result.output
    new, kept = await keys(services)
    assert [(new.state, new.row.published_until), kept.state] == [("next", None), "signing"]
    assert kept.row.kid == old.row.kid
    assert kept.row.published_until is not None
    assert kept.row.published_until >= new.row.active_from + timedelta(minutes=10)
    assert new.row.kid in result.output
    assert old.row.kid in result.output


async def test_rotating_twice_in_ten_minutes_makes_one_key(stackpro: Command, services: Services) -> None:
    await stackpro("keys", "rotate")
    result = await stackpro("keys", "rotate")
    assert result.exit_code == 0
    assert len(await keys(services)) == 2


async def test_a_retired_key_can_be_withdrawn_and_one_in_use_cannot(stackpro: Command, services: Services) -> None:
    await stackpro("keys", "rotate")
    new, old = await keys(services)
    for key in (new, old):
        refused = await stackpro("keys", "withdraw", key.row.kid)
        assert refused.exit_code == 1
        assert "signing_key_in_use" in refused.output
    await begin_to_sign(services)

    result = await stackpro("keys", "withdraw", old.row.kid)

    assert result.exit_code == 0, result.output
    assert [key.row.kid for key in await keys(services)] == [new.row.kid]
    assert old.row.kid not in (await stackpro("keys", "list")).output


@pytest.mark.parametrize("kid", ["nonsense", "-dashed"])
async def test_an_unknown_key_cannot_be_withdrawn(stackpro: Command, kid: str) -> None:
    result = await stackpro("keys", "withdraw", kid)
    assert result.exit_code == 1
    assert "not_found" in result.output


async def test_a_platform_elsewhere_is_reached_by_its_addresses_and_the_commands_own_key(
    stackpro: Command, services: Services
) -> None:
    elsewhere = {"STACKPRO_AUTH_URL": services.urls["auth"], "STACKPRO_SERVICE_PRIVATE_KEY": SERVICE_KEYS["cli"]}
    assert (await stackpro("keys", "list", STACKPRO_HOME="nowhere", **elsewhere)).exit_code == 0
    unnamed = await stackpro("stripe-events", "list", STACKPRO_HOME="nowhere", **elsewhere)
    assert unnamed.exit_code == 1
    assert "set STACKPRO_BILLING_URL" in unnamed.output


async def test_the_key_of_a_business_is_shown_rotated_disabled_and_taken_back_from_destruction(
    stackpro: Command, services: Services
) -> None:
    tenant_id = new_id()
    assert "none" in (await stackpro("keys", "messaging", "show", str(tenant_id))).output
    await services.messaging.rings.ring(tenant_id)

    for arguments, state in (
        (["rotate"], "enabled"),
        (["disable"], "disabled"),
        (["enable"], "enabled"),
        (["destroy", "--days", "7", "--yes"], "pending_destruction"),
        (["keep"], "disabled"),
    ):
        result = await stackpro("keys", "messaging", *arguments, str(tenant_id))
        assert result.exit_code == 0, result.output
        assert f" {state} " in result.output
        assert str(tenant_id) in result.output


async def test_nothing_is_destroyed_without_being_asked(stackpro: Command, services: Services) -> None:
    tenant_id = new_id()
    await services.messaging.rings.ring(tenant_id)

    refused = await stackpro("keys", "messaging", "destroy", str(tenant_id))

    assert refused.exit_code == 1
    assert "nobody can ever read" in refused.output
    assert "enabled" in (await stackpro("keys", "messaging", "show", str(tenant_id))).output
