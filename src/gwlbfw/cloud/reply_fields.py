"""Fields of the cloud's replies as plain values, in whichever form a product answers them."""

from collections.abc import Mapping

from gwlbfw.cloud.call import Json, Raw, Value, value_at


def text_at(raw: Raw, path: str) -> str:
    """The text at a dotted path; empty where there is none."""
    value = value_at(raw, path)
    return "" if value is None else str(value)


def texts_at(raw: Raw, path: str) -> list[str]:
    """The texts of the list at a dotted path; none where there is no list."""
    value = value_at(raw, path)
    return [str(each) for each in value] if isinstance(value, list) else []


def flag_at(raw: Raw, path: str) -> bool:
    """True if the boolean at a dotted path is."""
    return is_true(value_at(raw, path))


def struct_at(raw: Raw, name: str) -> Raw:
    """A field that holds an object; empty where it is missing."""
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def is_true(value: Json) -> bool:
    """True if a boolean field is; the cloud writes it as True, true or "true"."""
    return comparable_text(value) == "true"


def comparable_text(value: "Json | Value") -> str:
    """The text of a value to compare it by: a boolean in any notation is one text."""
    if isinstance(value, bool) or (isinstance(value, str) and value.lower() in {"true", "false"}):
        return str(value).lower()
    return "" if value is None else str(value)
