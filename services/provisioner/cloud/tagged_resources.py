"""Everything in the account that carries given tags, in one listing: for orphans, drift, and half-made things."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypedDict

from services.provisioner.cloud.errors import cloud_errors
from services.provisioner.cloud.tags import Tags, as_dict


class Tag(TypedDict):
    Key: str
    Value: str


class Mapped(TypedDict):
    ResourceARN: str
    Tags: list[Tag]


class Page(TypedDict):
    ResourceTagMappingList: list[Mapped]
    PaginationToken: str


class TaggingClient(Protocol):
    """The part of the tagging API's client that is used; it comes without types."""

    async def get_resources(
        self,
        *,
        PaginationToken: str,  # noqa: N803  the vendor's names
        TagFilters: Sequence[Mapping[str, object]],  # noqa: N803
        ResourceTypeFilters: Sequence[str],  # noqa: N803
    ) -> Page: ...


@dataclass(frozen=True, slots=True)
class TaggedResource:
    arn: str
    tags: dict[str, str]


class TaggedResources:
    """The Resource Groups Tagging API. What was tagged a moment ago may be missing for some seconds on AWS."""

    def __init__(self, client: TaggingClient) -> None:
        self._client = client

    async def list(self, tags: Tags, *, kinds: Sequence[str] = ()) -> list[TaggedResource]:
        """All resources with all of `tags`, of `kinds` (`kms:key`, `ec2:instance`; empty is every kind)."""
        filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
        found: list[TaggedResource] = []
        token = ""
        while True:
            with cloud_errors():
                page = await self._client.get_resources(
                    PaginationToken=token, TagFilters=filters, ResourceTypeFilters=kinds
                )
            found += [
                TaggedResource(each["ResourceARN"], as_dict(each["Tags"])) for each in page["ResourceTagMappingList"]
            ]
            token = page.get("PaginationToken", "")
            if not token:
                return found
