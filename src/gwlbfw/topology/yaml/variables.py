"""Variables in scalars: `${env:NAME}` from the environment, `${var:KEY}` from `--var KEY=VALUE`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gwlbfw.topology.wording import quote, suggestion
from gwlbfw.topology.yaml.scalars import Untyped

_VARIABLE = re.compile(r"(?P<escaped>\$\$\{)|\$\{(?P<source>env|var):(?P<name>[^}\s]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
VARIABLE_NAME = re.compile(rf"(?:env|var):{_NAME.pattern}")
"""A variable as `sensitive` lists it."""
_SHELL = re.compile(r"[-=+?0-9]")
"""The characters after the colon of a shell's expansion: `${var:-default}`, `${var:2}`."""


@dataclass(frozen=True)
class UnsetVariable:
    """A variable that has no value, as it is written in the file."""

    written: str
    message: str
    hint: str | None


@dataclass(frozen=True)
class VariableUse:
    """A variable that has a value or could have one; `name` is `env:NAME` or `var:KEY`."""

    written: str
    name: str


@dataclass(frozen=True)
class Variables:
    """The values of variables; one of the environment that is empty counts as unset."""

    given: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def substitute(self, text: str) -> tuple[str, list[UnsetVariable]]:
        """The text with its variables replaced, and those that have no value.

        A text that is one variable and nothing else stays untyped until its use is known.
        """
        if "${" not in text:
            return text, []
        unset: list[UnsetVariable] = []

        def value(match: re.Match[str]) -> str:
            found = self._value(match)
            if isinstance(found, UnsetVariable):
                unset.append(found)
                return ""
            return found

        replaced = _VARIABLE.sub(value, text)
        whole = _VARIABLE.fullmatch(text)
        return (Untyped(replaced) if whole and not whole["escaped"] else replaced), unset

    @staticmethod
    def references(text: str) -> list[VariableUse]:
        """The variables in a text, whether they have a value or not."""
        found = _VARIABLE.finditer(text) if "${" in text else ()
        return [
            VariableUse(each[0], f"{each['source']}:{each['name']}")
            for each in found
            if not each["escaped"] and _NAME.fullmatch(each["name"])
        ]

    def _value(self, match: re.Match[str]) -> str | UnsetVariable:
        written, source, name = match[0], match["source"], match["name"]
        if match["escaped"]:
            return "${"
        if _SHELL.match(name or ""):
            return written
        if not _NAME.fullmatch(name):
            return UnsetVariable(
                written, f"{quote(written)} does not name a variable", "write $${ for a plain ${"
            )
        if source == "env":
            return self.environment.get(name) or _unset_environment(written, name)
        value = self.given.get(name)
        return self._unset(written, name) if value is None else value

    def _unset(self, written: str, name: str) -> UnsetVariable:
        hint = suggestion(name, list(self.given)) or f"give it with --var {name}=VALUE"
        return UnsetVariable(written, f"the variable {quote(name)} is not set", hint)


def _unset_environment(written: str, name: str) -> UnsetVariable:
    return UnsetVariable(
        written,
        f"the environment variable {quote(name)} is not set",
        "an empty one counts as unset",
    )
