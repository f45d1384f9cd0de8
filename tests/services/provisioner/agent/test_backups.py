"""Backup and restore between two hosts: byte for byte, through crashes, and never from a damaged archive."""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from libs.common.ids import new_id
from libs.contracts.hosts import (
    BackupManifest,
    BackUpStack,
    ManifestFile,
    ManifestPart,
    RestoreStack,
    StackBackedUp,
    StackRestored,
)
from tests.services.provisioner.agent.conftest import MakeAgent
from tests.services.provisioner.agent.plane import ACME, OTHER, Plane, bundle
from tests.services.provisioner.agent.process import AgentProcess
from tests.support.eventually import eventually


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


async def applied(plane: Plane, agent: AgentProcess, host_id: str) -> AgentProcess:
    agent.start()
    result = await plane.run(host_id, plane.apply(bundle()))
    assert result.error is None
    return agent


async def backed_up(plane: Plane, agent: AgentProcess, *, freeze: bool = False) -> BackUpStack:
    files = agent.volumes() / "files"
    (files / "marker.bin").write_bytes(os.urandom(3_000_000))
    (files / "Übergabe").mkdir()
    (files / "Übergabe/empty").write_bytes(b"")
    (files / "Übergabe/link").symlink_to("../marker.bin")
    os.link(files / "marker.bin", files / "second-name.bin")
    backup = plane.back_up(ACME, freeze=freeze)
    result = await plane.run("host-1", backup)
    assert result.error is None
    return backup


async def test_a_backup_restored_on_another_host_is_the_same_byte_for_byte(plane: Plane, make_agent: MakeAgent) -> None:
    old = await applied(plane, make_agent(), "host-1")
    backup = await backed_up(plane, old)
    new = await applied(plane, make_agent("host-2", token="boot-2"), "host-2")

    result = await plane.run("host-2", plane.restore(ACME, backup))

    assert isinstance(result.result, StackRestored)
    assert content(new.volumes()) == content(old.volumes())
    assert (new.volumes() / "files/Übergabe/link").readlink() == Path("../marker.bin")
    outcome = plane.results[backup.id].result
    assert isinstance(outcome, StackBackedUp)
    assert (outcome.files, outcome.content_bytes) == (result.result.files, result.result.content_bytes)
    stored = plane.stored(backup.payload.backup_id)
    manifest = BackupManifest.model_validate_json(stored.pop("manifest.json"))
    assert outcome.parts == len(stored) == len(manifest.parts) > 50
    assert max(len(part) for part in stored.values()) == plane.part_bytes
    assert manifest.archive_sha256 == hashlib.sha256(plane.archive(backup.payload.backup_id)).hexdigest()


async def test_a_frozen_stack_only_shows_its_website_until_it_is_applied_again(
    plane: Plane, make_agent: MakeAgent
) -> None:
    agent = await applied(plane, make_agent(), "host-1")
    await backed_up(plane, agent, freeze=True)
    url = f"http://127.0.0.1:{await agent.port()}/data/late.txt"
    headers = {"Host": f"files.{ACME.slug}.localhost"}
    async with aiohttp.ClientSession() as session:
        async with session.put(url, data=b"late", headers=headers) as refused:
            assert refused.status == 503
            assert int(refused.headers["Retry-After"]) > 0
        async with session.delete(url.replace("late.txt", "marker.bin"), headers=headers) as refused:
            assert refused.status == 503
        async with session.get(url.replace("late.txt", "marker.bin"), headers=headers) as stopped:
            assert stopped.status == 503
        async with session.get(url.replace("data/late.txt", ""), headers={"Host": f"{ACME.slug}.localhost"}) as read:
            assert read.status == 200
        assert (agent.root / "stacks" / ACME.slug / "FROZEN").exists()

        await plane.run("host-1", plane.apply(bundle()))

        async with session.put(url, data=b"late", headers=headers) as taken:
            assert taken.status == 201
        async with session.get(url.replace("late.txt", "marker.bin"), headers=headers) as read:
            assert read.status == 200
    assert not (agent.root / "stacks" / ACME.slug / "FROZEN").exists()


