"""The API calls that a command has sent, as text."""

from collections.abc import Mapping


def sent_calls_text(calls: Mapping[str, int]) -> str:
    """The number of sent calls of each action, as text."""
    each = ", ".join(f"{name} {number}" for name, number in sorted(calls.items()))
    return f"{sum(calls.values())} API calls were sent: {each}"
