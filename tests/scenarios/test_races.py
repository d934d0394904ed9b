"""Somebody else changes the network in the middle of a run."""

from dataclasses import dataclass

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import Occupied
from tests.scenarios.testbed import ANYWHERE, Testbed, example

ENDPOINT = "GatewayLoadBalancerEndpoint"


@dataclass
class OtherDefaultRoute:
    """A transport that makes another default route just before the first one to an endpoint."""

    inner: Transport
    testbed: Testbed
    made: bool = False

    def send(self, call: BoundCall) -> Reply:
        if call.action == "CreateRouteEntry" and call.params["NextHopType"] == ENDPOINT:
            self._make(str(call.params["RouteTableId"]))
        return self.inner.send(call)

    def _make(self, table: str) -> None:
        if self.made:
            return
        self.made = True
        gateways = self.testbed.call("vpc:ListIpv4Gateways")["Ipv4GatewayModels"]
        self.testbed.done(
            "vpc:CreateRouteEntry",
            RouteTableId=table,
            DestinationCidrBlock=ANYWHERE,
            NextHopType="Ipv4Gateway",
            NextHopId=gateways[0]["Ipv4GatewayId"],
        )


def test_another_default_route_puts_its_zone_back_at_once_and_is_turned_by_the_next_apply(
    testbed: Testbed,
) -> None:
    stack = testbed.stack(example("ulanqab"), lambda inner: OtherDefaultRoute(inner, testbed))
    begun = stack.stack.api.clock.now()
    report = stack.try_apply()
    assert stack.stack.api.clock.now() - begun < 5
    (failed,) = report.failures
    assert isinstance(failed.error, Occupied)
    assert [each.step.id for each in report.results if each.outcome == "undone"] == [
        "route.gateway/shop/app-b:redirect"
    ]
    stack.close()
    after = testbed.stack(example("ulanqab"))
    after.apply()
    assert after.stack.sync.verify().proven
