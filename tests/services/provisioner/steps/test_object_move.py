"""Objects on their way to a bucket of their own, from a folder and from S3: whole, once, and never lost."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import SecretStr

from libs.adapters.aws import aws_client
from libs.adapters.objects import LocalObjectsSettings, Objects, S3ObjectsSettings, open_objects
from services.provisioner.engine.step import StepFailed
from services.provisioner.steps.object_move import ObjectMove
from services.provisioner.steps.storage import MARKER
from tests.support.emulated_cloud import EmulatedCloud, cloud_port

SHARED = "stackpro-tenants"
TAGS = {"ManagedBy": "stackpro"}


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["local", "aws"])
async def ports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Objects, ObjectMove, EmulatedCloud]]:
    folder = tmp_path_factory.mktemp("emulated")
    async with cloud_port(folder) as (cloud, emulated):
        local = LocalObjectsSettings(root=folder / "objects", public_url="http://x", signing_key=SecretStr("k" * 32))
        on_s3 = request.param == "aws"
        settings = S3ObjectsSettings(aws=emulated.settings.aws, path_style=True) if on_s3 else local
        async with open_objects(settings) as objects:
            await objects.ensure_bucket(SHARED)
            await cloud.buckets.create("own", kms_key_id="key", tags=TAGS)
            target = cloud.bucket_objects
            move = ObjectMove(
                objects=objects, source_bucket=SHARED, prefix="", target=target, bucket="own", on_s3=on_s3
            )
            yield objects, move, emulated


@pytest.fixture
async def move(ports: tuple[Objects, ObjectMove, EmulatedCloud]) -> ObjectMove:
    """Of a tenant of its own, to a bucket of its own."""
    _, made, emulated = ports
    bucket = f"own-{uuid4().hex[:12]}"
    async with aws_client("s3", emulated.settings.aws, s3={"addressing_style": "path"}) as client:
        await client.create_bucket(Bucket=bucket)
        await client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return ObjectMove(
        objects=made.objects,
        source_bucket=SHARED,
        prefix=f"{uuid4()}/",
        target=made.target,
        bucket=bucket,
        on_s3=made.on_s3,
    )


async def put(move: ObjectMove, key: str, body: bytes) -> None:
    metadata = {"owner": "acme"}
    await move.objects.put(SHARED, move.prefix + key, body, content_type="text/plain", metadata=metadata)


async def left(move: ObjectMove) -> list[str]:
    return [each.key.removeprefix(move.prefix) for each in await move.objects.list_objects(SHARED, move.prefix)]


async def versions(move: ObjectMove, emulated: EmulatedCloud) -> list[str]:
    """The keys of all versions there ever were in the new bucket."""
    async with aws_client("s3", emulated.settings.aws, s3={"addressing_style": "path"}) as client:
        found = await client.list_object_versions(Bucket=move.bucket)
    return sorted(each["Key"] for each in found.get("Versions", []))


async def held(move: ObjectMove, emulated: EmulatedCloud, key: str) -> tuple[bytes, str, dict[str, str]]:
    async with aws_client("s3", emulated.settings.aws, s3={"addressing_style": "path"}) as client:
        found = await client.get_object(Bucket=move.bucket, Key=key)
        async with found["Body"] as body:
            return await body.read(), found["ContentType"], found["Metadata"]


Ports = tuple[Objects, ObjectMove, EmulatedCloud]


async def test_every_object_arrives_as_it_was_and_backups_stay(move: ObjectMove, ports: Ports) -> None:
    large = bytes(range(256)) * 40_000
    for key, body in {"uploads/a b.txt": b"a", "uploads/deep/er/ü.bin": large, "generated/empty": b""}.items():
        await put(move, key, body)
    for key in (f"uploads/{MARKER}", "backups/1/archive"):
        await put(move, key, b"stays")

    assert await move.each(move.bring) == (3, 1 + len(large))
    assert await move.each(move.compare) == (3, 1 + len(large))

    content, content_type, metadata = await held(move, ports[2], "uploads/deep/er/ü.bin")
    assert (content, content_type) == (large, "text/plain")
    assert metadata["owner"] == "acme"
    assert await versions(move, ports[2]) == ["generated/empty", "uploads/a b.txt", "uploads/deep/er/ü.bin"]


async def test_what_is_there_is_not_copied_again(move: ObjectMove, ports: Ports) -> None:
    for number in range(40):
        await put(move, f"uploads/{number:02}", str(number).encode())
    await move.each(move.bring)
    await move.each(move.bring)

    assert await versions(move, ports[2]) == [f"uploads/{number:02}" for number in range(40)]


async def test_an_object_that_differs_or_lacks_is_found(move: ObjectMove) -> None:
    await put(move, "uploads/a", b"before")
    with pytest.raises(StepFailed, match="copy_incomplete"):
        await move.each(move.compare)
    await move.each(move.bring)
    await put(move, "uploads/a", b"after!")
    with pytest.raises(StepFailed, match="copy_incomplete"):
        await move.each(move.compare)


async def test_an_original_goes_only_when_its_newest_content_is_in_the_new_bucket(
    move: ObjectMove, ports: Ports
) -> None:
    for key in ("uploads/a", "uploads/b", f"uploads/{MARKER}", f"backups/{MARKER}"):
        await put(move, key, b"before")
    await move.each(move.bring)
    await put(move, "uploads/c", b"late")

    assert await move.each(move.retire) == (3, 3)
    await move.remove_folders("uploads", "generated")

    assert await left(move) == [f"backups/{MARKER}"]
    assert (await held(move, ports[2], "uploads/c"))[0] == b"late"
    assert await move.each(move.retire) == (0, 0)
    assert await versions(move, ports[2]) == ["uploads/a", "uploads/b", "uploads/c"]


async def test_what_was_written_to_the_new_place_since_is_not_lost(move: ObjectMove, ports: Ports) -> None:
    await put(move, "uploads/a", b"before")
    await move.each(move.bring)
    async with aws_client("s3", ports[2].settings.aws, s3={"addressing_style": "path"}) as client:
        await client.put_object(Bucket=move.bucket, Key="uploads/a", Body=b"newer")
        await move.each(move.retire)

        listed = (await client.list_object_versions(Bucket=move.bucket))["Versions"]
        found = [
            await client.get_object(Bucket=move.bucket, Key=each["Key"], VersionId=each["VersionId"]) for each in listed
        ]
        assert {b"before", b"newer"} == {await each["Body"].read() for each in found}
    assert await left(move) == []


async def test_a_copy_that_fails_leaves_its_original_and_the_others_go_on_later(move: ObjectMove, ports: Ports) -> None:
    await put(move, "uploads/a", b"a")
    # So the emulator calls a PUT of either kind: both have one path.
    ports[2].ask("POST", "faults", {"action": "CopyObject", "mode": "fail_once", "match": move.bucket})
    with pytest.raises(Exception, match="cloud_unavailable"):
        await move.each(move.retire)
    assert await left(move) == ["uploads/a"]

    assert await move.each(move.retire) == (1, 1)
    assert await versions(move, ports[2]) == ["uploads/a"]
