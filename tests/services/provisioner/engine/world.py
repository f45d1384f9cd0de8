"""A world that deployments change: things with names, a count of every effect, and real steps that act on it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from services.provisioner.engine.recipes import Recipes, RecipeStep
from services.provisioner.engine.step import (
    PHASES,
    Absent,
    Changed,
    Done,
    Observation,
    Phase,
    Present,
    RetryPolicy,
    Step,
    StepContext,
    StepError,
    Wait,
)
from services.provisioner.resources.ledger import Resource


class Throttled(Exception):
    """The world asks to come back later."""

    retryable = True


@dataclass
class Thing:
    kind: str
    name: str
    external_id: str
    client_token: str


@dataclass
class World:
    """What exists by (kind, name), and how often each thing was made and removed.

    Making is idempotent by client token only, as on AWS: another token makes another thing. `before` and `after`
    are called around each effect with `make <step>` or `remove <step>`, and may raise.
    """

    things: list[Thing] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    removed: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _effect: None
    after: Callable[[str], None] = lambda _effect: None
    wait_seconds: float = 0.01
    waits: Counter[str] = field(default_factory=Counter)
    broken: dict[str, StepError] = field(default_factory=dict)
    unremovable: set[str] = field(default_factory=set)
    forgetful: set[str] = field(default_factory=set)
    gate: asyncio.Event | None = None

    def make(self, step: str, kind: str, name: str, token: str) -> Thing:
        self.before(f"make {step}")
        known = [thing for thing in self.things if thing.client_token == token]
        if not known:
            self.made[f"{kind}/{name}"] += 1
            known = [Thing(kind, name, f"{kind}-{sum(self.made.values())}", token)]
            self.things += known
        self.after(f"make {step}")
        return known[0]

    def remove(self, step: str, name: str) -> None:
        self.before(f"remove {step}")
        self.things = [thing for thing in self.things if thing.name != name]
        self.removed.append(step)
        self.after(f"remove {step}")

    def named(self, name: str) -> list[Thing]:
        return [thing for thing in self.things if thing.name == name]


class MakingStep(Step[World]):
    """Makes one thing named after the stack and itself. `holds_data` things are quarantined, not removed."""

    retry: ClassVar[RetryPolicy] = RetryPolicy(first=0.001, longest=0.01)
    call_seconds: ClassVar[float] = 5.0
    holds_data: ClassVar[bool] = False

    def thing_name(self, context: StepContext[World]) -> str:
        return f"{context.stack.slug}-{self.name}"

    async def observe(self, context: StepContext[World]) -> Observation:
        context.dependencies.calls.append(f"observe {self.name}")
        found = context.dependencies.named(self.thing_name(context))
        if not found:
            return Absent()
        ledger = await context.resources.find("thing", self.thing_name(context))
        if ledger is None or (ledger.state, ledger.external_id) != ("exists", found[0].external_id):
            return Changed("the ledger does not know it as what is in use")
        return Present({"id": found[0].external_id})

    async def ensure(self, context: StepContext[World]) -> Done | Wait:
        world = context.dependencies
        world.calls.append(f"ensure {self.name}")
        if world.gate is not None:
            await world.gate.wait()
        if self.name in world.broken:
            raise world.broken[self.name]
        resource = await self._intend(context)
        if resource.external_id is not None and not world.named(resource.name):
            await context.resources.removed(resource)
            resource = await self._intend(context)
        thing = world.make(self.name, "thing", resource.name, resource.client_token)
        await context.resources.made(resource, thing.external_id)
        if world.waits[self.name] > 0:
            world.waits[self.name] -= 1
            return Wait(world.wait_seconds, f"{self.name} is on its way.")
        return Done({"id": thing.external_id})

    async def _intend(self, context: StepContext[World]) -> Resource:
        tags = {"Tenant": str(context.tenant_id)}
        return await context.resources.intend("thing", self.thing_name(context), tags=tags, holds_data=self.holds_data)

    async def verify(self, context: StepContext[World]) -> Done | Wait:
        world = context.dependencies
        if world.waits[f"verify {self.name}"] > 0:
            world.waits[f"verify {self.name}"] -= 1
            return Wait(world.wait_seconds, f"{self.name} is starting.")
        return Done({"verified": True})

    async def compensate(self, context: StepContext[World]) -> Done | Wait:
        world = context.dependencies
        world.calls.append(f"compensate {self.name}")
        if self.name in world.unremovable:
            raise Throttled("cannot be removed")
        if self.name in world.forgetful:
            return Done()
        for resource in await context.resources.made_here():
            if resource.holds_data:
                await context.resources.quarantined(resource, "may hold data")
            else:
                await context.resources.removing(resource)
                world.remove(self.name, resource.name)
                await context.resources.removed(resource)
        return Done()


def step_of(phase_of_it: Phase, step_name: str, *, keeps_data: bool = False) -> MakingStep:
    """A making step of that phase and name."""

    class Made(MakingStep):
        name = step_name
        phase = phase_of_it
        holds_data = keeps_data

    return Made()


def steps_of_all_phases() -> list[MakingStep]:
    """One step for each phase, named `make_<phase>`; storage's holds data. Also `pivot` and `after_pivot`."""
    steps = [step_of(phase, f"make_{phase}", keeps_data=phase == "storage") for phase in PHASES]
    return [*steps, step_of("verify", "pivot"), step_of("verify", "after_pivot")]


def recipes_of(*, deadline: float = 60, attempts: int = 3) -> Recipes:
    """`create` makes one thing in each phase; `convert` does, then passes its pivot, then makes one more."""
    create = tuple(
        RecipeStep(step=f"make_{phase}", phase=phase, deadline=deadline, attempts=attempts) for phase in PHASES
    )
    pivot = RecipeStep(step="pivot", phase="verify", deadline=deadline, attempts=attempts, pivot=True)
    last = RecipeStep(step="after_pivot", phase="verify", deadline=deadline, attempts=attempts)
    return {"create": create, "convert": (*create, pivot, last)}
