"""Recipes: which steps a kind of deployment has, in which order, as data. Read and checked once, at start."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from yaml import YAMLError

from libs.common.yaml_files import read_yaml
from services.provisioner.engine.step import PHASES, Phase
from services.provisioner.stacks.desired_state import DesiredState

RECIPES = Path(__file__).parents[1] / "recipes"
_CONDITION = re.compile(r'^(?P<path>[a-z_]+(?:\.[a-z_]+)*) (?P<sign>==|!=) "(?P<value>[^"]*)"$')


class BadRecipe(Exception):
    """A recipe cannot be used; the text names it and says what to correct."""


class RecipeStep(BaseModel):
    """One step of a recipe. `deadline` is in seconds; `when` is a condition such as `plan.database == "rds"`.

    `usual` is how many seconds it is said to take until deployments have shown how long it does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    phase: Phase
    deadline: float = Field(gt=0)
    attempts: int = Field(ge=1)
    usual: int = Field(default=2, ge=1)
    pivot: bool = False
    when: str | None = None

    @field_validator("when")
    @classmethod
    def _can_be_read(cls, when: str | None) -> str | None:
        if when is not None and not _CONDITION.match(when):
            raise ValueError('write it as: path.in.desired == "value", or !=')
        return when

    def applies(self, desired: DesiredState) -> bool:
        """Whether the desired state wants this step. Raises `BadRecipe` if the condition names what it has not."""
        condition = _CONDITION.match(self.when or "")
        if condition is None:
            return True
        value: object = desired.model_dump(mode="json")
        for name in condition["path"].split("."):
            if not isinstance(value, dict) or name not in value:
                raise BadRecipe(f"step {self.step}: the desired state has no {condition['path']}")
            value = value[name]
        return (str(value) == condition["value"]) == (condition["sign"] == "==")


Recipe: TypeAlias = tuple[RecipeStep, ...]
Recipes: TypeAlias = Mapping[str, Recipe]


class _RecipeFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    steps: tuple[RecipeStep, ...]


def load_recipes(folder: Path = RECIPES, *, known_steps: Mapping[str, Phase] | None = None) -> Recipes:
    """Every recipe in `folder`, by the kind of deployment that its file is named after.

    With `known_steps` (name to phase) each step must be one of them.

    Raises:
        BadRecipe: a file is malformed, has not all phases in order, repeats a step, or names an unknown one.
    """
    recipes = {path.stem: _read(path) for path in sorted(folder.glob("*.yaml"))}
    for kind, recipe in recipes.items():
        check_recipe(kind, recipe, known_steps=known_steps)
    return recipes


def check_recipe(kind: str, recipe: Sequence[RecipeStep], *, known_steps: Mapping[str, Phase] | None = None) -> None:
    """Raises `BadRecipe` as `load_recipes` says."""
    names = [entry.step for entry in recipe]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise BadRecipe(f"recipe {kind}: steps are named twice: {', '.join(repeated)}")
    _check_phases(kind, [entry.phase for entry in recipe])
    if sum(entry.pivot for entry in recipe) > 1:
        raise BadRecipe(f"recipe {kind}: only one step can be the pivot")
    if known_steps is not None:
        _check_known(kind, recipe, known_steps)


def _check_phases(kind: str, phases: Collection[Phase]) -> None:
    order = [PHASES.index(phase) for phase in phases]
    if order != sorted(order) or set(order) != set(range(len(PHASES))):
        raise BadRecipe(f"recipe {kind}: the phases must be, in this order: {', '.join(PHASES)}")


def _check_known(kind: str, recipe: Sequence[RecipeStep], known_steps: Mapping[str, Phase]) -> None:
    for entry in recipe:
        phase = known_steps.get(entry.step)
        if phase is None:
            raise BadRecipe(f"recipe {kind}: there is no step named {entry.step}")
        if phase != entry.phase:
            raise BadRecipe(f"recipe {kind}: {entry.step} belongs to phase {phase}, not {entry.phase}")


def _read(path: Path) -> Recipe:
    try:
        return _RecipeFile.model_validate(read_yaml(path)).steps
    except (ValidationError, YAMLError) as error:
        raise BadRecipe(f"{path.name}: {error}") from error
