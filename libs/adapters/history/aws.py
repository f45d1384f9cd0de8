"""The AWS form of the history port: one table of DynamoDB, paid by request.

`PK CONVERSATION#<tenant>#<conversation>`, `SK SEQ#<20 digits>`: a conversation is one partition in the order of its
messages. The index `by_message` finds one by its id, `by_thread` the replies of a thread.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from libs.adapters.aws import aws_client, aws_errors
from libs.adapters.history.port import (
    ArchivedMessage,
    HistoryError,
    HistoryTableMissing,
    HistoryUnavailable,
    check_bodies,
)
from libs.adapters.history.settings import DynamoHistorySettings

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import WriteRequestTypeDef

_KNOWN = {
    "ProvisionedThroughputExceededException": HistoryUnavailable,
    "ResourceNotFoundException": HistoryTableMissing,
    "TableNotFoundException": HistoryTableMissing,
}
_PUTS_AT_ONCE = 10  # the connections that the client keeps
_DELETES_AT_ONCE = 25  # DynamoDB, BatchWriteItem
_UNPROCESSED_TRIES = 8
_FIRST_PAUSE = 0.05
_BY_MESSAGE, _BY_THREAD = "by_message", "by_thread"
_UNLESS_NEWER = "attribute_not_exists(PK) OR #version <= :version"


class DynamoHistory:
    """Messages in a table of DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._puts = asyncio.Semaphore(_PUTS_AT_ONCE)

    async def ensure(self) -> None:
        with _errors():
            try:
                await self._client.describe_table(TableName=self._table)
            except self._client.exceptions.ResourceNotFoundException:
                await self._create()

    async def put(self, messages: Sequence[ArchivedMessage]) -> None:
        check_bodies(messages)
        # A batch of DynamoDB's takes no conditions, so each message is a request of its own.
        with _errors():
            await _all_of([self._put_one(message) for message in messages])

    async def older(
        self, tenant_id: UUID, conversation_id: UUID, *, before: int, limit: int, thread_root_id: UUID | None = None
    ) -> list[ArchivedMessage]:
        if before <= 0:
            return []
        key = _range(tenant_id, conversation_id, thread_root_id, "SK < :seq", before)
        return [_message(item) for item in await self._query(key, limit=limit, forward=False)][::-1]

    async def newer(
        self, tenant_id: UUID, conversation_id: UUID, *, after: int, limit: int, thread_root_id: UUID | None = None
    ) -> list[ArchivedMessage]:
        key = _range(tenant_id, conversation_id, thread_root_id, "SK > :seq", max(after, 0))
        return [_message(item) for item in await self._query(key, limit=limit)]

    async def find(self, tenant_id: UUID, message_id: UUID) -> ArchivedMessage | None:
        keys: Mapping[str, Any] = {
            "IndexName": _BY_MESSAGE,
            "KeyConditionExpression": "message_key = :key",
            "ExpressionAttributeValues": {":key": {"S": _message_key(tenant_id, message_id)}},
        }
        found = await self._query(keys, limit=1)
        if not found:
            return None
        # The index may lag behind the table: it tells where the message is, and the table how it stands.
        key = {name: found[0][name] for name in ("PK", "SK")}
        with _errors():
            item = (await self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)).get("Item")
        return None if item is None else _message(item)

    async def delete_conversation(self, tenant_id: UUID, conversation_id: UUID) -> None:
        keys: Mapping[str, Any] = {
            "KeyConditionExpression": "PK = :pk",
            "ExpressionAttributeValues": {":pk": {"S": _conversation_key(tenant_id, conversation_id)}},
            "ProjectionExpression": "PK, SK",
            "ConsistentRead": True,
        }
        while found := await self._query(keys, limit=_DELETES_AT_ONCE):
            await self._delete(found)

    async def ping(self) -> None:
        with _errors():
            await self._client.describe_table(TableName=self._table)

    async def _create(self) -> None:
        # Another process may be faster; its table is the same.
        with suppress(self._client.exceptions.ResourceInUseException):
            await self._client.create_table(
                TableName=self._table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
                AttributeDefinitions=[
                    {"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "message_key", "thread_key")
                ],
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": _BY_MESSAGE,
                        "KeySchema": [{"AttributeName": "message_key", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "KEYS_ONLY"},
                    },
                    {
                        "IndexName": _BY_THREAD,
                        "KeySchema": [
                            {"AttributeName": "thread_key", "KeyType": "HASH"},
                            {"AttributeName": "SK", "KeyType": "RANGE"},
                        ],
                        "Projection": {"ProjectionType": "ALL"},
                    },
                ],
            )
        await self._client.get_waiter("table_exists").wait(TableName=self._table)

    async def _put_one(self, message: ArchivedMessage) -> None:
        async with self._puts:
            try:
                await self._client.put_item(
                    TableName=self._table,
                    Item=_item(message),
                    ConditionExpression=_UNLESS_NEWER,
                    ExpressionAttributeNames={"#version": "version"},
                    ExpressionAttributeValues={":version": {"N": str(message.version)}},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    async def _query(self, keys: Mapping[str, Any], *, limit: int, forward: bool = True) -> list[dict[str, Any]]:
        """Up to `limit` items; DynamoDB ends a page after 1 MB, whatever was asked."""
        found: list[dict[str, Any]] = []
        query: dict[str, Any] = {"TableName": self._table, "ScanIndexForward": forward, **keys}
        while True:
            with _errors():
                page = await self._client.query(**query, Limit=limit - len(found))
            found += page["Items"]
            if len(found) >= limit or not page.get("LastEvaluatedKey"):
                return found
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    async def _delete(self, keys: Sequence[dict[str, Any]]) -> None:
        """Deletes all of them; DynamoDB may leave some undone, which are asked for again (BatchWriteItem)."""
        for attempt in range(_UNPROCESSED_TRIES):
            requests: list[WriteRequestTypeDef] = [{"DeleteRequest": {"Key": key}} for key in keys]
            with _errors():
                answer = await self._client.batch_write_item(RequestItems={self._table: requests})
            undone = answer.get("UnprocessedItems", {}).get(self._table, [])
            keys = [request["DeleteRequest"]["Key"] for request in undone]
            if not keys:
                return
            await asyncio.sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))  # noqa: S311  # spreads load, guards nothing
        raise HistoryUnavailable


