"""How a topology's parts are called in messages."""

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
_LONGEST = 60


def shown(value: object) -> str:
    """A value as messages show it: on one line, cut where it is long."""
    return one_line(value, _LONGEST)


def quoted(value: object) -> str:
    """A value as messages quote it."""
    return f"`{shown(value)}`"


def called(path: YamlPath) -> str:
    """What is at `path`, as in "zone `cn-wulanchabu-b`" or "entry 2 of `ingress`"."""
    if not path:
        return "the topology"
    *above, last = path
    if isinstance(last, int):
        return f"entry {last + 1} of {quoted(above[-1])}" if above else f"entry {last + 1}"
    noun = _NOUNS.get(str(above[-1])) if above else None
    return f"{noun} {quoted(last)}" if noun else quoted(last)


def listed(options: Iterable[object], last: str = "or") -> str:
    """Alternatives in a sentence: "`a`, `b` or `c`"."""
    words = [quoted(each) for each in options]
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def closest(word: str, options: Sequence[str]) -> str | None:
    """The option that a misspelt word was probably meant to be."""
    if len(word) > _LONGEST:
        return None
    plain = {each.lower().replace("-", "_"): each for each in options}
    close = get_close_matches(word.lower().replace("-", "_"), plain, n=1, cutoff=0.65)
    return plain[close[0]] if close else None


def suggestion(word: str, options: Sequence[str]) -> str | None:
    """The same as a question."""
    found = closest(word, options)
    return f"did you mean {quoted(found)}?" if found else None


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "text"),
    (dict, "a mapping"),
    (list, "a list"),
)


def kind_of(value: object) -> str:
    """What a YAML value is, in words."""
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "nothing")
