"""The tags that every resource of a stack carries; by them it is found, owned, and its cost shown per tenant."""

from collections.abc import Iterable, Mapping
from typing import NotRequired, TypeAlias, TypedDict

Tags: TypeAlias = Mapping[str, str]
MANAGED_BY = "stackpro"


class AwsTag(TypedDict):
    Key: str
    Value: str


class LooseTag(TypedDict, total=False):
    Key: str
    Value: str


class KeyedTag(TypedDict):
    Key: str
    Value: NotRequired[str]


def stack_tags(*, tenant: str, plan: str, deployment: str) -> dict[str, str]:
    """`Tenant`, `Plan`, `Deployment` and `ManagedBy`. The functions that create things add `Name`."""
    return {"Tenant": tenant, "Plan": plan, "Deployment": deployment, "ManagedBy": MANAGED_BY}


def named(name: str, tags: Tags) -> dict[str, str]:
    """The tags with `Name`, by which a thing is found again where AWS knows no name for it."""
    return {**tags, "Name": name}


def as_list(tags: Tags) -> list[AwsTag]:
    """Tags as most services want them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def as_loose_list(tags: Tags) -> list[LooseTag]:
    """The same for services whose types call both fields optional."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def as_keyed_list(tags: Tags) -> list[KeyedTag]:
    """The same for services whose types call the value alone optional."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def as_dict(tags: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Tags as most services give them."""
    return {str(tag.get("Key", "")): str(tag.get("Value", "")) for tag in tags}
