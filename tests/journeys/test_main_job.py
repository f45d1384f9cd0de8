"""The main job as its users live it: trial, payment, conversion, and nothing lost on the way."""

import os

import httpx
import pytest

from libs.common.ids import new_id
from tests.support.platform import DECLINED, Owner, Platform, until

PHASES = ["validate", "network", "storage", "database", "compute", "dns_tls", "applications", "verify"]


def test_a_sign_up_becomes_a_working_trial_stack(owner: Owner) -> None:
    dashboard = owner.stack_on("shared")
    assert dashboard["trial"]["status"] == "active"
    assert dashboard["trial"]["days_left"] == 14
    assert dashboard["subscription"] is None
    [deployment] = owner.get("/v1/deployments")["items"]
    assert (deployment["kind"], deployment["status"], deployment["progress"]) == ("create", "succeeded", 100)


def test_every_app_answers_at_its_address(owner: Owner) -> None:
    stack = owner.stack_on("shared")["stack"]
    for app in stack["apps"].values():
        host = httpx.URL(app["url"]).host
        local = httpx.URL(app["url"]).copy_with(host="127.0.0.1")
        assert httpx.get(local, headers={"Host": f"{host}:{local.port}"}, timeout=10).status_code == 200


def test_payment_moves_the_stack_to_its_own_host_with_all_its_data(owner: Owner) -> None:
    owner.stack_on("shared")
    [volume] = owner.volumes()
    marker = os.urandom(1_000_000)
    (volume / "marker.bin").write_bytes(marker)
    url = owner.check_out()
    declined = owner.pay(url, card=DECLINED)
    assert declined.status_code == 402
    assert "declined" in declined.text
    assert owner.pay(url).status_code == 303
    dashboard = owner.stack_on("dedicated", seconds=120)
    assert (dashboard["subscription"]["plan"], dashboard["subscription"]["status"]) == ("business", "active")
    assert dashboard["trial"]["status"] == "converted"
    [moved] = until(lambda: owner.volumes() if len(owner.volumes()) == 1 else None, seconds=20, what="one copy")
    assert (moved / "marker.bin").read_bytes() == marker
    assert moved != volume
    deployments = owner.get("/v1/deployments")["items"]
    assert [one["kind"] for one in deployments] == ["convert", "create"]
    one = owner.get(f"/v1/deployments/{deployments[0]['id']}")
    assert [phase["name"] for phase in one["phases"]] == PHASES


def test_the_owner_is_welcomed_by_mail(owner: Owner) -> None:
    owner.stack_on("shared")
    mailbox = owner.platform.endpoints()["mailbox"]

    def mails() -> list[str]:
        found = httpx.get(f"{mailbox}/messages", params={"to": owner.email}).json()
        return [mail["subject"] for mail in found]

    assert len(until(mails, seconds=20, what="the welcome mail")) == 1


def test_a_deployment_can_be_followed_live_and_taken_up_where_it_was_left(owner: Owner) -> None:
    owner.stack_on("shared")
    deployment_id = owner.get("/v1/deployments")["items"][0]["id"]

    def story(after: str) -> list[str]:
        headers = {"Authorization": f"Bearer {owner.token}", "Last-Event-ID": after}
        url = f"{owner.platform.url}/v1/deployments/{deployment_id}/events"
        with httpx.stream("GET", url, headers=headers, timeout=30) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            return [line[3:].strip() for line in response.iter_lines() if line.startswith("id:")]

    whole = story("0")
    assert whole == sorted(whole, key=int)
    assert story(whole[4]) == whole[5:]


def test_another_business_sees_nothing_of_it(owner: Owner, platform: Platform) -> None:
    owner.stack_on("shared")
    deployment_id = owner.get("/v1/deployments")["items"][0]["id"]
    stranger = Owner.sign_up(platform, company="Other")
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/cancel"), ("POST", "/retry")):
        foreign = stranger.request(method, f"/v1/deployments/{deployment_id}{path}")
        unknown = stranger.request(method, f"/v1/deployments/{new_id()}{path}")
        assert foreign.status_code == 404
        assert (foreign.json()["code"], foreign.json()["detail"]) == (unknown.json()["code"], unknown.json()["detail"])


def test_a_payment_is_charged_once_however_often_the_form_is_sent(owner: Owner) -> None:
    url = owner.check_out("starter")
    assert {owner.pay(url).status_code for _ in range(3)} == {303}
    ledger = httpx.get(f"{owner.platform.endpoints()['stripe']}/_sandbox/ledger").json()["entries"]
    until(lambda: owner.get("/v1/dashboard")["subscription"], seconds=20, what="the subscription")
    customers = [entry["customer"] for entry in ledger if entry["status"] == "succeeded"]
    assert all(customers.count(customer) == 1 for customer in customers)
    again = owner.request("POST", "/v1/billing/checkout", json={"plan": "starter", "interval": "month"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status"),
    [
        ("POST", "/v1/auth/signup", {"json": {"email": 5}}, 422),
        ("POST", "/v1/auth/signup", {"content": b"x" * 2_097_152}, 413),
        ("POST", "/webhooks/stripe", {"json": {"id": "evt_x"}}, 400),
        ("GET", "/v1/me", {}, 401),
        ("GET", "/internal/tenants/0/owner-contact", {}, 404),
        ("GET", "/v1/deployments?cursor=nonsense", {"owner": True}, 400),
        ("POST", "/v1/billing/checkout", {"owner": True, "json": {"plan": "gold", "interval": "month"}}, 422),
        ("GET", "/v1/billing/subscription", {"owner": True}, 404),
    ],
)
def test_bad_input_is_answered_with_a_clear_problem(
    owner: Owner, method: str, path: str, arguments: dict[str, object], status: int
) -> None:
    signed_in = arguments.pop("owner", False) if (arguments := dict(arguments)) else False
    headers = {"Authorization": f"Bearer {owner.token}"} if signed_in else {}
    response = httpx.request(method, f"{owner.platform.url}{path}", headers=headers, timeout=30, **arguments)  # type: ignore[arg-type]  # the table above is untyped
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"]
    assert response.json()["detail"]
