"""What was ever made, changed or removed in the emulated account, in order: the oracle that tests compare against.

It is a function of the journal, so it is rebuilt at each start and can never disagree with what the account holds.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sandbox.cloud.calls import Action, Call
from sandbox.cloud.faults import Answer
from sandbox.cloud.journal import Entry

Effect = Literal["create", "delete", "change"]
CREATING = ("Create", "Run", "Request", "Allocate", "Import", "Put")
DELETING = ("Delete", "Terminate", "Release", "ScheduleKeyDeletion", "Deregister", "Disassociate")
CHANGING = ("PutBucket", "PutPublicAccessBlock", "PutRolePolicy", "PutEmailIdentity", "CreateTags", "DeleteTags")
TOKENS = ("ClientToken", "ClientRequestToken", "IdempotencyToken", "CallerReference")
RESULTS = (
    "instanceId", "groupId", "KeyId", "RuleArn", "TargetGroupArn", "ListenerArn", "LoadBalancerArn", "CertificateArn",
    "DBInstanceArn", "ARN", "Arn", "Id", "vpcId", "subnetId", "imageId",
)  # fmt: skip
NAMES = (
    "GroupName", "RoleName", "InstanceProfileName", "PolicyName", "Bucket", "Name", "AliasName", "DomainName",
    "DBInstanceIdentifier", "EmailIdentity", "SecretId", "KeyId", "RuleArn", "TargetGroupArn", "CertificateArn",
    "GroupId", "InstanceId.1", "ResourceId.1", "RuleArn",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One effect of one call. `ids` are what the answer named, `name` what the request named."""

    number: int
    at: str
    service: str
    action: str
    effect: Effect
    name: str
    token: str | None
    ids: tuple[str, ...]
    tags: dict[str, str]
    succeeded: bool


def entries_of(entry: Entry, action: Action, answer: Answer) -> tuple[LedgerEntry, ...]:
    """The effects of a call: one, or one for each record of a change of DNS records."""
    made = answer.status < 400
    at = datetime.fromtimestamp(entry.at, UTC).isoformat()
    if action.name == "ChangeResourceRecordSets":
        return tuple(
            LedgerEntry(entry.number, at, action.service, action.name, effect, name, None, (name,), {}, made)
            for effect, name in _record_changes(entry.call.body.decode())
        )
    request = _request_values(entry.call, action)
    return (
        LedgerEntry(
            number=entry.number,
            at=at,
            service=action.service,
            action=action.name,
            effect=_effect(action.name),
            name=next((request[key] for key in NAMES if key in request), ""),
            token=next((request[key] for key in TOKENS if key in request), None),
            ids=_result_ids(answer) if made else (),
            tags=_tags(entry.call, request),
            succeeded=made,
        ),
    )


def _effect(action: str) -> Effect:
    if action.startswith(CHANGING):
        return "change"
    if action.startswith(DELETING):
        return "delete"
    return "create" if action.startswith(CREATING) else "change"


def _request_values(call: Call, action: Action) -> dict[str, str]:
    values = {key: value for key, value in call.document().items() if isinstance(value, str)}
    values.update(call.parameters())
    path = call.environ.get("PATH_INFO", "")
    if action.service == "s3":
        values["Bucket"] = path.strip("/")
    elif action.service == "ses" and "/identities/" in path:
        values.setdefault("EmailIdentity", path.split("/identities/")[1].split("/")[0])
    elif action.service == "route53" and not values:
        values.update(re.findall(r"<(Name|CallerReference)>([^<]+)<", call.body.decode("utf-8", "replace")))
    return values


def _result_ids(answer: Answer) -> tuple[str, ...]:
    text = answer.body.decode("utf-8", "replace")
    for name in RESULTS:
        found = re.findall(rf'<{name}>([^<]+)</{name}>|"{name}"\s*:\s*"([^"]+)"', text)
        if found:
            return tuple(dict.fromkeys(xml or quoted for xml, quoted in found))
    return ()


def _tags(call: Call, request: dict[str, str]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for key, name in request.items():
        if re.search(r"(Tag|Tags\.Tag|Tags\.member|Tags)\.\d+\.Key$", key):
            tags[name] = request.get(key[: -len("Key")] + "Value", "")
    listed = call.document().get("Tags", [])
    for item in listed if isinstance(listed, list) else []:
        tags[str(item.get("Key", item.get("TagKey", "")))] = str(item.get("Value", item.get("TagValue", "")))
    return tags


def _record_changes(body: str) -> list[tuple[Effect, str]]:
    effects: dict[str, Effect] = {"CREATE": "create", "UPSERT": "create", "DELETE": "delete"}
    found = re.findall(r"<Action>(\w+)</Action>\s*<ResourceRecordSet>\s*<Name>([^<]+)</Name>\s*<Type>(\w+)", body)
    return [(effects.get(action, "change"), f"{name.rstrip('.')}. {kind}") for action, name, kind in found]


def as_json(entries: list[LedgerEntry]) -> bytes:
    """A JSON list, oldest first."""
    fields = LedgerEntry.__slots__
    return json.dumps([{field: getattr(entry, field) for field in fields} for entry in entries]).encode()
