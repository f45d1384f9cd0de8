"""DNS, certificates, load balancing and mail identities: what makes a stack reachable."""

import asyncio

import pytest

from services.provisioner.cloud.cloud import Cloud, open_cloud
from services.provisioner.cloud.dns import Alias, DnsRecord, quoted_text
from services.provisioner.cloud.errors import ResourceInUse, Throttled
from services.provisioner.cloud.load_balancing import target_group_name
from services.provisioner.cloud.settings import LoadBalancer
from tests.support.emulated_cloud import EmulatedCloud, first_listener


async def test_a_record_is_made_changed_and_deleted(cloud: Cloud, emulated: EmulatedCloud, name: str) -> None:
    host = f"{name}.localhost"
    text = DnsRecord(name=host, type="TXT", values=(quoted_text("v=spf1 -all"),), ttl=300)
    assert await cloud.dns.find(host, "TXT") is None

    await cloud.dns.create(text)
    await cloud.dns.create(text)
    assert await cloud.dns.find(host, "TXT") == text
    assert len(emulated.listed("record", f"{host}. TXT")) == 1

    await cloud.dns.delete(host, "TXT")
    await cloud.dns.delete(host, "TXT")
    assert await cloud.dns.find(host, "TXT") is None


async def test_an_alias_and_a_wildcard_are_found_again(cloud: Cloud, name: str) -> None:
    account = cloud.account
    alias = Alias(dns_name=account.load_balancers[0].dns_name, zone_id=account.load_balancers[0].zone_id)
    for host in (f"{name}.localhost", f"*.{name}.localhost"):
        await cloud.dns.create(DnsRecord(name=host, type="A", alias=alias))

        found = await cloud.dns.find(host, "A")
        assert found is not None
        assert (found.name, found.alias) == (host, alias)
        await cloud.dns.delete(host, "A")
        assert await cloud.dns.find(host, "A") is None


