"""Every service answers as its OpenAPI document says, to cases that Schemathesis makes from the document.

They are sent through the gateway, as everybody's are.
"""

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
    "GET /v1/knowledge-bases": ["400"],  # the cursor is not ours
    "POST /v1/knowledge-bases": ["422"],  # its name is blank, or its Idempotency-Key was used for another
    "PUT /v1/knowledge-bases/{knowledge_base_id}/embedding-model": ["422"],  # there is no such model
    "GET /v1/knowledge-bases/{knowledge_base_id}/documents": ["400"],  # the cursor is not ours
    "POST /v1/knowledge-bases/{knowledge_base_id}/documents": ["413", "422"],  # too large, or no text is read from it
    "PUT /v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}/access": ["422"],  # it names no reader
    "GET /v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}/findings": ["400"],  # the cursor is not ours
    "POST /v1/knowledge-bases/{knowledge_base_id}/shared-files": ["413", "422"],  # it names no reader
    "GET /v1/assistants": ["400"],  # the cursor is not ours
    "POST /v1/assistants": ["422"],  # there is no such knowledge or model
    "PUT /v1/assistants/{assistant_id}": ["422"],  # there is no such knowledge or model
    "GET /v1/assistants/{assistant_id}/versions": ["400"],  # the cursor is not ours
    "POST /v1/assistants/{assistant_id}/answers": ["422"],  # the question is blank
    "POST /v1/assistants/{assistant_id}/answers/stream": ["422"],  # the question is blank
    "POST /v1/assistants/{assistant_id}/estimate": ["422"],  # the question is blank
    "POST /v1/assistants/{assistant_id}/evaluation-questions": ["422"],  # it expects nothing
    "GET /v1/assistants/{assistant_id}/evaluations": ["400"],  # the cursor is not ours
    "POST /v1/assistants/{assistant_id}/evaluations": ["422"],  # its Idempotency-Key was used for another
    "GET /v1/assistant-widgets": ["400"],  # the cursor is not ours
    "POST /v1/assistant-widgets": ["422"],  # its name is blank
    "PUT /v1/assistant-widgets/{widget_id}": ["422"],  # its name is blank
    "POST /v1/widget/{key}/answers/stream": ["400", "422"],  # its chat is not ours, or the question is blank
    "GET /v1/chats": ["400"],  # the cursor is not ours
    "GET /v1/chats/{chat_id}/answers": ["400"],  # the cursor is not ours
    "GET /v1/ai-budgets": ["400"],  # the cursor is not ours
    "PUT /v1/ai-budgets": ["422"],  # it names nobody, or two, or no limit
}
"""What a case that fits the document may be answered with, where a rule decides that a document cannot state."""
ENDLESS = frozenset({"GET /v1/knowledge-bases/{knowledge_base_id}/documents/events"})
"""Streams that go on until the access token expires; `tests/isolation` reads their beginnings."""
OF_CONVERSATIONS = ("conversation_id", "message_id", "attachment_id")


def _operations(document: str) -> frozenset[str]:
    paths = openapi_documents()[document]["paths"]
    return frozenset(f"{method.upper()} {path}" for path, item in paths.items() for method in item)


def _operations_of(service: str) -> frozenset[str]:
    """Those of a service; the gateway's own are the ones that it passes to no other."""
    if service != "gateway":
        return _operations(service)
    return _operations("merged").difference(*(_operations(one) for one in applications() if one != "gateway"))


@pytest.mark.parametrize("service", sorted(applications()))
async def test_the_service_answers_as_its_document_says(
    service: str,
    services: Services,
    record_property: Callable[[str, object], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    operations = _operations_of(service)
    owner = await new_tenant(services, subscribed=False)
    run = await asyncio.to_thread(
        run_cases,
        services.urls["gateway"],
        headers=owner.member(),
        parameters={name: owner.things[name] for name in ("deployment_id", *OF_CONVERSATIONS)},
        refused_by_rule=REFUSED_BY_RULE,
        left_out=ENDLESS | (_operations("merged") - operations),
    )
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(run.answers.items()))
    record_property(PROPERTY, f"{service}: {run.cases.total()} cases, {run.checks.total()} checks; answers {answers}")
    assert not run.failures, "\n\n".join(sorted(run.failures))
    assert run.cases.keys() == operations - ENDLESS
    assert run.checks.total() > run.cases.total()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
