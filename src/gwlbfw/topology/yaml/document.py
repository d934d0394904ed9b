"""A YAML document as plain values, with the place of every node.

This is the part of YAML that a topology needs: no anchors, aliases, merge keys or tags, one
document, no key twice. So every node has one place.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, TypeAlias

import yaml

from gwlbfw.diagnostics import Diagnostic, Place, error
from gwlbfw.errors import TopologyError
from gwlbfw.topology.wording import describe, quote
from gwlbfw.topology.yaml.nodes import Node, compose
from gwlbfw.topology.yaml.scalars import Scalar, TooLongError, Untyped, resolve
from gwlbfw.topology.yaml.secrets import (
    MASK,
    is_unspaced_secret,
    is_within_secret,
    may_hold_secret,
    secret_spans,
    takes_sensitive,
)
from gwlbfw.topology.yaml.source import YamlPath
from gwlbfw.topology.yaml.syntax import syntax_error
from gwlbfw.topology.yaml.text import Text
from gwlbfw.topology.yaml.variables import Variables, VariableUse

Tree: TypeAlias = "Scalar | list[Tree] | dict[str, Tree]"

MAX_PROBLEMS = 100
"""Problems of one file that are reported at most, so that a hostile one costs little."""

SENSITIVE_HINT = (
    "only `user_data` and an account's `external_id` take it: the rest is shown by the cloud, "
    "in plans and in records"
)


class _Refused(Enum):
    NODE = "a node that is left out"


_REFUSED: Final = _Refused.NODE


@dataclass
class Document:
    """The content of a file; `refused` are the paths of the nodes that were left out."""

    root: Tree = None
    keys: dict[YamlPath, Place] = field(default_factory=dict)
    scalars: dict[YamlPath, Place] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    refused: set[YamlPath] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    """Those in values, as `env:NAME` and `var:KEY`."""


class _TooManyProblemsError(Exception):
    """The document has as many problems as are reported."""


def read_document(text: Text, variables: Variables) -> Document:
    """The document in `text`; problems that leave the rest readable are gathered in it.

    Raises a TopologyError where no document can be made out.
    """
    root, failure = compose(text.text)
    text = text.unparsed() if root is None or failure else text.masked(secret_spans(root))
    reader = _Reader(text, variables, _sensitive(root) if root else frozenset())
    document = reader.document
    try:
        if root:
            reader.read(root)
        if failure:
            document.problems.append(syntax_error(text, failure))
        elif not root:
            document.problems.append(error("empty", "the file is empty", place=text.place(0, 0)))
        else:
            return document
    except _TooManyProblemsError:
        pass
    raise TopologyError(document.problems)


def _sensitive(root: Node) -> frozenset[str]:
    """The entries of `sensitive` at the top: variables as `env:NAME` and `var:KEY`."""
    marked = [value for key, value in root.pairs() if key.text == "sensitive" and value]
    return frozenset(each.text for value in marked for each in value.walk())


class _Reader:
    """Builds a Document from the nodes of its YAML."""

    def __init__(self, text: Text, variables: Variables, sensitive: frozenset[str]) -> None:
        self.document = Document()
        self._text = text
        self._variables = variables
        self._sensitive = sensitive

    def read(self, root: Node) -> None:
        self.document.keys[()] = self._place(root)
        value = self._value(root, ())
        self.document.root = None if value is _REFUSED else value

    def _value(self, node: Node, path: YamlPath) -> Tree | Literal[_Refused.NODE]:
        self._check_supported(node, path)
        value: Tree | Literal[_Refused.NODE]
        match node.event:
            case yaml.ScalarEvent():
                value = self._scalar(node, path)
            case yaml.SequenceStartEvent():
                value = self._list(node, path)
            case yaml.MappingStartEvent():
                value = self._mapping(node, path)
            case _:
                value = _REFUSED
        if value is _REFUSED:
            self.document.refused.add(path)
        return value

    def _check_supported(self, node: Node, path: YamlPath) -> None:
        """Report an alias, an anchor or a tag, which a password may look like."""
        anchor = node.event.anchor
        if isinstance(node.event, yaml.AliasEvent):
            self._unsupported("alias", f"*{anchor}", node, path, "write the value out")
        elif anchor is not None:
            hint = "write the value out where it is needed"
            self._unsupported("anchor", f"&{anchor}", node, path, hint)
        elif node.tag is not None:
            self._unsupported("tag", node.tag, node, path, "leave it out")

    def _unsupported(self, what: str, written: str, node: Node, path: YamlPath, hint: str) -> None:
        secret = is_within_secret(path)
        message = f"the YAML {what} {quote(MASK if secret else written)} is not supported"
        self._problem(what, message, self._place(node), "put a text in quotes" if secret else hint)

    def _list(self, node: Node, path: YamlPath) -> list[Tree]:
        found: list[Tree] = []
        for each in node.children:
            value = self._entry(each, (*path, len(found)), self._place(each))
            if value is not _REFUSED:
                found.append(value)
        return found

    def _mapping(self, node: Node, path: YamlPath) -> dict[str, Tree]:
        found: dict[str, Tree] = {}
        for each, inner in node.pairs():
            key = self._key(each, path)
            if key is not None and inner is not None:
                value = self._entry(inner, (*path, key), self._place(each))
                if value is not _REFUSED:
                    found[key] = value
        return found

    def _entry(self, node: Node, path: YamlPath, place: Place) -> Tree | Literal[_Refused.NODE]:
        """The value of an entry of a list or mapping, which may not be empty."""
        self.document.keys[path] = place
        value = self._value(node, path)
        if value is not None:
            return value
        self.document.refused.add(path)
        if not is_within_secret(path[:-1]):  # else the key may be a part of the secret
            hint = "give it one, or leave the key out where it has a default"
            name = quote(MASK) if may_hold_secret(str(path[-1])) else describe(path)
            self._problem("empty", f"{name} has no value", place, hint)
        return _REFUSED

    def _key(self, node: Node, path: YamlPath) -> str | None:
        """The text of a key; None where it is refused."""
        key, place = node.text, self._place(node)
        if not isinstance(node.event, yaml.ScalarEvent):
            self._problem("key", "a key must be plain text", place)
            return None
        first = self.document.keys.get((*path, key))
        self._check_supported(node, path)
        if key == "<<" and not node.style:
            message = "the YAML merge key `<<` is not supported"
            self._problem("merge", message, place, "write the keys out")
        elif not key:
            self._problem("key", "a key is empty", place)
        elif is_unspaced_secret(key):
            self._problem("key", "a key needs a colon and a space after it", place)
        elif first is not None:
            name = quote(MASK) if is_within_secret(path) else describe((*path, key))
            hint = f"it is given first in line {first.line}"
            self._problem("duplicate", f"{name} is given twice", place, hint)
        else:
            return key
        return None

    def _scalar(self, node: Node, path: YamlPath) -> Scalar | Literal[_Refused.NODE]:
        self.document.scalars[path] = place = self._place(node)
        if path[:1] == ("sensitive",) and node.text:
            return node.text  # names of variables, which are not substituted
        misused = self._misused(node.text, path)
        for used in misused:
            message = f"{quote(used.name)} is sensitive, and can't stand in {describe(path)}"
            self._problem("sensitive", message, self._place_of(place, used.written), SENSITIVE_HINT)
        value, unusable = self._variables.substitute(node.text)
        if path[-1:] != ("user_data",):  # a script has expansions of its own
            unusable += self._variables.strays(node.text)
        for each in unusable:
            self._problem("variable", each.message, self._place_of(place, each.written), each.hint)
        if unusable or misused:
            return _REFUSED
        if node.style or isinstance(value, Untyped) or value != node.text:
            return value
        try:
            return resolve(value)
        except TooLongError:
            shown = len(value) < 60 and not is_within_secret(path)
            hint = f'put it in quotes if it is text: "{value}"' if shown else None
            self._problem("number", "a whole number of more than 18 digits", place, hint)
            return _REFUSED

    def _misused(self, text: str, path: YamlPath) -> list[VariableUse]:
        """The sensitive variables in a value that plans, records and the cloud show."""
        used = self._variables.references(text)
        self.document.variables |= {each.name for each in used}
        if takes_sensitive(path):
            return []
        return [each for each in used if each.name in self._sensitive]

    def _place_of(self, scalar: Place, written: str) -> Place:
        """The place of a variable; that of the scalar which holds it where it is further down."""
        found = self._text.lines[scalar.line - 1].find(written, scalar.column - 1)
        return self._text.place(scalar.line - 1, found) if found >= 0 else scalar

    def _problem(self, code: str, message: str, place: Place, hint: str | None = None) -> None:
        self.document.problems.append(error(code, message, place=place, hint=hint))
        if len(self.document.problems) >= MAX_PROBLEMS:
            raise _TooManyProblemsError

    def _place(self, node: Node) -> Place:
        return self._text.place(node.start.line, node.start.column)
