"""Reads settings classes: every environment variable they know, with what it takes."""

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from importlib import import_module
from typing import Any, Literal, Union

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One environment variable. `form` is the form of a port that it belongs to; `default` is how it is written."""

    name: str
    kind: str
    default: str | None
    description: str
    form: str | None = None

    @property
    def required(self) -> bool:
        return self.default is None


def variables(settings: type[BaseSettings]) -> list[Variable]:
    """Every variable of `settings`, in the order of its fields; nested ones are written out."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    return list(_of_model(settings, prefix, form=None, optional=False))


def settings_of(service: str) -> type[BaseSettings]:
    """The settings class of a service with a database, by its name."""
    module = import_module(f"services.{service}.settings")
    [found] = {one for one in vars(module).values() if isinstance(one, type) and _is_own(one, module.__name__)}
    return found


def _is_own(kind: type, module: str) -> bool:
    return issubclass(kind, BaseSettings) and kind.__module__ == module


def plain_blocks(settings: type[BaseModel], prefix: str = "STACKPRO_") -> dict[str, type[BaseModel]]:
    """The nested blocks of `settings` that have one form, by the beginning of their variables' names."""
    found: dict[str, type[BaseModel]] = {}
    for name, field in settings.model_fields.items():
        parts = [part for part in _alternatives(field.annotation) if _is_model(part)]
        if len(parts) == 1:
            begin = f"{prefix}{name.upper()}__"
            found |= {begin: parts[0], **plain_blocks(parts[0], begin)}
    return found


def port_blocks(settings: type[BaseSettings]) -> dict[str, list[type[BaseModel]]]:
    """The blocks of `settings` that come in several forms, by their field's name: the ports of the platform."""
    found = {name: _alternatives(field.annotation) for name, field in settings.model_fields.items()}
    return {name: parts for name, parts in found.items() if len(parts) > 1 and all(map(_form_of_any, parts))}


def block_variables(block: type[BaseModel], prefix: str) -> list[Variable]:
    """The variables of one form of a port, each with `prefix` before its field's name."""
    listed = _of_model(block, prefix, form=_form_of(block), optional=False)
    return [_to_be_said(one) if one.name == f"{prefix}FORM" else one for one in listed]


def _form_of_any(part: Any) -> str | None:
    return _form_of(part) if _is_model(part) else None


def _of_model(model: type[BaseModel], prefix: str, *, form: str | None, optional: bool) -> Iterator[Variable]:
    for name, field in model.model_fields.items():
        yield from _of_field(f"{prefix}{name}".upper(), field, form=form, optional=optional)


def _of_field(name: str, field: FieldInfo, *, form: str | None, optional: bool) -> Iterator[Variable]:
    nested = [part for part in _alternatives(field.annotation) if _is_model(part)]
    inner_optional = optional or not field.is_required()
    if not nested:
        default = "" if optional and field.is_required() else _default(field)
        yield Variable(
            name=name, kind=_kind(field.annotation), default=default, description=field.description or "", form=form
        )
        return
    for part in nested:
        own_form = _form_of(part) if len(nested) > 1 else None
        for variable in _of_model(part, f"{name}__", form=own_form or form, optional=inner_optional):
            yield _to_be_said(variable) if own_form and variable.name == f"{name}__FORM" else variable


def _to_be_said(form: Variable) -> Variable:
    """A port has no form by itself: which one it is must be given."""
    return replace(form, default=None)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _form_of(model: type[BaseModel]) -> str | None:
    field = model.model_fields.get("form")
    return None if field is None else str(field.default)


def _alternatives(annotation: Any) -> list[Any]:
    """The members of a union, without None; anything else is its own only alternative."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _alternatives(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return [part for each in typing.get_args(annotation) for part in _alternatives(each) if part is not type(None)]
    return [annotation]


def _default(field: FieldInfo) -> str | None:
    if field.is_required():
        return None
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value is PydanticUndefined:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.value if isinstance(value, Enum) else str(value)


def _kind(annotation: Any) -> str:
    parts = _alternatives(annotation)
    return " or ".join(dict.fromkeys(_kind_of_one(part) for part in parts))


def _kind_of_one(annotation: Any) -> str:
    if typing.get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in typing.get_args(annotation))
    if typing.get_origin(annotation) in (tuple, list, dict, frozenset, set):
        return "JSON"
    names = {str: "text", int: "integer", float: "number", bool: "`true`, `false`", SecretStr: "secret"}
    return names.get(annotation, getattr(annotation, "__name__", str(annotation)).lower())
