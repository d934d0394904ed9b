"""A YAML document as plain values, with the place of every node.

This is the part of YAML that a topology needs: no anchors, aliases, merge keys or tags, one
document, no key twice. So every node has one place, and a small file can't grow while it is read.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, NoReturn, TypeAlias

import yaml

from gwlbfw.diagnostics import Diagnostic, Place, error
from gwlbfw.errors import TopologyError
from gwlbfw.topology.wording import called, quoted
from gwlbfw.topology.yaml.scalars import Scalar, TooLongError, Untyped, resolve
from gwlbfw.topology.yaml.secrets import (
    DEEPEST,
    HIDDEN,
    LOADER,
    MOST_NODES,
    is_glued,
    is_within_secret,
    takes_sensitive,
)
from gwlbfw.topology.yaml.source import YamlPath
from gwlbfw.topology.yaml.text import Text
from gwlbfw.topology.yaml.variables import Used, Variables

Tree: TypeAlias = "Scalar | list[Tree] | dict[str, Tree]"

MOST_PROBLEMS = 100
"""What is told of one file at most, so that a hostile one costs little."""

SENSITIVE_HINT = (
    "only `user_data` and an account's `external_id` take it: the rest is shown by the cloud, "
    "in plans and in records"
)


class _Left(Enum):
    OUT = "a node that was refused"


_BROKEN: Final = _Left.OUT


@dataclass
class Document:
    """What a file says; `broken` are the paths of nodes that were refused and left out."""

    root: Tree = None
    keys: dict[YamlPath, Place] = field(default_factory=dict)
    scalars: dict[YamlPath, Place] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    broken: set[YamlPath] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    """Those in values, as `env:NAME` and `var:KEY`."""


class _Stop(Exception):
    """The document can't be read further; the problem is among its problems."""


def read_tree(text: Text, variables: Variables) -> Document:
    """The document in `text`; problems that leave the rest readable are gathered in it.

    Raises a TopologyError where no document can be made out.
    """
    reader = _Reader(text, variables)
    try:
        reader.read()
    except _Stop:
        pass
    except yaml.YAMLError as problem:
        reader.document.problems.append(_syntax(text, problem))
    else:
        return reader.document
    raise TopologyError(reader.document.problems)


