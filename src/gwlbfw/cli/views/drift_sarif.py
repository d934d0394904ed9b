"""Drift as SARIF."""

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cli.views.sarif import Finding, log
from gwlbfw.cli.views.values import value_text
from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import Place
from gwlbfw.drift import DriftReport
from gwlbfw.resources.facts import DriftSeverity
from gwlbfw.resources.resource import GWLB, kinds
from gwlbfw.topology.models import Topology

_LEVELS: dict[DriftSeverity, str] = {"critical": "error", "high": "warning", "low": "note"}


def drift_sarif(report: DriftReport, file: str, topology: Topology) -> dict[str, Json]:
    """The differences as SARIF, each at the place of the file that it belongs to."""
    return log(
        Finding(
            rule=f"drift-{each.address.kind}",
            level=_LEVELS[each.severity],
            message=(
                f"{each.address}: {each.attribute} is {value_text(each.actual)}, expected "
                f"{value_text(each.expected)}; {each.effect}"
            ),
            file=file,
            place=_place(topology, each.address),
            address=each.address,
        )
        for each in report.items
    )


def _place(topology: Topology, address: Address) -> Place | None:
    """The place in the file for an address: its VPC, or the part that all VPCs share."""
    vpc = layout.parse(address).vpc
    if vpc in topology.business_vpcs:
        return topology.place("business_vpcs", vpc)
    cls = kinds()[address.kind]
    if cls.product is GWLB and cls.id_field:  # a membership has no id, and is its appliance's
        return topology.place("gateway_load_balancer")
    return topology.place("security_vpc")
