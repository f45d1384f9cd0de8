"""The contract of the secrets port, on both of its forms."""

import secrets as random_source
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from libs.adapters.secrets import (
    BadName,
    LocalSecretsSettings,
    SecretMissing,
    Secrets,
    SecretsError,
    SecretsManagerSettings,
    SecretsSettings,
    open_secrets,
    platform_key,
    tenant_key,
)


def local_settings(folder: Path) -> LocalSecretsSettings:
    return LocalSecretsSettings.model_validate(
        {"root": folder / "secrets", "keys": {"path": folder / "ring.json", "master_key": "m" * 32}}
    )


@pytest.fixture(params=["local", "aws"])
async def secrets(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Secrets]:
    settings: SecretsSettings = (
        local_settings(tmp_path)
        if request.param == "local"
        else SecretsManagerSettings(aws=request.getfixturevalue("aws"), name=f"test{random_source.token_hex(4)}")
    )
    async with open_secrets(settings) as secrets:
        yield secrets


@pytest.fixture
def tenant() -> UUID:
    return uuid4()


async def test_a_secret_is_read_back(secrets: Secrets, tenant: UUID) -> None:
    name = tenant_key(tenant, "stack", "mysql-password")

    await secrets.put(name, "pässword", tags={"Tenant": str(tenant)})

    assert await secrets.get(name) == "pässword"


async def test_putting_again_replaces_the_value(secrets: Secrets, tenant: UUID) -> None:
    name = tenant_key(tenant, "a")
    await secrets.put(name, "one")
    await secrets.put(name, "two", tags={"Plan": "starter"})

    assert await secrets.get(name) == "two"


async def test_a_deleted_secret_is_gone_and_its_name_can_be_used_again(secrets: Secrets, tenant: UUID) -> None:
    name = tenant_key(tenant, "a")
    await secrets.put(name, "one")

    await secrets.delete(name)
    await secrets.delete(name)

    with pytest.raises(SecretMissing):
        await secrets.get(name)
    assert await secrets.list_names(f"{tenant}/") == []
    await secrets.put(name, "two")
    assert await secrets.get(name) == "two"


async def test_an_unknown_secret_is_named_as_such(secrets: Secrets, tenant: UUID) -> None:
    with pytest.raises(SecretMissing):
        await secrets.get(tenant_key(tenant, "never-made"))
    await secrets.delete(tenant_key(tenant, "never-made"))


async def test_names_are_listed_within_their_tenant_only(secrets: Secrets, tenant: UUID) -> None:
    other = uuid4()
    for name in (tenant_key(tenant, "b"), tenant_key(tenant, "a", "x"), tenant_key(other, "c")):
        await secrets.put(name, "x")
    await secrets.put(platform_key("signing"), "x")

    assert await secrets.list_names(f"{tenant}/") == [tenant_key(tenant, "a", "x"), tenant_key(tenant, "b")]
    assert await secrets.list_names(f"{tenant}/a/") == [tenant_key(tenant, "a", "x")]


@pytest.mark.parametrize("name", ["a", "a/b", "../a", "platform/../a", "platform/a b", "platform/ü"])
async def test_a_name_without_an_owner_or_with_other_letters_is_refused(secrets: Secrets, name: str) -> None:
    with pytest.raises(BadName):
        await secrets.put(name, "x")
    with pytest.raises(BadName):
        await secrets.get(name)


async def test_a_value_that_secrets_manager_would_refuse_is_refused(secrets: Secrets, tenant: UUID) -> None:
    for value in ("", "x" * 65_537):
        with pytest.raises(SecretsError):
            await secrets.put(tenant_key(tenant, "a"), value)


async def test_the_store_answers_a_ping(secrets: Secrets) -> None:
    await secrets.ping()


async def test_a_local_file_shows_nothing_and_cannot_stand_in_for_another(tmp_path: Path, tenant: UUID) -> None:
    async with open_secrets(local_settings(tmp_path)) as secrets:
        await secrets.put(tenant_key(tenant, "a"), "very-secret-value")
        await secrets.put(tenant_key(tenant, "b"), "other")
        [a, b] = sorted((tmp_path / "secrets").iterdir())

        assert "very-secret-value" not in a.read_text()
        assert a.stat().st_mode & 0o777 == 0o600
        b.write_bytes(a.read_bytes())
        with pytest.raises(Exception, match="cannot_decrypt"):
            await secrets.get(tenant_key(tenant, "b"))
