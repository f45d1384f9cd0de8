"""Each house rule finds a bad example and lets the good one beside it pass."""

from textwrap import dedent

import pytest

from tools.rules import http, imports, tenancy, testing, texts
from tools.rules.source import Finding, Rule, Source

HOST = "py" + "pi.org"


def check(rule: Rule, path: str, text: str) -> list[Finding]:
    return sorted(set(rule([Source(path, dedent(text))])))


BAD = {
    "a service module opens a system session": (
        tenancy.system_session_stays_where_it_is_allowed,
        "services/billing/trials/service.py",
        "async def end(db):\n    async with db.system_session() as session:\n        ...\n",
        2,
    ),
    "a handler opens a system session": (
        tenancy.system_session_stays_where_it_is_allowed,
        "services/billing/trials/handlers.py",
        "async def on_created(event, db):\n    async with db.system_session() as session:\n        ...\n",
        2,
    ),
    "a look-up's session is also used otherwise": (
        tenancy.system_session_stays_where_it_is_allowed,
        "services/provisioner/hosts/endpoints.py",
        "async def whose(db):\n    async with db.system_session() as session:\n"
        "        host = await lookups.host_of(session, 1)\n        await repository.update(session, host)\n",
        2,
    ),
    "a table has no policy": (
        tenancy.tables_are_bound_to_their_tenant,
        "services/x/migrations/versions/0002_add_note.py",
        'op.create_table("note", sa.Column("tenant_id", sa.Uuid(), primary_key=True))\n',
        1,
    ),
    "a tenant's table has a key of its own": (
        tenancy.tables_are_bound_to_their_tenant,
        "services/x/migrations/versions/0002_add_note.py",
        """\
        op.create_table("note", sa.Column("tenant_id", sa.Uuid()), sa.Column("id", sa.Uuid(), primary_key=True))
        for table in ("note",):
            enable_tenant_security(table)
        """,
        1,
    ),
    "a second module imports Stripe": (
        imports.vendors_stay_at_home,
        "services/billing/checkout/service.py",
        "from stripe.checkout import Session\n",
        1,
    ),
    "a service imports the blocking SDK": (
        imports.vendors_stay_at_home,
        "services/auth/context.py",
        "def open():\n    import boto3\n",
        2,
    ),
    "a middleware wraps requests": (
        http.nothing_slow_or_forgetful,
        "libs/common/middleware/x.py",
        "from starlette.middleware.base import BaseHTTPMiddleware\n",
        1,
    ),
    "work is done after the answer": (
        http.nothing_slow_or_forgetful,
        "services/auth/accounts/endpoints.py",
        "from fastapi import APIRouter, BackgroundTasks\n",
        1,
    ),
    "an endpoint is not async": (
        http.endpoints_are_async,
        "services/auth/accounts/endpoints.py",
        '@router.get("/v1/me")\ndef get_me():\n    return {}\n',
        2,
    ),
    "a session commits after the answer": (
        http.sessions_end_before_the_answer,
        "services/auth/deps.py",
        "async def session():\n    yield 1\n\nSession = Annotated[int, Depends(session)]\n",
        4,
    ),
    "a package host is named": (texts.no_package_host_is_named, "README.md", f"pip -i https://{HOST}/simple\n", 1),
    "a path of one machine is named": (texts.no_machine_path_is_named, "docs/x.md", "see /ro" + "ot/.cache/x\n", 1),
    "a note of unfinished work": (texts.nothing_is_left_unfinished, "libs/x.py", "# TO" + "DO: later\n", 1),
    "a file is too long": (texts.files_are_short, "libs/x.py", "x = 1\n" * 401, 400),
    "a test sleeps": (
        testing.tests_do_not_sleep,
        "tests/libs/test_x.py",
        "import asyncio\nasync def test_x():\n    await asyncio.sleep(1)\n",
        3,
    ),
    "a test imports a mock": (
        testing.tests_patch_nothing,
        "tests/test_x.py",
        "from unittest.mock import AsyncMock\n",
        1,
    ),
    "a test patches": (
        testing.tests_patch_nothing,
        "tests/test_x.py",
        "def test_x(monkeypatch):\n    monkeypatch.setattr('a.b', 1)\n",
        2,
    ),
}