async def test_a_certificate_is_issued_only_once_its_records_exist(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    domain = f"{name}.localhost"
    names = [f"*.{domain}"]

    first = await cloud.certificates.create(domain, other_names=names, client_token=name, tags=tags)
    second = await cloud.certificates.create(domain, other_names=names, client_token=name, tags=tags)
    assert first.arn == second.arn
    assert second.status == "PENDING_VALIDATION"
    assert len(emulated.listed("certificate", domain)) == 1

    for record in first.records:
        await cloud.dns.create(DnsRecord(name=record.name, type="CNAME", values=(record.value,)))
    found = await cloud.certificates.find(domain)
    assert found is not None
    assert found.issued
    assert set(found.names) == {domain, *names}

    await cloud.certificates.delete(first.arn)
    await cloud.certificates.delete(first.arn)
    assert await cloud.certificates.find(domain) is None


async def test_a_rule_sends_its_hosts_to_a_target_group_and_can_be_pointed_elsewhere(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    hosts = [f"{name}.localhost", f"*.{name}.localhost"]
    balancing = cloud.load_balancing
    old = await balancing.create_target_group(f"{name}-a", port=8080, health_path="/health", tags=tags)
    new = await balancing.create_target_group(f"{name}-b", port=8080, health_path="/health", tags=tags)
    assert await balancing.create_target_group(f"{name}-a", port=8080, health_path="/health", tags=tags) == old
    changed = await balancing.create_target_group(f"{name}-a", port=8080, health_path="/ping", tags=tags)
    assert changed.health_path == "/ping"
    assert changed == await balancing.find_target_group(f"{name}-a")

    rule = await balancing.create_rule(first_listener(cloud), name, hosts=hosts, target_group_arn=old.arn, tags=tags)
    again = await balancing.create_rule(first_listener(cloud), name, hosts=hosts, target_group_arn=old.arn, tags=tags)
    assert rule == again == await balancing.find_rule(first_listener(cloud), hosts)
    with pytest.raises(ResourceInUse):
        await balancing.delete_target_group(f"{name}-a")

    moved = await balancing.create_rule(first_listener(cloud), name, hosts=hosts, target_group_arn=new.arn, tags=tags)
    assert (moved.arn, moved.target_group_arn) == (rule.arn, new.arn)
    assert emulated.listed("listener_rule", name) == [rule.arn]

    await balancing.delete_rule(first_listener(cloud), hosts)
    await balancing.delete_rule(first_listener(cloud), hosts)
    for each in ("a", "b", "a"):
        await balancing.delete_target_group(f"{name}-{each}")
    assert await balancing.find_target_group(f"{name}-a") is None


async def test_rules_made_at_the_same_time_all_find_a_priority(cloud: Cloud, name: str, tags: dict[str, str]) -> None:
    group = await cloud.load_balancing.create_target_group(name, port=80, health_path="/", tags=tags)

    rules = await asyncio.gather(
        *(
            cloud.load_balancing.create_rule(
                first_listener(cloud),
                f"{name}-{each}",
                hosts=[f"{each}.{name}.localhost"],
                target_group_arn=group.arn,
                tags=tags,
            )
            for each in range(4)
        )
    )

    assert len({rule.priority for rule in rules}) == 4


async def test_the_load_balancer_with_the_most_room_is_told_until_all_are_full(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    first, second = cloud.account.load_balancers[-2:]
    account = cloud.account.model_copy(update={"load_balancers": (first, second), "certificates_per_load_balancer": 3})
    settings = emulated.settings.model_copy(update={"account": account})
    async with open_cloud(settings) as small:
        balancing = small.load_balancing
        found: list[tuple[LoadBalancer, str]] = []
        while (roomiest := await balancing.roomiest()) is not None:
            made = await cloud.certificates.create(f"{len(found)}.{name}.localhost", client_token=name, tags=tags)
            await balancing.add_certificate(roomiest.listener_arn, made.arn)
            found.append((roomiest, made.arn))
        listener_arn, certificate_arn = found[0][0].listener_arn, found[0][1]
        await balancing.remove_certificate(listener_arn, certificate_arn)

        assert [each for each, _ in found] == [first, second, first, second]
        assert await balancing.roomiest() == first


async def test_a_target_of_a_machine_that_does_not_listen_is_not_healthy(
    cloud: Cloud, name: str, tags: dict[str, str]
) -> None:
    group = await cloud.load_balancing.create_target_group(name, port=80, health_path="/", tags=tags)
    await cloud.load_balancing.register_target(group.arn, "i-0123456789abcdef0", 8081)
    await cloud.load_balancing.register_target(group.arn, "i-0123456789abcdef0", 8081)

    (health,) = await cloud.load_balancing.target_health(group.arn)
    assert (health.instance_id, health.port) == ("i-0123456789abcdef0", 8081)
    assert health.state != "healthy"

    await cloud.load_balancing.deregister_target(group.arn, "i-0123456789abcdef0", 8081)
    await cloud.load_balancing.deregister_target(group.arn, "i-0123456789abcdef0", 8081)
    assert await cloud.load_balancing.target_health(group.arn) == ()


async def test_a_certificate_on_the_listener_can_be_taken_off_again(
    cloud: Cloud, name: str, tags: dict[str, str]
) -> None:
    made = await cloud.certificates.create(f"{name}.localhost", client_token=name, tags=tags)
    balancing = cloud.load_balancing

    await balancing.add_certificate(first_listener(cloud), made.arn)
    await balancing.add_certificate(first_listener(cloud), made.arn)
    assert await balancing.has_certificate(first_listener(cloud), made.arn)

    await balancing.remove_certificate(first_listener(cloud), made.arn)
    await balancing.remove_certificate(first_listener(cloud), made.arn)
    assert not await balancing.has_certificate(first_listener(cloud), made.arn)


async def test_a_mail_identity_is_made_once(
    cloud: Cloud, emulated: EmulatedCloud, name: str, tags: dict[str, str]
) -> None:
    domain = f"{name}.localhost"
    assert await cloud.mail_identities.find(domain) is None

    first = await cloud.mail_identities.create(domain, tags=tags)
    assert await cloud.mail_identities.create(domain, tags=tags) == first
    assert emulated.listed("identity", domain) == [domain]

    await cloud.mail_identities.delete(domain)
    await cloud.mail_identities.delete(domain)
    assert await cloud.mail_identities.find(domain) is None


async def test_a_throttled_call_is_retryable_and_shows_no_words_of_the_vendor(
    cloud: Cloud, emulated: EmulatedCloud, name: str
) -> None:
    emulated.ask("POST", "faults", {"action": "ListResourceRecordSets", "mode": "throttle", "times": 1})

    with pytest.raises(Throttled) as raised:
        await cloud.dns.find(f"{name}.localhost", "TXT")

    assert raised.value.retryable
    assert "ListResourceRecordSets" not in str(raised.value)
    assert raised.value.aws_code == "Throttling"


def test_a_long_target_group_name_is_shortened_and_stays_its_own() -> None:
    long = "stackpro-a-business-with-a-rather-long-name"

    assert target_group_name("short") == "short"
    assert len(target_group_name(long)) == 32
    assert target_group_name(long) != target_group_name(long + "-2")
