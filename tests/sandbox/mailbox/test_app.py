"""The sandbox's mailbox over HTTP."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from libs.common.ids import new_id
from sandbox.mailbox.app import MailboxServerSettings, create_app
from tests.libs.adapters.serving import listening_socket, served

SECRET = "mailbox-secret-of-tests"
SENDS = {"Authorization": f"Bearer {SECRET}"}
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    listener, url = listening_socket()
    app = create_app(MailboxServerSettings.model_validate({"path": tmp_path / "m.sqlite", "secret": SECRET}))
    async with served(app, listener), httpx.AsyncClient(base_url=url) as client:
        yield client


def mail(**changes: object) -> dict[str, object]:
    return {
        "id": str(new_id()),
        "to": ["ada@example.com"],
        "subject": "Hello",
        "text": "See https://example.com/x",
        "sender": "platform@example.com",
        "from_name": "StackPro",
    } | changes


async def deliver(mailbox: httpx.AsyncClient, **changes: object) -> str:
    response = await mailbox.post("/messages", headers=SENDS, json=mail(**changes))
    assert response.status_code == 201
    return str(response.json()["id"])


async def test_messages_are_listed_newest_first(mailbox: httpx.AsyncClient) -> None:
    await deliver(mailbox, subject="first")
    await deliver(mailbox, subject="second", html="<p>x</p>")

    response = await mailbox.get("/messages")

    newest, oldest = response.json()
    assert (newest["subject"], oldest["subject"]) == ("second", "first")
    assert newest["to"] == ["ada@example.com"]
    assert newest["html"] == "<p>x</p>"
    assert {"id", "text", "received_at"} <= set(newest)


async def test_messages_of_one_address_are_found_whatever_its_case(mailbox: httpx.AsyncClient) -> None:
    await deliver(mailbox, to=["ada@example.com", "Bob@example.com"])
    await deliver(mailbox, to=["carol@example.com"])

    found = (await mailbox.get("/messages", params={"to": "bob@example.com"})).json()

    assert [message["to"] for message in found] == [["ada@example.com", "Bob@example.com"]]


async def test_a_message_delivered_twice_is_kept_once(mailbox: httpx.AsyncClient) -> None:
    message = mail()
    first = await mailbox.post("/messages", headers=SENDS, json=message)
    second = await mailbox.post("/messages", headers=SENDS, json=message)

    assert (first.status_code, second.status_code) == (201, 200)
    assert len((await mailbox.get("/messages")).json()) == 1


async def test_only_who_knows_the_secret_may_deliver(mailbox: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        response = await mailbox.post("/messages", headers=headers, json=mail())
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert (await mailbox.get("/messages")).json() == []


async def test_a_message_without_a_valid_address_is_refused(mailbox: httpx.AsyncClient) -> None:
    response = await mailbox.post("/messages", headers=SENDS, json=mail(to=["nobody"]))

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_browser_gets_a_page_that_says_it_is_a_sandbox(mailbox: httpx.AsyncClient) -> None:
    message_id = await deliver(mailbox, subject="<script>alert(1)</script>")

    page = await mailbox.get("/messages", headers=BROWSER)

    assert page.headers["content-type"].startswith("text/html")
    assert "SANDBOX: no real mail is sent" in page.text
    assert f"/messages/{message_id}" in page.text
    assert "<script>" not in page.text


async def test_a_message_is_shown_with_its_html_shut_in(mailbox: httpx.AsyncClient) -> None:
    message_id = await deliver(mailbox, html="<script>alert(1)</script><b>hi</b>")

    page = await mailbox.get(f"/messages/{message_id}", headers=BROWSER)
    html = await mailbox.get(f"/messages/{message_id}/html")

    assert "<iframe sandbox" in page.text
    assert "<script>" not in page.text
    assert 'href="https://example.com/x"' in page.text
    assert "<b>hi</b>" in html.text
    assert html.headers["content-security-policy"].startswith("sandbox ")
    assert "allow-scripts" not in html.headers["content-security-policy"]


async def test_an_unknown_message_is_a_problem(mailbox: httpx.AsyncClient) -> None:
    response = await mailbox.get("/messages/none")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_messages_survive_a_restart(tmp_path: Path) -> None:
    settings = MailboxServerSettings.model_validate({"path": tmp_path / "m.sqlite", "secret": SECRET})
    for expected in (1, 2):
        listener, url = listening_socket()
        async with served(create_app(settings), listener), httpx.AsyncClient(base_url=url) as mailbox:
            await deliver(mailbox)
            assert len((await mailbox.get("/messages")).json()) == expected


async def test_the_first_page_leads_to_the_messages(mailbox: httpx.AsyncClient) -> None:
    response = await mailbox.get("/", follow_redirects=True)

    assert (response.status_code, response.json()) == (200, [])


async def test_pages_run_no_script_and_take_no_style_but_their_own(mailbox: httpx.AsyncClient) -> None:
    message_id = await deliver(mailbox, html="<b>hi</b>")

    for path in ("/messages", f"/messages/{message_id}"):
        page = await mailbox.get(path, headers=BROWSER)
        style = page.text.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = page.headers["content-security-policy"]
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; ")
        assert "unsafe" not in policy
        assert " style=" not in page.text


async def test_a_page_shows_the_mail_to_one_address_and_an_empty_wish_all(mailbox: httpx.AsyncClient) -> None:
    await deliver(mailbox, to=["carol@example.com"], subject="For Carol")
    await deliver(mailbox, subject="For Ada")

    one = await mailbox.get("/messages", params={"to": "carol@example.com"}, headers=BROWSER)
    everything = await mailbox.get("/messages", params={"to": ""}, headers=BROWSER)
    nothing = await mailbox.get("/messages", params={"to": "<b>"}, headers=BROWSER)

    assert ("For Carol" in one.text, "For Ada" in one.text) == (True, False)
    assert ("For Carol" in everything.text, "For Ada" in everything.text) == (True, True)
    assert "No mail went to &lt;b&gt;" in nothing.text
