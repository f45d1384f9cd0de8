"""Texts are sealed under the tenant's own keys: rotated without a pause, and unreadable once the key is gone."""

import time
from uuid import UUID

import pytest
from sqlalchemy import delete

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.keys.models import DataKey
from services.messaging.keys.service import KeyRing, KeyRings, TextsUnreadable, key_alias, opened
from tests.services.messaging.world import Business

BOUND = b"message 1"


def fresh_rings(messaging: MessagingContext) -> KeyRings:
    """As another process has them: nothing remembered."""
    return KeyRings(messaging.database, messaging.keys)


async def fresh_ring(messaging: MessagingContext, tenant_id: UUID) -> KeyRing:
    return await fresh_rings(messaging).ring(tenant_id)


async def test_what_one_process_sealed_another_opens(messaging: MessagingContext, business: Business) -> None:
    sealed = (await messaging.rings.ring(business.id)).seal("Hallo", BOUND)

    assert b"Hallo" not in sealed
    assert (await fresh_ring(messaging, business.id)).open(sealed, BOUND) == "Hallo"


async def test_a_sealed_text_opens_in_its_own_place_and_tenant_only(
    messaging: MessagingContext, business: Business
) -> None:
    ring = await messaging.rings.ring(business.id)
    sealed = ring.seal("Hallo", BOUND)

    assert ring.open(sealed, b"message 2") is None
    assert ring.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), BOUND) is None
    other = await opened(messaging.rings, new_id(), {BOUND: sealed})
    assert other == {BOUND: None}


async def test_after_a_rotation_old_and_new_texts_are_read_everywhere(
    messaging: MessagingContext, business: Business
) -> None:
    elsewhere = fresh_rings(messaging)
    old = (await elsewhere.ring(business.id)).seal("old", BOUND)

    key_id = await messaging.rings.rotate(business.id)

    new = (await messaging.rings.ring(business.id)).seal("new", b"message 2")
    assert new.startswith(key_id.bytes)
    # The other process still has the ring from before, and asks for a newer one by itself.
    assert await opened(elsewhere, business.id, {BOUND: old, b"message 2": new}) == {BOUND: "old", b"message 2": "new"}


async def test_a_disabled_key_hides_all_texts_until_it_is_enabled(
    messaging: MessagingContext, business: Business
) -> None:
    sealed = (await messaging.rings.ring(business.id)).seal("Hallo", BOUND)
    key = f"alias/{key_alias(business.id)}"

    await messaging.keys.disable(key)
    ring = await fresh_ring(messaging, business.id)
    assert ring.open(sealed, BOUND) is None
    with pytest.raises(TextsUnreadable):
        ring.seal("more", BOUND)
    with pytest.raises(TextsUnreadable):
        await fresh_rings(messaging).rotate(business.id)

    await messaging.keys.enable(key)
    assert (await fresh_ring(messaging, business.id)).open(sealed, BOUND) == "Hallo"


async def test_a_destroyed_data_key_takes_its_texts_with_it(messaging: MessagingContext, business: Business) -> None:
    sealed = (await messaging.rings.ring(business.id)).seal("Hallo", BOUND)
    async with messaging.database.tenant_session(business.id) as session:
        await session.execute(delete(DataKey))

    assert await opened(fresh_rings(messaging), business.id, {BOUND: sealed}) == {BOUND: None}


async def test_a_ring_is_remembered_but_not_longer_than_asked(messaging: MessagingContext, business: Business) -> None:
    ring = await messaging.rings.ring(business.id)

    assert await messaging.rings.ring(business.id) is ring
    assert await messaging.rings.ring(business.id, newer_than=time.monotonic()) is not ring
