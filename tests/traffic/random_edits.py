"""Random edits of a topology, each of which a user may make at any time."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from random import Random
from typing import Any

from tests.scenarios.testbed import ANYWHERE, Content
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.topology_builder import machine

Edit = Callable[[Content, Random], None]
"""Changes a topology; raises Inapplicable where it has nothing to change."""


class Inapplicable(Exception):
    """The topology has not what an edit is about."""


def pick(rng: Random, options: Any) -> Any:
    """One of some options. Raises Inapplicable where there are none."""
    found = [*options]
    if not found:
        raise Inapplicable
    return rng.choice(found)


def vpc_of(content: Content, rng: Random) -> tuple[str, Content]:
    """A business VPC, by its key."""
    key = pick(rng, content["business_vpcs"])
    return key, content["business_vpcs"][key]


def zone_of(content: Content, rng: Random) -> tuple[Content, str]:
    """A zone of a business VPC, and the VPC."""
    _, vpc = vpc_of(content, rng)
    return vpc, pick(rng, vpc["zones"])


def subnets_of(vpc: Content) -> Iterator[tuple[str, str, Content]]:
    """The business subnets of a VPC: zone, key and fields."""
    for zone, each in vpc["zones"].items():
        for key, subnet in each["subnets"].items():
            yield zone, key, subnet


def servers_in(vpc: Content, subnet: str) -> list[str]:
    """The servers that the topology makes in a subnet."""
    return [key for key, each in vpc.get("servers", {}).items() if each.get("subnet") == subnet]


def made_servers(vpc: Content) -> dict[str, Content]:
    """The servers that the topology makes."""
    return {key: each for key, each in vpc.get("servers", {}).items() if "id" not in each}


def free_block(vpc: Content, rng: Random) -> str:
    """A block of a VPC that no random subnet has at its start."""
    prefix = vpc.get("cidr", "192.168.0.0/16").rsplit(".", 2)[0]
    return f"{prefix}.{rng.randrange(61, 99)}.0/24"


# --- subnets and zones ---


def add_subnet(content: Content, rng: Random) -> None:
    vpc, zone = zone_of(content, rng)
    vpc["zones"][zone]["subnets"][f"more-{zone[-1]}"] = {"cidr": free_block(vpc, rng)}


def remove_subnet(content: Content, rng: Random) -> None:
    vpc, zone = zone_of(content, rng)
    subnets = vpc["zones"][zone]["subnets"]
    if len(subnets) < 2:
        raise Inapplicable
    key = pick(rng, subnets)
    for server in servers_in(vpc, key):
        del vpc["servers"][server]
    del subnets[key]


def rename_subnet(content: Content, rng: Random) -> None:
    """With its address moved or, so that it is made anew, without."""
    name, vpc = vpc_of(content, rng)
    zone, key, subnet = pick(rng, subnets_of(vpc))
    del vpc["zones"][zone]["subnets"][key]
    for server in servers_in(vpc, key):
        vpc["servers"][server]["subnet"] = f"{key}-x"
    if rng.random() < 0.6 or "id" in subnet:
        before = f"vswitch.business/{name}/{key}"
        content.setdefault("moved", []).append({"from": before, "to": f"{before}-x"})
    else:
        subnet = {**subnet, "cidr": free_block(vpc, rng)}
    vpc["zones"][zone]["subnets"][f"{key}-x"] = subnet


def change_block(content: Content, rng: Random) -> None:
    """Of a business subnet, or of an endpoint's."""
    vpc, zone = zone_of(content, rng)
    chosen = [vpc["zones"][zone]["gwlbe_subnet"], *vpc["zones"][zone]["subnets"].values()]
    pick(rng, (each for each in chosen if "cidr" in each))["cidr"] = free_block(vpc, rng)


def add_zone(content: Content, rng: Random) -> None:
    security = content["security_vpc"]
    _, vpc = vpc_of(content, rng)
    zone = pick(rng, {B, C} - vpc["zones"].keys())
    if zone not in security["zones"]:
        if "cidr" not in security:
            raise Inapplicable
        security["zones"][zone] = {"subnet": {"cidr": "10.0.77.0/24"}}
        security["appliances"][f"fw-{zone[-1]}"] = {"zone": zone, **machine("ecs.g7ne.xlarge")}
    prefix = vpc.get("cidr", "192.168.0.0/16").rsplit(".", 2)[0]
    vpc["zones"][zone] = {
        "gwlbe_subnet": {"cidr": f"{prefix}.177.0/24"},
        "subnets": {f"more-{zone[-1]}": {"cidr": free_block(vpc, rng)}},
    }


