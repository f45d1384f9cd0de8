"""The rules of steps that need no world: names, secrets, recipes, and what counts as seen from outside."""

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.provisioner.cloud.inventory import ledger_name
from services.provisioner.engine.recipes import load_recipes
from services.provisioner.stack_apps.catalogue import generate_secrets
from services.provisioner.steps.catalogue import STEPS
from services.provisioner.steps.common import shortened
from services.provisioner.steps.probe import Probe
from services.provisioner.steps.storage import application_secrets, database_secrets
from tests.support.http_server import served


def test_every_step_of_the_recipes_is_there_and_every_step_is_used() -> None:
    recipes = load_recipes(known_steps={step.name: step.phase for step in STEPS})
    assert {entry.step for recipe in recipes.values() for entry in recipe} == {step.name for step in STEPS}


def test_each_secret_is_kept_in_one_place() -> None:
    apps, databases = application_secrets().keys(), database_secrets().keys()
    assert apps | databases == generate_secrets().keys()
    assert not apps & databases


def test_a_long_name_is_shortened_and_stays_its_own() -> None:
    long, other = "stackpro-" + "a" * 60 + "-k3x9", "stackpro-" + "a" * 60 + "-k3x8"
    assert shortened("stackpro-acme", 32) == "stackpro-acme"
    assert len(shortened(long, 32)) == 32
    assert shortened(long, 32) != shortened(other, 32)


@pytest.mark.parametrize(
    ("arn", "kind", "external_id"),
    [
        ("arn:aws:ec2:us-east-1:1:instance/i-1", "ec2:instance", "i-1"),
        ("arn:aws:iam::1:role/stackpro-acme", "iam:role", "stackpro-acme"),
        ("arn:aws:s3:::stackpro-acme-1", "s3", "stackpro-acme-1"),
        ("arn:aws:rds:us-east-1:1:db:stackpro-acme", "rds:db", "stackpro-acme"),
        ("arn:aws:acm:us-east-1:1:certificate/a-b", "acm:certificate", "arn:aws:acm:us-east-1:1:certificate/a-b"),
    ],
)
def test_arns_are_read_as_the_ledger_names_things(arn: str, kind: str, external_id: str) -> None:
    assert ledger_name(arn) == (kind, external_id)


async def test_a_probe_asks_the_edge_by_name_and_never_raises() -> None:
    async def answer(request: Request) -> PlainTextResponse:
        status = 200 if request.url.path == "/status.php" else 404
        return PlainTextResponse(f"{request.headers['host']}{request.url.path}", status)

    app = Starlette(routes=[Route("/{path:path}", answer)])
    async with aiohttp.ClientSession() as session:
        async with served(app) as url:
            probe = Probe(session, scheme="https", edge_address=url.removeprefix("http://"))
            good, bad = await probe.get("files.acme.test", "/status.php"), await probe.get("acme.test", "/")
        gone = await probe.get("acme.test", "/")
    assert (good.ok, good.text) == (True, "files.acme.test/status.php")
    assert (bad.ok, bad.status) == (False, 404)
    assert (gone.ok, gone.status) == (False, None)
