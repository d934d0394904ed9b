"""Faults on demand: calls that are throttled, refused, delayed, cut off, or lose their reply.

A rule names the calls that it concerns, which of those it hits, and the effect on them:

    rules:
      - {match: "vpc:Create*", nth: 3, effect: throttle, retry_after_ms: 300}
      - {match: "*", per: call, first: 1, effect: lose_reply}
      - {match: "gwlb:*", share: 0.2, effect: error, code: SystemBusy}
      - {match: "*:Describe*", every: 5, effect: delay, seconds: 0.4}

Which calls are hit depends on the rules, the seed and the order of calls alone.
"""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from gwlbfw.sim.errors import ApiError, SimulatorError
from gwlbfw.sim.wire import Param

Effect: TypeAlias = Literal["throttle", "error", "delay", "reset", "lose_reply"]
Per: TypeAlias = Literal["rule", "action", "call"]

THROTTLED = ("Throttling.User", "Request was denied due to user flow control.", 400)
"""The error of a throttled call (common error codes of the APIs)."""
FAILED = ("ServiceUnavailable", "The request has failed due to a temporary failure.", 503)
"""The error of a call that fails for no reason of its own (common error codes of the APIs)."""


@dataclass(frozen=True)
class Rule:
    """A fault and the calls that it hits; all that match without nth, every, first and share."""

    effect: Effect
    match: str = "*"
    """A pattern of `product:Action`, such as `vpc:Create*` or `*:Describe*`."""
    nth: int = 0
    """Hits the call of this number only, counted from 1."""
    every: int = 0
    """Hits every call whose number is a multiple of this."""
    first: int = 0
    """Hits so many calls, and none after them."""
    share: float = 1.0
    """Hits this share of the remaining calls, drawn by the seed."""
    per: Per = "rule"
    """Calls are counted together, by action, or each call apart (sent again, it is the same)."""
    code: str = ""
    message: str = ""
    status: int = 0
    seconds: float = 0.0
    """Length of a delay."""
    retry_after_ms: int = 0
    """The header `x-acs-retry-after` of a throttled call; no such header if 0."""

    def __post_init__(self) -> None:
        _check(self)

    def error(self) -> tuple[str, str, int]:
        """Code, message and HTTP status of the calls that the rule throttles or refuses."""
        code, message, status = THROTTLED if self.effect == "throttle" else FAILED
        status = self.status or (400 if self.code else status)
        return self.code or code, self.message or message, status


