"""Names that carry their tenant."""

from uuid import UUID

import pytest

from libs.adapters.cache import platform_key as cache_platform_key
from libs.adapters.cache import tenant_key as cache_tenant_key
from libs.adapters.tenant_names import BadName, check_key, check_prefix, platform_key, tenant_key

TENANT = UUID("01890000-0000-7000-8000-000000000001")


def test_a_key_starts_with_its_tenant() -> None:
    assert tenant_key(TENANT, "uploads", "Müller & Söhne.pdf") == f"{TENANT}/uploads/Müller & Söhne.pdf"
    assert platform_key("templates", "a.json") == "platform/templates/a.json"


@pytest.mark.parametrize(
    "parts", [(), ("..",), ("a", "..", "b"), (".",), ("",), ("a//b",), ("a/../b",), ("a\x00b",), ("a\nb",), ("a\\b",)]
)
def test_a_path_that_could_lead_elsewhere_is_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(BadName):
        tenant_key(TENANT, *parts)


@pytest.mark.parametrize("key", ["", "/", "a", "a/b", f"/{TENANT}/a", f"{str(TENANT).upper()}x/a", f"{TENANT}", "../a"])
def test_a_key_without_an_owner_is_refused(key: str) -> None:
    with pytest.raises(BadName):
        check_key(key)


@pytest.mark.parametrize("segment", ["x" * 241, "ü" * 121])
def test_a_segment_too_long_for_a_file_name_is_refused(segment: str) -> None:
    with pytest.raises(BadName):
        tenant_key(TENANT, segment)


def test_a_prefix_stays_within_one_tenant() -> None:
    assert check_prefix(f"{TENANT}/") == f"{TENANT}/"
    assert check_prefix(f"{TENANT}/up") == f"{TENANT}/up"
    for prefix in ("", str(TENANT)[:8], str(TENANT), f"{TENANT}/../"):
        with pytest.raises(BadName):
            check_prefix(prefix)


def test_cache_keys_carry_their_tenant() -> None:
    assert cache_tenant_key(TENANT, "presence", "7") == f"t:{TENANT}:presence:7"
    assert cache_platform_key("limits") == "p:limits"
