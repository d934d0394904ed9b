"""The words of messages about a topology: names of its parts, quotes, suggestions."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from gwlbfw.diagnostics import one_line
from gwlbfw.topology.yaml.source import YamlPath

_NOUNS = {
    "business_vpcs": "business VPC",
    "zones": "zone",
    "subnets": "subnet",
    "servers": "server",
    "appliances": "appliance",
    "accounts": "account",
    "tags": "tag",
}
_MAX_LENGTH = 60


def display(value: object) -> str:
    """The value on one line, truncated."""
    return one_line(value, _MAX_LENGTH)


def quote(value: object) -> str:
    """The value on one line, truncated, in backquotes."""
    return f"`{display(value)}`"


def describe(path: YamlPath) -> str:
    """The name of the part at `path`: "zone `cn-wulanchabu-b`" or "entry 2 of `ingress`"."""
    if not path:
        return "the topology"
    *above, last = path
    if isinstance(last, int):
        return f"entry {last + 1} of {quote(above[-1])}" if above else f"entry {last + 1}"
    noun = _NOUNS.get(str(above[-1])) if above else None
    return f"{noun} {quote(last)}" if noun else quote(last)


def alternatives(options: Iterable[object], last: str = "or") -> str:
    """Alternatives in a sentence: "`a`, `b` or `c`"."""
    words = [quote(each) for each in options]
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def closest_match(word: str, options: Sequence[str]) -> str | None:
    """The option that the word probably misspells."""
    if len(word) > _MAX_LENGTH:
        return None
    plain = {each.lower().replace("-", "_"): each for each in options}
    close = get_close_matches(word.lower().replace("-", "_"), plain, n=1, cutoff=0.65)
    return plain[close[0]] if close else None


def suggestion(word: str, options: Sequence[str]) -> str | None:
    """The option that the word probably misspells, as a question."""
    found = closest_match(word, options)
    return f"did you mean {quote(found)}?" if found else None


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "text"),
    (dict, "a mapping"),
    (list, "a list"),
)


def describe_type(value: object) -> str:
    """The type of a YAML value, in words."""
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "nothing")
