"""Routes that something else writes to the stack's tables: drift and plan judge them alike."""

from dataclasses import dataclass

import pytest

from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.test_moved import settled
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Deployment, Testbed, example

TABLE = f"route_table.business/shop/{B}"
PAST_THE_FIREWALL = f"route.copied/shop/{B}/8.0.0.0_8"
POD_OF_STACK = f"route.copied/shop/{B}/172.20.0.0_25"
Items = dict[str, str]


def entry(testbed: Testbed, table: str, block: str, hop: str, kind: str = "Instance") -> None:
    """A route that somebody makes."""
    target = {"NextHopType": kind, "NextHopId": hop}
    testbed.done("vpc:CreateRouteEntry", RouteTableId=table, DestinationCidrBlock=block, **target)


def items(stack: Deployment) -> Items:
    return {str(each.address): each.severity for each in stack.drift().items}


def keeping(content: Content, choice: str) -> Content:
    content["business_vpcs"]["shop"]["foreign_routes"] = choice
    return content


def test_harmless_route_of_another_stays_and_is_reported(deployed: Testbed) -> None:
    node = deployed.ids["instance.server/shop/ecs-b-01"]
    entry(deployed, deployed.ids[TABLE], "172.20.0.0/25", node)
    stack = deployed.stack(example("ulanqab"))
    [item] = stack.drift().items
    assert (item.address, item.severity) == (POD_OF_STACK, "low")
    assert (item.expected, item.actual) == (False, True)
    assert "it stays (`foreign_routes: keep`)" in item.effect
    plan = stack.plan()
    assert plan.is_empty
    [warning] = plan.warnings
    assert POD_OF_STACK in warning.message
    assert warning.place is not None
    removing = deployed.stack(keeping(example("ulanqab"), "remove"))
    assert items(removing) == {POD_OF_STACK: "low"}
    assert removing.changes() == {POD_OF_STACK: "delete"}
    removing.apply()
    assert settled(removing)


def test_route_past_the_firewall_is_critical_and_the_end_is_not_proven_with_it(
    deployed: Testbed,
) -> None:
    table, gateway = deployed.ids[TABLE], deployed.ids["ipv4_gateway.shop"]
    entry(deployed, table, "8.0.0.0/8", gateway, "Ipv4Gateway")
    entry(deployed, table, "172.20.0.0/25", deployed.ids["instance.server/shop/ecs-b-01"])
    stack = deployed.stack(example("ulanqab"))
    assert items(stack) == {PAST_THE_FIREWALL: "critical", POD_OF_STACK: "low"}
    plan = stack.plan()
    assert plan.is_empty
    assert plan.forecast is not None
    assert not plan.forecast.proven
    harmful = [each.message for each in plan.warnings if "inspected" in each.message]
    assert [PAST_THE_FIREWALL in each for each in harmful] == [True]
    stack = deployed.stack(keeping(example("ulanqab"), "remove"))
    assert stack.changes() == {PAST_THE_FIREWALL: "delete", POD_OF_STACK: "delete"}
    stack.apply()
    assert settled(stack)


def test_destroy_removes_every_route_of_its_tables(deployed: Testbed) -> None:
    entry(
        deployed,
        deployed.ids[TABLE],
        "172.20.0.0/25",
        deployed.ids["instance.server/shop/ecs-b-01"],
    )
    deployed.stack(example("ulanqab")).destroy()
    assert deployed.resources == {}


@dataclass
class Cluster:
    """Subnets whose machines are nodes of a cluster; its controller writes a route for each."""

    made: Existing
    content: Content

    @property
    def stack(self) -> Deployment:
        return self.made.testbed.stack(self.content)

    def tables(self) -> list[str]:
        """The table that the subnets have left, and the stack's own."""
        planned = self.stack.plan().changes
        own = [each.id for each in planned if each.address in (TABLE, TABLE.replace(B, C))]
        return [self.made.ids["system"], *own]

    def join(self, table: str, block: str, node: str) -> None:
        entry(self.made.testbed, table, block, self.made.ids[node])

    def leave(self, table: str, block: str, node: str) -> None:
        gone = {"DestinationCidrBlock": block, "NextHopId": self.made.ids[node]}
        self.made.testbed.done("vpc:DeleteRouteEntry", RouteTableId=table, **gone)


@pytest.fixture
def cluster(testbed: Testbed) -> Cluster:
    made = network(testbed)
    listed = testbed.call(
        "vpc:DescribeRouteTableList", VpcId=made.ids["prod"], RouteTableType="System"
    )
    made.ids["system"] = listed["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]
    for name in ("app-b", "app-c"):
        made.leave(f"table-{name}", name)
    made.route("system", "gateway")
    made.route("system", "server-app-b", "172.20.0.0/25", "Instance")
    found = Cluster(made, brownfield(made))
    found.stack.apply()
    return found


def copies(block: str) -> list[str]:
    return [f"route.copied/shop/{zone}/{block}" for zone in (B, C)]


def test_node_that_joins_is_followed_whichever_tables_its_controller_writes(
    cluster: Cluster,
) -> None:
    system, *own = cluster.tables()
    assert settled(cluster.stack)
    cluster.join(system, "172.20.1.0/25", "server-app-c")
    wanted = copies("172.20.1.0_25")
    assert items(cluster.stack) == dict.fromkeys(wanted, "low")
    assert cluster.stack.changes() == dict.fromkeys(wanted, "create")
    cluster.join(own[0], "172.20.1.0/25", "server-app-c")
    assert items(cluster.stack) == {wanted[1]: "low"}
    assert cluster.stack.changes() == {wanted[1]: "create"}
    cluster.join(own[1], "172.20.1.0/25", "server-app-c")
    assert settled(cluster.stack)
    assert not cluster.stack.plan().warnings


def test_node_that_leaves_is_followed_too(cluster: Cluster) -> None:
    system, *own = cluster.tables()
    cluster.leave(system, "172.20.0.0/25", "server-app-b")
    gone = copies("172.20.0.0_25")
    assert items(cluster.stack) == dict.fromkeys(gone, "low")
    assert cluster.stack.changes() == dict.fromkeys(gone, "delete")
    for table in own:
        cluster.leave(table, "172.20.0.0/25", "server-app-b")
    assert settled(cluster.stack)
