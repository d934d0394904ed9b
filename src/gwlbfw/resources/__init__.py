"""Every kind of resource. Each module here is loaded, so that its kind is registered."""

from importlib import import_module
from pkgutil import iter_modules

from gwlbfw.resources.eip import Eip
from gwlbfw.resources.endpoint import Endpoint
from gwlbfw.resources.endpoint_service import EndpointService
from gwlbfw.resources.endpoint_service_resource import EndpointServiceResource
from gwlbfw.resources.instance import Instance, Launch
from gwlbfw.resources.ipv4_gateway import Ipv4Gateway
from gwlbfw.resources.listener import Listener
from gwlbfw.resources.load_balancer import LoadBalancer
from gwlbfw.resources.route import Route
from gwlbfw.resources.route_table import RouteTable
from gwlbfw.resources.route_table_association import RouteTableAssociation
from gwlbfw.resources.security_group import Rule, SecurityGroup
from gwlbfw.resources.server_group import ConnectionDrain, HealthCheck, ServerGroup
from gwlbfw.resources.server_group_member import ServerGroupMember
from gwlbfw.resources.vpc import Vpc
from gwlbfw.resources.vswitch import VSwitch

__all__ = [
    "ConnectionDrain",
    "Eip",
    "Endpoint",
    "EndpointService",
    "EndpointServiceResource",
    "HealthCheck",
    "Instance",
    "Ipv4Gateway",
    "Launch",
    "Listener",
    "LoadBalancer",
    "Route",
    "RouteTable",
    "RouteTableAssociation",
    "Rule",
    "SecurityGroup",
    "ServerGroup",
    "ServerGroupMember",
    "VSwitch",
    "Vpc",
]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
