"""Lists: newest first, cut by ids (https://docs.stripe.com/api/pagination)."""

import json
from collections.abc import Mapping

from sandbox.stripe.call import Call
from sandbox.stripe.errors import InvalidRequest, Missing
from sandbox.stripe.params import Params
from sandbox.stripe.wire import StripeObject, list_object

_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_DEFAULT_LIMIT = 10
_MAXIMUM_LIMIT = 100

Conditions = list[tuple[str, tuple[str | int, ...]]]
"""SQL conditions over the table `object`, each with its values."""


def list_objects(
    call: Call, kind: str, *, url: str, filters: Mapping[str, str] | None = None, where: Conditions | None = None
) -> StripeObject:
    """A page of objects of `kind`; `filters` maps a parameter to the path in the object that must equal it."""
    conditions: Conditions = [("kind = ?", (kind,)), *(where or []), *_created(call.params)]
    for param, path in (filters or {}).items():
        value = call.params.text(param)
        if value is not None:
            conditions.append((f"json_extract(body, '$.{path}') = ?", (_literal(value),)))
    limit, after, before = read_page(call.params)
    if after:
        conditions.append(("seq < ?", (_position(call, kind, after, "starting_after"),)))
    if before:
        conditions.append(("seq > ?", (_position(call, kind, before, "ending_before"),)))
    rows = call.tx.connection.execute(
        f"SELECT body FROM object WHERE {' AND '.join(sql for sql, _ in conditions)}"  # noqa: S608 - values are bound
        f" ORDER BY seq {'ASC' if before else 'DESC'} LIMIT ?",
        (*(value for _, values in conditions for value in values), limit + 1),
    ).fetchall()
    found = [json.loads(row["body"]) for row in rows]
    page = found[:limit][::-1] if before else found[:limit]
    return list_object(url, page, has_more=len(found) > limit)


def list_inline(call: Call, things: list[StripeObject], *, url: str) -> StripeObject:
    """A page of objects that live inside another one, such as the lines of an invoice."""
    limit, after, before = read_page(call.params)
    ids = [thing["id"] for thing in things]
    for param, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in ids:
            raise Missing("object", cursor, param=param, status=400)
    if before:
        rest = things[: ids.index(before)]
        return list_object(url, rest[-limit:], has_more=len(rest) > limit)
    rest = things[ids.index(after) + 1 :] if after else things
    return list_object(url, rest[:limit], has_more=len(rest) > limit)


def read_page(params: Params) -> tuple[int, str | None, str | None]:
    """limit, starting_after, ending_before."""
    limit = params.integer("limit", minimum=1, maximum=_MAXIMUM_LIMIT)
    after, before = params.text("starting_after"), params.text("ending_before")
    if after and before:
        raise InvalidRequest("You may only specify one of these parameters: starting_after, ending_before.")
    return limit or _DEFAULT_LIMIT, after, before


def _created(params: Params) -> Conditions:
    if "created" not in params:
        return []
    if isinstance(params.raw("created"), str):
        return [("created = ?", (params.integer("created") or 0,))]
    bounds = params.child("created")
    return [
        (f"created {sign} ?", (moment,))
        for name, sign in _COMPARISONS.items()
        if (moment := bounds.integer(name)) is not None
    ]


def _literal(value: str) -> str | int:
    return {"true": 1, "false": 0}.get(value, value)


def _position(call: Call, kind: str, object_id: str, param: str) -> int:
    row = call.tx.connection.execute("SELECT seq FROM object WHERE id = ? AND kind = ?", (object_id, kind)).fetchone()
    if row is None:
        raise Missing(kind, object_id, param=param, status=400)
    return int(row["seq"])
