"""A call as a handler sees it: typed access to its parameters."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError, invalid_parameter, missing_parameter
from gwlbfw.sim.wire import Param


@dataclass(frozen=True)
class Params:
    """Parameters, at the top or in one object of a list."""

    product: str
    values: Mapping[str, Param]
    path: str = ""
    """The path within the call, such as `ZoneMappings.1.`."""

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """The text of a parameter; the default where it is absent or empty."""
        value = self.values.get(name, "")
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
        value = self.values.get(name, [])
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
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise self.invalid(name, "a list is expected")
        return list(self._objects(name, value))

    def struct(self, name: str) -> "Params":
        """The fields of an object such as `SystemDisk.Size`; none where it is absent."""
        value = self.values.get(name, {})
        if not isinstance(value, dict):
            raise self.invalid(name, "an object is expected")
        return Params(self.product, value, f"{self.path}{name}.")

    def invalid(self, name: str, why: str = "") -> ApiError:
        """The error for a parameter's value, in the product's form."""
        return invalid_parameter(self.product, self.path + name, why)

    def _objects(self, name: str, values: list[Param]) -> Iterator["Params"]:
        for index, each in enumerate(values, 1):
            if not isinstance(each, dict):
                raise self.invalid(f"{name}.{index}", "an object is expected")
            yield Params(self.product, each, f"{self.path}{name}.{index}.")


@dataclass(frozen=True)
class Request(Params):
    """The parameters of a call."""

    action: str = ""
    request_id: str = ""
    access_key: str = ""
