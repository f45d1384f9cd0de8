"""The file of the local key ring."""

import json
import time
from pathlib import Path

import pytest

from libs.adapters.keys import Keys, KeysError, KeyUnavailable, LocalKeysSettings, open_keys
from libs.adapters.keys.local import LocalKeys
from libs.adapters.keys.ring import RingFile


def ring(folder: Path, master_key: str = "m" * 32) -> LocalKeys:
    return LocalKeys(LocalKeysSettings.model_validate({"path": folder / "ring.json", "master_key": master_key}))


async def test_the_file_is_for_its_owner_only_and_holds_no_plain_key(tmp_path: Path) -> None:
    keys = ring(tmp_path)
    await keys.create_key("a")

    path = tmp_path / "ring.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(json.loads(path.read_text())["keys"][0]) == ["alias", "destroy_at", "id", "state", "versions"]


async def test_another_process_sees_what_was_changed(tmp_path: Path) -> None:
    one, other = ring(tmp_path), ring(tmp_path)
    key_id = await one.create_key("a")
    ciphertext = await other.encrypt("alias/a", b"x", {})

    await one.disable(key_id)

    with pytest.raises(KeyUnavailable):
        await other.decrypt(ciphertext, {})


async def test_the_ring_survives_a_restart(tmp_path: Path) -> None:
    await ring(tmp_path).create_key("a")
    ciphertext = await ring(tmp_path).encrypt("alias/a", b"x", {"a": "b"})

    assert await ring(tmp_path).decrypt(ciphertext, {"a": "b"}) == b"x"


async def test_the_wrong_master_key_says_so(tmp_path: Path) -> None:
    await ring(tmp_path).create_key("a")

    with pytest.raises(KeysError, match="master key"):
        await ring(tmp_path, "n" * 32).encrypt("alias/a", b"x", {})


async def test_a_key_whose_time_is_over_is_destroyed_with_the_next_change(tmp_path: Path) -> None:
    keys: Keys = ring(tmp_path)
    key_id = await keys.create_key("a")
    ciphertext = await keys.encrypt(key_id, b"x", {})
    await keys.schedule_destroy(key_id, days=7)
    with RingFile(tmp_path / "ring.json", "m" * 32).changing() as content:
        content.find(key_id).destroy_at = time.time() - 1

    await keys.create_key("b")

    assert key_id not in (tmp_path / "ring.json").read_text()
    with pytest.raises(KeyUnavailable):
        await keys.decrypt(ciphertext, {})


async def test_a_failed_change_leaves_the_ring_as_it_was(tmp_path: Path) -> None:
    keys = ring(tmp_path)
    await keys.create_key("a")
    before = (tmp_path / "ring.json").read_bytes()

    with pytest.raises(KeyUnavailable):
        await keys.cancel_destroy("alias/a")

    assert (tmp_path / "ring.json").read_bytes() == before


async def test_each_rotation_adds_a_version(tmp_path: Path) -> None:
    settings = LocalKeysSettings.model_validate({"path": tmp_path / "ring.json", "master_key": "m" * 32})
    async with open_keys(settings) as keys:
        key_id = await keys.create_key("a")
        await keys.rotate(key_id)

    assert len(json.loads((tmp_path / "ring.json").read_text())["keys"][0]["versions"]) == 2
