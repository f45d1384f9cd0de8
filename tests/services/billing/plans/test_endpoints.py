"""The plans for everyone, and for the services that ask for one."""

from tests.services.billing.world import World
from tests.support.identities import as_member, as_service


async def test_everyone_may_read_the_plans_and_keep_them_for_a_while(world: World) -> None:
    answer = await world.client.get("/v1/billing/plans")

    assert answer.status_code == 200
    assert "max-age=300" in answer.headers["cache-control"]
    items = {item["id"]: item for item in answer.json()["items"]}
    assert list(items) == ["trial", "starter", "business", "enterprise"]
    assert items["business"]["price"] == {"amount": 59900, "currency": "USD", "interval": "month"}
    assert items["business"]["limits"]["users"] == 50
    assert items["enterprise"]["limits"]["users"] is None
    assert items["trial"]["trial_days"] == 14
    assert items["trial"]["entitlements"]["storage_bytes"]["overage"] is None
    assert items["starter"]["entitlements"]["storage_bytes"]["overage"] == {"amount": 10, "per": 1024**3}


async def test_a_service_reads_one_plan_with_its_compute(world: World) -> None:
    answer = await world.client.get("/internal/plans/business", headers=as_service("provisioner", to="billing"))

    assert answer.json()["compute"] == {
        "host_kind": "dedicated",
        "instance_type": "t3.large",
        "memory_mib": 8192,
        "volume_gib": 300,
        "database": "container",
    }
    assert answer.json()["backups"] == {"every_hours": 24, "kept_days": 30}


async def test_only_the_services_named_in_the_contract_may_ask(world: World) -> None:
    tenant_id = await world.new_tenant()
    plan, summary = "/internal/plans/business", f"/internal/tenants/{tenant_id}/billing-summary"

    assert (await world.client.get(plan)).status_code == 401
    assert (await world.client.get(plan, headers=as_member(tenant_id))).status_code == 401
    assert (await world.client.get(plan, headers=as_service("provisioner", to="auth"))).status_code == 401
    assert (await world.client.get(summary, headers=as_service("provisioner", to="billing"))).status_code == 403
    missing = await world.client.get("/internal/plans/platinum", headers=as_service("provisioner", to="billing"))
    assert missing.status_code == 404
