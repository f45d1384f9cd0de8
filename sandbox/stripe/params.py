"""Typed reading of request parameters. What a handler never read was not understood, and is refused."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sandbox.stripe.errors import InvalidRequest, Unsupported
from sandbox.stripe.wire import FormValue

_METADATA_KEYS = 50
_METADATA_KEY_LENGTH = 40
_METADATA_VALUE_LENGTH = 500
_INTEGER_DIGITS = 15


class Params:
    """The parameters of one request or of one nested object; every error names the parameter as it was sent."""

    def __init__(self, values: Mapping[str, FormValue], *, path: str = "") -> None:
        self._values = values
        self._path = path
        self._read: set[str] = set()
        self._children: list[Params] = []

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def label(self, name: str) -> str:
        return f"{self._path}[{name}]" if self._path else name

    def text(self, name: str, *, max_length: int = 5000) -> str | None:
        """The text, or None where it was not sent; an empty text means "unset" and stays empty."""
        value = self._take(name)
        if isinstance(value, dict):
            raise self._invalid(name, "must be a string")
        if value is not None and len(value) > max_length:
            raise self._invalid(name, f"must be at most {max_length} characters")
        return value

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise InvalidRequest(
                f"Missing required param: {self.label(name)}.", code="parameter_missing", param=self.label(name)
            )
        return value

    def integer(self, name: str, *, minimum: int = 0, maximum: int = 10**12) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _INTEGER_DIGITS):
            raise InvalidRequest(f"Invalid integer: {value}", code="parameter_invalid_integer", param=self.label(name))
        if not minimum <= int(value) <= maximum:
            raise self._invalid(name, f"must be between {minimum} and {maximum}")
        return int(value)

    def boolean(self, name: str) -> bool | None:
        value = self.text(name)
        if value is None:
            return None
        if value not in {"true", "false"}:
            raise self._invalid(name, "must be true or false")
        return value == "true"

    def choice(self, name: str, *allowed: str) -> str | None:
        """One of `allowed`; other values are refused as unsupported."""
        value = self.text(name)
        if value is not None and value not in allowed:
            raise Unsupported(f"{self.label(name)}={value} (it knows {', '.join(allowed)})", param=self.label(name))
        return value

    def url(self, name: str) -> str | None:
        value = self.text(name)
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc):
            raise InvalidRequest("Not a valid URL", code="url_invalid", param=self.label(name))
        return value

    def metadata(self, current: Mapping[str, str] | None = None) -> dict[str, str]:
        """`current` with the sent keys merged; an empty value removes its key, an empty mapping all of them."""
        value = self._take("metadata")
        if value is None:
            return dict(current or {})
        if isinstance(value, str):
            if value:
                raise self._invalid("metadata", "must be a mapping")
            return {}
        merged = dict(current or {}) | {key: self._metadata_value(key, inner) for key, inner in value.items()}
        merged = {key: inner for key, inner in merged.items() if inner}
        if len(merged) > _METADATA_KEYS:
            raise self._invalid("metadata", f"may have at most {_METADATA_KEYS} keys")
        return merged

    def child(self, name: str) -> "Params":
        """A nested object; an empty one where nothing was sent."""
        value = self._take(name)
        if isinstance(value, str) and value:
            raise self._invalid(name, "must be an object")
        return self._nested(self.label(name), value if isinstance(value, dict) else {})

    def children(self, name: str) -> list["Params"]:
        """A list of nested objects in the order of their indices."""
        return [self._nested(f"{self.label(name)}[{index}]", _mapping(value)) for index, value in self._list(name)]

    def texts(self, name: str) -> list[str]:
        return [value for _, value in self._list(name) if isinstance(value, str)]

    def names(self) -> set[str]:
        """What was sent."""
        return set(self._values)

    def raw(self, name: str) -> FormValue | None:
        """The undecoded value, for parameters that are either text or a mapping."""
        return self._values.get(name)

    def refuse_unread(self) -> None:
        """Raises for the first parameter that nothing asked for."""
        for name in self._values.keys() - self._read:
            raise Unsupported(
                f"the parameter {self.label(name)} here, or Stripe has no such parameter",
                param=self.label(name),
                code="parameter_unknown",
            )
        for child in self._children:
            child.refuse_unread()

    def _take(self, name: str) -> FormValue | None:
        self._read.add(name)
        return self._values.get(name)

    def _list(self, name: str) -> list[tuple[str, FormValue]]:
        value = self._take(name)
        if value is None or value == "":
            return []
        if isinstance(value, str) or not all(index.isdigit() for index in value):
            raise self._invalid(name, "must be an array")
        return sorted(value.items(), key=lambda pair: int(pair[0]))

    def _nested(self, path: str, values: Mapping[str, FormValue]) -> "Params":
        child = Params(values, path=path)
        self._children.append(child)
        return child

    def _metadata_value(self, key: str, value: FormValue) -> str:
        if isinstance(value, dict):
            raise self._invalid("metadata", "values must be strings")
        if len(key) > _METADATA_KEY_LENGTH or len(value) > _METADATA_VALUE_LENGTH:
            raise self._invalid(
                "metadata",
                f"keys have at most {_METADATA_KEY_LENGTH}, values {_METADATA_VALUE_LENGTH} characters",
            )
        return value

    def _invalid(self, name: str, rule: str) -> InvalidRequest:
        return InvalidRequest(f"Invalid {self.label(name)}: {rule}.", param=self.label(name))


def _mapping(value: FormValue) -> dict[str, FormValue]:
    return value if isinstance(value, dict) else {"": value}
