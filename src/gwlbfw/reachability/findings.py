"""Findings: what there is to know beside the flows of the business subnets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gwlbfw.diagnostics import one_line
from gwlbfw.reachability.flows import Flow, flows
from gwlbfw.reachability.limits import limits
from gwlbfw.reachability.model import (
    Subnet,
    Table,
)
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.prefixes import INTERNET, Prefix, intersection
from gwlbfw.reachability.rules import GENEVE_PORT
from gwlbfw.reachability.strangers import strangers
from gwlbfw.reachability.walk import Walker
from gwlbfw.resources.load_balancer import NORMAL
from gwlbfw.resources.next_hop import LOCAL

Severity = Literal["critical", "high", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "warning", "info")

_UNINSPECTED = ("bypass", "unknown", "asymmetric")


@dataclass(frozen=True)
class Finding:
    """Something to know; a critical one stands against the proof."""

    severity: Severity
    subject: str
    message: str
    flow: Flow | None = None
    """The flow that shows it."""


def findings(network: Network, walker: Walker, judged: Sequence[Flow]) -> tuple[Finding, ...]:
    """All findings, the worst first."""
    found = [
        *_not_judged(network),
        *_unread(network),
        *_bystanders(network, walker),
        *_public_addresses(network),
        *_machines_beside_endpoints(network),
        *_nat_gateways(network, walker),
        *_forwarded(network, judged),
        *_ipv6(network),
        *_strangers(network, judged),
        *_cross_zone(network, judged),
        *_network_acls(network),
        *_tables(network),
        *_balancers(network),
        *_appliances(network),
        *(Finding("info", "assumed", each) for each in network.assumed),
        *(Finding("info", subject, each) for subject, each in limits(network)),
    ]
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[int, str, str]:
    return SEVERITIES.index(finding.severity), finding.subject, finding.message


def _not_judged(network: Network) -> Iterator[Finding]:
    """Subnets that should have been judged and could not be: nothing seen is nothing proven."""
    for address in network.missing:
        yield Finding("critical", address, "the subnet does not exist: nothing is proven of it")
    if not network.judged_subnets and not network.missing:
        yield Finding("critical", "network", "there is no subnet to judge: nothing is proven")


def _unread(network: Network) -> Iterator[Finding]:
    """A list that was refused may hold a path past the firewall; a single object may not matter."""
    for key, reason in network.unread.items():
        if ":" in key:
            yield Finding("critical", key, f"was not answered, so the proof has a gap: {reason}")


def _bystanders(network: Network, walker: Walker) -> Iterator[Finding]:
    for subnet in network.subnets.values():
        if subnet.role != "bystander":
            continue
        known = flows(walker, subnet)
        public = any(each.subnet == subnet.id for each in network.public_ips)
        # Without a path out, packets to an address that nobody has are no traffic.
        open_ = [e for e in known if e.direction == "outbound" and e.verdict in _UNINSPECTED]
        if public:
            open_ += [each for each in known if each.verdict in _UNINSPECTED]
        if open_:
            flow = open_[0]
            message = (
                f"the topology does not name this subnet ({subnet.cidr}), and its Internet "
                f"traffic is not inspected ({flow.direction}: {flow.verdict})"
            )
            yield Finding("high", network.label(subnet.id), message, flow)


def _public_addresses(network: Network) -> Iterator[Finding]:
    """Public addresses outside the business subnets, or that work round the IPv4 gateway."""
    for public in network.public_ips:
        subnet = network.subnets.get(public.subnet)
        held = f"{public.address} of {network.label(public.holder)}"
        if not public.vpc:
            reason = network.unread.get(public.holder)
            message = (
                f"{held} can't be placed: {reason or 'none of the lists that are read knows it'}. "
                "Whether its traffic comes into the VPC, and how, is not known"
            )
            yield Finding("critical", public.id or public.address, message)
        elif subnet is None:
            message = (
                f"{held} is in none of the VPC's subnets: how its traffic comes in is not known"
            )
            yield Finding("critical", network.label(public.vpc), message)
        elif subnet.role == "gwlbe":
            message = f"{held} is in an endpoint's subnet: what it sends and gets is not inspected"
            yield Finding("high", network.label(subnet.id), message)
        elif public.mode not in ("", "NAT") and network.active_gateway(public.vpc):
            # VPC API, AssociateEipAddress: a cut-through EIP sits on the interface itself.
            severity: Severity = "critical" if subnet.role == "business" else "high"
            message = f"{held} is bound in mode {public.mode}, past the IPv4 gateway's route table"
            yield Finding(severity, network.label(subnet.id), message)


def _machines_beside_endpoints(network: Network) -> Iterator[Finding]:
    for machine in network.machines.values():
        subnet = network.subnets.get(machine.subnet)
        if subnet is not None and subnet.role == "gwlbe":
            label = network.label(machine.id)
            message = f"{label} is in an endpoint's subnet: what it sends is not inspected"
            yield Finding("high", network.label(subnet.id), message)


def _nat_gateways(network: Network, walker: Walker) -> Iterator[Finding]:
    """A NAT gateway forwards from and to machines of any subnet (SNAT and DNAT entries)."""
    for nat in network.nat_gateways.values():
        subnet = network.subnets.get(nat.subnet)
        if subnet is None or not nat.is_used:
            continue
        paths = walker.egress(subnet, INTERNET) + walker.ingress(nat.vpc, (subnet.cidr.span,))
        if any(path.arrives and not any(e.inspected for e in path.inspections) for path in paths):
            message = "what is sent through this NAT gateway, or forwarded by it, is not inspected"
            yield Finding("high", network.label(nat.id), message)


def _forwarded(network: Network, judged: Sequence[Flow]) -> Iterator[Finding]:
    """DNAT entries that lead past the firewall into the business subnets."""
    for flow in judged:
        nat = network.nat_gateways.get(flow.sender.session)
        if nat is None or flow.direction != "inbound" or flow.verdict != "bypass":
            continue
        entries = [
            f"{each.outside} to {each.target}"
            for each in nat.forwards or ()
            if intersection(flow.space, (each.target.span,))
        ]
        message = (
            f"forwards {', '.join(entries)} in {network.label(flow.subnet.id)}, and what comes in "
            "is not inspected"
        )
        yield Finding("critical", network.label(nat.id), message, flow)


def _ipv6(network: Network) -> Iterator[Finding]:
    """Load balancers have IPv4 only here, so nothing inspects IPv6."""
    for table in network.tables.values():
        users = network.subnets_of_table.get(table.id, ())
        severity: Severity = "critical" if any(e.role == "business" for e in users) else "high"
        for destination, hop in table.ipv6:
            if hop.kind != LOCAL and users:
                entry = f"{destination} goes to {hop.kind} {network.label(hop.id)}".rstrip()
                message = f"{entry}, and nothing inspects IPv6"
                yield Finding(severity, network.label(table.id), message)


ACL_PREFIX = "nacl-"
_LONGEST = 64
"""The longest name of a stack that is shown of a tag that anybody may have written."""


def _strangers(network: Network, judged: Sequence[Flow]) -> Iterator[Finding]:
    flows_by_key = {
        (what, key): flow
        for flow in reversed(judged)
        for each in (*flow.forward_path.inspections, *flow.return_path.inspections)
        for what, key in strangers(network, each)
    }
    for (what, key), flow in sorted(flows_by_key.items(), key=lambda each: each[0]):
        owner = one_line(network.owners.get(key, ""), _LONGEST)
        message = (
            f"traffic passes this {what}, which is neither the stack's nor named in the file: it "
            f"belongs to {f'the stack {owner}' if owner else 'nobody known here'}"
        )
        yield Finding("critical", key, message, flow)


def _cross_zone(network: Network, judged: Sequence[Flow]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for flow in judged:
        for each in flow.forward_path.inspections:
            crossing = (flow.subnet.id, each.endpoint)
            if each.zone != flow.subnet.zone and crossing not in seen:
                seen.add(crossing)
                message = (
                    f"traffic crosses zones: the subnet is in {flow.subnet.zone}, "
                    f"{network.label(each.endpoint)} in {each.zone}"
                )
                yield Finding("warning", network.label(flow.subnet.id), message, flow)


def _network_acls(network: Network) -> Iterator[Finding]:
    """ACLs that stand in the path and are not judged, as health and routes say nothing of them."""
    for subnet in network.subnets.values():
        if subnet.acl and subnet.role == "gwlbe":
            message = (
                f"this endpoint's subnet has the network ACL {subnet.acl}, which filters what "
                "passes the endpoint, replies too: its rules are not judged"
            )
            yield Finding("warning", network.label(subnet.id), message)
    for key in sorted({each for each in network.unread if each.startswith(ACL_PREFIX)}):
        message = f"the network ACL could not be read: {network.unread[key]}"
        yield Finding("warning", key, message)


def _tables(network: Network) -> Iterator[Finding]:
    for table in network.tables.values():
        if table.serves == "VSwitch":
            yield from _vswitch_table(network, table)
        elif all(gateway.table != table.id for gateway in network.gateways.values()):
            message = "the gateway route table is not associated with the IPv4 gateway"
            yield Finding("warning", network.label(table.id), f"{message}: its entries do nothing")


def _vswitch_table(network: Network, table: Table) -> Iterator[Finding]:
    users = network.subnets_of_table.get(table.id, ())
    label = network.label(table.id)
    if not users and not table.system and any(each.origin == "Custom" for each in table.entries):
        yield Finding("warning", label, "no subnet has this route table: its entries do nothing")
    named = [each for each in users if each.role == "business"]
    others = [each for each in users if each.role != "business"]
    if named and others:
        strangers = ", ".join(_with_block(network, each) for each in others)
        yield Finding("warning", label, f"subnets outside the proof use it too: {strangers}")
    if len({each.zone for each in named}) > 1 and not table.system:
        zones = ", ".join(sorted({each.zone for each in named}))
        yield Finding("warning", label, f"subnets of several zones share it: {zones}")


def _with_block(network: Network, subnet: Subnet) -> str:
    return f"{network.label(subnet.id)} ({Prefix(*subnet.cidr)})"


def _balancers(network: Network) -> Iterator[Finding]:
    """GWLB API, GetLoadBalancerAttribute: FinancialLocked where the account has not paid."""
    for balancer in network.balancers.values():
        if balancer.business != NORMAL:
            message = (
                f"in arrears ({balancer.business}): it forwards nothing until the account's bill "
                "is paid"
            )
            yield Finding("critical", network.label(balancer.id), message)


def _appliances(network: Network) -> Iterator[Finding]:
    used = {each.listener.group for each in network.balancers.values() if each.listener}
    for group in network.groups.values():
        if group.id not in used:
            continue
        if not group.checked:
            message = "health checks are off: nobody knows which appliance is dead"
            yield Finding("warning", network.label(group.id), message)
        for member, able in network.abilities(group):
            label = network.label(member.server)
            if able == "closed":
                yield Finding("critical", label, _why_closed(network.dropping_acls(group, member)))
            elif able == "unknown" and (member.status, member.health) == ("Available", "Healthy"):
                message = (
                    f"whether its security groups and network ACLs let UDP {GENEVE_PORT} pass is "
                    "not known"
                )
                yield Finding("warning", label, message)
            elif able == "unable" or (able == "unknown" and group.checked):
                state = f"{member.status}, {member.health}"
                state += f" ({member.reason})" if member.reason else ""
                gets = "gets" if able == "unable" else "may get"
                yield Finding("warning", label, f"the appliance {gets} no new traffic: {state}")


def _why_closed(acls: Sequence[str]) -> str:
    """The reason why a healthy appliance loses packets."""
    if acls:
        what = f"UDP {GENEVE_PORT} between it and the load balancer is dropped by"
        return f"{what} network ACL {' and '.join(acls)}: what it is given is lost"
    return (
        f"its security groups don't let UDP {GENEVE_PORT} in from every address of the load "
        "balancer: what it is given is lost"
    )
