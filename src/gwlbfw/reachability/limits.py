"""The limits of the proof: what may carry traffic of the judged subnets, and was not looked at."""

from collections.abc import Iterator

from gwlbfw.reachability.network import Network


def limits(network: Network) -> Iterator[tuple[str, str]]:
    """The subject of each limit that matters here, and what was not looked at."""
    judged = {each.id for each in network.judged_subnets}
    used = any(machine.subnet in judged for machine in network.machines.values())
    if used:
        message = (
            "those with a public address of their own (CLB, ALB, NLB) were not looked at: what "
            "they let in to servers of these subnets is not in the proof"
        )
        yield "load balancers", message
    acls = [
        f"{each.acl} of {network.label(each.id)}"
        for each in network.subnets.values()
        if each.acl and each.role in ("business", "bystander")
    ]
    if used or acls:
        own = f"network ACLs of their subnets ({', '.join(acls)})" if acls else ""
        message = " and ".join(filter(None, ("their own security groups", own)))
        yield "servers", f"{message} are not judged: these may drop what reaches them"
