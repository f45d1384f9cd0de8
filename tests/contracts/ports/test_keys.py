"""The contract of the keys port, on both of its forms."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from libs.adapters.keys import (
    CannotDecrypt,
    KeyMissing,
    Keys,
    KeysError,
    KeysSettings,
    KeyStatus,
    KeyUnavailable,
    KmsSettings,
    LocalKeysSettings,
    open_keys,
)
from libs.adapters.keys.envelope import seal, unseal

CONTEXT = {"tenant": "t-1", "purpose": "test"}


def local_settings(folder: Path, master_key: str = "m" * 32) -> LocalKeysSettings:
    return LocalKeysSettings.model_validate({"path": folder / "ring.json", "master_key": master_key})


@pytest.fixture(params=["local", "aws"])
async def keys(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Keys]:
    settings: KeysSettings = (
        local_settings(tmp_path) if request.param == "local" else KmsSettings(aws=request.getfixturevalue("aws"))
    )
    async with open_keys(settings) as keys:
        yield keys


@pytest.fixture
async def key_id(keys: Keys) -> str:
    return await keys.create_key(f"test-{secrets.token_hex(4)}")


async def test_what_was_encrypted_can_be_decrypted_under_the_same_context(keys: Keys, key_id: str) -> None:
    ciphertext = await keys.encrypt(key_id, b"a secret", CONTEXT)

    assert b"a secret" not in ciphertext
    assert await keys.decrypt(ciphertext, dict(reversed(CONTEXT.items()))) == b"a secret"


async def test_another_context_cannot_decrypt(keys: Keys, key_id: str) -> None:
    ciphertext = await keys.encrypt(key_id, b"a secret", CONTEXT)

    with pytest.raises(CannotDecrypt):
        await keys.decrypt(ciphertext, CONTEXT | {"tenant": "t-2"})


async def test_a_changed_ciphertext_is_refused(keys: Keys, key_id: str) -> None:
    ciphertext = bytearray(await keys.encrypt(key_id, b"a secret", CONTEXT))
    ciphertext[-1] ^= 1

    with pytest.raises(CannotDecrypt):
        await keys.decrypt(bytes(ciphertext), CONTEXT)


async def test_a_data_key_is_fresh_and_comes_back_from_its_encrypted_form(keys: Keys, key_id: str) -> None:
    one, other = await keys.generate_data_key(key_id, CONTEXT), await keys.generate_data_key(key_id, CONTEXT)

    assert len(one.plaintext) == 32
    assert one.plaintext != other.plaintext
    assert await keys.decrypt_data_key(one.encrypted, CONTEXT) == one.plaintext
    assert repr(one.plaintext) not in repr(one)


async def test_creating_a_key_again_returns_the_same_key(keys: Keys) -> None:
    alias = f"test-{secrets.token_hex(4)}"

    assert await keys.create_key(alias) == await keys.create_key(alias)


async def test_a_key_is_found_by_its_alias(keys: Keys) -> None:
    alias = f"test-{secrets.token_hex(4)}"
    await keys.create_key(alias)

    ciphertext = await keys.encrypt(f"alias/{alias}", b"x", {})

    assert await keys.decrypt(ciphertext, {}) == b"x"


async def test_after_a_rotation_old_and_new_values_can_be_read(keys: Keys, key_id: str) -> None:
    before = await keys.encrypt(key_id, b"before", CONTEXT)
    await keys.rotate(key_id)
    after = await keys.encrypt(key_id, b"after", CONTEXT)

    assert await keys.decrypt(before, CONTEXT) == b"before"
    assert await keys.decrypt(after, CONTEXT) == b"after"


async def test_an_unknown_key_is_named_as_such(keys: Keys) -> None:
    with pytest.raises(KeyMissing):
        await keys.encrypt("alias/never-made", b"x", {})


async def test_a_value_over_the_limit_of_kms_is_refused(keys: Keys, key_id: str) -> None:
    with pytest.raises(KeysError):
        await keys.encrypt(key_id, b"x" * 4097, {})


async def test_an_envelope_holds_a_value_of_any_size(keys: Keys, key_id: str) -> None:
    value = secrets.token_bytes(200_000)

    envelope = await seal(keys, key_id, value, CONTEXT)

    assert await unseal(keys, envelope, CONTEXT) == value
    with pytest.raises(CannotDecrypt):
        await unseal(keys, envelope[:-1] + bytes([envelope[-1] ^ 1]), CONTEXT)
    with pytest.raises(CannotDecrypt):
        await unseal(keys, b"not an envelope", CONTEXT)


async def test_a_key_tells_how_it_stands(keys: Keys, key_id: str) -> None:
    assert await keys.status(key_id) == KeyStatus("enabled")
    await keys.disable(key_id)
    assert await keys.status(key_id) == KeyStatus("disabled")
    await keys.schedule_destroy(key_id, days=7)

    pending = await keys.status(key_id)

    assert pending.state == "pending_destruction"
    assert pending.destroyed_at is not None
    assert timedelta(days=6, hours=23) < pending.destroyed_at - datetime.now(UTC) <= timedelta(days=7)
    await keys.cancel_destroy(key_id)
    assert await keys.status(key_id) == KeyStatus("disabled")


async def test_an_unknown_key_has_no_status(keys: Keys) -> None:
    with pytest.raises(KeyMissing):
        await keys.status("alias/never-made")


async def test_the_key_store_answers_a_ping(keys: Keys) -> None:
    await keys.ping()


class TestStrictForm:
    """What the emulator of KMS does not keep: it goes on using keys that are disabled or to be destroyed."""

    @pytest.fixture
    async def keys(self, tmp_path: Path) -> AsyncIterator[Keys]:
        async with open_keys(local_settings(tmp_path)) as keys:
            yield keys

    async def test_a_disabled_key_is_unavailable_until_it_is_enabled(self, keys: Keys, key_id: str) -> None:
        ciphertext = await keys.encrypt(key_id, b"x", {})
        await keys.disable(key_id)

        with pytest.raises(KeyUnavailable):
            await keys.encrypt(key_id, b"x", {})
        with pytest.raises(KeyUnavailable):
            await keys.decrypt(ciphertext, {})
        await keys.enable(key_id)
        assert await keys.decrypt(ciphertext, {}) == b"x"

    async def test_a_key_to_be_destroyed_is_unavailable_at_once(self, keys: Keys, key_id: str) -> None:
        ciphertext = await keys.encrypt(key_id, b"x", {})
        await keys.schedule_destroy(key_id, days=7)

        with pytest.raises(KeyUnavailable):
            await keys.decrypt(ciphertext, {})
        with pytest.raises(KeyUnavailable):
            await keys.enable(key_id)

    async def test_a_cancelled_destruction_leaves_the_key_disabled(self, keys: Keys, key_id: str) -> None:
        ciphertext = await keys.encrypt(key_id, b"x", {})
        await keys.schedule_destroy(key_id, days=7)
        await keys.cancel_destroy(key_id)

        with pytest.raises(KeyUnavailable):
            await keys.decrypt(ciphertext, {})
        await keys.enable(key_id)
        assert await keys.decrypt(ciphertext, {}) == b"x"

    async def test_a_key_is_not_destroyed_sooner_than_in_a_week(self, keys: Keys, key_id: str) -> None:
        with pytest.raises(KeysError):
            await keys.schedule_destroy(key_id, days=1)
