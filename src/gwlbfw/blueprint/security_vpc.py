"""The security VPC: its subnets, the appliances and their security group."""

from itertools import count

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.bootstrap import bounce_script
from gwlbfw.blueprint.firewall import health_check
from gwlbfw.blueprint.graph_builder import DESCRIPTION, GraphBuilder
from gwlbfw.blueprint.machines import Placement, launched_instance
from gwlbfw.blueprint.subnets import add_subnet
from gwlbfw.layout import Role
from gwlbfw.resources import Instance, LoadBalancer, Rule, SecurityGroup, Vpc, VSwitch
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.security_group import in_order
from gwlbfw.topology.models import Topology
from gwlbfw.topology.security_vpc import Appliance


def build(builder: GraphBuilder) -> None:
    """Add the security VPC and all in it but the load balancer."""
    security = builder.topology.security_vpc
    wanted = Vpc(
        cidr=str(security.cidr or ""),
        name=builder.name(security, "security"),
        description=DESCRIPTION,
    )
    builder.use_or_create(layout.SECURITY_VPC, security.id, wanted, security, "security_vpc", "id")
    for zone_id, zone in security.zones.items():
        place = ("security_vpc", "zones", zone_id, "subnet")
        name = builder.name(zone.subnet, "security", zone_id)
        add_subnet(builder, layout.security_subnet(zone_id), zone.subnet, zone_id, name, *place)
    _security_group(builder)
    for key in security.appliances:
        _appliance(builder, key)


def required_rules(topology: Topology, graph: ResourceGraph) -> tuple[Rule, ...]:
    """The rules that appliances need: Geneve and the probe, from the load balancer's subnets."""
    check = topology.gateway_load_balancer.health_check
    ports = [("udp", 6081)] + ([("tcp", check.port)] if check.enabled else [])
    sources = [
        node.resource.cidr
        for address, node in graph.items()
        if isinstance(node.resource, VSwitch) and layout.parse(address).role is Role.SECURITY
    ]
    return in_order(
        Rule(protocol=protocol, ports=f"{port}/{port}", source=source)
        for protocol, port in ports
        for source in sources
    )


def _security_group(builder: GraphBuilder) -> None:
    """The group of the appliances; none where all of these exist."""
    security = builder.topology.security_vpc
    choice = security.security_group
    if not choice.id and all(each.id for each in security.appliances.values()):
        return
    wanted = SecurityGroup(
        vpc=Ref(layout.SECURITY_VPC),
        name=builder.name(choice, "appliances"),
        description=DESCRIPTION,
        rules=required_rules(builder.topology, builder.nodes),
    )
    place = ("security_vpc", "security_group", "id")
    builder.use_or_create(layout.APPLIANCE_SECURITY_GROUP, choice.id, wanted, choice, *place)


def _appliance(builder: GraphBuilder, key: str) -> None:
    topology = builder.topology
    choice = topology.security_vpc.appliances[key]
    address = layout.appliance(key)
    zone = choice.zone or ""
    if choice.id:
        place = ("security_vpc", "appliances", key, "id")
        assumed = Instance(vswitch=Ref(""), zone=zone, instance_type="")
        builder.use_existing(address, choice.id, assumed, choice, *place)
        _check_subnet(builder, address, *place)
        return
    simulated = is_simulated(choice)
    wanted = launched_instance(
        choice,
        Placement(layout.security_subnet(zone), zone, layout.APPLIANCE_SECURITY_GROUP),
        template=bounce_script((), health_check(topology))
        if simulated
        else topology.read_user_data(choice),
        jumbo_frames=True,
        name=builder.name(choice, key),
    )
    builder.create(address, wanted, choice)


def _check_subnet(builder: GraphBuilder, address: Address, *place: str) -> None:
    """An appliance that exists must be in one of the security subnets."""
    found = builder.live_resource(address, Instance)
    subnets = {str(layout.security_subnet(z)) for z in builder.topology.security_vpc.zones}
    if found is not None and found.vswitch not in subnets:
        builder.add_error(
            "wrong-subnet",
            f"the appliance is in {found.vswitch or 'no subnet'}, which is none "
            "of the security subnets",
            *place,
        )


def is_simulated(appliance: Appliance) -> bool:
    """True if the stack makes this appliance out of an ordinary instance."""
    return appliance.bootstrap == "iptables" and not appliance.id


def refuse_zone_beside_simulated(builder: GraphBuilder) -> None:
    """Running simulated appliances have rules for the load balancer's addresses at launch only."""
    wanted = builder.nodes[layout.LOAD_BALANCER].resource
    live = builder.live_resource(layout.LOAD_BALANCER, LoadBalancer)
    if not isinstance(wanted, LoadBalancer) or live is None:
        return
    new = sorted(set(wanted.zones) - set(live.zones))
    running = [
        key
        for key, appliance in builder.topology.security_vpc.appliances.items()
        if is_simulated(appliance) and builder.live_resource(layout.appliance(key), Instance)
    ]
    if new and running:
        builder.add_error(
            "zone-beside-bounce",
            f"zone {', '.join(new)} would be added, but the running "
            f"appliance {running[0]} only knows the load balancer's addresses of the other zones",
            "security_vpc",
            "zones",
            new[0],
            hint="in the same change give these appliances new keys: new ones then know every "
            f"address, and take over before the old ones leave: {_renamed(builder, running)}",
        )


def _renamed(builder: GraphBuilder, keys: list[str]) -> str:
    """Keys with others in their place, which the file does not have: `fw-b` becomes `fw-b-2`."""
    taken = {*builder.topology.security_vpc.appliances}
    numbered = ((key, (f"{key}-{number}" for number in count(2))) for key in keys)
    pairs = [(key, next(n for n in names if n not in taken)) for key, names in numbered]
    return ", ".join(f"`{key}` becomes `{name}`" for key, name in pairs)
