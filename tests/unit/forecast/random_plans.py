"""Random plans of a few calls on small networks, with some of their edges dropped."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from gwlbfw.address import Address, Ref
from gwlbfw.errors import PlanError
from gwlbfw.forecast.effects import Effects, effects
from gwlbfw.plan import Step
from gwlbfw.reachability import Network
from gwlbfw.reachability.interpretation import Filling
from gwlbfw.reachability.nat_gateway import ForwardEntry, NatGateway, SnatEntry
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.slots import Slot, network_of
from gwlbfw.resources import (
    HealthCheck,
    Instance,
    RouteTableAssociation,
    Rule,
    SecurityGroup,
    ServerGroupMember,
    VSwitch,
)
from gwlbfw.resources.graph import Node
from gwlbfw.resources.resource import Resource
from tests.unit.plan.planned import planned
from tests.unit.reachability import graphs
from tests.unit.reachability.worlds import B, C
from tests.unit.samples import live_of

Resources = dict[str, Resource]
Variation = Callable[[Resources, Random], None]
MOST_CALLS = 10
MOST_SETS = 1_024
"""Of done steps, of one plan."""
GUARDS = ("security_group.appliances", "security_group.servers/shop")
SOURCES = ("10.0.0.0/16", "10.0.0.0/16", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24")


@dataclass(frozen=True)
class RandomPlan:
    """The steps of a plan, what each fills, and the network that they start from."""

    start: Network
    steps: tuple[Step, ...]
    made: Effects


def random_plan(rng: Random, most_sets: int = MOST_SETS) -> RandomPlan:
    """A plan from one random network to another, or a part of it."""
    while True:
        zones = rng.choice([(B,), (B, C)])
        target, live = (_varied(_ground(zones, rng), rng) for _ in range(2))
        there = live_of(live)
        try:
            plan = planned(target, there).plan
        except PlanError:
            continue
        base = _with_nat(graphs.network_of({**there.nodes, **_bystander(rng)}), rng)
        made = effects(base, plan.steps, plan.changes, {})
        if made.fillings:
            return _part(base, plan.steps, made, rng, most_sets)


# --- networks ---


def _ground(zones: Sequence[str], rng: Random) -> Resources:
    """The vendor's scenario in some zones, with up to four appliances behind security groups."""
    found: Resources = {str(at): node.resource for at, node in graphs.ulanqab().items()}
    for letter, zone in (("b", B), ("c", C)):
        if zone not in zones:
            for at in [each for each in found if zone in each or each.endswith(f"-{letter}")]:
                del found[at]
    balancer = found[graphs.BALANCER]
    mapped = {zone: Ref[VSwitch](f"vswitch.security/{zone}") for zone in zones}
    found[graphs.BALANCER] = balancer.model_copy(update={"zones": mapped})
    for number in range(rng.randint(0, 4 - len(zones))):
        letter, zone = ("b", B) if rng.random() < 0.5 or len(zones) == 1 else ("c", C)
        at = f"instance.appliance/fw-{letter}{number}"
        found[at] = found[f"instance.appliance/fw-{letter}"]
        found[f"server_group_member.main/fw-{letter}{number}"] = ServerGroupMember(
            group=graphs.GROUP, instance=Ref(at)
        )
    for at in GUARDS:
        found[at] = SecurityGroup(vpc=Ref("vpc.security"), rules=_rules(rng))
    for at in _of(found, Instance):
        if at.startswith("instance.appliance"):
            _regroup(found, at, rng)
    return found


def _bystander(rng: Random) -> dict[Address, Node]:
    """A subnet of the VPC that no plan names, with a table or without."""
    key = "vsw-stranger"
    subnet = VSwitch(vpc=graphs.SHOP, zone=B, cidr="192.168.7.0/24")
    found = {Address(f"vswitch.{key}"): Node(subnet, id=key)}
    table = rng.choice(["", "route_table.gwlbe/shop", f"route_table.business/shop/{B}"])
    if table:
        link = RouteTableAssociation(vpc=graphs.SHOP, subject=Ref(key), table=Ref(table))
        found[Address(f"route_table_association.{key}")] = Node(link)
    return found


NAT = "ngw-1"


def _with_nat(network: Network, rng: Random) -> Network:
    """The network, perhaps with a NAT gateway that serves some, and forwards to some."""
    if rng.random() < 0.4:
        return network
    shop = next((k for k, at in network.labels.items() if at == str(graphs.SHOP)), "")
    places = sorted(k for k, each in network.subnets.items() if each.vpc == shop)
    blocks = [network.subnets[each].cidr for each in places]
    parts = [Prefix(each.first, 25) for each in blocks]
    some = rng.sample([*blocks, *parts], min(len(blocks), rng.randint(0, 3)))
    snat = [SnatEntry(each) for each in some]
    targets = [Prefix(each.first + 9, 32) for each in blocks]
    forwards = [
        ForwardEntry(each) for each in rng.sample(targets, min(len(blocks), rng.randint(0, 2)))
    ]
    place = rng.choice(places) if places else ""
    nat = NatGateway(NAT, shop, place, snat=tuple(snat), forwards=tuple(forwards))
    return replace(network, nat_gateways={NAT: nat})


