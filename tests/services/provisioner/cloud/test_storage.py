"""Buckets, secrets and databases: protected, made once, never lost by a retry."""

import pytest

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.databases import DatabaseOrder
from services.provisioner.cloud.errors import ResourceInUse, ResourceMissing
from tests.support.emulated_cloud import EmulatedCloud

TOKEN = "0192f0c1-0000-7000-8000-000000000001"


async def test_a_bucket_has_every_protection_and_its_folders(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    key = await cloud.kms_keys.create(name, description="A stack's key", tags=tags)
    assert await cloud.buckets.find(name) is None

    first = await cloud.buckets.create(name, kms_key_id=key.arn, tags=tags)
    second = await cloud.buckets.create(name, kms_key_id=key.arn, tags=tags)

    assert first == second
    assert first.complete
    assert first.kms_key_id == key.arn
    assert first.tags.items() >= tags.items()
    assert len(emulated.listed("bucket", name)) == 1


async def test_a_bucket_left_half_made_by_a_crash_is_completed(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    emulated.ask("POST", "faults", {"action": "PutBucketVersioning", "mode": "fail_once", "match": name})
    with pytest.raises(Exception, match="cloud_unavailable"):
        await cloud.buckets.create(name, kms_key_id="key", tags=tags)
    half_made = await cloud.buckets.find(name)
    assert half_made is not None
    assert not half_made.complete

    assert (await cloud.buckets.create(name, kms_key_id="key", tags=tags)).complete


async def test_a_bucket_that_holds_anything_is_not_deleted(cloud: Cloud, name: str, tags: dict[str, str]) -> None:
    await cloud.buckets.create(name, kms_key_id="key", tags=tags)
    with pytest.raises(ResourceInUse):
        await cloud.buckets.delete(name)

    await cloud.buckets.empty(name)
    await cloud.buckets.delete(name)
    await cloud.buckets.delete(name)

    assert await cloud.buckets.find(name) is None


async def test_a_secret_keeps_its_first_value(cloud: Cloud, name: str, tags: dict[str, str]) -> None:
    first = await cloud.secrets.create(name, {"a": "1"}, kms_key_id="key", client_token=TOKEN, tags=tags)
    second = await cloud.secrets.create(name, {"a": "2"}, kms_key_id="key", client_token=TOKEN, tags=tags)

    assert first == second
    assert await cloud.secrets.read(name) == {"a": "1"}
    assert first.tags.items() >= tags.items()


async def test_a_deleted_secret_is_gone_and_can_be_made_again(cloud: Cloud, name: str, tags: dict[str, str]) -> None:
    await cloud.secrets.create(name, {"a": "1"}, kms_key_id="key", client_token=TOKEN, tags=tags)

    await cloud.secrets.delete(name)
    await cloud.secrets.delete(name)
    assert await cloud.secrets.find(name) is None

    await cloud.secrets.create(name, {"a": "2"}, kms_key_id="key", client_token=TOKEN, tags=tags)
    assert await cloud.secrets.read(name) == {"a": "2"}


async def test_reading_a_secret_that_is_not_there_says_so(cloud: Cloud, name: str) -> None:
    with pytest.raises(ResourceMissing):
        await cloud.secrets.read(name)


async def test_a_database_is_made_once_and_deleted_with_a_last_snapshot(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    order = DatabaseOrder(
        engine="postgres",
        engine_version="16.4",
        instance_class="db.t3.medium",
        storage_gib=50,
        user="stackpro",
        password="a-long-password",
        security_group_ids=[cloud.account.load_balancer_security_group_id],
        kms_key_id="key",
    )

    first = await cloud.databases.create(name, order, tags=tags)
    second = await cloud.databases.create(name, order, tags=tags)
    assert first == second
    assert first.status == "available"
    assert len(emulated.listed("instance", name)) == 1

    await cloud.databases.delete(name, final_snapshot=f"{name}-final")
    await cloud.databases.delete(name, final_snapshot=f"{name}-final")
    assert await cloud.databases.find(name) is None
