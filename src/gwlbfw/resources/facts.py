"""Facts that a kind of resource states about itself, for those who judge, order and show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple

DriftSeverity = Literal["critical", "high", "low"]
VpcSide = Literal["business", "security"]
Verbs = Mapping[str, str]
"""The past tense of each phase, by the phase's name: `{"create": "created"}`."""


class Forwarding(Enum):
    """The part that a kind has in forwarding the packets of a business subnet."""

    NONE = "none"
    """No packet's path depends on it by itself."""
    SUBNET_PATH = "subnet path"
    """It lies in the business VPC, between a subnet and the endpoint or the Internet."""
    ENDPOINT = "endpoint"
    """It is the endpoint that traffic is inspected through."""
    INSPECTION = "inspection"
    """It lies behind the endpoints, and all VPCs share it."""


class PlanGroup(Enum):
    """The heading below which a plan shows a kind."""

    NETWORK = "Network"
    FIREWALL = "Firewall"
    ROUTING = "Routing"
    SERVERS = "Servers"
    MACHINES = "Machines"
    """Below `Firewall` or `Servers`, by whether it is the appliances' or the servers'."""


class ListedBelow(Enum):
    """The objects of a kind below which others are listed."""

    KNOWN = "known"
    """The stack's own, and those that the file names."""
    EVERY = "every"
    """All that are listed."""
    SIDE = "side"
    """The VPCs on the side that the listing is for."""
    GUARDS = "guards"
    """Those known, and in the stack's VPCs those that guard an instance that the file names."""


class TagForm(NamedTuple):
    """The form of a product's tags: the path of their list, the names of key and value."""

    path: str = "Tags.Tag"
    key: str = "Key"
    value: str = "Value"


class PlanPosition(NamedTuple):
    """The place of a kind in a plan: its heading, and its rank below that."""

    group: PlanGroup
    rank: int


class Output(NamedTuple):
    """The row of a kind's resources in the report of a run."""

    label: str
    field: str = ""
    """The field of the API that is shown; empty for the id."""
    beside: str = ""
    """The property that refers to what is named beside it; empty for the address."""


@dataclass(frozen=True)
class DriftImpact:
    """The severity of a resource's drift, and its effect."""

    severity: DriftSeverity
    effect: str
    """In words that follow the difference: `next_hop is …, expected …; EFFECT`."""
    critical: frozenset[str] = frozenset()
    """Properties whose drift is critical, on a kind whose drift otherwise is not."""


MADE: Verbs = {"create": "created", "delete": "deleted"}
MODIFIED: Verbs = {"modify": "changed"}
TAGGED: Verbs = {"tag": "tagged", "untag": "tags removed"}
LINKED: Verbs = {"associate": "associated", "dissociate": "dissociated"}
