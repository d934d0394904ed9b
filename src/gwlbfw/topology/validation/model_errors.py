"""What is wrong with a value, in the user's words."""

from pydantic_core import ErrorDetails

from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.validation.model_fields import fields_at
from gwlbfw.topology.wording import called, closest, kind_of, listed, quoted, suggestion
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


def explain(path: YamlPath, problem: ErrorDetails) -> Finding:
    """The finding that a validation error at `path` is."""
    match problem["type"]:
        case "extra_forbidden":
            return _unknown(path)
        case "missing":
            return _missing(path)
        case "literal_error":
            return _no_choice(path, problem)
        case kind if kind in _EXPECTED:
            return _wrong_kind(path, _EXPECTED[kind], problem["input"])
        case "range":
            return Finding("range", path, f"{called(path)} {problem['ctx']['said']}")
        case kind:
            context = problem.get("ctx", {})
            message = context.get("said") or f"{called(path)} is not valid"
            return Finding(kind, path, message, context.get("hint") or None)


def meant(path: YamlPath) -> str | None:
    """The key that the unknown one at `path` was probably meant to be."""
    return closest(str(path[-1]), list(fields_at(path[:-1])))


def _unknown(path: YamlPath) -> Finding:
    known = list(fields_at(path[:-1]))
    key = str(path[-1])
    hint = suggestion(key, known) or (f"known keys: {', '.join(known)}" if known else None)
    message = f"unknown key {quoted(key)} {_inside(path)}"
    return Finding("unknown-key", path, message, hint, of_key=True)


def _inside(path: YamlPath) -> str:
    return "at the top" if len(path) == 1 else f"in {called(path[:-1])}"


def _missing(path: YamlPath) -> Finding:
    message = f"{quoted(path[-1])} is missing {_inside(path)}"
    return Finding("missing-key", path[:-1], message, of_key=True)


def _no_choice(path: YamlPath, problem: ErrorDetails) -> Finding:
    choices = _choices(problem["ctx"]["expected"])
    given = problem["input"]
    hint = suggestion(given, choices) if isinstance(given, str) else None
    return Finding("choice", path, f"{called(path)} must be {listed(choices)}", hint)


def _choices(expected: str) -> list[str]:
    """The choices, which pydantic gives as a sentence: `'a', 'b' or 'c'`."""
    return [each.strip("'") for each in expected.replace(" or ", ", ").split(", ")]


def _wrong_kind(path: YamlPath, expected: str, given: object) -> Finding:
    hint = None
    if expected == "text" and isinstance(given, bool | int | float):
        shown = "…" if is_within_secret(path) else str(given).lower()
        hint = f'put it in quotes: "{shown}"'
    elif isinstance(given, str) and expected in {"a whole number", "true or false"}:
        hint = "leave the quotes out" if given.isdigit() or given in {"true", "false"} else None
    message = f"{called(path)} must be {expected}, not {kind_of(given)}"
    return Finding("type", path, message, hint)