@pytest.mark.parametrize(
    "place",
    [
        "agent.command.received:2",
        "agent.backup.each_file:5",
        "agent.backup.after_pack:1",
        "agent.upload.before:2",
        "agent.upload.after:2",
        "agent.command.executed:2",
        "agent.command.journaled:2",
        "agent.result.after:2",
    ],
)
async def test_a_backup_survives_a_kill_at_any_point(plane: Plane, make_agent: MakeAgent, place: str) -> None:
    agent = make_agent().start(failpoints=f"{place}:kill")
    await plane.run("host-1", plane.apply(bundle()))
    (agent.volumes() / "files/marker.bin").write_bytes(b"m" * 100_000)
    backup = plane.back_up(ACME)
    plane.send("host-1", backup)
    assert await agent.ended() == -9

    agent.start()

    result = await plane.result(backup.id)
    assert isinstance(result.result, StackBackedUp)
    archive = plane.archive(backup.payload.backup_id)
    assert hashlib.sha256(archive).hexdigest() == result.result.archive_sha256
    assert not (agent.root / "stacks" / ACME.slug / "work").exists()


@pytest.mark.parametrize(
    ("place", "replaced"),
    [
        ("agent.download.before:1", False),
        ("agent.restore.each_file:4", False),
        ("agent.restore.before_swap:1", False),
        ("agent.restore.between_renames:1", False),
        ("agent.restore.after_swap:1", False),
        ("agent.restore.after_commit:1", True),
        ("agent.command.executed:2", True),
    ],
)
async def test_a_killed_restore_leaves_the_old_content_until_it_is_done_again(
    plane: Plane, make_agent: MakeAgent, place: str, replaced: bool
) -> None:
    old = await applied(plane, make_agent(), "host-1")
    backup = await backed_up(plane, old)
    new = make_agent("host-2", token="boot-2").start(failpoints=f"{place}:kill")
    await plane.run("host-2", plane.apply(bundle()))
    (new.volumes() / "files/before.txt").write_bytes(b"old content")
    restore = plane.restore(ACME, backup)
    plane.send("host-2", restore)
    assert await new.ended() == -9
    objects, plane.objects = plane.objects, {}

    new.start()
    result = await plane.result(restore.id)

    # Without its archive the restore fails, or it had been complete: the old content or the new, never a mixture.
    assert result.error is not None
    expected = content(old.volumes()) if replaced else None
    if expected is None:
        assert (new.volumes() / "files/before.txt").read_bytes() == b"old content"
        assert not (new.volumes() / "files/marker.bin").exists()
    else:
        assert content(new.volumes()) == expected
    plane.objects = objects
    again = await plane.run("host-2", plane.restore(ACME, backup))
    assert again.error is None
    assert content(new.volumes()) == content(old.volumes())


def altered(body: bytes) -> bytes:
    damaged = bytearray(body)
    damaged[len(damaged) // 2] ^= 1
    return bytes(damaged)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda parts: parts | {"part-000003": altered(parts["part-000003"])}, "part-000003 has the checksum"),
        (lambda parts: parts | {"part-000003": parts["part-000003"][:-1]}, "part-000003 has 65535 bytes"),
        (lambda parts: parts | {"part-000003": parts["part-000003"] + b"!"}, "part-000003 has more bytes"),
        (
            lambda parts: parts | {"part-000003": parts["part-000004"], "part-000004": parts["part-000003"]},
            "part-000003 has the checksum",
        ),
        (lambda parts: {k: v for k, v in parts.items() if k != "part-000040"}, "part-000040 is missing"),
        (lambda parts: parts | {"manifest.json": altered(parts["manifest.json"])}, "the catalogue says"),
        (lambda parts: {k: v for k, v in parts.items() if k != "manifest.json"}, "manifest.json is missing"),
    ],
    ids=["altered", "cut", "longer", "swapped", "missing", "altered manifest", "missing manifest"],
)
async def test_a_damaged_backup_is_refused_and_the_old_content_stays(
    plane: Plane, make_agent: MakeAgent, damage: Callable[[dict[str, bytes]], dict[str, bytes]], said: str
) -> None:
    agent = await applied(plane, make_agent(), "host-1")
    backup = await backed_up(plane, agent)
    before = content(agent.volumes())
    parts = plane.stored(backup.payload.backup_id)
    plane.objects = {f"{backup.payload.backup_id}/{name}": body for name, body in damage(parts).items()}

    result = await plane.run("host-1", plane.restore(ACME, backup))

    assert result.error is not None
    assert result.error.code == "archive_corrupt"
    assert said in result.error.detail
    assert content(agent.volumes()) == before
    assert not (agent.root / "stacks" / ACME.slug / "volumes.new").exists()


