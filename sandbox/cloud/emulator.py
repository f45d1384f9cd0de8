"""The emulated account: runs calls through moto one at a time, remembers the changing ones, replays them at start."""

import secrets
import threading
import time
from collections.abc import Callable, Collection
from typing import TypeVar

from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import EnvironBuilder, run_wsgi_app

from sandbox.cloud import truths
from sandbox.cloud.calls import Action, Call
from sandbox.cloud.faults import Answer, Faults, error_answer
from sandbox.cloud.journal import Entry, Journal
from sandbox.cloud.ledger import LedgerEntry, entries_of
from sandbox.cloud.settings import CloudSettings

T = TypeVar("T")
FAULT_TEXT = "A fault asked for by a test."
CLOSED = "The emulator was stopped: start the sandbox again."
FULL_DISK = "The emulator could not write its journal: free some disk space and try again."


class Emulator:
    """One emulated AWS account, one at a time in a process. Every public method may be called from any thread.

    moto keeps its state in plain dictionaries and its ids come from one random stream, so calls run one at a time and
    each changing call draws from its own journaled seed: a replay makes the same ids, whatever was read in between.
    """

    def __init__(self, settings: CloudSettings) -> None:
        self.settings = settings
        self.faults = Faults(hang_seconds=settings.hang_seconds)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._journal = Journal(settings.journal)
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._ledger: list[LedgerEntry] = []
        self._last_change: dict[str, int] = {}
        self._number = 0
        self._closed = False
        self._answers_by_token: dict[str, tuple[bytes, Answer]] = {}
        truths.correct_moto(settings.validation_wait)
        truths.open_account(settings.region)

    def replay(self) -> int:
        """Brings back everything the journal holds; returns the number of calls. Raises JournalDamaged."""
        with self._lock:
            for entry in self._journal.entries():
                truths.set_time(entry.at)
                self._apply(entry, entry.call.action())
            truths.set_time(None)
            return self._number

    def handle(self, call: Call) -> Answer:
        """Answers one call to AWS, with the faults that tests asked for."""
        action = call.action()
        fault = self.faults.strike(action, call.environ.get("PATH_INFO", "") + call.body.decode("utf-8", "replace"))
        if fault is not None and fault.mode == "hang":
            self.faults.hang(fault)
        if fault is None or fault.after_effect:
            answer = self._answer(call, action)
        if fault is not None:
            answer = error_answer(action, code=fault.code, status=fault.status, message=FAULT_TEXT)
        return answer

    def ledger(self) -> list[LedgerEntry]:
        with self._lock:
            return list(self._ledger)

    def read(self, view: Callable[[], T]) -> T:
        """A consistent look at moto's state: `view` runs while no call does."""
        with self._lock:
            return view()

    def version(self, services: Collection[str]) -> int:
        """Number of the last change in one of `services`; it only grows, over restarts too."""
        with self._lock:
            return max((self._last_change.get(service, 0) for service in services), default=0)

    def wait_for_change(self, services: Collection[str], since: int, *, seconds: float) -> int:
        """Returns the version as soon as it is not `since`, or after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self.version(services) != since, timeout=seconds)
            return self.version(services)

    def close(self) -> None:
        """A call that still waits, such as one that hangs, finds the emulator closed and touches moto no more."""
        with self._lock:
            self._closed = True
            self._journal.close()

    def _answer(self, call: Call, action: Action) -> Answer:
        if action.name == "DescribeTargetHealth":
            return self._target_health(call, action)
        with self._lock:
            if self._closed:
                return error_answer(action, code="ServiceUnavailable", status=503, message=CLOSED)
            if action.service == "tagging":
                return truths.tagged_resources_answer(call.document(), call.region())
            if not action.changes:
                truths.before_reading(action)
                return self._run(call)
            entry = Entry(self._number + 1, time.time(), secrets.randbits(63), call)
            try:
                self._journal.append(entry)
            except OSError:
                return error_answer(action, code="InternalFailure", status=500, message=FULL_DISK)
            return self._apply(entry, action)

    def _apply(self, entry: Entry, action: Action) -> Answer:
        answer = self._once(entry, action)
        self._number = entry.number
        self._ledger.extend(entries_of(entry, action, answer))
        self._last_change[action.service] = entry.number
        self._changed.notify_all()
        return answer

    def _once(self, entry: Entry, action: Action) -> Answer:
        """moto starts another instance for a client token it has seen; EC2 answers as it did the first time.

        With other parameters it refuses (EC2 API Reference, "Ensuring idempotency").
        """
        token = entry.call.parameters().get("ClientToken") if action.name == "RunInstances" else None
        if token is not None and token in self._answers_by_token:
            body, first = self._answers_by_token[token]
            if body == entry.call.body:
                return first
            message = "The client token was used with other parameters."
            return error_answer(action, code="IdempotentParameterMismatch", status=400, message=message)
        mock_random.seed(entry.seed)
        answer = self._run(entry.call)
        if token is not None and answer.status < 400:
            self._answers_by_token[token] = (entry.call.body, answer)
        return answer

    def _run(self, call: Call) -> Answer:
        environ = EnvironBuilder(input_stream=None, data=call.body).get_environ()
        environ.update(call.environ)
        environ["CONTENT_LENGTH"] = str(len(call.body))
        chunks, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        # The server counts the body itself; the answer to HEAD has none, and says how long it would be.
        dropped = {"connection"} if environ["REQUEST_METHOD"] == "HEAD" else {"connection", "content-length"}
        kept = tuple((name, value) for name, value in headers if name.lower() not in dropped)
        return Answer(int(status.split()[0]), kept, b"".join(chunks))

    def _target_health(self, call: Call, action: Action) -> Answer:
        """moto calls every target healthy; here each is asked, outside the lock, for asking takes time."""
        arn = call.parameters().get("TargetGroupArn", "")
        targets = self.read(lambda: truths.registered_targets(arn, call.region()))
        if targets is None:
            message = f"Target groups '{arn}' not found"
            return error_answer(action, code="TargetGroupNotFound", status=400, message=message)
        return truths.target_health_answer(targets, hosts=self.settings.hosts)
