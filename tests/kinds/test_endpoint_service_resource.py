from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import EndpointServiceResource
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import BALANCER, SERVICE, B, C


class TestEndpointServiceResource(Conformance):
    at = f"endpoint_service_resource.main/{B}"
    stated = Stated(
        heading="Firewall",
        rank=7,
        severity="critical",
        effect="the zone's endpoint has no service to connect to",
    )
    sample = EndpointServiceResource(service=SERVICE, load_balancer=BALANCER, zone=B)
    beside = ("listener.main",)
    identity: ClassVar = {"service": Ref("epsrv-1"), "load_balancer": Ref("gwlb-1"), "zone": C}
    never = frozenset({"tags"})
