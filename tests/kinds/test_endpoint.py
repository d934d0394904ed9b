from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import Endpoint
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import SERVED, SERVICE, SHOP, B, C


class TestEndpoint(Conformance):
    at = "endpoint.new"
    stated = Stated(
        heading="Firewall",
        rank=8,
        severity="critical",
        effect="the zone's traffic may not reach the firewall",
        vpc_side="business",
    )
    sample = Endpoint(
        vpc=SHOP,
        service=SERVICE,
        zones={B: Ref(f"vswitch.gwlbe/shop/{B}")},
        name="to-firewall",
        description="zone b",
        tags={"team": "net"},
    )
    beside = (*SERVED, "listener.other", f"endpoint_service_resource.other/{B}")
    updates: ClassVar = {
        "zone": {"zones": {C: Ref(f"vswitch.gwlbe/shop/{C}")}},
        "name": {"name": "to-firewall-2"},
        "description": {"description": "zone b's"},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {"service": {"service": Ref("endpoint_service.other")}}
    identity: ClassVar = {"vpc": Ref("vpc-1")}
    never = frozenset({"connected"})

    def test_endpoint_whose_connection_was_closed_is_connected_again(self) -> None:
        closed = self.sample.model_copy(update={"connected": False})
        (phase,) = self.sample.update(self.address, closed, frozenset({"connected"}))
        assert phase.call.action == "EnableVpcEndpointConnection"
        assert phase.call.account == ""

    def test_endpoint_without_a_zone_is_connected_by_its_first_zone(self) -> None:
        bare = self.sample.model_copy(update={"connected": False, "zones": {}})
        phases = self.sample.update(self.address, bare, frozenset({"connected", "zones"}))
        assert [each.call.action for each in phases] == ["AddZoneToVpcEndpoint"]


class TestEndpointOfAServiceThatAsks(Conformance):
    at = "endpoint.new"
    sample = Endpoint(
        vpc=SHOP,
        service=Ref("endpoint_service.asking"),
        zones={B: Ref(f"vswitch.gwlbe/shop/{B}")},
        auto_accept=False,
    )
    beside = ("listener.main", f"endpoint_service_resource.asking/{B}")
    identity: ClassVar = {"vpc": Ref("vpc-1"), "service": Ref("epsrv-1")}
    never = frozenset({"connected", "zones", "name", "description", "tags"})

    def test_account_of_the_service_accepts_the_connection(self) -> None:
        elsewhere = self.changed({"service_account": "security"})
        *_, accept = elsewhere.create(self.address)
        assert (accept.name, accept.call.account) == ("accept", "security")