async def _all_of(puts: list[Coroutine[None, None, None]]) -> None:
    """Waits for all of them, also where one fails: none goes on behind the caller's back."""
    for outcome in await asyncio.gather(*puts, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _range(
    tenant_id: UUID, conversation_id: UUID, thread_root_id: UUID | None, condition: str, seq: int
) -> Mapping[str, Any]:
    values = {":seq": {"S": _seq_key(seq)}}
    if thread_root_id is None:
        return {
            "KeyConditionExpression": f"PK = :pk AND {condition}",
            "ExpressionAttributeValues": values | {":pk": {"S": _conversation_key(tenant_id, conversation_id)}},
            "ConsistentRead": True,
        }
    return {
        "IndexName": _BY_THREAD,
        "KeyConditionExpression": f"thread_key = :thread AND {condition}",
        "ExpressionAttributeValues": values | {":thread": {"S": _thread_key(tenant_id, thread_root_id)}},
    }


def _item(message: ArchivedMessage) -> dict[str, Any]:
    thread = message.thread_root_id
    return {
        "PK": {"S": _conversation_key(message.tenant_id, message.conversation_id)},
        "SK": {"S": _seq_key(message.seq)},
        "message_key": {"S": _message_key(message.tenant_id, message.message_id)},
        **({} if thread is None else {"thread_key": {"S": _thread_key(message.tenant_id, thread)}}),
        "version": {"N": str(message.version)},
        "body": {"B": message.body},
    }


def _message(item: Mapping[str, Any]) -> ArchivedMessage:
    _, tenant_id, conversation_id = item["PK"]["S"].split("#")
    thread = item.get("thread_key")
    return ArchivedMessage(
        tenant_id=UUID(tenant_id),
        conversation_id=UUID(conversation_id),
        seq=int(item["SK"]["S"].removeprefix("SEQ#")),
        message_id=UUID(item["message_key"]["S"].rpartition("#")[2]),
        version=int(item["version"]["N"]),
        thread_root_id=None if thread is None else UUID(thread["S"].rpartition("#")[2]),
        body=bytes(item["body"]["B"]),
    )


def _conversation_key(tenant_id: UUID, conversation_id: UUID) -> str:
    return f"CONVERSATION#{tenant_id}#{conversation_id}"


def _message_key(tenant_id: UUID, message_id: UUID) -> str:
    return f"MESSAGE#{tenant_id}#{message_id}"


def _thread_key(tenant_id: UUID, thread_root_id: UUID) -> str:
    return f"THREAD#{tenant_id}#{thread_root_id}"


def _seq_key(seq: int) -> str:
    return f"SEQ#{seq:020d}"


def _errors() -> AbstractContextManager[None]:
    return aws_errors(_KNOWN, unavailable=HistoryUnavailable, failed=HistoryError)


@asynccontextmanager
async def open_dynamo_history(settings: DynamoHistorySettings) -> AsyncIterator[DynamoHistory]:
    """DynamoDB with the client that lives as long as the process."""
    async with aws_client("dynamodb", settings.aws) as client:
        yield DynamoHistory(client, settings.table)
