"""The interface of a step: four verbs that the engine calls, what they are given, and what they may answer.

The engine commits every intent before a verb touches the world, and calls a verb again whenever it cannot know how the
last call ended: after a crash, a timeout, a retry, a wait. So every verb must be safe to call any number of times.

    start -> observe -> present? adopt it : ensure -> outputs recorded -> verify -> done
                                              (Wait at any of them: asked again later, from observe on)
    going back: compensate, for every step that was started, last one first

A step looks like this:

    class SecurityGroup(Step[Dependencies]):
        name, phase = "security_group", "network"

        async def observe(self, context):
            group = await context.dependencies.cloud.find_group(name_of(context))
            return Absent() if group is None else Present({"group_id": group.id})

        async def ensure(self, context):
            resource = await context.resources.intend("security_group", name_of(context), tags=tags_of(context))
            group = await context.dependencies.cloud.create_group(resource.name, tags=resource.tags)
            await context.resources.made(resource, group.id)
            return Done({"group_id": group.id})

        async def compensate(self, context):
            for resource in await context.resources.made_here("security_group"):
                await context.resources.removing(resource)
                await context.dependencies.cloud.delete_group(resource.name)  # of nothing is a success
                await context.resources.removed(resource)
            return Done()
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar
from uuid import UUID, uuid5

from pydantic import JsonValue

from libs.common.events import Event
from services.provisioner.resources.ledger import ResourceLedger
from services.provisioner.stacks.desired_state import DesiredState

Phase: TypeAlias = Literal["validate", "network", "storage", "database", "compute", "dns_tls", "applications", "verify"]
PHASES: tuple[Phase, ...] = (
    "validate", "network", "storage", "database", "compute", "dns_tls", "applications", "verify",
)  # fmt: skip
Outputs: TypeAlias = Mapping[str, JsonValue]
D = TypeVar("D")


# What a verb may answer


@dataclass(frozen=True, slots=True)
class Done:
    """The verb reached its end. `outputs` are JSON values, merged into the step's and seen by the later steps."""

    outputs: Outputs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet: ask again in `seconds`. `reason` is shown to the customer (`The certificate is being issued.`).

    Waiting holds no lease and no task. It ends at the step's deadline; `wake_deployment` ends it early.
    """

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Absent:
    """What the step makes is not there, or only a part of it: `ensure` will make the rest."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    """All that the step makes is there and as desired: the engine adopts it without calling `ensure`."""

    outputs: Outputs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """It is there but not as desired: `ensure` will correct it, and the drift report shows `detail`."""

    detail: str


Observation: TypeAlias = Absent | Present | Changed


# How a verb may fail


class StepError(Exception):
    """Base of a step's failures. `message` is shown to the customer, `operator_detail` to operators only."""

    retryable: bool = False

    def __init__(self, code: str, message: str, *, operator_detail: str = "") -> None:
        super().__init__(f"{code}: {message} {operator_detail}".rstrip())
        self.code = code
        self.message = message
        self.operator_detail = operator_detail


class StepFailed(StepError):
    """The step cannot be done. Retried by the step's policy if `retryable`, else the deployment goes back.

    After the pivot nothing goes back: the deployment ends as `needs_operator`.
    """

    def __init__(self, code: str, message: str, *, operator_detail: str = "", retryable: bool = False) -> None:
        super().__init__(code, message, operator_detail=operator_detail)
        self.retryable = retryable


class NeedsCustomer(StepError):
    """Only the customer can go on (a DNS record of theirs, a choice). What was made is kept; a retry adopts it."""


class NeedsOperator(StepError):
    """Only an operator can go on (a quota, a broken account). What was made is kept; a retry adopts it."""


