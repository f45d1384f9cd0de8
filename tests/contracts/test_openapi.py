"""The OpenAPI documents: complete, as they were reviewed, and never breaking a caller."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from libs.common.members import MemberDemand
from libs.common.problems import MEDIA_TYPE
from tools.compatibility import METHODS, breaking_changes
from tools.operations import all_operations
from tools.snapshots import ANEW, OPENAPI, breaks, kept, openapi_documents

DOCUMENTS = openapi_documents()
SENDING = frozenset({"post", "put", "patch"})
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}


@dataclass(frozen=True)
class Documented:
    """One operation as a document tells of it."""

    name: str
    method: str
    path: str
    operation: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.name} {self.method.upper()} {self.path}"

    @property
    def errors(self) -> dict[str, Mapping[str, Any]]:
        return {status: body for status, body in self.operation["responses"].items() if status >= "400"}

    @property
    def demand(self) -> MemberDemand | None:
        """What the route demands of a member, if it is for members."""
        line = f"{self.method.upper()} {self.path}"
        return next((one.demand for one in all_operations() if (one.service, one.line) == (self.name, line)), None)


def _operations(name: str) -> Iterator[Documented]:
    for path, item in DOCUMENTS[name]["paths"].items():
        yield from (Documented(name, method, path, item[method]) for method in METHODS if method in item)


ALL = [one for name in DOCUMENTS for one in _operations(name)]
OWN = [one for one in ALL if one.name != "merged"]
every_operation = pytest.mark.parametrize("documented", ALL, ids=str)
every_own_operation = pytest.mark.parametrize("documented", OWN, ids=str)
every_document = pytest.mark.parametrize("name", DOCUMENTS)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for entry in node:
            yield from _references(entry)


def _found(name: str, reference: str) -> Any:
    target: Any = DOCUMENTS[name]
    for part in reference.removeprefix("#/").split("/"):
        target = target.get(part) if isinstance(target, dict) else None
    return target


def test_no_change_breaks_a_caller() -> None:
    assert breaks(kept(OPENAPI), DOCUMENTS, breaking_changes) == []


@every_document
def test_the_document_is_as_it_was_reviewed(name: str) -> None:
    assert DOCUMENTS[name] == kept(OPENAPI).get(name), ANEW


@every_document
def test_every_reference_leads_somewhere(name: str) -> None:
    assert [reference for reference in set(_references(DOCUMENTS[name])) if _found(name, reference) is None] == []


def test_the_merged_document_holds_every_public_operation_once() -> None:
    public = [one for one in OWN if not one.path.startswith(("/internal", "/agent"))]
    merged = [one for one in ALL if one.name == "merged"]
    assert {(one.method, one.path) for one in merged} == {(one.method, one.path) for one in public}
    identifiers = [one.operation["operationId"] for one in merged]
    assert len(set(identifiers)) == len(identifiers)
    assert sorted(identifiers) == sorted(one.operation["operationId"] for one in public)


def test_no_document_tells_of_internal_operations() -> None:
    assert [str(one) for one in ALL if one.path.startswith("/internal")] == []


@every_operation
def test_every_operation_has_a_name_a_tag_a_summary_and_a_description(documented: Documented) -> None:
    operation = documented.operation
    assert operation["operationId"].isidentifier()
    assert len(operation["tags"]) == 1
    assert operation["summary"]
    assert operation["description"]


@every_operation
def test_every_error_is_a_problem_document_with_its_codes(documented: Documented) -> None:
    for status, error in documented.errors.items():
        assert error["content"] == PROBLEM, status
        assert "`" in error["description"], f"{status} names no code"


@every_own_operation
def test_every_operation_documents_the_errors_that_follow_from_its_shape(documented: Documented) -> None:
    expected = set()
    if documented.demand is not None:
        expected.add("401")
        if documented.demand.permissions or not documented.demand.exempt_from_access_mode:
            expected.add("403")
    if "{" in documented.path:
        expected.add("404")
    if documented.operation.get("parameters") or documented.operation.get("requestBody"):
        expected.add("422")
    assert expected - documented.errors.keys() == set()


@every_own_operation
def test_members_operations_ask_for_a_token_and_others_do_not(documented: Documented) -> None:
    needs = documented.operation.get("security") or [{}]  # `{}`: it can do without
    assert ({} not in needs) == (documented.demand is not None)


@pytest.mark.parametrize("documented", [one for one in OWN if "requestBody" in one.operation], ids=str)
def test_every_request_body_has_an_example(documented: Documented) -> None:
    for content in documented.operation["requestBody"]["content"].values():
        schema = content.get("schema", {})
        schema = _found(documented.name, schema["$ref"]) if "$ref" in schema else schema
        needed = set(schema.get("required", []))
        shown = {name for name, field in schema.get("properties", {}).items() if field.get("examples")}
        assert "example" in content or "examples" in content or schema.get("examples") or (needed and needed <= shown)


@every_own_operation
def test_every_json_answer_has_a_schema(documented: Documented) -> None:
    for status, response in documented.operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            if media_type.endswith("json"):
                assert content["schema"], status
