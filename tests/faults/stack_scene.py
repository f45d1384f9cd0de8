"""A tenant whose real stack is built on the emulated account, by the provisioner's own workers in real processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from libs.common.database import Database
from services.billing.plans.catalogue import load_catalogue
from services.provisioner.engine.recipes import load_recipes
from services.provisioner.stack_apps.bundle import hostnames
from services.provisioner.stacks.desired_state import DesiredState, PlanShape
from services.provisioner.stacks.service import StackDefaults, want_plan, want_stack
from tests.faults import account
from tests.faults.scene import Workplace, everyone_was_told_once, stack_is_as_desired, status_is_true, story_is_whole
from tests.faults.small_sandbox import SmallSandbox
from tests.services.provisioner.engine.factories import Tenancy
from tests.support.eventually import eventually
from tests.support.workers import Nursery

MOMENTS = (
    "after_start", "after_intent_commit", "before_exists_commit", "after_exists_commit", "after_wait", "before_done",
    "after_done",
)  # fmt: skip
"""The moments of a step between which the database or the account changes; what lies between two of them is one and
the same to a successor. `test_kills` goes through every boundary of the engine, on steps that cost nothing."""
RECIPES = load_recipes()
DEFAULTS = StackDefaults(region="us-east-1", base_domain="localhost")


def moments(kind: str, names: Sequence[str] = MOMENTS) -> list[str]:
    """Those of every step that a recipe has for any plan."""
    return [f"engine.{entry.step}.{each}" for entry in RECIPES[kind] if entry.when is None for each in names]


def plan(name: str) -> PlanShape:
    return PlanShape.of(load_catalogue().by_id[name].as_contract())


@dataclass
class Business(Tenancy):
    """A tenant with the catalogue's plans."""

    @property
    def slug(self) -> str:
        return f"acme-{self.tenant_id.hex[:8]}"

    async def wanted(self, plan_name: str = "trial") -> UUID:
        async with self.database.tenant_session(self.tenant_id) as session:
            deployment_id = await want_stack(
                session,
                tenant_id=self.tenant_id,
                slug=self.slug,
                site_name="Bäcker & Söhne",
                owner_user_id=uuid4(),
                plan=plan(plan_name),
                cause=uuid4(),
                defaults=DEFAULTS,
                recipes=RECIPES,
            )
        assert deployment_id is not None
        return deployment_id

    async def paid(self, plan_name: str = "business") -> UUID:
        async with self.database.tenant_session(self.tenant_id) as session:
            deployment_id = await want_plan(
                session,
                tenant_id=self.tenant_id,
                plan=plan(plan_name),
                version=1,
                cause=uuid4(),
                defaults=DEFAULTS,
                recipes=RECIPES,
            )
        assert deployment_id is not None
        return deployment_id


@dataclass
class StackScene(Workplace):
    """A workplace on the small sandbox."""

    sandbox: SmallSandbox
    business: Business

    def fault(self, action: str, mode: str, **values: object) -> None:
        """The emulated account misbehaves from here on; only towards this tenant's things, if `match` says so."""
        self.sandbox.cloud("POST", "faults", {"action": action, "mode": mode, **values})

    def mend(self) -> None:
        self.sandbox.cloud("DELETE", "faults")

    def things(self) -> list[account.Found]:
        return account.things_of(self.sandbox, self.business.tenant_id, self.business.slug)

    def volumes(self) -> list[Path]:
        """Where the files of this business's `files` app lie."""
        return list(self.sandbox.hosts.glob(f"*/stacks/{self.business.slug}/volumes/files"))


async def succeeds(scene: StackScene, deployment_id: UUID) -> None:
    """One undisturbed worker brings the deployment to a good end."""
    ended = await scene.finish(deployment_id)
    troubles = [
        (step.name, step.status, step.error, step.operator_detail, step.reason)
        for step in (await scene.business.steps(deployment_id)).values()
        if step.status not in {"done", "pending"}
    ]
    assert ended.status == "succeeded", (ended.message, troubles)


def new_scene(nursery: Nursery, sandbox: SmallSandbox, database: Database) -> StackScene:
    business = Business(database, uuid4(), RECIPES)
    arguments: dict[str, Any] = {"home": str(sandbox.world.home.path)}
    target = "tests.faults.worker_program:work"
    return StackScene(nursery, database, business, target, arguments, sandbox, business)


async def stack_holds(scene: StackScene, deployment_ids: Sequence[UUID]) -> None:
    """What must hold after whatever harm, for deployments that succeeded on the emulated account."""
    for deployment_id in deployment_ids:
        await status_is_true(scene, deployment_id)
        await story_is_whole(scene, deployment_id)
    await everyone_was_told_once(scene, deployment_ids)
    await stack_is_as_desired(scene, deployment_ids[-1])
    await nothing_is_double_or_unknown(scene)
    if all(each.status == "succeeded" for each in await scene.business.deployments()):
        nothing_was_made_twice(scene)
    rows = await scene.business.living()
    assert {row.state for row in rows} == {"exists"}, [(row.kind, row.name, row.state) for row in rows]
    await everything_is_tagged_for_the_plan(scene)
    await stack_is_usable(scene)


async def everything_is_tagged_for_the_plan(scene: StackScene) -> None:
    """The account and the ledger say the plan that the stack has now, whoever made a thing."""
    plan_name = DesiredState.model_validate((await scene.business.stack()).observed).plan.id
    tags = {(each.kind, each.name): each.tags for each in scene.things() if "Plan" in each.tags}
    tags |= {(row.kind, row.name): row.tags for row in await scene.business.living()}
    assert tags
    assert {name: each["Plan"] for name, each in tags.items() if each["Plan"] != plan_name} == {}


async def nothing_is_double_or_unknown(scene: StackScene) -> None:
    """At most one of everything, and the ledger and the account agree."""
    things, rows = scene.things(), await scene.business.living()
    account.nothing_is_double(things)
    account.ledger_knows_all(things, rows)
    account.account_has_all(things, rows)


def nothing_was_made_twice(scene: StackScene) -> None:
    """The account's own record of all calls there ever were: each thing was asked for once, where nothing went back."""
    made = account.calls_that_made(scene.sandbox, scene.business.slug, scene.business.tenant_id)
    assert max(made.values(), default=0) <= 1, made


async def stack_is_usable(scene: StackScene) -> None:
    """Every app answers from outside."""
    hosts = hostnames(scene.business.slug, DEFAULTS.base_domain).values()

    def all_answer() -> bool:
        return all(scene.sandbox.page(host) in range(200, 400) for host in hosts)

    await eventually(all_answer, timeout=15)