# What a verb is given


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRef:
    """The stack at work. `aws_account` is null where the platform's own account is used."""

    id: UUID
    slug: str
    region: str
    aws_account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRef:
    """The deployment at work. `generation` is the desired generation it brings about."""

    id: UUID
    kind: str
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext(Generic[D]):
    """Everything a verb may use. Immutable; made anew for each call.

    `desired` is the state to reach and `previous` the one the stack was in before this deployment (null at creation).
    `outputs` holds the outputs of this deployment's steps by step name, `previous_outputs` those of the deployment
    that made the stack what it was (for a conversion: the trial's host, its bundle ...). `own` is what this step has
    recorded so far. `deadline` is real time. `log` writes a line that the customer sees live. `announce` writes an
    event to the outbox; give it `id=context.key("...")`, so that a repeated step announces once.
    """

    tenant_id: UUID
    stack: StackRef
    deployment: DeploymentRef
    desired: DesiredState
    previous: DesiredState | None
    outputs: Mapping[str, Outputs]
    previous_outputs: Mapping[str, Outputs]
    own: Outputs
    attempt: int
    deadline: datetime
    dependencies: D
    resources: ResourceLedger
    log: Callable[[str], Awaitable[None]]
    announce: Callable[[Event], Awaitable[None]]
    step: str

    def key(self, purpose: str) -> UUID:
        """An id that is the same whenever this step of this deployment asks for it: of an event, a command, a call."""
        return uuid5(self.deployment.id, f"{self.step}/{purpose}")

    def output(self, step: str, key: str) -> str:
        """A text that an earlier step of this deployment put out; raises `KeyError` naming both if it is not there."""
        return _text(self.outputs, step, key)

    def previous_output(self, step: str, key: str) -> str:
        """The same of the deployment before; raises `KeyError` naming both if it is not there."""
        return _text(self.previous_outputs, step, key)


def _text(outputs: Mapping[str, Outputs], step: str, key: str) -> str:
    value = outputs.get(step, {}).get(key)
    if not isinstance(value, str):
        raise KeyError(f"step {step} put out no text named {key}")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Seconds before the next attempt: `first`, doubled each time, up to `longest`; the recipe limits the attempts."""

    first: float = 0.5
    longest: float = 30.0

    def delay(self, attempt: int) -> float:
        """The pause after failed attempt number `attempt`, which starts at 1."""
        return float(min(self.first * 2 ** (attempt - 1), self.longest))


class Step(ABC, Generic[D]):
    """One idempotent piece of a deployment. Instances hold no state: one serves all deployments at once.

    A verb raises `StepError`s. Any other exception that carries a true `retryable` (the cloud's and the ports' errors
    do) is retried; one that does not is a defect, logged as such, and retried too, because a retry observes first.
    A verb is cancelled after `call_seconds` and when the lease is lost.
    """

    name: ClassVar[str]
    phase: ClassVar[Phase]
    retry: ClassVar[RetryPolicy] = RetryPolicy()
    call_seconds: ClassVar[float] = 60.0
    """How long one call of a verb may take; it is cancelled then and tried again. What lasts longer waits."""

    async def observe(self, context: StepContext[D]) -> Observation:
        """Looks, and changes nothing: used before `ensure`, and on a schedule to detect drift.

        A step that makes nothing lasting (a check, a probe) keeps this default, so that it always runs.
        """
        return Absent()

    @abstractmethod
    async def ensure(self, context: StepContext[D]) -> Done | Wait:
        """Makes it so. Calls `context.resources.intend` before anything is made, and `made` as soon as it is.

        A resource that `intend` returns with an external id which AWS no longer has (a repair) is `removed` first and
        intended anew, so that it gets a fresh client token. What held data is never made anew: raise `NeedsOperator`.
        """

    async def verify(self, context: StepContext[D]) -> Done | Wait:
        """Proves that it works (`context.own` holds what `ensure` put out). Its outputs are added."""
        return Done()

    @abstractmethod
    async def compensate(self, context: StepContext[D]) -> Done | Wait:
        """Takes back what this deployment made in this step, however far it came; of nothing it is a success.

        `context.resources.made_here()` lists it. What holds data is quarantined, never deleted. What this deployment
        only adopted stays.
        """

    async def expired(self, context: StepContext[D], reason: str) -> Done | StepError:
        """The deadline passed while the step waited for `reason`: the error to end with, or a fall-back's outputs."""
        return StepFailed("deadline_exceeded", f"It took longer than planned. Last seen: {reason}")
