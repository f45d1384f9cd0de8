"""Recipes are data, checked when the worker starts."""

from pathlib import Path
from uuid import uuid4

import pytest

from services.provisioner.engine.plan import planned_steps
from services.provisioner.engine.recipes import BadRecipe, RecipeStep, check_recipe, load_recipes
from services.provisioner.engine.step import PHASES, Phase
from services.provisioner.stacks.desired_state import DesiredState
from tests.services.provisioner.engine.factories import BUSINESS
from tests.services.provisioner.engine.world import recipes_of


def desired(database: str) -> DesiredState:
    plan = BUSINESS.model_copy(update={"database": database})
    return DesiredState(
        slug="acme-k3x9",
        site_name="Acme",
        owner_user_id=uuid4(),
        region="us-east-1",
        base_domain="example.test",
        plan=plan,
    )


def test_the_recipes_that_are_shipped_have_all_phases_and_one_pivot_where_data_moves() -> None:
    recipes = load_recipes()
    assert set(recipes) == {"create", "convert"}
    for recipe in recipes.values():
        assert list(dict.fromkeys(entry.phase for entry in recipe)) == list(PHASES)
    names = [entry.step for entry in recipes["convert"]]
    assert [entry.step for entry in recipes["convert"] if entry.pivot] == ["switch_route"]
    assert names.index("verify_restored") < names.index("switch_route") < names.index("probe_from_outside")
    assert names.index("probe_from_outside") < names.index("retire_source")
    assert not any(entry.pivot for entry in recipes["create"])


def test_a_conditional_step_is_planned_only_where_the_desired_state_asks_for_it() -> None:
    recipe = load_recipes()["create"]
    planned = {
        kind: [row["name"] for row in planned_steps(recipe, desired(kind), tenant_id=uuid4(), deployment_id=uuid4())]
        for kind in ("container", "rds")
    }
    assert set(planned["rds"]) - set(planned["container"]) == {"database_access", "relational_database"}


def test_a_condition_on_what_the_desired_state_has_not_is_refused() -> None:
    entry = RecipeStep(step="a", phase="validate", deadline=1, attempts=1, when='plan.colour == "red"')
    with pytest.raises(BadRecipe, match=r"plan\.colour"):
        entry.applies(desired("rds"))


def steps(*phases: Phase) -> list[RecipeStep]:
    return [RecipeStep(step=f"s{n}", phase=phase, deadline=1, attempts=1) for n, phase in enumerate(phases)]


@pytest.mark.parametrize(
    ("recipe", "fault"),
    [
        (steps(*reversed(PHASES)), "in this order"),
        (steps(*PHASES[:-1]), "in this order"),
        ([*steps(*PHASES), *steps("verify")], "named twice"),
        ([entry.model_copy(update={"pivot": True}) for entry in steps(*PHASES)], "only one step"),
    ],
)
def test_a_recipe_that_cannot_work_is_refused(recipe: list[RecipeStep], fault: str) -> None:
    with pytest.raises(BadRecipe, match=fault):
        check_recipe("create", recipe)


def test_a_step_that_is_not_there_or_in_another_phase_is_refused() -> None:
    recipe = recipes_of()["create"]
    known: dict[str, Phase] = {entry.step: entry.phase for entry in recipe}
    with pytest.raises(BadRecipe, match="no step named make_verify"):
        check_recipe("create", recipe, known_steps={k: v for k, v in known.items() if k != "make_verify"})
    with pytest.raises(BadRecipe, match="belongs to phase network"):
        check_recipe("create", recipe, known_steps=known | {"make_verify": "network"})


@pytest.mark.parametrize("body", ["steps: 5", "steps: [{step: a}]", "steps: [{step: a, phase: other}]", "{"])
def test_a_file_that_is_no_recipe_is_named(tmp_path: Path, body: str) -> None:
    (tmp_path / "create.yaml").write_text(body)
    with pytest.raises(BadRecipe, match=r"create\.yaml"):
        load_recipes(tmp_path)
