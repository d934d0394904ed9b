"""The limits of the proof: what may carry traffic of the judged subnets, and was not looked at."""

from collections.abc import Iterator

from gwlbfw.reachability.network import Network


def limits(network: Network) -> Iterator[tuple[str, str]]:
    """The subject of each limit that matters here, and what was not looked at."""
    judged = {each.id for each in network.judged_subnets}
    if any(machine.subnet in judged for machine in network.machines.values()):
        message = (
            "those with a public address of their own (CLB, ALB, NLB) were not looked at: what "
            "they let in to servers of these subnets is not in the proof"
        )
        yield "load balancers", message
    for subnet in network.subnets.values():
        if subnet.acl and subnet.role in ("business", "bystander"):
            message = f"servers' own security groups and network ACLs ({subnet.acl}) are not judged"
            yield network.label(subnet.id), message
