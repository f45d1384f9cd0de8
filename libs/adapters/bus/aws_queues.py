"""The topic, queues and subscriptions of the AWS bus: made so that making them again changes nothing."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from libs.adapters.bus.port import MAX_RECEIVES
from libs.adapters.bus.settings import RETENTION_SECONDS, AwsBusSettings

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.literals import QueueAttributeNameType

_DEAD = "-dead"


class Topology:
    """Knows the addresses; each is asked for once per process."""

    def __init__(self, sns: "SNSClient", sqs: "SQSClient", settings: AwsBusSettings) -> None:
        self._sns = sns
        self._sqs = sqs
        self._settings = settings
        self._topic: str | None = None
        self._urls: dict[str, str] = {}

    async def topic(self, *, fresh: bool = False) -> str:
        """The topic's ARN; creating a topic that exists returns it (SNS, CreateTopic)."""
        if self._topic is None or fresh:
            self._topic = (await self._sns.create_topic(Name=self._settings.name))["TopicArn"]
        return self._topic

    async def queue_url(self, queue: str) -> str:
        return await self._url(f"{self._settings.name}-{queue}")

    async def dead_letter_url(self, queue: str) -> str:
        return await self._url(f"{self._settings.name}-{queue}{_DEAD}")

    async def queues(self) -> list[str]:
        """The names of all queues, without the platform's name before and without dead-letter queues."""
        prefix = f"{self._settings.name}-"
        names: list[str] = []
        async for page in self._sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix):
            names += [url.rpartition("/")[2].removeprefix(prefix) for url in page.get("QueueUrls", ())]
        return sorted(name for name in names if not name.endswith(_DEAD))

    async def ensure(self, queue: str, event_types: Sequence[str]) -> None:
        topic = await self.topic()
        name = f"{self._settings.name}-{queue}"
        dead_arn = await self._make_queue(name + _DEAD, {"MessageRetentionPeriod": str(RETENTION_SECONDS)})
        redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": str(MAX_RECEIVES)})
        arn = await self._make_queue(
            name,
            {
                "MessageRetentionPeriod": str(self._settings.retention_seconds),
                "VisibilityTimeout": str(self._settings.visibility_seconds),
                "RedrivePolicy": redrive,
            },
        )
        await self._sqs.set_queue_attributes(
            QueueUrl=await self._url(name), Attributes={"Policy": _let_topic_send(arn, topic)}
        )
        await self._subscribe(topic, arn, event_types)

    async def _url(self, name: str) -> str:
        if name not in self._urls:
            self._urls[name] = (await self._sqs.get_queue_url(QueueName=name))["QueueUrl"]
        return self._urls[name]

    async def _make_queue(self, name: str, attributes: "dict[QueueAttributeNameType, str]") -> str:
        # Created without attributes: a queue that exists with others would be refused (SQS, CreateQueue).
        url = (await self._sqs.create_queue(QueueName=name))["QueueUrl"]
        await self._sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        self._urls[name] = url
        known = await self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return known["Attributes"]["QueueArn"]

    async def _subscribe(self, topic: str, queue_arn: str, event_types: Sequence[str]) -> None:
        subscription = await self._subscription(topic, queue_arn)
        if not event_types:
            if subscription is not None:
                await self._sns.unsubscribe(SubscriptionArn=subscription)
            return
        wanted = {"RawMessageDelivery": "true", "FilterPolicy": json.dumps({"type": sorted(event_types)})}
        if subscription is None:
            await self._sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn, Attributes=wanted)
            return
        for name, value in wanted.items():
            await self._sns.set_subscription_attributes(
                SubscriptionArn=subscription, AttributeName=name, AttributeValue=value
            )

    async def _subscription(self, topic: str, queue_arn: str) -> str | None:
        async for page in self._sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
            for subscription in page["Subscriptions"]:
                if subscription["Endpoint"] == queue_arn:
                    return subscription["SubscriptionArn"]
        return None


def _let_topic_send(queue_arn: str, topic_arn: str) -> str:
    """The queue's policy: only this topic may send to it (SNS, "Subscribing an SQS queue")."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
