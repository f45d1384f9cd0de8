"""A host proves itself once by its token, and from then on by the credential that it got for it."""

import httpx

from services.provisioner.hosts import repository
from tests.services.provisioner.hosts.world import TOKENS, Fleet, register, token_of


async def test_a_token_gives_a_credential_that_the_host_is_known_by(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host = await fleet.host(ready=False)
    answer = await client.post("/agent/v1/register", json={"token": token_of(host)})
    assert answer.status_code == 200
    assert answer.json()["host_id"] == str(host.id)
    agent = {"Authorization": f"Bearer {answer.json()['credential']}"}
    assert (await client.get("/agent/v1/commands?wait=0", headers=agent)).json() == {"items": []}
    assert (await fleet.read(host.id)).status == "ready"


async def test_a_token_is_dead_once_its_credential_was_used(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host = await fleet.host(ready=False)
    agent = await register(client, host)
    await client.get("/agent/v1/commands?wait=0", headers=agent)
    again = await client.post("/agent/v1/register", json={"token": token_of(host)})
    assert (again.status_code, again.json()["code"]) == (401, "host_token_refused")
    assert (await client.get("/agent/v1/commands?wait=0", headers=agent)).status_code == 200


async def test_an_answer_that_was_lost_can_be_asked_for_again_and_only_the_last_credential_counts(
    client: httpx.AsyncClient, fleet: Fleet
) -> None:
    host = await fleet.host(ready=False)
    lost, kept = await register(client, host), await register(client, host)
    refused = await client.get("/agent/v1/commands?wait=0", headers=lost)
    assert (refused.status_code, refused.json()["code"]) == (401, "host_credential_refused")
    assert (await client.get("/agent/v1/commands?wait=0", headers=kept)).status_code == 200


async def test_an_expired_or_invented_token_is_refused(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host = await fleet.host(ready=False)
    await fleet.expire_token(host.id)
    for token in (token_of(host), TOKENS.token(host.id, host.boots + 1), "invented"):
        assert (await client.post("/agent/v1/register", json={"token": token})).status_code == 401


async def test_calls_without_a_hosts_credential_are_refused(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host = await fleet.host(ready=False)
    assert (await client.get("/agent/v1/commands?wait=0")).status_code == 401
    as_token = {"Authorization": f"Bearer {token_of(host)}"}
    assert (await client.get("/agent/v1/commands?wait=0", headers=as_token)).status_code == 401


async def test_a_retired_hosts_credential_is_dead(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host = await fleet.host(ready=False)
    agent = await register(client, host)
    async with fleet.database.platform_session() as session:
        await repository.retire_host(session, host.id)
    assert (await client.get("/agent/v1/commands?wait=0", headers=agent)).status_code == 401


async def test_a_host_taken_into_use_again_has_another_token(fleet: Fleet) -> None:
    host = await fleet.host(ready=False)
    async with fleet.database.platform_session() as session:
        await repository.retire_host(session, host.id)
    async with fleet.database.platform_session() as session:
        again = await repository.open_host(
            session, host.id, kind="shared", name=host.name, memory_mib=host.memory_mib, tokens=TOKENS
        )
    assert (again.status, again.boots, again.instance_id) == ("starting", 2, None)
    assert token_of(again) != token_of(host)


async def test_only_hashes_of_token_and_credential_are_kept(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host = await fleet.host(ready=False)
    agent = await register(client, host)
    kept = await fleet.read(host.id)
    secrets = (token_of(host), agent["Authorization"].removeprefix("Bearer "))
    for stored in (kept.token_hash, kept.credential_hash):
        assert stored is not None
        assert len(stored) == 32
        assert all(secret.encode() not in stored for secret in secrets)
