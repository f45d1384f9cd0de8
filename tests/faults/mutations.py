"""The safeguards that are taken away one at a time, as changes of text, and the tests that must notice each."""

from collections.abc import Sequence
from dataclasses import dataclass

ENGINE, FAULTS = "services/provisioner/engine", "tests/faults"


@dataclass(frozen=True, kw_only=True)
class Change:
    """`old`, which stands in `path` once, becomes `new`."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A safeguard that is taken away, and the tests that must notice."""

    name: str
    changes: tuple[Change, ...]
    tests: tuple[str, ...]


def mutant(name: str, path: str, old: str, new: str, *tests: str) -> Mutant:
    return Mutant(name=name, changes=(Change(path=path, old=old, new=new),), tests=tests)


MUTANTS: Sequence[Mutant] = (
    mutant(
        "no unique index for the active deployment",
        "services/provisioner/migrations/versions/0001_create_platform_and_engine_tables.py",
        "        unique=True,\n        postgresql_where=sa.text(\"status IN ('running', 'waiting')\"),",
        "        postgresql_where=sa.text(\"status IN ('running', 'waiting')\"),",
        "tests/services/provisioner/engine/test_leases.py",
    ),
    mutant(
        "no unique index for the living resource",
        "services/provisioner/resources/repository.py",
        '        statement.on_conflict_do_nothing(index_elements=["tenant_id", "kind", "name"], index_where=LIVING)',
        '        statement.values(name=f"{name}-{resource_id}")',
        f"{FAULTS}/test_kills.py",
    ),
    Mutant(
        name="the message is deleted before its effect",
        changes=(
            Change(
                path="libs/common/consumer.py",
                old="            try:\n                await self.apply(delivery)",
                new="            try:\n                await self._bus.delete(self.queue, [delivery.receipt])\n"
                "                await self.apply(delivery)",
            ),
        ),
        tests=(f"{FAULTS}/test_messages.py",),
    ),
    mutant(
        "the event is published after its outbox row was marked",
        "libs/common/relay.py",
        '        failpoint("relay.publish.before")\n        await bus.publish([_message(row) for row in rows])',
        "        await session.execute(update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows]))"
        ".values(published_at=datetime.now(UTC)).execution_options(synchronize_session=False))\n"
        "        await session.commit()\n"
        '        failpoint("relay.publish.before")\n        await bus.publish([_message(row) for row in rows])',
        f"{FAULTS}/test_messages.py",
    ),
    mutant(
        "an older version of the plan wins",
        "services/provisioner/stacks/service.py",
        "    if version <= stack.plan_version:\n        return None\n",
        "",
        f"{FAULTS}/test_messages.py",
    ),
    mutant(
        "no check of fence and lease",
        f"{ENGINE}/repository.py",
        "        Deployment.fence == lease.fence,\n        Deployment.lease_owner == lease.owner,\n"
        "        Deployment.lease_until > func.clock_timestamp(),\n",
        "",
        f"{FAULTS}/test_zombies.py",
    ),
    mutant(
        "a claim takes what another worker holds",
        f"{ENGINE}/claim.py",
        'and_(Deployment.status == "running", Deployment.lease_until <= _now)',
        'Deployment.status == "running"',
        f"{FAULTS}/test_zombies.py",
    ),
    mutant(
        "a dead worker's deployment is never claimed",
        f"{ENGINE}/claim.py",
        'and_(Deployment.status == "running", Deployment.lease_until <= _now)',
        'and_(Deployment.status == "running", Deployment.lease_until.is_(None))',
        f"{FAULTS}/test_zombies.py",
    ),
    mutant(
        "what is there is not adopted",
        f"{ENGINE}/runner.py",
        "        if not isinstance(observed, Present):\n",
        "        if True:\n",
        f"{FAULTS}/test_kills.py",
    ),
    mutant(
        "a new client token for each attempt",
        f"{ENGINE}/ledger.py",
        "        client_token=row.client_token,",
        "        client_token=__import__('uuid').uuid4().hex,",
        f"{FAULTS}/test_kills.py",
    ),
    Mutant(
        name="the intent is not committed before the call",
        changes=(
            Change(
                path=f"{ENGINE}/ledger.py",
                old="        async with self._journal.transaction() as session:\n"
                "            row = await repository.record_intent(",
                new="        async with self.database_of_intents() as session:\n"
                "            row = await repository.record_intent(",
            ),
            Change(
                path=f"{ENGINE}/ledger.py",
                old='            failpoint(f"engine.{self._step}.before_intent_commit")\n',
                new="            self.intended = {c.key: getattr(row, c.key) for c in ResourceRow.__table__.columns}\n",
            ),
            Change(
                path=f"{ENGINE}/ledger.py",
                old='        failpoint(f"engine.{self._step}.after_intent_commit")\n'
                "        return _value(row, self._deployment.id)\n",
                new='        failpoint(f"engine.{self._step}.after_intent_commit")\n'
                "        return _value(ResourceRow(**self.intended), self._deployment.id)\n\n"
                "    def database_of_intents(self) -> object:\n"
                "        from contextlib import asynccontextmanager\n\n"
                "        @asynccontextmanager\n"
                "        async def forgotten():\n"
                "            async with self._database.tenant_session(self._tenant_id) as session:\n"
                "                yield session\n"
                "                await session.rollback()\n\n"
                "        return forgotten()\n",
            ),
            Change(
                path=f"{ENGINE}/ledger.py",
                old="            row = await repository.set_state(",
                new="            from sqlalchemy.dialects.postgresql import insert\n\n"
                "            if getattr(self, 'intended', None):\n"
                "                values = {k: v for k, v in self.intended.items() if v is not None}\n"
                "                await session.execute(insert(ResourceRow).values(**values).on_conflict_do_nothing())\n"
                "            row = await repository.set_state(",
            ),
        ),
        tests=(f"{FAULTS}/test_kills.py",),
    ),
    mutant(
        "what is half done is not taken back",
        f"{ENGINE}/rollback.py",
        '"running", "waiting", "done", "failed", "compensating"',
        '"waiting", "done", "compensating"',
        f"{FAULTS}/test_failing_calls.py",
    ),
    mutant(
        "a step is recorded as done without its event",
        f"{ENGINE}/outcomes.py",
        '        async with journal.transaction({"steps_done": done}, story=story) as session:',
        '        async with journal.transaction({"steps_done": done}) as session:',
        f"{FAULTS}/test_kills.py",
    ),
    mutant(
        "the end is told outside its transaction",
        f"{ENGINE}/outcomes.py",
        "            await announce(session, ready)\n",
        "        async with self._journal.database.tenant_session(deployment.tenant_id) as session:\n"
        '            failpoint("engine.finish.after_commit")\n            await announce(session, ready)\n',
        f"{FAULTS}/test_kills.py",
    ),
    mutant(
        "a failed compensation is passed over",
        f"{ENGINE}/rollback.py",
        "return await self._failed(self._journal.current(record), as_step_error(error, step=record.name))",
        "result = __import__('services.provisioner.engine.step', fromlist=['Done']).Done()",
        f"{FAULTS}/test_failing_calls.py",
    ),
    mutant(
        "a pivot whose outcome is unknown goes back",
        f"{ENGINE}/outcomes.py",
        "            return isinstance(await self._verbs.observe(record), Absent)\n",
        "            return True\n",
        "tests/services/provisioner/engine/test_pivot.py",
    ),
    mutant(
        "a webhook event counts each time that it comes",
        "services/billing/webhooks/repository.py",
        "        .on_conflict_do_nothing()\n        .returning(StripeEvent.id)",
        "        .returning(StripeEvent.id)",
        "tests/services/billing/webhooks",
    ),
)
