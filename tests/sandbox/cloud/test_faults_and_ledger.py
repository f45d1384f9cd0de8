"""What tests of the platform rely on: faults at the port, and a ledger and an inventory that tell the truth."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.dns import DnsRecord
from services.provisioner.cloud.errors import CloudUnavailable, QuotaExceeded
from tests.support.emulated_cloud import EmulatedCloud, cloud_port

TAGS = {"Tenant": "t", "Plan": "business", "Deployment": "d", "ManagedBy": "stackpro"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Cloud, EmulatedCloud]]:
    async with cloud_port(tmp_path_factory.mktemp("emulated")) as both:
        yield both


async def test_a_call_fails_once_without_effect(opened: tuple[Cloud, EmulatedCloud]) -> None:
    cloud, emulated = opened
    emulated.ask("POST", "faults", {"action": "ec2:CreateSecurityGroup", "mode": "fail_once"})

    with pytest.raises(CloudUnavailable):
        await make(cloud, "once")

    assert await cloud.security_groups.find("once") is None
    assert (await make(cloud, "once")).name == "once"


async def test_a_call_fails_until_the_faults_are_lifted(opened: tuple[Cloud, EmulatedCloud]) -> None:
    cloud, emulated = opened
    fault = {
        "action": "CreateSecurityGroup",
        "mode": "fail_always",
        "code": "SecurityGroupLimitExceeded",
        "status": 400,
    }
    emulated.ask("POST", "faults", fault)
    for _ in range(3):
        with pytest.raises(QuotaExceeded):
            await make(cloud, "always")

    emulated.ask("DELETE", "faults")

    assert (await make(cloud, "always")).name == "always"


async def test_a_call_that_fails_after_its_effect_is_adopted_by_the_next(opened: tuple[Cloud, EmulatedCloud]) -> None:
    cloud, emulated = opened
    emulated.ask("POST", "faults", {"action": "CreateSecurityGroup", "mode": "fail_after_effect"})
    with pytest.raises(CloudUnavailable):
        await make(cloud, "after")

    adopted = await make(cloud, "after")

    assert emulated.listed("security_group", "after") == [adopted.id]


async def test_a_fault_strikes_only_the_calls_that_match(opened: tuple[Cloud, EmulatedCloud]) -> None:
    cloud, emulated = opened
    emulated.ask("POST", "faults", {"action": "*", "mode": "fail_once", "match": "unlucky"})

    assert (await make(cloud, "lucky")).name == "lucky"
    with pytest.raises(CloudUnavailable):
        await make(cloud, "unlucky")


async def test_a_hanging_call_is_released_when_the_faults_are_lifted(opened: tuple[Cloud, EmulatedCloud]) -> None:
    cloud, emulated = opened
    emulated.ask("POST", "faults", {"action": "CreateSecurityGroup", "mode": "hang"})
    hanging = asyncio.create_task(make(cloud, "hanging"))
    done, _ = await asyncio.wait({hanging}, timeout=0.3)
    assert not done

    await asyncio.to_thread(emulated.ask, "DELETE", "faults")

    with pytest.raises(CloudUnavailable):
        await hanging


async def test_the_ledger_names_token_tags_and_result(opened: tuple[Cloud, EmulatedCloud]) -> None:
    cloud, emulated = opened
    made = await cloud.certificates.create("ledger.localhost", client_token="one-token", tags=TAGS)
    group = await make(cloud, "ledger")
    await cloud.dns.create(DnsRecord(name="ledger.localhost", type="TXT", values=('"x"',)))
    await cloud.dns.delete("ledger.localhost", "TXT")
    await cloud.security_groups.delete("ledger")

    found = [each for each in ledger(emulated) if "ledger" in each["name"] or group.id == each["name"]]

    assert [(each["action"], each["effect"]) for each in found] == [
        ("RequestCertificate", "create"),
        ("CreateSecurityGroup", "create"),
        ("ChangeResourceRecordSets", "create"),
        ("ChangeResourceRecordSets", "delete"),
        ("DeleteSecurityGroup", "delete"),
    ]
    assert found[0]["token"] == "onetoken"
    assert found[0]["ids"] == [made.arn]
    assert found[1]["ids"] == [group.id]
    assert found[1]["tags"].items() >= TAGS.items()


async def test_reading_leaves_no_trace(opened: tuple[Cloud, EmulatedCloud]) -> None:
    cloud, emulated = opened
    before = ledger(emulated)

    await cloud.security_groups.find("none")
    await cloud.roles.find("none")
    await cloud.buckets.find("none")
    await cloud.dns.find("none.localhost", "A")
    await cloud.certificates.find("none.localhost")
    await cloud.mail_identities.find("none.localhost")
    await cloud.tagged_resources.list({"Tenant": "none"})

    assert ledger(emulated) == before


async def test_a_long_poll_answers_as_soon_as_something_changed(opened: tuple[Cloud, EmulatedCloud]) -> None:
    cloud, emulated = opened
    first: Any = emulated.ask("GET", "routes")
    waiting = asyncio.create_task(asyncio.to_thread(emulated.ask, "GET", f"routes?since={first['version']}"))
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done

    await cloud.dns.create(DnsRecord(name="news.localhost", type="A", values=("10.0.0.1",)))

    second: Any = await asyncio.wait_for(waiting, 5)
    assert second["version"] > first["version"]
    assert "news.localhost" in second["names"]


async def test_a_fault_that_makes_no_sense_is_refused(opened: tuple[Cloud, EmulatedCloud]) -> None:
    _, emulated = opened

    assert emulated.ask("POST", "faults", {"action": "RunInstances", "mode": "explode"}) == {
        "error": "mode must be one of fail_once, fail_always, fail_after_effect, hang, throttle"
    }


async def make(cloud: Cloud, name: str) -> Any:
    return await cloud.security_groups.create(name, description="x", ingress=[], tags=TAGS)


def ledger(emulated: EmulatedCloud) -> list[dict[str, Any]]:
    found = emulated.ask("GET", "ledger")
    assert isinstance(found, list)
    return found
