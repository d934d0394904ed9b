"""Drift: where live state is no longer what was last applied, and how bad that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from gwlbfw.address import Address
from gwlbfw.cloud.call import Json
from gwlbfw.diff import Action, Change, diff
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.serialization import properties

Severity = Literal["critical", "high", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "low")

EXISTENCE = "exists"
"""The attribute of an item that says that something is missing, or is there and should not be."""

_EFFECTS = {
    "route": "traffic may pass uninspected, or be lost",
    "route_table_association": "traffic goes by another route table: uninspected, or lost",
    "endpoint": "the zone's traffic may not reach the firewall",
    "ipv4_gateway": "the VPC's way to the Internet has changed",
    "listener": "traffic may not reach the appliances",
    "server_group_member": "an appliance gets no traffic, or a stranger does",
    "endpoint_service_resource": "the zone's endpoint has nothing to connect to",
    "load_balancer": "traffic may not be spread over the appliances",
    "server_group": "appliances are chosen or checked in another way",
    "endpoint_service": "endpoints may be refused, or let in unasked",
    "security_group": "other traffic is let in, or traffic is kept out",
    "instance": "an appliance or server is not what it should be",
    "eip": "a server is reached in another way",
    "route_table": "routes have no table to stand in",
    "vswitch": "a subnet is not what it should be",
    "vpc": "the network is not what it should be",
}
_CRITICAL = frozenset(
    {
        "route",
        "route_table_association",
        "endpoint",
        "ipv4_gateway",
        "listener",
        "server_group_member",
        "endpoint_service_resource",
    }
)
_COSMETIC = frozenset({"name", "description", "tags", "template"})


@dataclass(frozen=True)
class DriftItem:
    """One difference: what it should be, what it is, and what that does."""

    address: Address
    attribute: str
    expected: Json
    actual: Json
    severity: Severity
    effect: str


@dataclass(frozen=True)
class DriftReport:
    """All differences, the worst first."""

    items: tuple[DriftItem, ...]
    against_record: bool = True
    """Whether it was compared with what was last applied, rather than with the file."""

    @property
    def drifted(self) -> bool:
        """Whether there is any difference."""
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


def drift(applied: ResourceGraph, live: Live, *, against_record: bool = True) -> DriftReport:
    """Where live state differs from what was applied."""
    items = [item for change in diff(applied, live, {}) for item in _items(change)]
    items.sort(key=lambda each: (SEVERITIES.index(each.severity), each.address, each.attribute))
    return DriftReport(tuple(items), against_record)


def moves(applied: ResourceGraph, live: Live) -> tuple[Change, ...]:
    """What has happened to what was applied: changes that lead from it to live state."""
    return tuple(_turned(change) for change in diff(applied, live, {}))


_TURNED: Mapping[Action, Action] = {"create": "delete", "delete": "create", "replace": "update"}


def _turned(change: Change) -> Change:
    action = _TURNED.get(change.action, change.action)
    reason = "" if action == "no_op" else "it was changed by something else since the last apply"
    return replace(change, action=action, was=change.towards, towards=change.was, reason=reason)


def _items(change: Change) -> Iterator[DriftItem]:
    if change.action == "create":
        yield _item(change.address, EXISTENCE, expected=True, actual=False)
    elif change.action == "delete":
        yield _item(change.address, EXISTENCE, expected=False, actual=True)
    elif change.was is not None and change.towards is not None:
        for name in sorted(change.changed):
            yield _item(
                change.address,
                name,
                expected=_value(change.towards, name),
                actual=_value(change.was, name),
            )


def _value(node: Node, name: str) -> Json:
    return properties(node.resource).get(name)


def _item(address: Address, attribute: str, *, expected: Json, actual: Json) -> DriftItem:
    return DriftItem(
        address,
        attribute,
        expected,
        actual,
        _severity(address.kind, attribute),
        _EFFECTS.get(address.kind, "it is not what it should be"),
    )


def _severity(kind: str, attribute: str) -> Severity:
    """Critical is whatever can lose traffic or let it pass uninspected."""
    if kind in _CRITICAL or (kind, attribute) == ("load_balancer", "traffic_mode"):
        return "critical"
    return "low" if attribute in _COSMETIC else "high"
