"""Endpoints of a business VPC, in tests."""

from dataclasses import dataclass

from tests.sim.services.gwlb.calls import ZONE_B, Firewall


@dataclass(frozen=True)
class Business:
    """A VPC with a vSwitch for endpoints, and a service to connect to."""

    fw: Firewall
    vpc: str
    vswitch: str
    balancer: str
    service: str

    @classmethod
    def of(cls, fw: Firewall, *, accepts: bool = True) -> "Business":
        vpc = fw.vpcs.vpc("10.0.0.0/16")
        balancer = fw.balancer()
        service = fw.service(ZONE_B, balancer=balancer, AutoAcceptEnabled=accepts)
        return cls(fw, vpc, fw.vpcs.vswitch(vpc, "10.0.1.0/24"), balancer, service)

    @property
    def both(self) -> dict[str, str]:
        """The service and its one endpoint, as calls about a connection name them."""
        (found,) = self.fw.link("ListVpcEndpoints")["Endpoints"]
        return {"ServiceId": self.service, "EndpointId": found["EndpointId"]}

    def endpoint(self) -> str:
        """An endpoint with a zone."""
        made = self.fw.endpoint(self.service, self.vpc)
        self.fw.add_zone(made, ZONE_B, self.vswitch)
        self.fw.settle()
        return made

    def connection(self, endpoint: str) -> tuple[str, dict[str, str]]:
        """The statuses of an endpoint's connection and zones."""
        status = str(self.fw.one_endpoint(endpoint)["ConnectionStatus"])
        return status, self.fw.zone_statuses(endpoint)
