"""Validation errors of the models as problems, in the user's words."""

from pydantic_core import ErrorDetails

from gwlbfw.topology.validation.model_fields import fields_at
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.wording import (
    alternatives,
    closest_match,
    describe,
    describe_type,
    quote,
    suggestion,
)
from gwlbfw.topology.yaml.secrets import is_within_secret
from gwlbfw.topology.yaml.source import YamlPath

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
}


def problem_from_error(path: YamlPath, problem: ErrorDetails) -> Problem:
    """The problem that a validation error at `path` reports."""
    match problem["type"]:
        case "extra_forbidden":
            return _unknown(path)
        case "missing":
            return _missing(path)
        case "literal_error":
            return _wrong_choice(path, problem)
        case kind if kind in _EXPECTED:
            return _wrong_type(path, _EXPECTED[kind], problem["input"])
        case "range":
            return Problem("range", path, f"{describe(path)} {problem['ctx']['message']}")
        case kind:
            context = problem.get("ctx", {})
            message = context.get("message") or f"{describe(path)} is not valid"
            return Problem(kind, path, message, context.get("hint") or None)


def intended_key(path: YamlPath) -> str | None:
    """The known key that the unknown one at `path` probably misspells."""
    return closest_match(str(path[-1]), list(fields_at(path[:-1])))


def _unknown(path: YamlPath) -> Problem:
    known = list(fields_at(path[:-1]))
    key = str(path[-1])
    hint = suggestion(key, known) or (f"known keys: {', '.join(known)}" if known else None)
    message = f"unknown key {quote(key)} {_inside(path)}"
    return Problem("unknown-key", path, message, hint, at_key=True)


def _inside(path: YamlPath) -> str:
    return "at the top" if len(path) == 1 else f"in {describe(path[:-1])}"


def _missing(path: YamlPath) -> Problem:
    message = f"{quote(path[-1])} is missing {_inside(path)}"
    return Problem("missing-key", path[:-1], message, at_key=True)


def _wrong_choice(path: YamlPath, problem: ErrorDetails) -> Problem:
    choices = _choices(problem["ctx"]["expected"])
    given = problem["input"]
    hint = suggestion(given, choices) if isinstance(given, str) else None
    return Problem("choice", path, f"{describe(path)} must be {alternatives(choices)}", hint)


def _choices(expected: str) -> list[str]:
    """The choices, which pydantic gives as a sentence: `'a', 'b' or 'c'`."""
    return [each.strip("'") for each in expected.replace(" or ", ", ").split(", ")]


def _wrong_type(path: YamlPath, expected: str, given: object) -> Problem:
    hint = None
    if expected == "text" and isinstance(given, bool | int | float):
        hint = "put it in quotes, as it stands there"
    elif isinstance(given, str) and expected in {"a whole number", "true or false"}:
        hint = "leave the quotes out" if given.isdigit() or given in {"true", "false"} else None
        if expected == "true or false" and (meant := _YAML_1_1.get(given.lower())):
            hint = f"write {meant}"
    is_fraction = expected == "a whole number" and isinstance(given, float)
    found = f"{given}" if is_fraction and not is_within_secret(path) else describe_type(given)
    return Problem("type", path, f"{describe(path)} must be {expected}, not {found}", hint)


_YAML_1_1 = {
    **dict.fromkeys(("yes", "y", "on"), "true"),
    **dict.fromkeys(("no", "n", "off"), "false"),
}
"""Words for true and false in an older YAML, which are text today."""