class _Reader:
    """Builds a Document from the events of the YAML parser."""

    def __init__(self, text: Text, variables: Variables) -> None:
        self.document = Document()
        self._text = text
        self._variables = variables
        self._events = yaml.parse(text.text, Loader=LOADER)
        self._nodes = 0

    def read(self) -> None:
        next(self._events)
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            self._stop("empty", "the file is empty", self._text.place(0, 0))
        event = next(self._events)
        self.document.keys[()] = self._place(event)
        root = self._node(event, ())
        self.document.root = None if root is _BROKEN else root
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            message = "a second YAML document starts here"
            self._stop("documents", message, self._place(after), "one file holds one topology")

    def _node(self, event: yaml.Event, path: YamlPath) -> Tree | Literal[_Left.OUT]:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            message = f"the file has more than {MOST_NODES} values"
            self._stop("size", message, self._place(event), "split it into several stacks")
        if len(path) > DEEPEST:
            message = f"more than {DEEPEST} levels of nesting"
            self._stop("depth", message, self._place(event))
        self._refuse(event, path)
        value = self._value(event, path)
        if value is _BROKEN:
            self.document.broken.add(path)
        return value

    def _value(self, event: yaml.Event, path: YamlPath) -> Tree | Literal[_Left.OUT]:
        match event:
            case yaml.ScalarEvent():
                return self._scalar(event, path)
            case yaml.SequenceStartEvent():
                return self._list(path)
            case yaml.MappingStartEvent():
                return self._mapping(path)
            case _:
                return _BROKEN

    def _refuse(self, event: yaml.Event, path: YamlPath) -> None:
        """Refuses an alias, an anchor or a tag, which a password may look like."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            self._unsupported("alias", f"*{anchor}", event, path, "write the value out")
        elif anchor is not None:
            hint = "write the value out where it is needed"
            self._unsupported("anchor", f"&{anchor}", event, path, hint)
        elif tag is not None:
            self._unsupported("tag", str(tag), event, path, "leave it out")

    def _unsupported(
        self, what: str, written: str, event: yaml.Event, path: YamlPath, hint: str
    ) -> None:
        secret = is_within_secret(path)
        message = f"the YAML {what} {quoted(HIDDEN if secret else written)} is not supported"
        self._problem(what, message, event, "put a text in quotes" if secret else hint)

    def _list(self, path: YamlPath) -> list[Tree]:
        found: list[Tree] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*path, len(found))
            self.document.keys[here] = self._place(event)
            value = self._node(event, here)
            if value is None:
                self._empty(here, self._place(event))
            elif value is not _BROKEN:
                found.append(value)
        return found

    def _mapping(self, path: YamlPath) -> dict[str, Tree]:
        found: dict[str, Tree] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, path)
            if key is None:
                self._skip(next(self._events))
                continue
            here = (*path, key)
            self.document.keys[here] = place = self._place(event)
            value = self._node(next(self._events), here)
            if value is None:
                self._empty(here, place)
            elif value is not _BROKEN:
                found[key] = value
        return found

    def _key(self, event: yaml.Event, path: YamlPath) -> str | None:
        """The text of a key; None where it is refused."""
        if not isinstance(event, yaml.ScalarEvent):
            self._problem("key", "a key must be plain text", event)
            self._skip(event)
            return None
        first = self.document.keys.get((*path, event.value))
        self._refuse(event, path)
        if event.value == "<<" and not event.style:
            self._problem(
                "merge", "the YAML merge key `<<` is not supported", event, "write the keys out"
            )
        elif not event.value:
            self._problem("key", "a key is empty", event)
        elif is_glued(event.value):
            self._problem("key", "a key needs a colon and a space after it", event)
        elif first is not None:
            name = quoted(HIDDEN) if is_within_secret(path) else called((*path, event.value))
            message = f"{name} is given twice"
            self._problem("duplicate", message, event, f"it is given first in line {first.line}")
        else:
            return str(event.value)
        return None

    def _skip(self, event: yaml.Event) -> None:
        """Reads past a node that is not wanted."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if not depth:
                return
            event = next(self._events)

    def _scalar(self, event: yaml.ScalarEvent, path: YamlPath) -> Tree | Literal[_Left.OUT]:
        self.document.scalars[path] = place = self._place(event)
        if path[:1] == ("sensitive",) and event.value:
            return str(event.value)  # names of variables, in whose place no value is put
        misused = self._misused(event.value, path)
        for used in misused:
            message = f"{quoted(used.name)} is sensitive, and can't stand in {called(path)}"
            at = self._place_of(used.written, place)
            self._add(error("sensitive", message, place=at, hint=SENSITIVE_HINT))
        value, unset = self._variables.replace(event.value)
        for each in unset:
            at = self._place_of(each.written, place)
            self._add(error("variable", each.message, place=at, hint=each.hint))
        if unset or misused:
            return _BROKEN
        if event.style or isinstance(value, Untyped) or value != event.value:
            return value
        try:
            return resolve(value)
        except TooLongError:
            shown = len(value) < 60 and not is_within_secret(path)
            hint = f'put it in quotes if it is text: "{value}"' if shown else None
            self._problem("number", "a whole number of more than 18 digits", event, hint)
            return _BROKEN

    def _misused(self, text: str, path: YamlPath) -> list[Used]:
        """The sensitive variables in a value that plans, records and the cloud show."""
        used = self._variables.used(text)
        self.document.variables |= {each.name for each in used}
        if takes_sensitive(path):
            return []
        return [each for each in used if each.name in self._text.sensitive]

    def _place_of(self, written: str, scalar: Place) -> Place:
        """The place of a variable; that of the scalar which holds it where it is further down."""
        found = scalar.text.find(written, scalar.column - 1)
        return self._text.place(scalar.line - 1, found) if found >= 0 else scalar

    def _empty(self, path: YamlPath, place: Place) -> None:
        self.document.broken.add(path)
        if is_within_secret(path[:-1]):
            return  # what holds it is no text, which is said; the key may be a part of the secret
        hint = "leave the key out for its default; {} is a mapping of nothing but defaults"
        self._add(error("empty", f"{called(path)} has no value", place=place, hint=hint))

    def _problem(self, code: str, message: str, event: yaml.Event, hint: str | None = None) -> None:
        self._add(error(code, message, place=self._place(event), hint=hint))

    def _stop(self, code: str, message: str, place: Place, hint: str | None = None) -> NoReturn:
        self._add(error(code, message, place=place, hint=hint))
        raise _Stop

    def _add(self, problem: Diagnostic) -> None:
        self.document.problems.append(problem)
        if len(self.document.problems) >= MOST_PROBLEMS:
            raise _Stop

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return self._text.place(mark.line, mark.column) if mark else self._text.place(0, 0)


def _syntax(text: Text, problem: yaml.YAMLError) -> Diagnostic:
    """What the parser says, at its place, in better words where it is one of the usual mistakes."""
    if not isinstance(problem, yaml.MarkedYAMLError):
        return error("syntax", f"this is not YAML: {problem}", place=text.place(0, 0))
    mark = problem.problem_mark or problem.context_mark
    place = text.place(mark.line, mark.column) if mark else None
    line = place.text if place else ""
    if place and line[place.column - 1 : place.column] == "\t":
        message, hint = "a tab can't indent or separate in YAML", "use spaces"
        return error("tab", message, place=place, hint=hint)
    message = f"this is not YAML: {problem.problem or problem.context}"
    return error("syntax", message, place=place, hint=_syntax_hint(line, str(problem.problem)))


def _syntax_hint(line: str, problem: str) -> str | None:
    if "${" in line:
        return 'within { } and [ ], put a variable in quotes: "${var:KEY}"'
    if "mapping values" in problem:
        return "put a text that holds `: ` in quotes, and indent keys alike"
    if "expected ':'" in problem:
        return "a key needs a colon and a space after it"
    return None
