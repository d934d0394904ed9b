"""Drift: where live state is no longer what was last applied, and how bad that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import get_args

from gwlbfw.address import Address
from gwlbfw.cloud.call import Json
from gwlbfw.diff import COSMETIC, Action, Change, diff
from gwlbfw.resources.facts import DriftImpact, DriftSeverity
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import kinds
from gwlbfw.resources.serialization import properties

SEVERITIES: tuple[DriftSeverity, ...] = get_args(DriftSeverity)
"""The worst first."""

EXISTENCE = "exists"
"""The attribute of an item that says that something is missing, or is there and should not be."""

_COSMETIC = COSMETIC | {"template"}


@dataclass(frozen=True)
class DriftItem:
    """One difference: what it should be, what it is, and what that does."""

    address: Address
    attribute: str
    expected: Json
    actual: Json
    severity: DriftSeverity
    effect: str


@dataclass(frozen=True)
class DriftReport:
    """All differences, the worst first."""

    items: tuple[DriftItem, ...]
    against_record: bool = True
    """True if live state was compared with the last apply, False for the file."""
    place: str = ""
    """The cloud and accounts in which it was seen, for people."""

    @property
    def drifted(self) -> bool:
        """True if there is any difference."""
        return bool(self.items)

    def to_json(self) -> dict[str, Json]:
        """The report as the command line prints it."""
        return {
            "drifted": self.drifted,
            "against": "record" if self.against_record else "file",
            "items": [
                {
                    "address": each.address,
                    "attribute": each.attribute,
                    "expected": each.expected,
                    "actual": each.actual,
                    "severity": each.severity,
                    "effect": each.effect,
                }
                for each in self.items
            ],
        }


def drift(
    applied: ResourceGraph,
    live: Live,
    judged: Mapping[Address, DriftImpact] = MappingProxyType({}),
    *,
    against_record: bool = True,
) -> DriftReport:
    """The differences of live state from what was applied.

    How bad they are, the kind says, but for addresses that were `judged` by what they do.
    """
    changes = diff(applied, live, {})
    items = [item for change in changes for item in _items(change, judged.get(change.address))]
    items.sort(key=lambda each: (SEVERITIES.index(each.severity), each.address, each.attribute))
    return DriftReport(tuple(items), against_record)


def moves(applied: ResourceGraph, live: Live) -> tuple[Change, ...]:
    """The changes that lead from what was applied to live state."""
    return tuple(_turned(change) for change in diff(applied, live, {}))


_TURNED: Mapping[Action, Action] = {"create": "delete", "delete": "create", "replace": "update"}


def _turned(change: Change) -> Change:
    action = _TURNED.get(change.action, change.action)
    reason = "" if action == "no_op" else "it was changed by something else since the last apply"
    return replace(change, action=action, was=change.towards, towards=change.was, reason=reason)


def _items(change: Change, judged: DriftImpact | None) -> Iterator[DriftItem]:
    impact = judged or kinds()[change.address.kind].drift
    if change.action == "create":
        yield _item(change.address, EXISTENCE, impact, expected=True, actual=False)
    elif change.action == "delete":
        yield _item(change.address, EXISTENCE, impact, expected=False, actual=True)
    elif change.was is not None and change.towards is not None:
        for name in sorted(change.changed):
            yield _item(
                change.address,
                name,
                impact,
                expected=_value(change.towards, name),
                actual=_value(change.was, name),
            )


def _value(node: Node, name: str) -> Json:
    return properties(node.resource).get(name)


def _item(
    address: Address, attribute: str, impact: DriftImpact, *, expected: Json, actual: Json
) -> DriftItem:
    severity = impact.severity
    if attribute in impact.critical:
        severity = "critical"
    elif severity != "critical" and attribute in _COSMETIC:
        severity = "low"
    return DriftItem(address, attribute, expected, actual, severity, impact.effect)