GOOD = {
    "a look-up opens a system session": (
        tenancy.system_session_stays_where_it_is_allowed,
        "services/billing/accounts/lookups.py",
        "async def whose(db):\n    async with db.system_session() as session:\n        ...\n",
    ),
    "a system session is given to look-ups alone": (
        tenancy.system_session_stays_where_it_is_allowed,
        "services/provisioner/hosts/endpoints.py",
        "async def whose(db):\n    async with db.system_session() as session:\n"
        "        host = await lookups.host_of(session, 1)\n        if host is None:\n            raise KeyError\n",
    ),
    "a test yields to the loop, a double is slow, a pause says why": (
        testing.tests_do_not_sleep,
        "tests/libs/test_x.py",
        "async def test_x():\n    await asyncio.sleep(0)\n    async def slow():\n        await asyncio.sleep(1)\n"
        "    await asyncio.sleep(0.01)  # so that the pieces arrive one by one\n",
    ),
    "a table is secured in a loop over a constant, its key made by a helper": (
        tenancy.tables_are_bound_to_their_tenant,
        "services/x/migrations/versions/0002_add_note.py",
        """\
        TABLES = ("note",)

        def _ids():
            return sa.Column("tenant_id", sa.Uuid(), primary_key=True), sa.Column("id", sa.Uuid(), primary_key=True)

        def upgrade():
            op.create_table("note", *_ids())
            op.create_table("attempt", sa.Column("id", sa.Uuid(), primary_key=True))
            for table in TABLES:
                enable_tenant_security(table)
            grant_platform_only("attempt")
        """,
    ),
    "Stripe's one module imports it": (
        imports.vendors_stay_at_home,
        "services/billing/stripe_gateway.py",
        "import stripe\n",
    ),
    "a test plays the other side of Stripe": (imports.vendors_stay_at_home, "tests/x.py", "import stripe\n"),
    "a session's end comes before the answer": (
        http.sessions_end_before_the_answer,
        "services/auth/deps.py",
        'async def session():\n    yield 1\n\nSession = Annotated[int, Depends(session, scope="function")]\n',
    ),
    "a dependency returns": (
        http.sessions_end_before_the_answer,
        "services/auth/deps.py",
        "def context():\n    return 1\n\nContext = Annotated[int, Depends(context)]\n",
    ),
    "an async endpoint": (
        http.endpoints_are_async,
        "services/auth/endpoints.py",
        '@router.get("/v1/me")\nasync def get_me():\n    return {}\n',
    ),
    "a URL's path is not a machine's": (texts.no_machine_path_is_named, "x.md", "https://example.com/ro" + "ot/x\n"),
    "the environment is handed in": (
        testing.tests_patch_nothing,
        "tests/test_x.py",
        "def test_x(monkeypatch):\n    monkeypatch.setenv('A', '1')\n",
    ),
}


@pytest.mark.parametrize("example", BAD)
def test_a_rule_finds(example: str) -> None:
    rule, path, text, line = BAD[example]

    assert [(finding.path, finding.line) for finding in check(rule, path, text)] == [(path, line)]


@pytest.mark.parametrize("example", GOOD)
def test_a_rule_lets_pass(example: str) -> None:
    rule, path, text = GOOD[example]

    assert check(rule, path, text) == []


def test_an_entry_of_the_allow_list_that_is_no_longer_used_is_found() -> None:
    idle = list(tenancy.allowed_places_exist([Source("libs/common/relay.py", "x = 1\n")]))

    assert "libs/common/relay.py" in {finding.path for finding in idle}


def test_a_finding_reads_as_place_and_advice() -> None:
    assert str(Finding("libs/x.py", 3, "split it")) == "libs/x.py:3: split it"
