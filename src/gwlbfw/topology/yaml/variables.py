"""Variables in scalars: `${env:NAME}` from the environment, `${var:KEY}` from `--var KEY=VALUE`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gwlbfw.topology.wording import quote, suggestion
from gwlbfw.topology.yaml.scalars import Untyped

_VARIABLE = re.compile(r"(?P<escaped>\$\$\{)|\$\{(?P<source>env|var):(?P<name>[^}\s]*)\}")
_STRAY = re.compile(r"\$\{\s*(?P<name>[^}]*?)\s*\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
VARIABLE_NAME = re.compile(rf"(?:env|var):{_NAME.pattern}")
"""A variable as `sensitive` lists it."""
_SHELL = re.compile(r"[-=+?0-9]")
"""The characters after the colon of a shell's expansion: `${var:-default}`, `${var:2}`."""

_CREDENTIAL = re.compile(
    r"^(ALIBABA_?CLOUD|ALICLOUD)_.*(SECRET|TOKEN|PASSWORD|ACCESS_KEY|CREDENTIALS_URI)|"
    r"^GWLBFW_SIM_CREDENTIALS$"
)
"""Variables that the vendor's credential chain and its Terraform provider read keys from."""
SHORTEST_CREDENTIAL = 16
"""Characters of a value from which on it can be no accident that it is that of a credential."""


@dataclass(frozen=True)
class UnusableVariable:
    """A variable that has no value, or one that no file may take, as it is written there."""

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

    def substitute(self, text: str) -> tuple[str, list[UnusableVariable]]:
        """The text with its variables replaced, and those that can't be.

        A text that is one variable and nothing else stays untyped until its use is known.
        """
        if "${" not in text:
            return text, []
        unusable: list[UnusableVariable] = []

        def value(match: re.Match[str]) -> str:
            found = self._value(match)
            if isinstance(found, UnusableVariable):
                unusable.append(found)
                return ""
            return found

        replaced = _VARIABLE.sub(value, text)
        whole = _VARIABLE.fullmatch(text)
        return (Untyped(replaced) if whole and not whole["escaped"] else replaced), unusable

    @staticmethod
    def references(text: str) -> list[VariableUse]:
        """The variables in a text, whether they have a value or not."""
        found = _VARIABLE.finditer(text) if "${" in text else ()
        return [
            VariableUse(each[0], f"{each['source']}:{each['name']}")
            for each in found
            if not each["escaped"] and _NAME.fullmatch(each["name"])
        ]

    @staticmethod
    def strays(text: str) -> list[UnusableVariable]:
        """What looks like a variable in a text, and is none."""
        rest = _VARIABLE.sub("", text) if "${" in text else ""
        return [_stray(each[0], each["name"]) for each in _STRAY.finditer(rest)]

    def _value(self, match: re.Match[str]) -> str | UnusableVariable:
        written, source, name = match[0], match["source"], match["name"]
        if match["escaped"]:
            return "${"
        if _SHELL.match(name or ""):
            return written
        if not _NAME.fullmatch(name):
            return UnusableVariable(
                written, f"{quote(written)} does not name a variable", "write $${ for a plain ${"
            )
        value = self.environment.get(name) if source == "env" else self.given.get(name)
        if value and self._is_credential(source, name, value):
            return _credential(written, name)
        if source == "env":
            return value or _unset_environment(written, name)
        return self._unset(written, name) if value is None else value

    def _is_credential(self, source: str, name: str, value: str) -> bool:
        """True for a variable of the tool's own credentials, and for a copy of one."""
        named = source == "env" and _CREDENTIAL.search(name) is not None
        return named or (len(value) >= SHORTEST_CREDENTIAL and value in self._credentials)

    @cached_property
    def _credentials(self) -> frozenset[str]:
        found = (v for name, v in self.environment.items() if _CREDENTIAL.search(name))
        return frozenset(each for each in found if len(each) >= SHORTEST_CREDENTIAL)

    def _unset(self, written: str, name: str) -> UnusableVariable:
        hint = suggestion(name, list(self.given)) or f"give it with --var {name}=VALUE"
        return UnusableVariable(written, f"the variable {quote(name)} is not set", hint)


def _unset_environment(written: str, name: str) -> UnusableVariable:
    return UnusableVariable(
        written,
        f"the environment variable {quote(name)} is not set",
        "an empty one counts as unset",
    )


def _credential(written: str, name: str) -> UnusableVariable:
    return UnusableVariable(
        written,
        f"{quote(name)} holds credentials of gwlbfw itself",
        "what a file holds is seen by others, in tags and plans; give machines a `ram_role`",
    )


def _stray(written: str, name: str) -> UnusableVariable:
    plain = _NAME.fullmatch(name)
    meant = f"${{env:{name}}}" if plain else f"${{{name}}}"
    known = plain is not None or VARIABLE_NAME.fullmatch(name) is not None
    wanted = f"{meant} for a variable, " if known else ""
    hint = f"write {wanted}$${{ for a plain ${{"
    return UnusableVariable(written, f"{quote(written)} is no variable", hint)
