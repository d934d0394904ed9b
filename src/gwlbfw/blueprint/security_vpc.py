"""The security VPC: its subnets, the appliances and their security group."""

from ipaddress import ip_network

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.bootstrap import bounce_script, digest
from gwlbfw.blueprint.draft import DESCRIPTION, Draft
from gwlbfw.blueprint.firewall import health_check
from gwlbfw.layout import Role
from gwlbfw.resources import Instance, Launch, Rule, SecurityGroup, Vpc, VSwitch
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.security_group import in_order
from gwlbfw.resources.tags import TEMPLATE_TAG
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import Machine
from gwlbfw.topology.security_vpc import Appliance


def draw(draft: Draft) -> None:
    """The security VPC and all in it but the load balancer."""
    security = draft.topology.security_vpc
    account = security.account or ""
    address = layout.SECURITY_VPC
    wanted = Vpc(
        cidr=str(security.cidr or ""),
        name=draft.name(security, "security"),
        description=DESCRIPTION,
    )
    if security.id:
        draft.exists(address, security.id, wanted, security, account, "security_vpc", "id")
    else:
        draft.create(address, wanted, security, account)
    _subnets(draft, account)
    _group(draft, account)
    for key in security.appliances:
        _appliance(draft, key, account)


def subnet(zone: str) -> Ref[VSwitch]:
    """The security subnet of a zone."""
    return Ref(layout.security_subnet(zone))


def _subnets(draft: Draft, account: str) -> None:
    for zone_id, zone in draft.topology.security_vpc.zones.items():
        choice = zone.subnet
        wanted = VSwitch(
            vpc=Ref(layout.SECURITY_VPC),
            zone=zone_id,
            cidr=str(choice.cidr or ""),
            name=draft.name(choice, "security", zone_id),
            description=DESCRIPTION,
        )
        place = ("security_vpc", "zones", zone_id, "subnet", "id")
        if choice.id:
            draft.exists(Address(subnet(zone_id)), choice.id, wanted, choice, account, *place)
            check_subnet(draft, subnet(zone_id), Ref(layout.SECURITY_VPC), zone_id, *place)
        else:
            draft.create(Address(subnet(zone_id)), wanted, choice, account)
            refuse_overlap(draft, wanted, *place[:-1], "cidr")


def refuse_overlap(draft: Draft, wanted: VSwitch, *place: str) -> None:
    """A new subnet has no place where the VPC has one that is no part of the stack."""
    for cloud_id, node in draft.live.others.items() if draft.live else ():
        other = node.resource
        if not isinstance(other, VSwitch) or other.vpc != wanted.vpc:
            continue
        if ip_network(other.cidr).overlaps(ip_network(wanted.cidr)):
            draft.complain(
                "overlaps-existing",
                f"{wanted.cidr} overlaps {other.cidr} of the vSwitch {cloud_id}",
                *place,
                hint="choose another block of the VPC",
            )


def check_subnet(draft: Draft, ref: Ref[VSwitch], vpc: Ref[Vpc], zone: str, *place: str) -> None:
    """A subnet that exists must be in the VPC and zone under which the file names it."""
    found = draft.live_resource(Address(ref), VSwitch)
    if found is None:
        return
    if found.vpc != vpc:
        draft.complain("wrong-vpc", f"the subnet is in {found.vpc}, not in {vpc}", *place)
    if found.zone != zone:
        draft.complain("wrong-zone", f"the subnet is in zone {found.zone}, not in {zone}", *place)


def appliance_rules_of(topology: Topology, graph: ResourceGraph) -> tuple[Rule, ...]:
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


def _group(draft: Draft, account: str) -> None:
    security = draft.topology.security_vpc
    choice = security.security_group
    wanted = SecurityGroup(
        vpc=Ref(layout.SECURITY_VPC),
        name=draft.name(choice, "appliances"),
        description=DESCRIPTION,
        rules=appliance_rules_of(draft.topology, draft.nodes),
    )
    place = ("security_vpc", "security_group", "id")
    if choice.id:
        draft.exists(layout.APPLIANCE_SECURITY_GROUP, choice.id, wanted, choice, account, *place)
    elif any(not each.id for each in security.appliances.values()):
        draft.create(layout.APPLIANCE_SECURITY_GROUP, wanted, choice, account)


def _appliance(draft: Draft, key: str, account: str) -> None:
    choice = draft.topology.security_vpc.appliances[key]
    address = layout.appliance(key)
    place = ("security_vpc", "appliances", key)
    zone = choice.zone or ""
    if choice.id:
        assumed = Instance(vswitch=Ref(""), zone=zone, instance_type="")
        draft.exists(address, choice.id, assumed, choice, account, *place, "id")
        _check_appliance(draft, address, *place, "id")
        return
    wanted = machine(
        choice,
        subnet(zone),
        zone,
        Ref(layout.APPLIANCE_SECURITY_GROUP),
        template=bounce_script((), health_check(draft.topology))
        if choice.bootstrap == "iptables"
        else draft.topology.read_user_data(choice),
        jumbo=True,
        name=draft.name(choice, key),
    )
    draft.create(address, wanted, choice, account)


def _check_appliance(draft: Draft, address: Address, *place: str) -> None:
    found = draft.live_resource(address, Instance)
    subnets = {str(subnet(zone)) for zone in draft.topology.security_vpc.zones}
    if found is not None and found.vswitch not in subnets:
        draft.complain(
            "wrong-subnet",
            f"the appliance is in {found.vswitch or 'no subnet'}, which is none "
            "of the security subnets",
            *place,
        )


def machine(
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


def simulated(appliance: Appliance) -> bool:
    """Whether the stack makes this appliance out of an ordinary instance."""
    return appliance.bootstrap == "iptables" and not appliance.id
