"""Runs Schemathesis over the OpenAPI document of a service that listens: cases made from the document, all checks."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema

SEED = 20_251
ACCEPTED = ("2xx", "3xx", "401", "403", "404", "409", "429", "5xx")
EXAMPLES = 6
"""Generated cases of each kind for each operation, beside those that the document's limits give."""


@dataclass
class CasesRun:
    """What was really sent: cases for each operation, how often each check ran, and what failed, a line for each."""

    cases: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    failures: set[str] = field(default_factory=set)

    def add(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        for case_id, node in recorder.cases.items():
            answer = recorder.interactions[case_id].response if case_id in recorder.interactions else None
            if answer is not None:
                self.cases[node.value.operation.label] += 1
                self.answers[answer.status_code] += 1
        for case_id, checks in recorder.checks.items():
            label = recorder.cases[case_id].value.operation.label
            for check in checks:
                self.checks[check.name] += 1
                if check.failure_info is not None:
                    self.failures.add(f"{label}: {check.name}: {_told(check.failure_info)}")


def _told(info: Any) -> str:
    failure: Failure = info.failure
    return f"{failure.title}. {failure.message}\n{info.code_sample}"


def run_cases(
    url: str,
    *,
    headers: Mapping[str, str],
    parameters: Mapping[str, str],
    refused_by_rule: Mapping[str, Sequence[str]],
    left_out: Collection[str] = (),
) -> CasesRun:
    """Sends cases for every operation of the document and checks the answers; the same cases each time.

    `parameters` are values of path parameters that exist; `refused_by_rule` names, by operation, the answers that a
    case may get although it fits the document; `left_out` are operations that get no case.

    Blocks: call it in a thread when the service runs on this process's event loop.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "headers": dict(headers),
            "request-timeout": 20,
            "checks": {name: {"enabled": True} for name in CHECKS.get_all_names() if name != "max_response_time"},
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none", "no-shrink": True},
            "phases": {"stateful": {"enabled": False}},
            "continue-on-failure": True,
            "parameters": dict(parameters),
            "operations": [
                {
                    "include-name": name,
                    "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, *statuses]}},
                }
                for name, statuses in refused_by_rule.items()
            ]
            + [{"include-name": name, "enabled": False} for name in left_out],
        }
    )
    run = CasesRun()
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=config)
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            run.add(event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            run.failures.add(f"Schemathesis itself failed: {event}")
    return run
