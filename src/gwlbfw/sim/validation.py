"""Validation of requests by the specification: presence, shape, type and bounds of parameters.

Sources: the API catalogue (the vendor's metadata and its SDK's models, see `gwlbfw.openapi`). The
order in which the cloud looks at several mistakes of one request is UNVERIFIED: here what is
missing comes first.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from gwlbfw.openapi import Action, Parameter
from gwlbfw.sim.errors import (
    ApiError,
    invalid_parameter_code,
    missing_parameter,
    not_simulated,
)
from gwlbfw.sim.wire import Param

_log = logging.getLogger(__name__)
_LISTS = ("RepeatList", "Array")
_TYPES = {
    "Integer": re.compile(r"[+-]?\d{1,10}"),
    "Long": re.compile(r"[+-]?\d{1,19}"),
    "Float": re.compile(r"[+-]?\d+(\.\d+)?"),
    "Boolean": re.compile(r"true|false", re.IGNORECASE),
}
_COMMON_PARAMETERS = frozenset(
    {"RegionId", "OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"}
)
"""Parameters that are accepted on every action."""
_EVERYWHERE = _COMMON_PARAMETERS | {"ClientToken"}
"""Parameters that no handler has to look at."""
_READS = ("Describe", "Get", "List", "Check")
_INDEX = re.compile(r"\.\d+(?=\.|$)")


class RequestValidator:
    """Validates the parameters of calls of an action."""

    def __init__(self, action: Action, *, strict: bool = False) -> None:
        self.action = action
        self._product = action.product
        self._strict = strict

    def validate(self, values: Mapping[str, Param]) -> tuple[str, ...]:
        """Raise the API error of the first parameter that violates the specification.

        Returns the parameters that the action doesn't have: the cloud ignores them.
        """
        known = _parameter_tree(self.action)
        self._require_present(known, values, "")
        self._validate_values(known, values, "")
        unknown = tuple(self._unknown(known, values))
        for name in unknown:
            if self._strict:
                raise ApiError("UnknownParameter", f"{self.action.name} has no parameter {name}.")
            _log.warning(
                "%s:%s has no parameter %s: ignored", self._product, self.action.name, name
            )
        return unknown

    def refuse_unread(
        self, unread: Iterable[tuple[str, str]], without_effect: Collection[str]
    ) -> None:
        """Raise for a value of the action's parameters that its handler never looked at.

        Whatever it asks for is not simulated, so that to accept it would mislead. `without_effect`
        names the parameters that have none in the cloud either, on what is simulated.
        """
        known = _parameter_tree(self.action)
        for path, text in unread:
            parameter = _find(known, path)
            name = path.partition(".")[0]
            if parameter is None or name in without_effect or name in _EVERYWHERE:
                continue
            switched_off = parameter.type == "Boolean" and text.lower() == "false"
            if not (switched_off and not self.action.name.startswith(_READS)):
                raise not_simulated(_INDEX.sub("", path), f"{path} of {self.action.name}")

    def _require_present(
        self, known: Mapping[str, Parameter], values: Mapping[str, Param], path: str
    ) -> None:
        for name, parameter in known.items():
            value = values.get(name)
            # The region of a call can always be given in other ways.
            if parameter.required and not value and name != "RegionId":
                raise missing_parameter(self._product, path + name)
            if self._is_new_tags(path + name):
                continue
            for place, inner in _objects(value):
                self._require_present(parameter.fields, inner, f"{path}{name}.{place}")

    def _validate_values(
        self, known: Mapping[str, Parameter], values: Mapping[str, Param], path: str
    ) -> None:
        for name, parameter in known.items():
            value = values.get(name)
            if value and self._is_new_tags(path + name):
                self._validate_shape(replace(parameter, max_items=None), value, name)
            elif value:
                self._validate_shape(parameter, value, path + name)
                for place, inner in _objects(value):
                    self._validate_values(parameter.fields, inner, f"{path}{name}.{place}")

    def _validate_shape(self, parameter: Parameter, value: Param, path: str) -> None:
        """Require a single value, a list or an object, as the parameter's type demands."""
        if parameter.type in _LISTS and isinstance(value, list):
            if parameter.max_items is not None and len(value) > parameter.max_items:
                raise self._invalid(path, f"at most {parameter.max_items} are expected")
            for index, each in enumerate(value, 1):
                if bool(parameter.fields) is not isinstance(each, dict):
                    what = "an object" if parameter.fields else "a single value"
                    raise self._invalid(f"{path}.{index}", f"{what} is expected")
        elif parameter.type == "Struct" or (parameter.type in _LISTS and parameter.fields):
            if not (isinstance(value, dict) and parameter.type == "Struct"):
                what = "an object" if parameter.type == "Struct" else "a list"
                raise self._invalid(path, f"{what} is expected")
        elif not isinstance(value, str):
            raise self._invalid(path, "a single value is expected")
        else:
            self._validate_text(parameter, value, path)

    def _validate_text(self, parameter: Parameter, text: str, path: str) -> None:
        pattern = _TYPES.get(parameter.type)
        if pattern is not None and not pattern.fullmatch(text):
            raise self._invalid(path, f"{parameter.type} is expected")
        for why in _violations(parameter, text):
            raise self._invalid(path, f"{why} expected")

    def _unknown(
        self, known: Mapping[str, Parameter], values: Mapping[str, Param], path: str = ""
    ) -> Iterator[str]:
        for name in sorted(values):
            if name in known:
                for place, inner in _objects(values[name]):
                    if known[name].fields:
                        yield from self._unknown(known[name].fields, inner, f"{path}{name}.{place}")
            elif path or name not in _COMMON_PARAMETERS:
                yield path + name

    def _is_new_tags(self, path: str) -> bool:
        """True for the tags that a call gives: they have codes of their own (`services.tags`)."""
        return path == "Tag" and not self.action.name.startswith(_READS)

    def _invalid(self, path: str, why: str) -> ApiError:
        code, status = invalid_parameter_code(self._product, self.action.name, path)
        return ApiError(code, f"The specified value of {path} is not valid: {why}.", status)


