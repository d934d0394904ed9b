"""The security VPC: its subnets, the appliances and their security group."""

from ipaddress import ip_network

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.bootstrap import bounce_script, digest
from gwlbfw.blueprint.firewall import health_check
from gwlbfw.blueprint.graph_builder import DESCRIPTION, GraphBuilder
from gwlbfw.layout import Role
from gwlbfw.resources import Instance, Launch, Rule, SecurityGroup, Vpc, VSwitch
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.security_group import in_order
from gwlbfw.resources.tags import TEMPLATE_TAG
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import Machine
from gwlbfw.topology.security_vpc import Appliance


def build(builder: GraphBuilder) -> None:
    """The security VPC and all in it but the load balancer."""
    security = builder.topology.security_vpc
    account = security.account or ""
    address = layout.SECURITY_VPC
    wanted = Vpc(
        cidr=str(security.cidr or ""),
        name=builder.name(security, "security"),
        description=DESCRIPTION,
    )
    if security.id:
        builder.use_existing(address, security.id, wanted, security, account, "security_vpc", "id")
    else:
        builder.create(address, wanted, security, account)
    _subnets(builder, account)
    _group(builder, account)
    for key in security.appliances:
        _appliance(builder, key, account)


def subnet(zone: str) -> Ref[VSwitch]:
    """The security subnet of a zone."""
    return Ref(layout.security_subnet(zone))


def _subnets(builder: GraphBuilder, account: str) -> None:
    for zone_id, zone in builder.topology.security_vpc.zones.items():
        choice = zone.subnet
        wanted = VSwitch(
            vpc=Ref(layout.SECURITY_VPC),
            zone=zone_id,
            cidr=str(choice.cidr or ""),
            name=builder.name(choice, "security", zone_id),
            description=DESCRIPTION,
        )
        place = ("security_vpc", "zones", zone_id, "subnet", "id")
        if choice.id:
            builder.use_existing(
                Address(subnet(zone_id)), choice.id, wanted, choice, account, *place
            )
            check_subnet(builder, subnet(zone_id), Ref(layout.SECURITY_VPC), zone_id, *place)
        else:
            builder.create(Address(subnet(zone_id)), wanted, choice, account)
            refuse_overlap(builder, wanted, *place[:-1], "cidr")


def refuse_overlap(builder: GraphBuilder, wanted: VSwitch, *place: str) -> None:
    """A new subnet has no place where the VPC has one that is no part of the stack."""
    for cloud_id, node in builder.live.others.items() if builder.live else ():
        other = node.resource
        if not isinstance(other, VSwitch) or other.vpc != wanted.vpc:
            continue
        if ip_network(other.cidr).overlaps(ip_network(wanted.cidr)):
            builder.add_error(
                "overlaps-existing",
                f"{wanted.cidr} overlaps {other.cidr} of the vSwitch {cloud_id}",
                *place,
                hint="choose another block of the VPC",
            )


def check_subnet(
    builder: GraphBuilder, ref: Ref[VSwitch], vpc: Ref[Vpc], zone: str, *place: str
) -> None:
    """A subnet that exists must be in the VPC and zone under which the file names it."""
    found = builder.live_resource(Address(ref), VSwitch)
    if found is None:
        return
    if found.vpc != vpc:
        builder.add_error("wrong-vpc", f"the subnet is in {found.vpc}, not in {vpc}", *place)
    if found.zone != zone:
        builder.add_error(
            "wrong-zone", f"the subnet is in zone {found.zone}, not in {zone}", *place
        )


def required_appliance_rules(topology: Topology, graph: ResourceGraph) -> tuple[Rule, ...]:
    """What appliances must let in: Geneve and the probe, from the load balancer's subnets."""
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


def _group(builder: GraphBuilder, account: str) -> None:
    security = builder.topology.security_vpc
    choice = security.security_group
    wanted = SecurityGroup(
        vpc=Ref(layout.SECURITY_VPC),
        name=builder.name(choice, "appliances"),
        description=DESCRIPTION,
        rules=required_appliance_rules(builder.topology, builder.nodes),
    )
    place = ("security_vpc", "security_group", "id")
    if choice.id:
        builder.use_existing(
            layout.APPLIANCE_SECURITY_GROUP, choice.id, wanted, choice, account, *place
        )
    elif any(not each.id for each in security.appliances.values()):
        builder.create(layout.APPLIANCE_SECURITY_GROUP, wanted, choice, account)


def _appliance(builder: GraphBuilder, key: str, account: str) -> None:
    choice = builder.topology.security_vpc.appliances[key]
    address = layout.appliance(key)
    place = ("security_vpc", "appliances", key)
    zone = choice.zone or ""
    if choice.id:
        assumed = Instance(vswitch=Ref(""), zone=zone, instance_type="")
        builder.use_existing(address, choice.id, assumed, choice, account, *place, "id")
        _check_appliance(builder, address, *place, "id")
        return
    wanted = launched_instance(
        choice,
        subnet(zone),
        zone,
        Ref(layout.APPLIANCE_SECURITY_GROUP),
        template=bounce_script((), health_check(builder.topology))
        if choice.bootstrap == "iptables"
        else builder.topology.read_user_data(choice),
        jumbo=True,
        name=builder.name(choice, key),
    )
    builder.create(address, wanted, choice, account)


def _check_appliance(builder: GraphBuilder, address: Address, *place: str) -> None:
    found = builder.live_resource(address, Instance)
    subnets = {str(subnet(zone)) for zone in builder.topology.security_vpc.zones}
    if found is not None and found.vswitch not in subnets:
        builder.add_error(
            "wrong-subnet",
            f"the appliance is in {found.vswitch or 'no subnet'}, which is none "
            "of the security subnets",
            *place,
        )


def launched_instance(
    choice: Machine,
    vswitch: Ref[VSwitch],
    zone: str,
    group: Ref[SecurityGroup],
    *,
    template: bytes | str | None,
    jumbo: bool,
    name: str,
) -> Instance:
    """An instance that the stack launches."""
    launch = Launch(
        image_family=choice.image_family,
        ram_role=choice.ram_role,
        disk_category=choice.system_disk.category,
        disk_size_gb=choice.system_disk.size_gb,
        jumbo_frames=jumbo,
        user_data=template is not None,
    )
    sha256 = digest(template, launch)
    return Instance(
        vswitch=vswitch,
        zone=zone,
        instance_type=choice.instance_type or "",
        image_id=choice.image_id,
        private_ip=str(choice.private_ip) if choice.private_ip else None,
        key_pair=choice.key_pair,
        template=sha256,
        launch=launch,
        security_groups=(group,),
        name=name,
        tags={TEMPLATE_TAG: sha256},
    )


def is_simulated(appliance: Appliance) -> bool:
    """Whether the stack makes this appliance out of an ordinary instance."""
    return appliance.bootstrap == "iptables" and not appliance.id
