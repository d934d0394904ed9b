"""Random networks: the vendor's scenario with any number of things done to it."""

from collections.abc import Callable
from random import Random

from tests.unit.reachability.worlds import (
    GATEWAY,
    B,
    Balancer,
    C,
    Endpoint,
    Entry,
    Hop,
    Subnet,
    World,
    to,
)
from tests.unit.reachability.worlds import ulanqab as ground

Fault = Callable[[World, Random], None]
PREFIXES = (
    *("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/8", "8.8.8.0/24", "8.8.8.8/32"),
    *("203.0.112.0/20", "203.0.113.0/24", "255.255.255.255/32", "10.0.0.0/8", "192.168.0.0/16"),
    *("1.0.0.0/32", "223.255.255.0/24", "9.9.9.8/29", "172.0.0.0/8"),
)
HOPS: tuple[Hop, ...] = (
    *(to("ep-b"), to("ep-c"), to("ep-gone"), GATEWAY, ("Ipv4Gateway", "ipv4gw-2")),
    *(("NatGateway", "ngw-1"), ("NatGateway", "ngw-gone"), ("Instance", "i-b")),
    *(("RouteTargetGroup", "rtg-1"), ("VpcPeer", "pcc-1"), ("NetworkInterface", "eni-1")),
)
VSWITCH_TABLES = ("t-b", "t-c", "t-gwlbe", "system", "t-nat")


def _route(world: World, rng: Random) -> None:
    table = rng.choice([each for each in VSWITCH_TABLES if each in world.tables])
    destination = rng.choice(PREFIXES)
    if rng.random() < 0.3:
        length = rng.randint(1, 32)
        first = rng.getrandbits(32) >> (32 - length) << (32 - length)
        octets = ".".join(str(first >> shift & 255) for shift in (24, 16, 8, 0))
        destination = f"{octets}/{length}"
    hops = [rng.choice(HOPS) for _ in range(2 if rng.random() < 0.1 else 1)]
    if destination not in {each.cidr for each in world.subnets.values()}:
        world.route(table, destination, *hops, enabled=rng.random() > 0.03)


def _unroute(world: World, rng: Random) -> None:
    places = [(table, to_) for table, entries in world.tables.items() for to_ in entries]
    if places:
        world.unroute(*rng.choice(places))


def _entry_changes(world: World, rng: Random) -> None:
    entries = [each for table in world.tables.values() for each in table.values()]
    if entries:
        rng.choice(entries).status = rng.choice(["Modifying", "Pending", "Available"])


def _redirect(world: World, rng: Random) -> None:
    destination = rng.choice(
        [*(each.cidr for each in world.subnets.values()), "192.168.1.128/25", "192.168.2.7/32"]
    )
    world.route("gateway", destination, rng.choice([*HOPS[:3], HOPS[3], HOPS[7]]))


def _gateway(world: World, rng: Random) -> None:
    world.gateway = rng.choice([None, "Created", "Created", "Modifying", "Creating"])
    world.enabled = rng.random() < 0.5
    world.centralised = rng.random() < 0.5
    world.gateway_table = rng.random() < 0.7


def _endpoint(world: World, rng: Random) -> None:
    endpoint = rng.choice([*world.endpoints.values()])
    endpoint.status = "Pending" if rng.random() < 0.1 else "Active"
    status = rng.choice(["Connected", "Disconnected", "Wait", "Connecting", "Weird"])
    if rng.random() < 0.4:
        endpoint.connection = status
    elif rng.random() < 0.5 and endpoint.zones:
        zone = rng.choice([*endpoint.zones])
        endpoint.zones[zone] = (endpoint.zones[zone][0], status)
    else:
        endpoint.zones = rng.choice(
            [{}, {B: ("gwlbe-b", "Connected"), C: ("gwlbe-c", "Connected")}]
        )


def _service(world: World, rng: Random) -> None:
    world.services["epsrv-1"] = rng.choice(
        [[(B, "gwlb-1")], [], [(B, "gwlb-1"), (B, "gwlb-2"), (C, "gwlb-1")], [(C, "gwlb-2")]]
    )
    world.service_status = "Pending" if rng.random() < 0.1 else "Active"
    if rng.random() < 0.1:
        del world.services["epsrv-1"]


def _balancer(world: World, rng: Random) -> None:
    balancer = rng.choice([*world.balancers.values()])
    balancer.mode = rng.choice(["LoadBalance", "LoadBalance", "ByPass"])
    balancer.status = rng.choice(["Active", "Active", "Configuring", "Inactive"])
    balancer.listener = rng.choice(["Running", "Running", None, "Provisioning", "Configuring"])
    balancer.group = rng.choice(["Available", "Available", "Configuring"])
    balancer.zones = rng.choice([[B, C], [B]])


def _members(world: World, rng: Random) -> None:
    balancer = rng.choice([*world.balancers.values()])
    for name in balancer.members:
        status = rng.choice(["Available", "Available", "Removing", "Draining", "Adding"])
        health = rng.choice(["Healthy", "Unhealthy", "Initial", "Unused", "Weird", ""])
        balancer.members[name] = (status, health)


