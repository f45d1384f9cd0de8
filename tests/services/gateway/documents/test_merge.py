"""Documents of several services become one, and nothing in it points elsewhere."""

from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import validate

from services.gateway.documents.merge import Document, merge_documents


def _operation(operation_id: str, schema: str, **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"operationId": operation_id, "responses": {"200": {"description": "ok", "content": content}}, **more}


def _document(paths: dict[str, Any], schemas: dict[str, Any], **components: Any) -> Document:
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: {"get": operation} for path, operation in paths.items()},
        "components": {"schemas": schemas, **components},
    }


def _merge(**documents: Document) -> Document:
    merged = merge_documents("All", "1", documents, "everything")
    validate(merged)
    for reference in _references(merged):
        _, _, kind, name = reference.split("/")
        assert name in merged["components"][kind], reference
    return merged


def _references(node: Any) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == "$ref":
            yield value
        else:
            yield from _references(value)


STRING, NUMBER = {"type": "string"}, {"type": "number"}


def test_paths_of_all_services_stand_side_by_side_under_their_tags() -> None:
    merged = _merge(
        auth=_document({"/v1/me": _operation("get_me", "Me")}, {"Me": STRING}),
        billing=_document({"/v1/plans": _operation("list_plans", "Plan", tags=["plans"])}, {"Plan": NUMBER}),
    )
    assert set(merged["paths"]) == {"/v1/me", "/v1/plans"}
    assert merged["tags"] == [{"name": "auth"}, {"name": "plans"}]


def test_what_is_internal_is_left_out_with_the_schemas_that_only_it_uses() -> None:
    paths = {
        path: _operation(f"op{index}", "Secret")
        for index, path in enumerate(("/internal/x", "/agent/bundle", "/agent", "/readyz"))
    }
    merged = _merge(auth=_document({**paths, "/v1/me": _operation("get_me", "Me")}, {"Me": STRING, "Secret": STRING}))
    assert set(merged["paths"]) == {"/v1/me"}
    assert set(merged["components"]["schemas"]) == {"Me"}


def test_an_equal_schema_is_shared_and_a_different_one_of_the_same_name_is_renamed() -> None:
    merged = _merge(
        auth=_document(
            {"/a": _operation("a", "Item"), "/b": _operation("b", "Problem")}, {"Item": STRING, "Problem": STRING}
        ),
        billing=_document(
            {"/c": _operation("c", "Item"), "/d": _operation("d", "Problem")}, {"Item": NUMBER, "Problem": STRING}
        ),
    )
    schemas = merged["components"]["schemas"]
    assert schemas == {"Item": STRING, "Problem": STRING, "billing_Item": NUMBER}
    schema = merged["paths"]["/c"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/billing_Item"}


def test_schemas_that_look_equal_but_point_to_different_things_are_told_apart() -> None:
    page = {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
    merged = _merge(
        auth=_document({"/a": _operation("a", "Page")}, {"Page": page, "Item": STRING}),
        billing=_document({"/b": _operation("b", "Page")}, {"Page": page, "Item": NUMBER}),
    )
    schemas = merged["components"]["schemas"]
    assert schemas["billing_Page"]["items"]["$ref"] == "#/components/schemas/billing_Item"
    assert schemas["Page"]["items"]["$ref"] == "#/components/schemas/Item"


def test_security_schemes_keep_their_meaning() -> None:
    bearer = {"type": "http", "scheme": "bearer"}
    basic = {"type": "http", "scheme": "basic"}
    needs: dict[str, Any] = {"security": [{"Login": []}]}
    merged = _merge(
        auth=_document({"/a": _operation("a", "X", **needs)}, {"X": STRING}, securitySchemes={"Login": bearer}),
        billing=_document({"/b": _operation("b", "X", **needs)}, {"X": STRING}, securitySchemes={"Login": basic}),
    )
    assert merged["components"]["securitySchemes"] == {"Login": bearer, "billing_Login": basic}
    assert merged["paths"]["/b"]["get"]["security"] == [{"billing_Login": []}]


def test_operation_ids_stay_unique() -> None:
    merged = _merge(
        auth=_document({"/a": _operation("list", "X")}, {"X": STRING}),
        billing=_document({"/b": _operation("list", "X")}, {"X": STRING}),
    )
    assert merged["paths"]["/a"]["get"]["operationId"] == "list"
    assert merged["paths"]["/b"]["get"]["operationId"] == "billing_list"
