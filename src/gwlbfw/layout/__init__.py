"""The address scheme: the one place where addresses of a stack's resources are built and parsed.

    vswitch.business/shop/app-b        instance.appliance/ecs-01        eip.shop/ecs-b-01
    kind    role     vpc  name         kind     role      name          kind vpc name

The role says what a resource is to the architecture. Where all resources of a kind have the same
one, the address leaves it out. Keys are those of the YAML file, so an address is stable while they
are. Kinds of resources know nothing of this.
"""

from gwlbfw.address import Address
from gwlbfw.layout.scheme import Parts as Parts
from gwlbfw.layout.scheme import Role as Role
from gwlbfw.layout.scheme import above as above
from gwlbfw.layout.scheme import doubled as doubled
from gwlbfw.layout.scheme import has_key as has_key
from gwlbfw.layout.scheme import moved as moved
from gwlbfw.layout.scheme import parse as parse
from gwlbfw.resources.route import DEFAULT

SECURITY_VPC = Address.of("vpc", Role.SECURITY)
APPLIANCE_SECURITY_GROUP = Address.of("security_group", Role.APPLIANCES)
LOAD_BALANCER = Address.of("load_balancer", Role.MAIN)
LISTENER = Address.of("listener", Role.MAIN)
SERVER_GROUP = Address.of("server_group", Role.MAIN)
ENDPOINT_SERVICE = Address.of("endpoint_service", Role.MAIN)


def security_subnet(zone: str) -> Address:
    """The security VPC's subnet in a zone."""
    return Address.of("vswitch", Role.SECURITY, zone)


def appliance(name: str) -> Address:
    """An appliance."""
    return Address.of("instance", Role.APPLIANCE, name)


def server_group_member(name: str) -> Address:
    """The membership of an appliance in the server group."""
    return Address.of("server_group_member", Role.MAIN, name)


def endpoint_service_resource(zone: str) -> Address:
    """The load balancer in a zone of the endpoint service."""
    return Address.of("endpoint_service_resource", Role.MAIN, zone)


def business_vpc(vpc: str) -> Address:
    """A business VPC."""
    return Address.of("vpc", Role.BUSINESS, vpc)


def business_subnet(vpc: str, name: str) -> Address:
    """A business subnet."""
    return Address.of("vswitch", Role.BUSINESS, vpc, name)


def gwlbe_subnet(vpc: str, zone: str) -> Address:
    """The subnet of a zone's endpoint."""
    return Address.of("vswitch", Role.GWLBE, vpc, zone)


def endpoint(vpc: str, zone: str) -> Address:
    """The endpoint of a zone."""
    return Address.of("endpoint", vpc, zone)


def ipv4_gateway(vpc: str) -> Address:
    """A VPC's IPv4 gateway."""
    return Address.of("ipv4_gateway", vpc)


def server_security_group(vpc: str) -> Address:
    """The security group of the servers that the stack launches."""
    return Address.of("security_group", Role.SERVERS, vpc)


def server(vpc: str, name: str) -> Address:
    """A server."""
    return Address.of("instance", Role.SERVER, vpc, name)


def server_eip(vpc: str, name: str) -> Address:
    """The EIP of a server."""
    return Address.of("eip", vpc, name)


def business_route_table(vpc: str, name: str) -> Address:
    """A table of business subnets: its name is a zone, or a subnet's key."""
    return Address.of("route_table", Role.BUSINESS, vpc, name)


def gateway_route_table(vpc: str) -> Address:
    """The table of a VPC's IPv4 gateway."""
    return Address.of("route_table", Role.GATEWAY, vpc)


def gwlbe_route_table(vpc: str) -> Address:
    """The table of the endpoints' subnets."""
    return Address.of("route_table", Role.GWLBE, vpc)


def business_association(vpc: str, name: str) -> Address:
    """The association of a business subnet with its table."""
    return Address.of("route_table_association", Role.BUSINESS, vpc, name)


def gateway_association(vpc: str) -> Address:
    """The association of an IPv4 gateway with its table."""
    return Address.of("route_table_association", Role.GATEWAY, vpc)


def gwlbe_association(vpc: str, zone: str) -> Address:
    """The association of an endpoint's subnet with its table."""
    return Address.of("route_table_association", Role.GWLBE, vpc, zone)


def business_route(vpc: str, name: str) -> Address:
    """The default route of a table of business subnets, named like the table."""
    return Address.of("route", Role.BUSINESS, vpc, name)


def bystander_route(vpc: str, name: str) -> Address:
    """The default route of a table that is no part of the stack, named by the table's id."""
    return Address.of("route", Role.BYSTANDER, vpc, name)


def copied_route(vpc: str, name: str, destination: str) -> Address:
    """A route of a business table that is not the default one; named like the table."""
    return Address.of("route", Role.COPIED, vpc, name, _block(destination))


def gateway_route(vpc: str, name: str) -> Address:
    """The entry of the gateway's table for a business subnet."""
    return Address.of("route", Role.GATEWAY, vpc, name)


def gwlbe_route(vpc: str, destination: str = "") -> Address:
    """A route of the table of the endpoints' subnets; without destination, the default one."""
    return Address.of("route", Role.GWLBE, vpc, *filter(None, [_block(destination)]))


def _block(destination: str) -> str:
    """A CIDR block without the slash, which separates the parts of an address."""
    return destination.replace("/", "_")


def is_appliance(address: Address) -> bool:
    """True for the address of an appliance."""
    return address == appliance(parse(address).name)


def is_business_subnet(address: Address) -> bool:
    """True for the address of a business subnet."""
    at = parse(address)
    return (at.kind, at.role) == ("vswitch", Role.BUSINESS)


def vpc_of(address: Address) -> Address:
    """The VPC that a resource belongs to."""
    vpc = parse(address).vpc
    return business_vpc(vpc) if vpc else SECURITY_VPC


def association(subject: Address) -> Address:
    """The association of a subnet, or of an IPv4 gateway, with its table."""
    if subject.kind == "ipv4_gateway":
        return gateway_association(parse(subject).vpc)
    return subject.child("route_table_association")


def association_subject(address: Address) -> Address:
    """The subnet or IPv4 gateway that an association is of."""
    at = parse(address)
    if at.role is Role.GATEWAY:
        return ipv4_gateway(at.vpc)
    return address.child("vswitch")


def route(table: Address, destination: str) -> Address:
    """The route to a destination of a table that is part of the stack."""
    at = parse(table)
    if at.role is Role.GATEWAY:
        return gateway_route(at.vpc, _block(destination))
    if at.role is Role.BUSINESS and destination == DEFAULT:
        return business_route(at.vpc, at.name)
    if at.role is Role.BUSINESS:
        # Beside its default route, a business table of the stack's has copies only.
        return copied_route(at.vpc, at.name, destination)
    return table.child("route", *([] if destination == DEFAULT else [_block(destination)]))


def route_table(address: Address) -> Address | None:
    """The table of a route; None where that is no part of the stack."""
    at = parse(address)
    match at.role:
        case Role.GATEWAY:
            return gateway_route_table(at.vpc)
        case Role.GWLBE:
            return gwlbe_route_table(at.vpc)
        case Role.BUSINESS | Role.COPIED:
            return business_route_table(at.vpc, at.name)
        case _:
            return None
