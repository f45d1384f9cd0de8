"""Moves a trial's objects from its prefix of the shared bucket to the stack's own bucket: copied and verified before
the switch, removed from where they were only after it."""

from typing import ClassVar

from services.provisioner.engine.step import Done, NeedsOperator, Phase, Step, StepFailed
from services.provisioner.steps.dependencies import Context, Dependencies
from services.provisioner.steps.object_move import ObjectMove

LONG_SECONDS = 1800.0
"""A trial holds 1 GiB at most: minutes, also of small files. What a call got done is not done again by the next."""


def _move(context: Context) -> ObjectMove | None:
    """None where nothing moves: the stack has its own bucket already, or keeps its prefix."""
    before = context.previous_outputs.get("object_storage", {})
    prefix, bucket = before.get("prefix"), context.output("object_storage", "bucket")
    if not prefix or before["bucket"] == bucket:
        return None
    dependencies = context.dependencies
    return ObjectMove(
        objects=dependencies.objects,
        source_bucket=str(before["bucket"]),
        prefix=str(prefix),
        target=dependencies.cloud.bucket_objects,
        bucket=bucket,
        on_s3=dependencies.rules.objects_on_s3,
    )


class CopyObjects(Step[Dependencies]):
    """Every object is in the new bucket as it is in the old one, by size and SHA-256. What is there already is not
    copied again, so that a crash costs a look only."""

    name: ClassVar[str] = "copy_objects"
    phase: ClassVar[Phase] = "applications"
    call_seconds: ClassVar[float] = LONG_SECONDS

    async def ensure(self, context: Context) -> Done:
        move = _move(context)
        count, size = (0, 0) if move is None else await move.each(move.bring)
        return Done({"objects": count, "bytes": size})

    async def verify(self, context: Context) -> Done:
        move = _move(context)
        count, size = (0, 0) if move is None else await move.each(move.compare)
        if (count, size) != (context.own["objects"], context.own["bytes"]):
            detail = f"{count} objects of {size} bytes, copied were {dict(context.own)}"
            raise StepFailed("copy_incomplete", "Files came or went.", operator_detail=detail, retryable=True)
        await context.log(f"All {count} stored files are in the stack's own bucket.")
        return Done({"verified": True})

    async def compensate(self, context: Context) -> Done:
        """The originals were not touched; the copies stay in the bucket, which is set aside as a whole."""
        return Done()


class RetireObjects(Step[Dependencies]):
    """Removes the originals, each only when the new bucket holds it. Refuses unless the copies were verified and the
    new host was seen serving."""

    name: ClassVar[str] = "retire_objects"
    phase: ClassVar[Phase] = "verify"
    call_seconds: ClassVar[float] = LONG_SECONDS

    async def ensure(self, context: Context) -> Done:
        proofs = context.outputs["copy_objects"].get("verified"), context.outputs["probe_from_outside"].get("seen")
        if proofs != (True, True):
            raise NeedsOperator("not_verified", "The old files stay, because the new ones were not verified.")
        move = _move(context)
        if move is None:
            return Done({"removed": 0})
        _, removed = await move.each(move.retire)
        await move.remove_folders("uploads", "generated")
        return Done({"removed": removed})

    async def compensate(self, context: Context) -> Done:
        """After the pivot nothing goes back."""
        return Done()
