"""The reader finds every variable of a settings class, also of nested blocks and of ports with several forms."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from tools.settings_reader import port_blocks, variables


class Near(BaseModel):
    form: Literal["near"] = "near"
    path: str


class Far(BaseModel):
    form: Literal["far"] = "far"
    region: str = "north"


class Limits(BaseModel):
    bytes: int = 10


class Sample(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STACKPRO_", env_nested_delimiter="__")

    key: SecretStr = Field(description="Opens it.")
    door: Annotated[Near | Far, Field(discriminator="form")]
    limits: Limits = Limits()
    spare: str | None = None
    loud: bool = False


FOUND = {(one.name, one.form): one for one in variables(Sample)}


def test_a_variable_says_what_it_takes_and_whether_it_is_needed() -> None:
    key = FOUND["STACKPRO_KEY", None]

    assert (key.kind, key.required, key.description) == ("secret", True, "Opens it.")
    assert FOUND["STACKPRO_LOUD", None].default == "false"


def test_what_may_be_left_out_is_not_required() -> None:
    assert not FOUND["STACKPRO_SPARE", None].required
    assert FOUND["STACKPRO_LIMITS__BYTES", None].default == "10"


def test_the_forms_of_a_port_are_told_apart_and_one_must_be_named() -> None:
    assert FOUND["STACKPRO_DOOR__PATH", "near"].required
    assert FOUND["STACKPRO_DOOR__REGION", "far"].default == "north"
    assert all(FOUND["STACKPRO_DOOR__FORM", form].required for form in ("near", "far"))


def test_only_blocks_with_several_forms_are_ports() -> None:
    forms: list[type[BaseModel]] = [Near, Far]

    assert port_blocks(Sample) == {"door": forms}
