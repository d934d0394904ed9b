"""What a topology file says that is for nobody to read: user data, external ids, passwords.

A message shows the line that it is about, so a line hides the secrets in it.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from gwlbfw.topology.models import Account, Appliance, Server
from gwlbfw.topology.wording import closest
from gwlbfw.topology.yaml.source import YamlPath

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

HIDDEN: Final = "(sensitive)"
"""What messages say in place of a secret."""

MOST_NODES = 20_000
DEEPEST = 50
"""What is read of one file at most, so that a hostile one costs little; the rest is hidden."""

SECRET_FIELDS = ("user_data", "external_id")
_WORDS = re.compile(
    r"user[-_ ]?data(?!_file$)|external[-_ ]?id|passw|secret|token|(?:private|access)[-_ ]?key",
    re.IGNORECASE,
)
BESIDE = frozenset({*Server.model_fields, *Appliance.model_fields, *Account.model_fields})
"""Keys that may stand beside a secret; another one is taken for a line of it, too far left."""
_GLUED = re.compile(r"([\w-]{1,40})\s*[:='\"]\s*\S")
"""A key to whose value no space leads: YAML takes the whole for one text."""
_SHOWN = re.compile(r"(\$\{(?:env|var):[A-Za-z_][A-Za-z0-9_.-]*\})|\S")
_WORD = re.compile(r"""(?<![\w-])([\w-]{1,40})(?![\w-])(["']?\s*:)?""")
_KEY_LINE = re.compile(r"""\s*(?:- +)?["']?([\w./-]+)["']?\s*:(?:\s|$)""")

Lines = Sequence[str]


def is_secret(key: str) -> bool:
    """Whether a key's value is a secret, by what the key is called, or was meant to be called."""
    if _WORDS.search(key):
        return True
    return key != "user_data_file" and closest(key, SECRET_FIELDS) is not None


def is_within_secret(path: YamlPath) -> bool:
    """Whether what is at `path` belongs to a secret."""
    return any(isinstance(step, str) and is_secret(step) for step in path)


def takes_sensitive(path: YamlPath) -> bool:
    """Whether what is at `path` stays out of plans and records, and out of what all can read."""
    match path:
        case (
            ("accounts", _, "external_id")
            | ("business_vpcs", _, "servers", _, "user_data")
            | ("security_vpc", "appliances", _, "user_data")
        ):
            return True
        case _:
            return False


def is_glued(text: str) -> bool:
    """Whether the text is a secret together with its key, as in `user_data:hunter2`."""
    found = _GLUED.match(text)
    return found is not None and is_secret(found[1])


@dataclass(frozen=True)
class Look:
    """What a first look at a file gives: its lines as they may be shown, what it calls secret."""

    lines: Lines
    sensitive: frozenset[str] = frozenset()
    """The entries of `sensitive` at the top."""


def look(text: str, lines: Lines) -> Look:
    """The lines of a text with its secrets hidden, each as long as before."""
    try:
        scan = _Scan()
        spans = list(scan.spans(text))
    except yaml.YAMLError:
        return Look(list(_guessed(lines)))
    parts: defaultdict[int, list[slice]] = defaultdict(list)
    for (line, column), (last, end) in spans:
        for number in range(line, min(last + 1, len(lines))):
            start, stop = column if number == line else 0, end if number == last else None
            parts[number].append(slice(start, stop))
    shown = [_without(each, parts[n]) if n in parts else each for n, each in enumerate(lines)]
    return Look(shown, frozenset(scan.sensitive))


def _without(line: str, secrets: Sequence[slice]) -> str:
    """A line with some parts of it hidden, which come one after the other."""
    done = 0
    pieces: list[str] = []
    for each in secrets:
        start, stop, _ = each.indices(len(line))
        pieces += [line[done:start], _hidden(line[max(done, start) : stop])]
        done = max(done, stop)
    return "".join([*pieces, line[done:]])


@dataclass
class _Level:
    """A mapping or list that is being read."""

    secret: bool
    is_mapping: bool
    key: str = ""
    awaits_value: bool = False
    after_lines: bool = False
    """Whether it has had a secret of several lines."""

    def takes(self, event: yaml.NodeEvent) -> bool:
        """Whether the next node in it is a secret."""
        text = event.value if isinstance(event, yaml.ScalarEvent) else ""
        secret = self.secret or is_glued(text)
        if not self.is_mapping:
            return secret
        is_value, self.awaits_value = self.awaits_value, not self.awaits_value
        if is_value:
            return secret or self._is_secret_value(event)
        self.key = text
        return secret

    def _is_secret_value(self, event: yaml.NodeEvent) -> bool:
        if is_secret(self.key):
            self.after_lines |= _spot(event.start_mark)[0] < _spot(event.end_mark)[0]
            return True
        return self.after_lines and self.key not in BESIDE


_Spot = tuple[int, int]
_END: _Spot = (sys.maxsize, 0)


class _Scan:
    """Reads a whole file's events for the spans of its secrets."""

    def __init__(self) -> None:
        self.sensitive: list[str] = []
        self._nodes = 0
        self._above = [_Level(secret=False, is_mapping=False)]

    def spans(self, text: str) -> Iterator[tuple[_Spot, _Spot]]:
        """From where to where each secret stands; lines and columns count from 0."""
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.CollectionEndEvent):
                self._above.pop()
            elif isinstance(event, yaml.NodeEvent) and self._enters(event):
                yield _span(event)
            if self._nodes > 2 * MOST_NODES or len(self._above) > DEEPEST + 2:
                yield _spot(event.end_mark), _END
                return

    def _enters(self, event: yaml.NodeEvent) -> bool:
        """Whether a node is a secret; what comes next is inside it, where it can hold anything."""
        self._nodes += 1
        secret = self._above[-1].takes(event)
        if isinstance(event, yaml.CollectionStartEvent):
            self._above.append(_Level(secret, isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.ScalarEvent) and self._is_mark():
            self.sensitive.append(event.value)
        return secret

    def _is_mark(self) -> bool:
        return len(self._above) > 1 and self._above[1].key == "sensitive"


def _span(event: yaml.NodeEvent) -> tuple[_Spot, _Spot]:
    """Where a secret stands; its quotes and the sign of a block of text may be shown."""
    first, last = _spot(event.start_mark), _spot(event.end_mark)
    if not isinstance(event, yaml.ScalarEvent) or not event.style or event.tag or event.anchor:
        return first, last
    if event.style in {"|", ">"}:
        return (first[0] + 1, 0), last
    return (first[0], first[1] + 1), (last[0], last[1] - 1)


def _spot(mark: Any) -> _Spot:  # noqa: ANN401 - the parser written in C has a type of its own
    return (mark.line, mark.column) if mark else _END


def _guessed(lines: Lines) -> Iterator[str]:
    """The lines of what is no YAML: from a secret's key to the next key that is not inside it.

    A line that stands too far left to be inside may be meant to be: what follows the secret is a
    key that may stand there, in a column where keys have stood.
    """
    inside: int | None = None
    columns = {0}
    for line in lines:
        indent = len(line) - len(line.lstrip())
        key = _KEY_LINE.match(line)
        if inside is not None and not (key and _follows(key[1], indent, inside, columns)):
            yield _hidden(line)
            continue
        if key:
            columns.add(indent)
        secret = next(filter(_is_secret_word, _WORD.finditer(line)), None)
        inside = secret.start() if secret else None
        yield line[: secret.end()] + _hidden(line[secret.end() :]) if secret else line


def _follows(key: str, indent: int, inside: int, columns: Collection[int]) -> bool:
    return indent in columns and (indent < inside or (indent == inside and key in BESIDE))


def _is_secret_word(word: re.Match[str]) -> bool:
    return bool(_WORDS.search(word[1])) or (word[2] is not None and is_secret(word[1]))


def _hidden(text: str) -> str:
    """As long a text in which the names of variables are all there is to read."""
    return _SHOWN.sub(lambda found: found[1] or "*", text)