def remove_zone(content: Content, rng: Random) -> None:
    """Of one business VPC or, where no other uses it, with its appliances."""
    vpc, zone = zone_of(content, rng)
    if len(vpc["zones"]) < 2:
        raise Inapplicable
    for key in vpc["zones"][zone]["subnets"]:
        for server in servers_in(vpc, key):
            del vpc["servers"][server]
    del vpc["zones"][zone]
    used = {each for vpc in content["business_vpcs"].values() for each in vpc["zones"]}
    security = content["security_vpc"]
    if zone not in used and rng.random() < 0.5 and "cidr" in security:
        del security["zones"][zone]
        for key in [k for k, each in security["appliances"].items() if each.get("zone") == zone]:
            del security["appliances"][key]


def other_tables(content: Content, rng: Random) -> None:
    """One table for each zone instead of one for each subnet, or the other way round."""
    _, vpc = vpc_of(content, rng)
    was = vpc.get("route_tables", "per-zone")
    vpc["route_tables"] = "per-zone" if was == "per-subnet" else "per-subnet"


# --- servers ---


def add_server(content: Content, rng: Random) -> None:
    _, vpc = vpc_of(content, rng)
    _, key, _ = pick(rng, subnets_of(vpc))
    eip = {"eip": {"bandwidth_mbps": 5}} if rng.random() < 0.8 else {}
    new = {"subnet": key, **machine("ecs.g7.large"), **eip}
    vpc.setdefault("servers", {})[f"new-{rng.randrange(100)}"] = new


def remove_server(content: Content, rng: Random) -> None:
    _, vpc = vpc_of(content, rng)
    servers = vpc.get("servers", {})
    del servers[pick(rng, servers)]


def replace_server(content: Content, rng: Random) -> None:
    _, vpc = vpc_of(content, rng)
    pick(rng, made_servers(vpc).values())["instance_type"] = "ecs.g7.xlarge"


def move_server(content: Content, rng: Random) -> None:
    """Into another subnet."""
    _, vpc = vpc_of(content, rng)
    server = pick(rng, made_servers(vpc).values())
    server.pop("private_ip", None)
    server["subnet"] = pick(rng, (key for _, key, _ in subnets_of(vpc) if key != server["subnet"]))


def toggle_eip(content: Content, rng: Random) -> None:
    _, vpc = vpc_of(content, rng)
    server = pick(rng, made_servers(vpc).values())
    if server.pop("eip", None) is None:
        server["eip"] = {"bandwidth_mbps": 5}


def swap_eips(content: Content, rng: Random) -> None:
    """Another bandwidth of an EIP, or no server's but another's."""
    _, vpc = vpc_of(content, rng)
    with_eip = [each for each in made_servers(vpc).values() if "eip" in each]
    pick(rng, with_eip)["eip"]["bandwidth_mbps"] = rng.randrange(6, 50)


def edit_ingress(content: Content, rng: Random) -> None:
    _, vpc = vpc_of(content, rng)
    if "id" in vpc.get("security_group", {}):
        raise Inapplicable
    rules = vpc.setdefault("ingress", [])
    if rules and rng.random() < 0.5:
        rules.pop()
    else:
        rules.append({"protocol": "tcp", "ports": rng.randrange(1, 60000), "from": ANYWHERE})


# --- the firewall ---


def add_appliance(content: Content, rng: Random) -> None:
    security = content["security_vpc"]
    zone = pick(rng, security["zones"])
    boot = pick(rng, ("none", "iptables"))
    new = {"zone": zone, "bootstrap": boot, **machine("ecs.g7ne.xlarge")}
    security["appliances"][f"more-{rng.randrange(100)}"] = new


def remove_appliance(content: Content, rng: Random) -> None:
    appliances = content["security_vpc"]["appliances"]
    if len(appliances) < 2:
        raise Inapplicable
    del appliances[pick(rng, appliances)]


def replace_appliance(content: Content, rng: Random) -> None:
    appliances = content["security_vpc"]["appliances"]
    pick(rng, (e for e in appliances.values() if "id" not in e))["instance_type"] = (
        "ecs.g7ne.2xlarge"
    )


def rename_appliance(content: Content, rng: Random) -> None:
    """With its address moved or, so that it is made anew, without."""
    appliances = content["security_vpc"]["appliances"]
    key = pick(rng, appliances)
    appliances[f"{key}-x"] = appliances.pop(key)
    if rng.random() < 0.6 or "id" in appliances[f"{key}-x"]:
        before = f"instance.appliance/{key}"
        content.setdefault("moved", []).append({"from": before, "to": f"{before}-x"})


