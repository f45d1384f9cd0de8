"""The AWS form of the bus: one SNS topic that fans out to one SQS queue per service, filtered by type."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from libs.adapters.aws import aws_client, aws_errors
from libs.adapters.bus.aws_dead_letters import DeadLetters, attributes_of
from libs.adapters.bus.aws_queues import Topology
from libs.adapters.bus.port import (
    BATCH,
    MAX_MESSAGE_BYTES,
    MAX_RECEIVE,
    MAX_WAIT_SECONDS,
    BusError,
    BusUnavailable,
    DeadLetter,
    PublishIncomplete,
    QueueDepth,
    QueueMissing,
    check_message,
)
from libs.adapters.bus.settings import AwsBusSettings
from libs.common.failpoints import failpoint
from libs.common.messages import BusMessage, Delivery

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sns.type_defs import PublishBatchRequestEntryTypeDef
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.type_defs import MessageTypeDef

_QUEUE_MISSING = dict.fromkeys(
    ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "QueueDeletedRecently"), QueueMissing
)


class AwsBus:
    """SNS and SQS."""

    def __init__(self, sns: "SNSClient", sqs: "SQSClient", settings: AwsBusSettings) -> None:
        self._sns = sns
        self._sqs = sqs
        self._topology = Topology(sns, sqs, settings)
        self._dead_letters = DeadLetters(sqs, self._topology)

    async def publish(self, messages: Sequence[BusMessage]) -> None:
        batches = list(batches_of(messages))
        failpoint("bus.publish.before")
        published: list[str] = []
        failed: dict[str, str] = {}
        with _errors():
            topic = await self._topology.topic()
            for batch in batches:
                entries = [_entry(number, message) for number, message in enumerate(batch)]
                answer = await self._sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
                refused = {int(entry["Id"]): entry["Code"] for entry in answer.get("Failed", ())}
                published += [message.id for number, message in enumerate(batch) if number not in refused]
                failed |= {batch[number].id: code for number, code in refused.items()}
        if failed:
            raise PublishIncomplete(published, failed)
        failpoint("bus.publish.after")

    async def receive(self, queue: str, *, limit: int = 10, wait_seconds: float = 20) -> list[Delivery]:
        failpoint("bus.receive.before")
        left = min(limit, MAX_RECEIVE)
        wait = math.ceil(min(wait_seconds, MAX_WAIT_SECONDS))
        deliveries: list[Delivery] = []
        with _errors():
            url = await self._topology.queue_url(queue)
            while left > 0:
                answer = await self._sqs.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=min(left, BATCH),
                    WaitTimeSeconds=0 if deliveries else wait,
                    MessageAttributeNames=["All"],
                    MessageSystemAttributeNames=["ApproximateReceiveCount"],
                )
                came = answer.get("Messages", [])
                deliveries += [_delivery(message) for message in came]
                left = left - BATCH if len(came) == BATCH else 0
        failpoint("bus.receive.after")
        return deliveries

    async def delete(self, queue: str, receipts: Sequence[str]) -> None:
        failpoint("bus.delete.before")
        with _errors():
            url = await self._topology.queue_url(queue)
            for start in range(0, len(receipts), BATCH):
                batch = receipts[start : start + BATCH]
                answer = await self._sqs.delete_message_batch(
                    QueueUrl=url,
                    Entries=[{"Id": str(number), "ReceiptHandle": receipt} for number, receipt in enumerate(batch)],
                )
                # A receipt that no longer counts is the sender's fault: the message comes again, as it must.
                if any(not entry["SenderFault"] for entry in answer.get("Failed", ())):
                    raise BusUnavailable
        failpoint("bus.delete.after")

    async def change_visibility(self, queue: str, receipts: Sequence[str], *, seconds: float) -> None:
        with _errors():
            url = await self._topology.queue_url(queue)
            for start in range(0, len(receipts), BATCH):
                batch = receipts[start : start + BATCH]
                answer = await self._sqs.change_message_visibility_batch(
                    QueueUrl=url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": math.ceil(seconds)}
                        for number, receipt in enumerate(batch)
                    ],
                )
                if any(not entry["SenderFault"] for entry in answer.get("Failed", ())):
                    raise BusUnavailable

    async def ensure(self, queue: str, event_types: Sequence[str]) -> None:
        with _errors():
            await self._topology.ensure(queue, event_types)

    async def queues(self) -> list[str]:
        with _errors():
            return await self._topology.queues()

    async def depth(self, queue: str) -> QueueDepth:
        with _errors():
            waiting, in_flight = await self._count(await self._topology.queue_url(queue))
            dead = await self._count(await self._topology.dead_letter_url(queue))
        return QueueDepth(waiting=waiting, in_flight=in_flight, dead=sum(dead))

    async def list_dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        with _errors():
            return await self._dead_letters.look(queue, limit=limit)

    async def read_dead_letter(self, queue: str, dead_letter_id: str) -> DeadLetter:
        with _errors():
            return await self._dead_letters.read(queue, dead_letter_id)

    async def redrive(self, queue: str, dead_letter_ids: Sequence[str] | None = None) -> int:
        failpoint("bus.redrive.before")
        with _errors():
            return await self._dead_letters.redrive(queue, dead_letter_ids)

    async def ping(self) -> None:
        with _errors():
            await asyncio.gather(self._topology.topic(fresh=True), self._sqs.list_queues(MaxResults=1))

    async def _count(self, url: str) -> tuple[int, int]:
        answer = await self._sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )
        counts = answer["Attributes"]
        return (
            int(counts["ApproximateNumberOfMessages"]),
            int(counts["ApproximateNumberOfMessagesNotVisible"]),
        )


def _errors() -> AbstractContextManager[None]:
    return aws_errors(_QUEUE_MISSING, unavailable=BusUnavailable, failed=BusError)


def batches_of(messages: Sequence[BusMessage]) -> Iterator[list[BusMessage]]:
    """Ten messages at most, and not more than 256 KiB together. Raises `MessageTooLarge` before anything is sent."""
    sizes = [check_message(message) for message in messages]
    batch: list[BusMessage] = []
    filled = 0
    for message, size in zip(messages, sizes, strict=True):
        if batch and (len(batch) == BATCH or filled + size > MAX_MESSAGE_BYTES):
            yield batch
            batch, filled = [], 0
        batch.append(message)
        filled += size
    if batch:
        yield batch


def _entry(number: int, message: BusMessage) -> "PublishBatchRequestEntryTypeDef":
    attributes = {"type": message.type, **message.attributes}
    return {
        "Id": str(number),
        "Message": message.body,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items() if value
        },
    }


def _delivery(message: "MessageTypeDef") -> Delivery:
    attributes = attributes_of(message)
    return Delivery(
        receipt=message["ReceiptHandle"],
        message_id=message["MessageId"],
        type=attributes.pop("type", ""),
        body=message["Body"],
        receive_count=int(message["Attributes"]["ApproximateReceiveCount"]),
        attributes=attributes,
    )


@asynccontextmanager
async def open_aws_bus(settings: AwsBusSettings) -> AsyncIterator[AwsBus]:
    """The bus with both clients; a long poll may take its whole time before the client gives up."""
    patience = settings.aws.read_timeout + MAX_WAIT_SECONDS
    async with (
        aws_client("sns", settings.aws) as sns,
        aws_client("sqs", settings.aws, read_timeout=patience) as sqs,
    ):
        yield AwsBus(sns, sqs, settings)
