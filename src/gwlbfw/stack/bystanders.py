"""Bystanders that are to be left alone: `bystanders: refuse` of a business VPC."""

from collections.abc import Iterator

from gwlbfw import layout
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.errors import PlanError
from gwlbfw.forecast.wording import harm_sentences
from gwlbfw.plan import Plan
from gwlbfw.reachability import Network
from gwlbfw.topology.models import Topology


def sparing_bystanders(plan: Plan, topology: Topology, network: Network) -> Plan:
    """The plan, which spares those that it has to spare. Raises PlanError."""
    if errors := [*_errors(plan, topology, network)]:
        raise PlanError(errors)
    return plan


def _errors(plan: Plan, topology: Topology, network: Network) -> Iterator[Diagnostic]:
    """No plan takes the Internet from bystanders where the file says that it be refused.

    The blueprint refuses where their table has no default route; here are those whose route leads
    to what loses its own way out, such as a NAT gateway.
    """
    if plan.destroys or plan.forecast is None:
        return
    for key, vpc in topology.business_vpcs.items():
        harmed = [
            flow
            for flow in plan.forecast.consent
            if vpc.bystanders == "refuse"
            and flow.vpc == layout.business_vpc(key)
            and flow.reason in ("lost", "not_judged")
            and (subnet := network.subnets.get(flow.subnet))
            and subnet.role == "bystander"
        ]
        if harmed:
            yield error(
                "bystanders",
                "the plan would take the Internet from subnets that the topology does not name: "
                f"{'; '.join(harm_sentences(harmed, most=None))}",
                place=topology.place("business_vpcs", key, "bystanders"),
                hint="name them too, give them another way out first, or let it be done: "
                "`bystanders: allow` and `--allow-traffic-loss`",
            )