def move_appliance(content: Content, rng: Random) -> None:
    """Into the other zone."""
    security = content["security_vpc"]
    appliance = pick(rng, (e for e in security["appliances"].values() if "id" not in e))
    appliance["zone"] = pick(rng, security["zones"].keys() - {appliance["zone"]})


def change_bootstrap(content: Content, rng: Random) -> None:
    appliances = content["security_vpc"]["appliances"]
    appliance = pick(rng, (e for e in appliances.values() if "id" not in e))
    was = appliance.get("bootstrap", "none")
    appliance["bootstrap"] = "none" if was == "iptables" else "iptables"


def change_probe(content: Content, rng: Random) -> None:
    balancer = content.setdefault("gateway_load_balancer", {})
    check = balancer.setdefault("health_check", {})
    what, values = pick(rng, PROBES.items())
    check[what] = pick(rng, values)


PROBES: Mapping[str, tuple[object, ...]] = {
    "port": (22, 80, 8080),
    "interval_s": (5, 20),
    "healthy_threshold": (2, 5),
    "unhealthy_threshold": (3, 6),
    "enabled": (False, True),
}


def change_balancer(content: Content, rng: Random) -> None:
    balancer = content.setdefault("gateway_load_balancer", {})
    balancer.update(pick(rng, BALANCERS))


BALANCERS: tuple[Content, ...] = (
    {"scheduler": "3TCH"},
    {"flow_failover": "none"},
    {"connection_drain": {"enabled": False}},
    {"connection_drain": {"enabled": True, "timeout_s": 60}},
    {"tcp_idle_timeout_s": 600},
)


def change_service(content: Content, rng: Random) -> None:
    service = content.setdefault("endpoint_service", {})
    if rng.random() < 0.5:
        service["auto_accept"] = not service.get("auto_accept", True)
    else:
        service["allowed_accounts"] = ["3000000000000003"]


def change_cut_over(content: Content, rng: Random) -> None:
    cutover = content.setdefault("cutover", {})
    cutover["order"] = pick(rng, ("inbound-first", "outbound-first"))
    cutover["strategy"] = pick(rng, ("zone-by-zone", "all-at-once"))


def change_gateway(content: Content, rng: Random) -> None:
    """What its deletion leaves behind."""
    _, vpc = vpc_of(content, rng)
    gateway = vpc.setdefault("ipv4_gateway", {})
    if "id" in gateway:
        raise Inapplicable
    gateway["on_delete"] = pick(rng, ("public", "private"))


# --- VPCs ---


def add_vpc(content: Content, rng: Random) -> None:
    zone = pick(rng, content["security_vpc"]["zones"])
    key = f"more{rng.randrange(10)}"
    content["business_vpcs"][key] = {
        "cidr": "172.20.0.0/16",
        "zones": {
            zone: {
                "gwlbe_subnet": {"cidr": "172.20.200.0/24"},
                "subnets": {"front": {"cidr": "172.20.1.0/24"}},
            }
        },
        "servers": {
            "web": {"subnet": "front", **machine("ecs.g7.large"), "eip": {"bandwidth_mbps": 5}}
        },
    }


def remove_vpc(content: Content, rng: Random) -> None:
    if len(content["business_vpcs"]) < 2:
        raise Inapplicable
    del content["business_vpcs"][pick(rng, content["business_vpcs"])]


def rename_vpc(content: Content, rng: Random) -> None:
    key, vpc = vpc_of(content, rng)
    del content["business_vpcs"][key]
    content["business_vpcs"][f"{key}x"] = vpc
    moved = content.setdefault("moved", [])
    moved.append({"from": f"vpc.business/{key}", "to": f"vpc.business/{key}x"})


EDITS: tuple[Edit, ...] = (
    *(add_subnet, remove_subnet, rename_subnet, change_block, add_zone, remove_zone, other_tables),
    *(add_server, remove_server, replace_server, move_server, toggle_eip, swap_eips, edit_ingress),
    *(add_appliance, remove_appliance, replace_appliance, rename_appliance, move_appliance),
    *(change_bootstrap, change_probe, change_balancer, change_service, change_cut_over),
    *(change_gateway, add_vpc, remove_vpc, rename_vpc),
)


def edited(content: Content, rng: Random, number: int) -> tuple[Content, tuple[str, ...]]:
    """A topology with a number of random edits, and their names."""
    names: list[str] = []
    now = deepcopy(content)
    while len(names) < number:
        edit, attempt = rng.choice(EDITS), deepcopy(now)
        try:
            edit(attempt, rng)
        except Inapplicable:
            continue
        now = attempt
        names.append(edit.__name__)
    return now, tuple(names)
