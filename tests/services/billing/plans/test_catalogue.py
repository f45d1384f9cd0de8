"""The catalogue says what product management says, and a mistake in it is found before it is used."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from services.billing.plans.catalogue import CATALOGUE_FILE, load_catalogue

GIB = 1024**3


def test_the_catalogue_has_the_four_plans_at_their_prices() -> None:
    catalogue = load_catalogue()

    assert [(plan.id, plan.amount) for plan in catalogue.plans] == [
        ("trial", 0),
        ("starter", 29_900),
        ("business", 59_900),
        ("enterprise", 129_900),
    ]
    assert catalogue.by_id["business"].limits["storage_bytes"] == 250 * GIB
    assert catalogue.by_id["enterprise"].limits["users"] is None
    assert catalogue.by_id["enterprise"].compute.database == "rds"


def test_every_limit_of_the_trial_is_hard_and_paid_plans_are_hard_in_users_and_domains() -> None:
    catalogue = load_catalogue()
    trial, starter = catalogue.by_id["trial"], catalogue.by_id["starter"]

    assert {catalogue.limit_kind(trial, name) for name in catalogue.entitlements} == {"hard"}
    hard = {name for name in catalogue.entitlements if catalogue.limit_kind(starter, name) == "hard"}
    assert hard == {"users", "custom_domains"}


def broken(change: str, value: object) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(CATALOGUE_FILE.read_text())
    *path, last = change.split(".")
    place: Any = content
    for part in path:
        place = place[int(part) if part.isdigit() else part]
    place[last] = value
    return content


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("plans.1.amuont", 7),
        ("plans.1.amount", -1),
        ("plans.1.id", "trial"),
        ("plans.1.limits", {"users": 1}),
        ("trial.plan", "platinum"),
        ("trial.warn_days_before", [99]),
        ("entitlements.users", {"unit": "user", "paid": "soft"}),
        ("access.active", "sometimes"),
        ("currency", "usd"),
    ],
)
def test_a_mistake_in_the_catalogue_is_refused(tmp_path: Path, change: str, value: object) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(yaml.safe_dump(broken(change, value)))

    with pytest.raises(ValidationError):
        load_catalogue(file)