async def test_parts_in_another_order_are_refused_by_the_checksum_of_the_whole(
    plane: Plane, make_agent: MakeAgent
) -> None:
    """The manifest itself names them so: every part is right, the archive is not."""
    agent = await applied(plane, make_agent(), "host-1")
    backup = await backed_up(plane, agent)
    before = content(agent.volumes())
    stored = plane.stored(backup.payload.backup_id)
    manifest = BackupManifest.model_validate_json(stored["manifest.json"])
    last = len(manifest.parts)
    doubled = manifest.model_copy(update={"parts": (*manifest.parts, manifest.parts[0])})
    folder, body = f"{backup.payload.backup_id}/", doubled.model_dump_json().encode()
    plane.objects |= {f"{folder}part-{last + 1:06d}": stored["part-000001"], f"{folder}manifest.json": body}
    order = plane.restore_order(ACME, backup.payload.backup_id, hashlib.sha256(body).hexdigest())

    result = await plane.run("host-1", order)

    assert result.error is not None
    assert result.error.code == "archive_corrupt"
    assert "not that of the manifest" in result.error.detail
    assert content(agent.volumes()) == before


async def test_a_backup_that_was_cut_off_sends_again_only_what_the_store_does_not_hold(
    plane: Plane, make_agent: MakeAgent
) -> None:
    agent = make_agent().start(failpoints="agent.upload.before:21:kill")
    await plane.run("host-1", plane.apply(bundle()))
    (agent.volumes() / "files/marker.bin").write_bytes(os.urandom(3_000_000))
    backup = plane.back_up(ACME)
    plane.send("host-1", backup)
    assert await agent.ended() == -9
    assert len(plane.puts) == 20

    agent.start()

    result = await plane.result(backup.id)
    assert isinstance(result.result, StackBackedUp)
    assert plane.held == [f"part-{number:06d}" for number in range(1, 21)]
    assert len(plane.puts) == len(set(plane.puts)) == result.result.parts + 1


async def test_an_expired_address_is_asked_for_again(plane: Plane, make_agent: MakeAgent) -> None:
    agent = await applied(plane, make_agent(), "host-1")
    plane.expired = frozenset({5, 6, 12, 90, 95})

    backup = await backed_up(plane, agent)
    restored = await plane.run("host-1", plane.restore(ACME, backup))

    assert restored.error is None
    assert plane.granted > 95


async def test_a_backup_that_was_given_up_stops_at_its_next_part(plane: Plane, make_agent: MakeAgent) -> None:
    agent = await applied(plane, make_agent(), "host-1")
    plane.aborted = True

    result = await plane.run("host-1", plane.back_up(ACME))

    assert result.error is not None
    assert result.error.code == "backup_aborted"
    assert plane.objects == {}
    assert not (agent.root / "stacks" / ACME.slug / "work").exists()


