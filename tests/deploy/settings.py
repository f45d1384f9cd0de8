"""The settings classes of everything that is deployed, by the name of its image's argument."""

from collections.abc import Mapping

import pytest
from pydantic_settings import BaseSettings

from cli.processes import MigrationSettings
from services.gateway.settings import GatewaySettings
from services.registry import NAMES
from tools.configuration_reference import EMULATORS
from tools.settings_reader import Variable, settings_of, variables

SETTINGS: Mapping[str, type[BaseSettings]] = {
    **{name: settings_of(name) for name in NAMES},
    "gateway": GatewaySettings,
    "migrate": MigrationSettings,
    **EMULATORS,
}


def known(name: str) -> list[Variable]:
    return variables(SETTINGS[name])


def load(name: str, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> BaseSettings:
    """The settings as the container would load them."""
    for variable in known(name):
        monkeypatch.delenv(variable.name, raising=False)
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    return SETTINGS[name]()


def chosen_forms(environment: Mapping[str, str]) -> set[tuple[str, str]]:
    """The blocks and forms that `environment` chooses, such as `("STACKPRO_BUS__", "local")`."""
    return {(key.removesuffix("FORM"), value) for key, value in environment.items() if key.endswith("__FORM")}


def missing(name: str, environment: Mapping[str, str]) -> set[str]:
    """The required variables of the forms chosen that `environment` does not give."""
    forms = chosen_forms(environment)
    return {
        variable.name
        for variable in known(name)
        if variable.required
        and variable.name not in environment
        and not any(variable.name.startswith(f"{block}__") for block in environment)  # a block given whole, as JSON
        and (variable.form is None or any(variable.name.startswith(at) and variable.form == of for at, of in forms))
    }
