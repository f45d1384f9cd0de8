"""Every service answers as its OpenAPI document says, to cases that Schemathesis makes from the document."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from tests.support.api_cases import run_cases
from tests.support.case_report import PROPERTY
from tests.support.services import Services
from tests.support.tenants import new_tenant
from tools.operations import applications
from tools.snapshots import openapi_documents

REFUSED_BY_RULE = {
    "POST /v1/auth/signup": ["422"],  # the password is easy to guess
    "POST /v1/me/password": ["422"],  # the present password is another one
    "POST /v1/billing/checkout": ["422"],  # there is no such plan
    "POST /webhooks/stripe": ["400"],  # the signature is not Stripe's
    "GET /v1/deployments": ["400"],  # the cursor is not ours
    "GET /v1/members": ["400"],  # the cursor is not ours
    "GET /v1/members/invitations": ["400"],  # the cursor is not ours
    "GET /v1/conversations": ["400"],  # the cursor is not ours
    "GET /v1/conversations/search": ["400"],  # the cursor is not ours
    "POST /v1/conversations": ["422"],  # its kind has no such title or members
    "GET /v1/conversations/{conversation_id}/members": ["400"],  # the cursor is not ours
    "POST /v1/conversations/{conversation_id}/members": ["422"],  # they do not work in the business
    "GET /v1/conversations/{conversation_id}/messages": ["422"],  # two positions at once
    "GET /v1/conversations/{conversation_id}/messages/{message_id}/replies": ["422"],  # two positions at once
    "POST /v1/conversations/{conversation_id}/messages": ["422"],  # nothing in it, or no such file or thread
    "PUT /v1/conversations/{conversation_id}/messages/{message_id}/reactions/{emoji}": ["422"],  # that is no emoji
    "DELETE /v1/conversations/{conversation_id}/messages/{message_id}/reactions/{emoji}": ["422"],  # that is no emoji
    # It is larger than this installation takes, or its Idempotency-Key was used for another.
    "POST /v1/conversations/{conversation_id}/attachments": ["413", "422"],
    "GET /v1/notifications": ["400"],  # the cursor is not ours
    "GET /v1/ai-budgets": ["400"],  # the cursor is not ours
    "PUT /v1/ai-budgets": ["422"],  # it names nobody, or two, or no limit
}
"""What a case that fits the document may be answered with, where a rule decides that a document cannot state."""
OF_CONVERSATIONS = ("conversation_id", "message_id", "attachment_id")


@pytest.mark.parametrize("service", sorted(applications()))
async def test_the_service_answers_as_its_document_says(
    service: str,
    services: Services,
    record_property: Callable[[str, object], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    paths = openapi_documents()["merged" if service == "gateway" else service]["paths"]
    owner = await new_tenant(services, subscribed=False)
    run = await asyncio.to_thread(
        run_cases,
        services.urls[service],
        headers=owner.member(),
        parameters={name: owner.things[name] for name in ("deployment_id", *OF_CONVERSATIONS)},
        refused_by_rule=REFUSED_BY_RULE,
    )
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(run.answers.items()))
    record_property(PROPERTY, f"{service}: {run.cases.total()} cases, {run.checks.total()} checks; answers {answers}")
    assert not run.failures, "\n\n".join(sorted(run.failures))
    assert run.cases.keys() == {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    assert run.checks.total() > run.cases.total()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