async def test_no_more_than_one_part_of_an_archive_lies_on_the_disk(plane: Plane, make_agent: MakeAgent) -> None:
    agent = make_agent().start(failpoints="agent.upload.before:30:hang")
    await plane.run("host-1", plane.apply(bundle()))
    (agent.volumes() / "files/marker.bin").write_bytes(os.urandom(3_000_000))
    plane.send("host-1", plane.back_up(ACME))
    await eventually(lambda: len(plane.puts) == 29)

    work = agent.root / "stacks" / ACME.slug / "work"

    assert [path.name for path in work.iterdir()] == ["part"]
    assert (work / "part").stat().st_size <= plane.part_bytes


async def test_a_backup_of_another_tenant_is_refused(plane: Plane, make_agent: MakeAgent) -> None:
    agent = await applied(plane, make_agent(), "host-1")
    backup = await backed_up(plane, agent)
    await plane.run("host-1", plane.apply(bundle(OTHER)))

    result = await plane.run("host-1", plane.restore(OTHER, backup))

    assert result.error is not None
    assert result.error.code == "foreign_backup"


@pytest.mark.parametrize("escape", ["../outside.txt", "files/../../outside.txt", "link"])
async def test_an_archive_that_leads_outside_its_folder_is_refused(
    plane: Plane, make_agent: MakeAgent, escape: str
) -> None:
    agent = await applied(plane, make_agent(), "host-1")
    before = content(agent.volumes())
    restore = forged_restore(plane, escape)

    result = await plane.run("host-1", restore)

    assert result.error is not None
    assert result.error.code == "archive_corrupt"
    assert content(agent.volumes()) == before
    assert not list(agent.root.rglob("outside.txt"))


async def test_files_of_the_archive_must_be_those_of_the_manifest(plane: Plane, make_agent: MakeAgent) -> None:
    await applied(plane, make_agent(), "host-1")

    result = await plane.run("host-1", forged_restore(plane, "files/extra.txt"))

    assert result.error is not None
    assert result.error.code == "archive_corrupt"
    assert "not in the manifest" in result.error.detail


async def test_a_refused_upload_fails_the_backup_and_the_stack_writes_again(
    plane: Plane, make_agent: MakeAgent
) -> None:
    agent = await applied(plane, make_agent(), "host-1")
    plane.reject_uploads = True

    result = await plane.run("host-1", plane.back_up(ACME))

    assert result.error is not None
    assert result.error.code == "transfer_failed"
    async with aiohttp.ClientSession() as session:
        url, headers = (
            f"http://127.0.0.1:{await agent.port()}/data/a.txt",
            {"Host": f"crm.{ACME.slug}.localhost"},
        )
        async with session.put(url, data=b"a", headers=headers) as answer:
            assert answer.status == 201


async def test_a_backup_of_an_unknown_stack_says_what_to_do(plane: Plane, make_agent: MakeAgent) -> None:
    make_agent().start()

    result = await plane.run("host-1", plane.back_up(ACME))

    assert result.error is not None
    assert result.error.code == "stack_unknown"
    assert "apply its bundle first" in result.error.detail


def forged_restore(plane: Plane, escape: str) -> RestoreStack:
    """A restore whose checksums are right and whose archive holds one member that should not be there."""
    raw = io.BytesIO()
    with tarfile.open(mode="w:gz", fileobj=raw) as tar:
        member = tarfile.TarInfo("files/link" if escape == "link" else escape)
        if escape == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(member)
        else:
            member.size = 4
            tar.addfile(member, io.BytesIO(b"evil"))
    archive = raw.getvalue()
    backup_id = new_id()
    manifest = BackupManifest(
        backup_id=backup_id,
        stack=ACME,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        apps=(),
        archive_bytes=len(archive),
        archive_sha256=hashlib.sha256(archive).hexdigest(),
        parts=(ManifestPart(size=len(archive), sha256=hashlib.sha256(archive).hexdigest()),),
        files=(ManifestFile(path="files/a.txt", size=1, sha256="0" * 64),),
    )
    body = manifest.model_dump_json().encode()
    plane.objects |= {f"{backup_id}/part-000001": archive, f"{backup_id}/manifest.json": body}
    return plane.restore_order(ACME, backup_id, hashlib.sha256(body).hexdigest())