def _of(found: Resources, kind: type[Resource]) -> list[str]:
    return sorted(at for at, each in found.items() if isinstance(each, kind))


def _rules(rng: Random) -> tuple[Rule, ...]:
    rows = [("tcp", "80/80"), ("udp", "6081/6081")]
    rows += [rng.choice([("tcp", "22/22"), ("tcp", "1/65535"), ("udp", "6081/6081")])]
    return tuple(
        Rule(
            protocol=protocol,
            ports=ports,
            source=rng.choice(SOURCES),
            policy="drop" if rng.random() < 0.06 else "accept",
            priority=rng.randint(1, 2),
        )
        for protocol, ports in rows
        if rng.random() < 0.85
    )


def _regroup(found: Resources, at: str, rng: Random) -> None:
    groups = rng.choice([None, GUARDS[:1], GUARDS[:1], GUARDS[1:], GUARDS])
    chosen = None if groups is None else tuple(Ref[SecurityGroup](each) for each in groups)
    found[at] = found[at].model_copy(update={"security_groups": chosen})


# --- variations ---


def _drop(found: Resources, rng: Random) -> None:
    kinds = (
        *("route.", "route_table_association.", "endpoint.", "endpoint_service_resource."),
        *("server_group_member.", "instance.appliance", "listener.", "eip.", "vswitch.business"),
    )
    _remove(found, rng.choice([each for each in sorted(found) if each.startswith(kinds)]))


def _remove(found: Resources, at: str) -> None:
    del found[at]
    for user in [u for u, each in found.items() if at in {ref for _, ref in each.refs()}]:
        if user in found:
            _remove(found, user)


def _reroute(found: Resources, rng: Random) -> None:
    routes = [e for e in sorted(found) if e.startswith(("route.business", "route.gateway"))]
    hops = [e for e in sorted(found) if e.startswith(("endpoint.", "ipv4_gateway."))]
    for at in rng.sample(routes, min(1, len(routes))):
        hop = rng.choice(hops)
        kind = "Ipv4Gateway" if hop.startswith("ipv4") else "GatewayLoadBalancerEndpoint"
        found[at] = found[at].model_copy(update={"next_hop_type": kind, "next_hop": Ref(hop)})


def _to_nat(found: Resources, rng: Random) -> None:
    if routes := [each for each in sorted(found) if each.startswith("route.business")]:
        at = rng.choice(routes)
        update = {"next_hop_type": "NatGateway", "next_hop": Ref(NAT)}
        found[at] = found[at].model_copy(update=update)


def _further_route(found: Resources, rng: Random) -> None:
    destination = rng.choice(["8.8.8.0/24", "0.0.0.0/1"])
    name = destination.replace("/", "_")
    hop = rng.choice([e for e in sorted(found) if e.startswith(("endpoint.shop", "ipv4_gateway."))])
    found[f"route.copied/shop/{B}/{name}"] = graphs.route(f"business/shop/{B}", hop, destination)


def _deactivate(found: Resources, rng: Random) -> None:
    del rng
    found[graphs.GATE] = found[graphs.GATE].model_copy(update={"enabled": False})


def _reguard(found: Resources, rng: Random) -> None:
    at = rng.choice(GUARDS)
    found[at] = found[at].model_copy(update={"rules": _rules(rng)})


def _rejoin(found: Resources, rng: Random) -> None:
    if own := [at for at in _of(found, Instance) if at.startswith("instance.appliance")]:
        _regroup(found, rng.choice(own), rng)


def _stop(found: Resources, rng: Random) -> None:
    if own := [at for at in _of(found, Instance) if at.startswith("instance.appliance")]:
        at = rng.choice(own)
        found[at] = found[at].model_copy(update={"running": False})


def _renew(found: Resources, rng: Random) -> None:
    if own := [at for at in _of(found, Instance) if at.startswith("instance.appliance")]:
        at = rng.choice(own)
        found[at] = found[at].model_copy(update={"image_id": f"image-{rng.randint(1, 2)}"})


def _probe(found: Resources, rng: Random) -> None:
    check = HealthCheck(enabled=rng.random() < 0.8, port=rng.choice([80, 22]))
    found[graphs.GROUP] = found[graphs.GROUP].model_copy(update={"health_check": check})


def _zones(found: Resources, rng: Random) -> None:
    zones = {B: Ref[VSwitch](f"vswitch.security/{B}")}
    mode = rng.choice(["LoadBalance", "LoadBalance", "ByPass"])
    update = {"zones": zones, "traffic_mode": mode}
    found[graphs.BALANCER] = found[graphs.BALANCER].model_copy(update=update)