def _violations(parameter: Parameter, text: str) -> Iterator[str]:
    """The expectations that a value violates."""
    low, high = parameter.minimum, parameter.maximum
    if (low is not None and int(text) < low) or (high is not None and int(text) > high):
        yield f"{'' if low is None else low} to {'' if high is None else high} is"
    if parameter.values and text not in parameter.values:
        yield f"one of {', '.join(parameter.values)} is"
    shortest, longest = parameter.min_length or 0, parameter.max_length
    if len(text) < shortest or (longest is not None and len(text) > longest):
        yield f"{shortest} to {longest or ''} characters are"
    if parameter.pattern and not re.match(parameter.pattern, text):
        yield "another beginning is"


def _objects(value: "Param | None") -> Iterator[tuple[str, Mapping[str, Param]]]:
    """The objects in a value, each with its place in it."""
    if isinstance(value, dict):
        yield "", value
    elif isinstance(value, list):
        for index, each in enumerate(value, 1):
            if isinstance(each, dict):
                yield f"{index}.", each


def _find(parameters: Mapping[str, Parameter], path: str) -> Parameter | None:
    """The parameter at a path such as `DataDisk.1.Size`; None if the action has none there."""
    name, _, rest = _INDEX.sub("", path).partition(".")
    parameter = parameters.get(name)
    if parameter is None or not rest:
        return parameter
    return _find(parameter.fields, rest) if parameter.fields else parameter


_trees: dict[tuple[str, str], Mapping[str, Parameter]] = {}


def _parameter_tree(action: Action) -> Mapping[str, Parameter]:
    """The action's parameters, those with dots in their names as fields of those before the dot."""
    key = (action.product, action.name)
    if key not in _trees:
        _trees[key] = _as_tree(action.parameters)
    return _trees[key]


def _as_tree(parameters: Mapping[str, Parameter]) -> Mapping[str, Parameter]:
    tree = {name: each for name, each in parameters.items() if "." not in name}
    for name, each in sorted(parameters.items()):
        head, *path = name.split(".")
        if path:
            listed = path[0].isdecimal()
            kind = "RepeatList" if listed else "Struct"
            whole = tree.get(head) or Parameter(head, kind, each.position, required=False)
            inner = ".".join(path[1:] if listed else path)
            fields = {**whole.fields, inner: replace(each, name=inner)} if inner else {}
            tree[head] = replace(whole, fields=fields)
    return tree