def _subnet(world: World, rng: Random) -> None:
    subnet = rng.choice([*world.subnets.values()])
    subnet.table = rng.choice([each for each in VSWITCH_TABLES if each in world.tables])
    subnet.status = "Pending" if rng.random() < 0.1 else "Available"


def _lacks(world: World, rng: Random) -> None:
    table = rng.choice([*world.tables])
    world.lacks.add((table, rng.choice([*world.subnets.values()]).cidr))


def _nat(world: World, rng: Random) -> None:
    world.subnets["nat"] = Subnet("192.168.201.0/24", B, "t-nat")
    world.tables.setdefault("t-nat", {"0.0.0.0/0": Entry([rng.choice(HOPS[:4])])})
    public = rng.random() < 0.9
    status = "Available" if rng.random() < 0.9 else "Converting"
    world.nat_gateways["ngw-1"] = ("nat", public, status)
    world.route(rng.choice(["t-b", "t-gwlbe"]), "0.0.0.0/0", ("NatGateway", "ngw-1"))
    _nat_entries(world, rng)


def _nat_entries(world: World, rng: Random) -> None:
    """Entries that cover everybody, some or nobody, by addresses that are bound or are not."""
    for name in world.nat_gateways:
        if rng.random() < 0.6:
            sources = rng.sample(SOURCES, rng.randint(0, 2))
            world.snat[name] = [
                {**rng.choice(ADDRESSES), **source}
                for source in sources
                if source.get("SourceVSwitchId", "nat") in world.subnets
            ]
        if rng.random() < 0.5:
            world.forwards[name] = rng.sample(TARGETS, rng.randint(0, 2))
        if rng.random() < 0.3:
            target = {"InternalIp": rng.choice(TARGETS)}
            world.mapped[name] = [{**target, **rng.choice(MAPPED)}]


SOURCES = (
    *({"SourceVSwitchId": each} for each in ("app-b", "app-c", "nat", "gwlbe-b")),
    *({"SourceCIDR": each} for each in ("192.168.1.0/25", "192.168.1.153/32", "192.168.0.0/16")),
)
ADDRESSES: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    {"SnatIp": "8.8.4.4"},
    {"SnatIp": "8.9.0.5,8.8.4.4"},
    {"Status": "Pending"},
)
MAPPED: tuple[dict[str, str], ...] = ({}, {}, {"Status": "Pending"}, {"ExternalIp": "8.8.4.4"})
TARGETS = ("192.168.1.153", "192.168.2.154", "192.168.1.4", "192.168.201.9", "192.168.101.7")


def _second_nat(world: World, rng: Random) -> None:
    world.subnets["nat-2"] = Subnet("192.168.202.0/24", C, rng.choice(["t-gwlbe", "system"]))
    world.nat_gateways["ngw-22"] = ("nat-2", True, "Available")
    table = rng.choice([each for each in VSWITCH_TABLES if each in world.tables])
    world.route(table, rng.choice(PREFIXES[:3]), ("NatGateway", "ngw-22"))
    _nat_entries(world, rng)


def _group(world: World, rng: Random) -> None:
    status = rng.choice(["Available", "Switched", "Abnormal", "Unavailable"])
    world.groups["rtg-1"] = ("ep-b", "ep-c", status)
    world.route("t-b", "0.0.0.0/0", ("RouteTargetGroup", "rtg-1"))


def _more(world: World, rng: Random) -> None:
    table = rng.choice(["t-b", "t-c", "system"])
    world.subnets["app-d"] = Subnet("192.168.3.0/24", rng.choice([B, C]), table)
    if rng.random() < 0.5:
        world.route("gateway", "192.168.3.0/24", rng.choice(HOPS[:2]))


def _elsewhere(world: World, rng: Random) -> None:
    """A VPC whose addresses could be anybody's on the Internet."""
    if world.cidr == "192.168.0.0/16" and rng.random() < 0.5:
        world.cidr = "47.168.0.0/16"
        for subnet in world.subnets.values():
            subnet.cidr = _moved(subnet.cidr)
        for table, entries in world.tables.items():
            world.tables[table] = {_moved(to_): e for to_, e in entries.items()}
        world.lacks = {(table, _moved(to_)) for table, to_ in world.lacks}


def _moved(destination: str) -> str:
    return destination.replace("192.168.", "47.168.")


FAULTS: tuple[Fault, ...] = (
    *(_route, _route, _route, _unroute, _entry_changes, _redirect, _gateway, _endpoint),
    *(_service, _balancer, _members, _subnet, _lacks, _nat, _nat, _second_nat, _group, _more),
    _elsewhere,
)


def random_world(rng: Random) -> World:
    """The vendor's scenario, and what chance does to it."""
    world = ground()
    world.balancers["gwlb-2"] = Balancer([B, C], members={"i-fw-3": ("Available", "Healthy")})
    world.endpoints["ep-d"] = Endpoint({B: ("gwlbe-b", "Connected")})
    for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 5, 8])):
        rng.choice(FAULTS)(world, rng)
    return world