VARIATIONS: tuple[Variation, ...] = (
    *(_drop, _drop, _drop, _reroute, _to_nat, _to_nat, _further_route, _deactivate),
    *(_reguard, _reguard, _rejoin, _stop, _renew, _probe, _zones),
)


def _varied(found: Resources, rng: Random) -> dict[Address, Node]:
    for _ in range(rng.randint(0, 4)):
        rng.choice(VARIATIONS)(found, rng)
    return {Address(at): Node(each) for at, each in found.items()}


# --- plans ---


def _part(
    base: Network, steps: tuple[Step, ...], made: Effects, rng: Random, most_sets: int
) -> RandomPlan:
    """Up to ten calls of a plan in a row, with its gates; the calls before them are done."""
    calls = [*made.fillings]
    wanted = rng.randint(2, MOST_CALLS)
    first = rng.randint(0, max(0, len(calls) - wanted))
    chosen = set(calls[first : first + wanted])
    values = dict(made.start)
    for number in calls[:first]:
        values.update(made.fillings[number])
    for slot in [each for each in values if each.what == "member"]:
        health = rng.choice(["Healthy"] * 6 + ["Initial", "Unhealthy", "Unavailable", ""])
        values[Slot("health", slot.key, slot.part)] = health if values[slot] is not None else None
    numbers = [n for n, each in enumerate(steps) if n in chosen or each.call is None]
    parts = _among(steps, numbers)
    while True:
        cut = _with_gates(_thinned(parts, rng), made.end, rng)
        if count_sets(cut, most_sets) <= most_sets:
            break
        parts = parts if rng.random() < 0.5 else parts[:-1]
    fillings = {
        number: made.fillings[at]
        for number, each in enumerate(cut)
        if each.call is not None and (at := steps.index(_named(steps, each.id))) in made.fillings
    }
    start = network_of(values, base, made.end.labels)
    return RandomPlan(start, cut, Effects(values, fillings, _end(values, fillings, start)))


def _named(steps: Sequence[Step], name: str) -> Step:
    return next(each for each in steps if each.id == name)


def _end(
    values: dict[Slot, object], fillings: dict[int, tuple[Filling, ...]], start: Network
) -> Network:
    found = dict(values)
    for each in fillings.values():
        found.update(each)
    return network_of(found, start, start.labels)


def _among(steps: Sequence[Step], numbers: Sequence[int]) -> list[Step]:
    """Some of the steps; what one needs through others that are left out, it needs itself."""
    kept = {steps[number].id for number in numbers}
    needs: dict[str, frozenset[str]] = {}
    for step in steps:
        through = (frozenset({e}) if e in kept else needs[e] for e in step.needs)
        needs[step.id] = frozenset().union(*through)
    return [replace(steps[number], needs=needs[steps[number].id]) for number in numbers]


def _thinned(steps: Sequence[Step], rng: Random) -> list[Step]:
    """The steps without some of their edges."""
    dropped = rng.choice([0.0, 0.2, 0.5, 0.9])
    known = {each.id for each in steps}
    return [
        replace(
            step,
            needs=frozenset(e for e in sorted(step.needs & known) if rng.random() >= dropped),
        )
        for step in steps
    ]


def _with_gates(steps: list[Step], end: Network, rng: Random) -> tuple[Step, ...]:
    """The steps with a further gate, perhaps, that sees an appliance healthy."""
    servers = sorted(
        end.labels.get(each.server, Address(each.server))
        for group in end.groups.values()
        for each in group.members
    )
    if not servers or rng.random() < 0.5:
        return tuple(steps)
    server, at = rng.choice(servers), rng.randint(0, len(steps))
    gate = Step(f"{server}:healthy", server, "healthy", None)
    if any(each.id == gate.id for each in steps):
        return tuple(steps)
    needs = frozenset(each.id for each in steps[:at] if rng.random() < 0.5)
    later = (
        replace(each, needs=each.needs | {gate.id}) if rng.random() < 0.4 else each
        for each in steps[at:]
    )
    return (*steps[:at], replace(gate, needs=needs), *later)


def count_sets(steps: Sequence[Step], most: int) -> int:
    """The number of sets that may be done together; of more than `most`, some number above it."""
    return sum(1 for _ in closed_sets(steps, most + 1))


def closed_sets(steps: Sequence[Step], most: int) -> Iterator[frozenset[int]]:
    """Every set of done steps that holds what its steps need, by number; no more than `most`."""
    numbers = {step.id: number for number, step in enumerate(steps)}
    needs = [frozenset(numbers[each] for each in step.needs) for step in steps]
    todo = [frozenset[int]()]
    seen = {*todo}
    while todo and most > 0:
        done = todo.pop()
        yield done
        most -= 1
        for number, needed in enumerate(needs):
            more = done | {number}
            if needed <= done and more not in seen:
                seen.add(more)
                todo.append(more)
