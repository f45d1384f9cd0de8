"""Looking into a dead-letter queue of SQS and sending from it: both can only be done by receiving.

`StartMessageMoveTask` is not used: it moves all or nothing and cannot name a message.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from libs.adapters.bus.aws_queues import Topology
from libs.adapters.bus.port import BATCH, DeadLetter, DeadLetterMissing
from libs.common.failpoints import failpoint

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.type_defs import MessageTypeDef

# Hidden this long while one call works through the queue, so that it meets each message once.
_LOOK_SECONDS = 60
_MOST_LOOKED_AT = 10_000


class DeadLetters:
    """The dead-letter queues of all queues."""

    def __init__(self, sqs: "SQSClient", topology: Topology) -> None:
        self._sqs = sqs
        self._topology = topology

    async def look(self, queue: str, *, limit: int) -> list[DeadLetter]:
        """The oldest `limit` of what is there; each is given back at once."""
        url = await self._topology.dead_letter_url(queue)
        seen = [message async for message in self._receive_all(url)]
        await self._give_back(url, seen)
        return sorted(map(_dead_letter, seen), key=lambda letter: letter.sent_at)[:limit]

    async def read(self, queue: str, dead_letter_id: str) -> DeadLetter:
        for letter in await self.look(queue, limit=_MOST_LOOKED_AT):
            if letter.id == dead_letter_id:
                return letter
        raise DeadLetterMissing

    async def redrive(self, queue: str, ids: Sequence[str] | None) -> int:
        """Receive, send, delete: a crash in between sends twice, never loses."""
        url, target = await self._topology.dead_letter_url(queue), await self._topology.queue_url(queue)
        others: list[MessageTypeDef] = []
        redriven = 0
        async for message in self._receive_all(url):
            if ids is not None and message["MessageId"] not in ids:
                others.append(message)
                continue
            await self._sqs.send_message(
                QueueUrl=target,
                MessageBody=message["Body"],
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes_of(message).items()
                },
            )
            failpoint("bus.redrive.sent")
            await self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            redriven += 1
        await self._give_back(url, others)
        return redriven

    async def _receive_all(self, url: str) -> "AsyncIterator[MessageTypeDef]":
        for _ in range(_MOST_LOOKED_AT // BATCH):
            answer = await self._sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=BATCH,
                WaitTimeSeconds=1,  # a short poll asks only some of SQS's servers and may miss messages
                VisibilityTimeout=_LOOK_SECONDS,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            )
            messages = answer.get("Messages", [])
            for message in messages:
                yield message
            if not messages:
                return

    async def _give_back(self, url: str, messages: "Sequence[MessageTypeDef]") -> None:
        for start in range(0, len(messages), BATCH):
            await self._sqs.change_message_visibility_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                    for number, message in enumerate(messages[start : start + BATCH])
                ],
            )


def attributes_of(message: "MessageTypeDef") -> dict[str, str]:
    """The attributes of a message as text, with `type` among them."""
    return {
        name: value["StringValue"]
        for name, value in message.get("MessageAttributes", {}).items()
        if value["DataType"] == "String"
    }


def _dead_letter(message: "MessageTypeDef") -> DeadLetter:
    attributes = attributes_of(message)
    return DeadLetter(
        id=message["MessageId"],
        type=attributes.pop("type", ""),
        body=message["Body"],
        receive_count=int(message["Attributes"]["ApproximateReceiveCount"]),
        sent_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
        attributes=attributes,
    )
