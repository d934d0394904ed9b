"""A call as a handler sees it: typed access to its parameters.

Each access is remembered, so that a parameter which no handler looked at is known to have had no
effect.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from gwlbfw.sim.errors import ApiError, invalid_parameter, missing_parameter, not_simulated
from gwlbfw.sim.wire import Param

_INDEX = re.compile(r"\.\d+(?=\.|$)")


@dataclass(frozen=True)
class Params:
    """Parameters, at the top or in one object of a list."""

    product: str
    values: Mapping[str, Param]
    path: str = ""
    """The path within the call, such as `ZoneMappings.1.`."""
    read: set[str] = field(default_factory=set, compare=False)
    """The paths of the values that were looked at, in the whole call."""

    def __contains__(self, name: str) -> bool:
        self.read.add(self.path + name)
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """The text of a parameter; the default where it is absent or empty."""
        value = self._value(name, "")
        if not isinstance(value, str):
            raise self.invalid(name, "a single value is expected")
        return value or default

    def require(self, name: str) -> str:
        """The text of a parameter. Raises the product's error if it is missing."""
        if text := self.text(name):
            return text
        raise missing_parameter(self.product, self.path + name)

    def one_of(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """The text of a parameter with these values alone (case-sensitive)."""
        text = self.text(name, default)
        if text and text not in allowed:
            raise self.invalid(name, f"one of {', '.join(sorted(allowed))} is expected")
        return text

    def number(self, name: str, default: int, low: int | None = None, high: int = 2**63) -> int:
        """The whole number in a parameter, within bounds where they are given."""
        text = self.text(name)
        try:
            number = int(text) if text else default
        except ValueError:
            raise self.invalid(name, "a whole number is expected") from None
        if low is not None and not low <= number <= high:
            raise self.invalid(name, f"{low} to {high} is expected")
        return number

    def flag(self, name: str, *, default: bool = False) -> bool:
        """The truth value of a parameter, in whatever letter case."""
        text = self.text(name).lower()
        if text not in ("", "true", "false"):
            raise self.invalid(name, "true or false is expected")
        return text == "true" if text else default

    def texts(self, name: str) -> list[str]:
        """The texts of a list such as `SecurityGroupId.1`; a plain value is a list of one."""
        value = self._value(name, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list):
            raise self.invalid(name, "a list is expected")
        return [each for each in listed if isinstance(each, str) and each]

    def comma_texts(self, name: str) -> list[str]:
        """The texts of one value such as `vpc-a,vpc-b`."""
        return [each.strip() for each in self.text(name).split(",") if each.strip()]

    def json_texts(self, name: str) -> list[str]:
        """The texts of one value such as `["i-a","i-b"]`."""
        text = self.text(name)
        try:
            value = json.loads(text) if text else []
        except ValueError:
            raise self.invalid(name, "a JSON array is expected") from None
        if not isinstance(value, list):
            raise self.invalid(name, "a JSON array is expected")
        return [str(each) for each in value]

    def objects(self, name: str) -> list["Params"]:
        """The objects of a list such as `Tag.1.Key`, `Tag.1.Value`."""
        value = self._value(name, [])
        if not isinstance(value, list):
            raise self.invalid(name, "a list is expected")
        return list(self._objects(name, value))

    def struct(self, name: str) -> "Params":
        """The fields of an object such as `SystemDisk.Size`; none where it is absent."""
        value = self._value(name, {})
        if not isinstance(value, dict):
            raise self.invalid(name, "an object is expected")
        return Params(self.product, value, f"{self.path}{name}.", self.read)

    def invalid(self, name: str, why: str = "") -> ApiError:
        """The error for a parameter's value, in the product's form."""
        return invalid_parameter(self.product, self.path + name, why)

    def not_simulated(self, name: str) -> ApiError:
        """The error for a parameter, or a value of it, that the simulator does not carry out."""
        path = self.path + name
        return not_simulated(_INDEX.sub("", path), f"this value of {path}")

    def _value(self, name: str, default: Param) -> Param:
        self.read.add(self.path + name)
        return self.values.get(name, default)

    def _objects(self, name: str, values: list[Param]) -> Iterator["Params"]:
        for index, each in enumerate(values, 1):
            if not isinstance(each, dict):
                raise self.invalid(f"{name}.{index}", "an object is expected")
            yield Params(self.product, each, f"{self.path}{name}.{index}.", self.read)


@dataclass(frozen=True)
class Request(Params):
    """The parameters of a call."""

    action: str = ""
    request_id: str = ""
    access_key: str = ""
    scope: str = ""
    """The account and region that it is about."""

    def unread(self) -> list[tuple[str, str]]:
        """The values that no handler has looked at, each with its path; empty ones left out."""
        found = _leaves(dict(self.values), "")
        return [(path, text) for path, text in found if text and not self._is_read(path)]

    def _is_read(self, path: str) -> bool:
        # A list of plain values is looked at as a whole.
        return path in self.read or (
            path.rpartition(".")[2].isdecimal() and path.rpartition(".")[0] in self.read
        )


def _leaves(value: Param, path: str) -> Iterator[tuple[str, str]]:
    """Every single value in a parameter, with its path."""
    if isinstance(value, str):
        yield path, value
        return
    inside = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
    for name, each in inside:
        yield from _leaves(each, f"{path}.{name}" if path else str(name))