@dataclass(frozen=True)
class InjectedFault:
    """The fault injected into one call: a delay, and a rule that decides the reply, if any."""

    delay: float = 0.0
    rule: Rule | None = None

    @property
    def effect(self) -> Effect | None:
        return self.rule.effect if self.rule else None

    @property
    def name(self) -> str:
        """The effect in one word; empty if there is none."""
        return self.effect or ("delay" if self.delay else "")

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the reply beside the usual ones."""
        after = self.rule.retry_after_ms if self.rule else 0
        return {"x-acs-retry-after": str(after)} if after else {}

    def raise_error(self) -> None:
        """Raise the error of a fault that throttles or refuses the call."""
        if self.rule is not None and self.rule.effect in ("throttle", "error"):
            raise ApiError(*self.rule.error())


class Faults:
    """The fault rules of a simulated cloud; the first that hits a call decides, delays add up."""

    def __init__(self, rules: Sequence[Rule] = (), seed: str = "gwlbfw") -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._rules: list[tuple[int, Rule]] = []
        self._added = 0
        self._seen: Counter[tuple[int, str]] = Counter()
        self._hits: Counter[int] = Counter()
        self.add(*rules)

    def add(self, *rules: Rule) -> None:
        """Add rules behind those there are."""
        with self._lock:
            for rule in rules:
                self._rules.append((self._added, rule))
                self._added += 1

    def clear(self) -> None:
        """Remove all rules and counts."""
        with self._lock:
            self._rules.clear()
            self._seen.clear()
            self._hits.clear()

    def hits(self) -> list[tuple[Rule, int]]:
        """Every rule with the number of calls that it has hit."""
        with self._lock:
            return [(rule, self._hits[number]) for number, rule in self._rules]

    def match(self, product: str, action: str, parameters: Mapping[str, Param]) -> InjectedFault:
        """The fault that the rules inject into this call."""
        with self._lock:
            delay = 0.0
            for number, rule in self._matching_rules(f"{product}:{action}", parameters):
                self._hits[number] += 1
                if rule.effect != "delay":
                    return InjectedFault(delay, rule)
                delay += rule.seconds
            return InjectedFault(delay)

    def _matching_rules(
        self, call: str, parameters: Mapping[str, Param]
    ) -> Iterator[tuple[int, Rule]]:
        for number, rule in self._rules:
            if fnmatchcase(call, rule.match):
                count_key = number, _count_key(rule, call, parameters)
                self._seen[count_key] += 1
                if self._applies(rule, count_key):
                    yield number, rule

    def _applies(self, rule: Rule, count_key: tuple[int, str]) -> bool:
        seen = self._seen[count_key]
        return (
            rule.nth in (0, seen)
            and (not rule.every or seen % rule.every == 0)
            and (not rule.first or seen <= rule.first)
            and _uniform(f"{self._seed}/{count_key}/{seen}") < rule.share
        )


def from_file(path: Path) -> list[Rule]:
    """The rules in a YAML or JSON file: a list, or a mapping with a list `rules`."""
    # Only who has such a file pays for the parser.
    import yaml  # noqa: PLC0415

    try:
        return from_data(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as problem:
        raise SimulatorError(f"The fault rules in {path} can't be used: {problem}") from problem


def from_data(data: object) -> list[Rule]:
    """The rules in plain data; raises ValueError that says which rule is wrong."""
    listed = data.get("rules") if isinstance(data, Mapping) else data
    if not isinstance(listed, list):
        raise ValueError("a list of rules is expected")  # noqa: TRY004 - wrong data, not code
    return [_rule(number, each) for number, each in enumerate(listed, 1)]


def _rule(number: int, data: object) -> Rule:
    known = {each.name: each.type for each in fields(Rule)}
    if not isinstance(data, Mapping) or "effect" not in data:
        raise ValueError(f"rule {number}: a mapping with an effect is expected")
    if unknown := sorted(str(name) for name in data if name not in known):
        raise ValueError(f"rule {number}: there is no {unknown[0]}; there are {', '.join(known)}")
    try:
        values: dict[str, Any] = {str(name): value for name, value in data.items()}
        return Rule(**values)
    except ValueError as problem:
        raise ValueError(f"rule {number}: {problem}") from None


def _check(rule: Rule) -> None:
    for name, allowed in (("effect", get_args(Effect)), ("per", get_args(Per))):
        if getattr(rule, name) not in allowed:
            raise ValueError(f"{name} is one of {', '.join(allowed)}, not {getattr(rule, name)!r}")
    for name in ("match", "code", "message"):
        if not isinstance(getattr(rule, name), str):
            problem = f"{name} is a text, not {getattr(rule, name)!r}"
            raise ValueError(problem)  # noqa: TRY004 - wrong data, not code
    for name in ("nth", "every", "first", "status", "retry_after_ms"):
        number: object = getattr(rule, name)
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise ValueError(f"{name} is a whole number of at least 0, not {number!r}")
    for name, highest in (("share", 1), ("seconds", 3600)):
        number = getattr(rule, name)
        if (
            isinstance(number, bool)
            or not isinstance(number, int | float)
            or not 0 <= number <= highest
        ):
            raise ValueError(f"{name} is a number from 0 to {highest}, not {number!r}")
    if rule.status and not 400 <= rule.status <= 599:
        raise ValueError(f"status is an HTTP status from 400 to 599, not {rule.status}")


def _count_key(rule: Rule, call: str, parameters: Mapping[str, Param]) -> str:
    """The key under which a rule counts a call: sent again with another token, it is the same."""
    if rule.per == "rule":
        return ""
    if rule.per == "action":
        return call
    same = {name: value for name, value in parameters.items() if name != "ClientToken"}
    return f"{call} {json.dumps(same, sort_keys=True)}"


def _uniform(seed: str) -> float:
    """A number from 0 to 1 that depends on the seed alone."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") / 2**64
