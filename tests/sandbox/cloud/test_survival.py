"""The emulated account survives restarts and `kill -9` with every id, and its ledger with it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud.app import running_cloud
from sandbox.cloud.calls import Call
from sandbox.cloud.journal import Entry, Journal, JournalDamaged
from sandbox.cloud.settings import CloudSettings as EmulatorSettings
from sandbox.ports import free_port
from services.provisioner.cloud.cloud import Cloud, open_cloud
from services.provisioner.cloud.databases import DatabaseOrder
from services.provisioner.cloud.dns import DnsRecord
from services.provisioner.cloud.instances import InstanceOrder
from services.provisioner.cloud.settings import CloudAccount, CloudSettings
from tests.support.emulated_cloud import emulated_cloud, first_listener, sandbox_access
from tests.support.eventually import eventually

ROOT = Path(__file__).parents[3]
TAGS = {"Tenant": "t", "Plan": "business", "Deployment": "d", "ManagedBy": "stackpro"}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


async def test_everything_made_comes_back_with_the_same_ids(tmp_path: Path) -> None:
    with emulated_cloud(tmp_path) as emulated:
        async with open_cloud(emulated.settings) as cloud:
            await make_one_of_each(cloud)
        before = emulated.ask("GET", "inventory"), emulated.ask("GET", "ledger")

    with emulated_cloud(tmp_path) as emulated:
        assert (emulated.ask("GET", "inventory"), emulated.ask("GET", "ledger")) == before
        async with open_cloud(emulated.settings) as cloud:
            certificate = await cloud.certificates.find("acme.localhost")
            assert certificate is not None
            assert certificate.issued
            assert await cloud.secrets.read("secret") == {"password": "x"}


async def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    port = free_port()
    with program(tmp_path, port) as process:
        await eventually(lambda: is_ready(port), timeout=30)
        account = CloudAccount.model_validate_json((tmp_path / "cloud" / "account.json").read_text())
        settings = CloudSettings(aws=sandbox_access(f"http://127.0.0.1:{port}"), account=account)
        async with open_cloud(settings) as cloud:
            made = await cloud.security_groups.create("acme", description="x", ingress=[], tags=TAGS)
            process.send_signal(signal.SIGKILL)
            process.wait()

    with program(tmp_path, port):
        await eventually(lambda: is_ready(port), timeout=30)
        async with open_cloud(settings) as cloud:
            assert await cloud.security_groups.find("acme") == made
            assert CloudAccount.model_validate_json((tmp_path / "cloud" / "account.json").read_text()) == account


def test_a_stopped_emulator_touches_the_account_no_more(tmp_path: Path) -> None:
    with running_cloud(EmulatorSettings(home=tmp_path / "cloud", hosts=tmp_path / "hosts", port=0)) as stopped:
        pass
    form = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_TYPE": "application/x-www-form-urlencoded"}
    before = stopped.emulator.ledger()

    answer = stopped.emulator.handle(Call(form, b"Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16"))

    assert answer.status == 503
    assert stopped.emulator.ledger() == before


async def test_a_line_torn_by_a_crash_is_dropped_and_the_next_one_stands_on_its_own(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    first, second = entry(1), entry(2)
    with closing(Journal(path)) as journal:
        journal.append(first)
    path.write_bytes(path.read_bytes() + b'{"n":2,"at":1,"see')

    with closing(Journal(path)) as journal:
        journal.append(second)
        assert list(journal.entries()) == [first, second]


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"not json\n")
    with closing(Journal(path)) as journal, pytest.raises(JournalDamaged, match=r"line 1 of .*journal\.jsonl"):
        list(journal.entries())


async def make_one_of_each(cloud: Cloud) -> None:
    group = await cloud.security_groups.create("acme", description="x", ingress=[], tags=TAGS)
    boundary = cloud.account.permission_boundary_arn
    role = await cloud.roles.create("acme", boundary_arn=boundary, policy=POLICY, tags=TAGS)
    key = await cloud.kms_keys.create("acme", description="x", tags=TAGS)
    await cloud.buckets.create("acme-bucket", kms_key_id=key.arn, tags=TAGS)
    token = "0192f0c1-0000-7000-8000-000000000001"
    await cloud.secrets.create("secret", {"password": "x"}, kms_key_id=key.arn, client_token=token, tags=TAGS)
    assert role.profile_arn is not None
    order = InstanceOrder(
        image_id=cloud.account.image_id,
        instance_type="t3.large",
        subnet_id=cloud.account.subnet_ids[0],
        security_group_ids=[group.id],
        profile_arn=role.profile_arn,
        user_data="#!/bin/sh",
        volume_gib=20,
    )
    host = await cloud.instances.create("acme", order, client_token=token, tags=TAGS)
    database = DatabaseOrder(
        engine="postgres",
        engine_version="16.4",
        instance_class="db.t3.medium",
        storage_gib=50,
        user="stackpro",
        password="a-long-password",
        security_group_ids=[group.id],
        kms_key_id=key.arn,
    )
    await cloud.databases.create("acme", database, tags=TAGS)
    certificate = await cloud.certificates.create("acme.localhost", client_token=token, tags=TAGS)
    for record in certificate.records:
        await cloud.dns.create(DnsRecord(name=record.name, type="CNAME", values=(record.value,)))
    targets = await cloud.load_balancing.create_target_group("acme", port=80, health_path="/", tags=TAGS)
    await cloud.load_balancing.register_target(targets.arn, host.id, 80)
    await cloud.load_balancing.create_rule(
        first_listener(cloud),
        "acme",
        hosts=["acme.localhost"],
        target_group_arn=targets.arn,
        tags=TAGS,
    )
    await cloud.load_balancing.add_certificate(first_listener(cloud), certificate.arn)
    await cloud.mail_identities.create("acme.localhost", tags=TAGS)


def entry(number: int) -> Entry:
    return Entry(number, 1.5, 7, Call({"REQUEST_METHOD": "POST", "PATH_INFO": "/"}, b"Action=CreateRole\xff"))


@contextmanager
def program(home: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.sandbox.cloud.program", str(home), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def is_ready(port: int) -> bool:
    try:
        return bool(get(port, "ready")["ready"])
    except OSError:
        return False


def get(port: int, page: str) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    with closing(connection):
        connection.request("GET", f"/_sandbox/{page}")
        return json.loads(connection.getresponse().read())
