"""Fields of what the cloud answered, as plain values."""

from gwlbfw.cloud.call import Raw, value_at


def text(raw: Raw, path: str) -> str:
    """The text at a dotted path; empty where there is none."""
    value = value_at(raw, path)
    return "" if value is None else str(value)


def texts(raw: Raw, path: str) -> list[str]:
    """The texts of the list at a dotted path."""
    value = value_at(raw, path)
    return [str(each) for each in value] if isinstance(value, list) else []


def true(raw: Raw, path: str) -> bool:
    """A boolean field, in whichever form the product answers it."""
    return text(raw, path).lower() == "true"
