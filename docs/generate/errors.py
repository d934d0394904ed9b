"""The page of the cloud's error codes, from the table that the tool itself reads."""

from gwlbfw.cloud.advice import ADVICE, PERMISSIONS, QUOTAS
from gwlbfw.cloud.error_codes import TABLE

from .markdown import Lines, table

_RETRIED = {
    "Throttled": ("too many calls", "waits (as long as the cloud asks for), then sends it again"),
    "Busy": ("something else is under way", "waits, longer each time, and sends it again"),
    "Missing": ("it is not there", "done, where it was to be taken away; else the step fails"),
    "Exists": ("it is there already", "done, where it has no id of its own; else the step fails"),
    "Denied": ("these credentials may not", "the step fails, and says which permission lacks"),
    "Rejected": ("it will never work like this", "the step fails"),
}


def errors() -> Lines:
    """What each of the cloud's error codes means to the tool."""
    yield from (
        "# The cloud's error codes",
        "",
        "Each code has one meaning, which decides what happens. The table is read from top to",
        "bottom, without regard to letter case; `*` stands for any text. A code that is in no row",
        "is judged by its HTTP status: 429 is throttled, 5xx busy, 401 denied, 404 missing,",
        "anything else rejected. 403 says no more than 400: ECS answers it for stock, zones and",
        "quotas too.",
        "",
    )
    yield from table(
        ("meaning", "in words", "what gwlbfw does"),
        [(name.lower(), *words) for name, words in _RETRIED.items()],
    )
    yield from table(
        ("codes", "meaning", "source"),
        [
            (
                ", ".join(f"`{code}`" for code in rule.codes.split()),
                rule.meaning.__name__.lower(),
                rule.source,
            )
            for rule in TABLE
        ],
    )
    yield from (
        "## What to do",
        "",
        "Besides what a code's own message says. A code that is in no row is shown as it is,",
        "without advice.",
        "",
    )
    rows = [(each.codes, each.text, each.source) for each in ADVICE]
    rows.append((QUOTAS, "the quota is named, with its default where there is one", "all products"))
    rows.append((PERMISSIONS, "the RAM action is named, with the statement that gives it", "RAM"))
    yield from table(
        ("codes", "what to do", "source"),
        [
            (", ".join(f"`{code}`" for code in codes.split()), text, source)
            for codes, text, source in rows
        ],
    )
