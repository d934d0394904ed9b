"""The file is edited: the plan is what is expected, and after it there is nothing left to do."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import PlanError
from tests.scenarios.existing import IMAGE_FAMILY
from tests.scenarios.testbed import ANYWHERE, Content, Recorder, Testbed, example
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C

Edit = Callable[[Content], object]
SERVER_B, EIP_B = "instance.server/shop/ecs-b-01", "eip.shop/ecs-b-01"
APPLIANCES = ("ecs-01", "ecs-02")


def shop(content: Content) -> Content:
    return dict_of(content["business_vpcs"]["shop"])


def dict_of(value: object) -> Content:
    assert isinstance(value, dict)
    return value


def balancer(content: Content) -> Content:
    return dict_of(content["gateway_load_balancer"])


def server(content: Content) -> Content:
    return dict_of(shop(content)["servers"]["ecs-b-01"])


EDITS: dict[str, tuple[Edit, dict[str, str]]] = {
    "nothing": (lambda _: None, {}),
    "check more often": (
        lambda c: balancer(c)["health_check"].update(interval_s=5),
        {"server_group.main": "update"},
    ),
    "other scheduler": (
        lambda c: balancer(c).update(scheduler="2TCH"),
        {"server_group.main": "update"},
    ),
    "flows stay": (
        lambda c: balancer(c).update(flow_failover="none", connection_drain={"enabled": False}),
        {"server_group.main": "update"},
    ),
    "idle longer": (
        lambda c: balancer(c).update(tcp_idle_timeout_s=600),
        {"listener.main": "update"},
    ),
    "let more in": (
        lambda c: shop(c)["ingress"].append({"protocol": "tcp", "ports": 443, "from": ANYWHERE}),
        {"security_group.servers/shop": "update"},
    ),
    "let less in": (
        lambda c: shop(c)["ingress"].pop(),
        {"security_group.servers/shop": "update"},
    ),
    "wider EIP": (lambda c: server(c)["eip"].update(bandwidth_mbps=50), {EIP_B: "update"}),
    "no EIP": (lambda c: server(c).pop("eip"), {EIP_B: "delete"}),
    "VPC's name": (lambda c: shop(c).update(name="store"), {"vpc.business/shop": "update"}),
    "server's tags": (lambda c: server(c).update(tags={"tier": "web"}), {SERVER_B: "update"}),
    "server's type": (
        lambda c: server(c).update(instance_type="ecs.g7.xlarge"),
        {SERVER_B: "replace", EIP_B: "update"},
    ),
    "server's user data": (
        lambda c: (server(c).pop("user_data_file"), server(c).update(user_data="#!/bin/sh\n")),
        {SERVER_B: "replace", EIP_B: "update"},
    ),
    "server's private address": (
        lambda c: server(c).update(private_ip="192.168.1.77"),
        {SERVER_B: "replace", EIP_B: "update"},
    ),
    "accept by hand": (
        lambda c: c.update(endpoint_service={"auto_accept": False}),
        {"endpoint_service.main": "update"},
    ),
    "let another account in": (
        lambda c: c.update(endpoint_service={"allowed_accounts": ["3000000000000003"]}),
        {"endpoint_service.main": "update"},
    ),
    "other cut-over": (
        lambda c: c.update(cutover={"order": "outbound-first", "min_healthy_appliances": 2}),
        {},
    ),
    "gateway leaves nothing": (
        lambda c: shop(c).update(ipv4_gateway={"on_delete": "private"}),
        {},
    ),
    "server gone": (
        lambda c: shop(c)["servers"].pop("ecs-b-01"),
        {SERVER_B: "delete", EIP_B: "delete"},
    ),
    "one more server": (
        lambda c: shop(c)["servers"].update(new={**server(c), "private_ip": "192.168.1.99"}),
        {"instance.server/shop/new": "create", "eip.shop/new": "create"},
    ),
    "one more appliance": (
        lambda c: c["security_vpc"]["appliances"].update(
            new=deepcopy(c["security_vpc"]["appliances"]["ecs-01"])
        ),
        {"instance.appliance/new": "create", "server_group_member.main/new": "create"},
    ),
    "one more subnet": (
        lambda c: shop(c)["zones"][B]["subnets"].update(two={"cidr": "192.168.3.0/24"}),
        {
            "vswitch.business/shop/two": "create",
            "route_table_association.business/shop/two": "create",
            "route.gateway/shop/two": "create",
        },
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_planned_as_expected_and_converges(deployed: Testbed, name: str) -> None:
    edit, expected = EDITS[name]
    content = example("ulanqab")
    edit(content)
    stack = deployed.stack(content)
    assert stack.changes() == expected
    taken = any(expected.get(each, "update") != "update" for each in (SERVER_B, EIP_B))
    if taken:
        with pytest.raises(PlanError, match=f"traffic .* lost: {SERVER_B} in shop/app-b, both"):
            stack.apply()
    stack.apply(whatever=taken)
    assert stack.changes() == {}
    assert not stack.drift().drifted


def test_appliances_are_replaced_while_subnets_get_tables_of_their_own(deployed: Testbed) -> None:
    """Each member comes back before the routes of the new tables, the old ones go after these."""
    content = example("ulanqab")
    shop(content).update(route_tables="per-subnet")
    balancer(content).update(health_check={"port": 8080})
    stack = deployed.stack(content)
    forecast = stack.plan().forecast
    assert forecast is not None
    assert forecast.consent == ()
    converges(deployed, content, whatever=True)
    balancer(content).update(health_check={"port": 8081})
    shop(content).update(route_tables="per-zone")
    converges(deployed, content, whatever=True)


def test_edit_of_the_probe_loses_no_traffic(deployed: Testbed) -> None:
    """Another port to probe makes every simulated appliance anew, one after the other."""
    content = example("ulanqab")
    balancer(content).update(health_check={"port": 8080})
    stack = deployed.stack(content)
    assert stack.changes() == {
        "server_group.main": "update",
        "security_group.appliances": "update",
        **{f"instance.appliance/{name}": "replace" for name in APPLIANCES},
        **{f"server_group_member.main/{name}": "replace" for name in APPLIANCES},
    }
    stack.apply()
    assert stack.changes() == {}


class Calls:
    """The calls of a stack, in the order of their answers."""

    def __init__(self) -> None:
        self._recorders: list[Recorder] = []

    def watch(self, inner: Transport) -> Recorder:
        self._recorders.append(Recorder(inner))
        return self._recorders[-1]

    def among(self, actions: tuple[str, ...]) -> list[str]:
        made = [call.action for each in self._recorders for call, _ in each.calls]
        return [each for each in made if each in actions]


@pytest.mark.parametrize("checked", [True, False])
def test_appliances_are_replaced_one_after_the_other(testbed: Testbed, *, checked: bool) -> None:
    """Each when the one before is healthy again, and no packet has to be lost for it.

    Where health is not checked nobody knows that, so it has to be allowed.
    """
    content = example("ulanqab")
    balancer(content).update(health_check={"enabled": checked})
    testbed.stack(content).apply(whatever=not checked)
    for appliance in content["security_vpc"]["appliances"].values():
        appliance["instance_type"] = "ecs.g7ne.2xlarge"
    calls = Calls()
    stack = testbed.stack(content, calls.watch)
    plan = stack.plan()
    assert plan.forecast is not None
    assert plan.forecast.worst == "none"  # without health checks no worse than before
    stack.apply(whatever=not checked)
    assert stack.changes() == {}
    exchange = ("RemoveServersFromServerGroup", "DeleteInstance", "AddServersToServerGroup")
    assert calls.among(exchange) == [*exchange, *exchange]


def test_an_appliance_is_deleted_when_it_has_drained(deployed: Testbed) -> None:
    """What it knows of connections is no use to the others."""
    content = example("ulanqab")
    balancer(content).update(connection_drain={"enabled": True, "timeout_s": 200})
    converges(deployed, content)
    content["security_vpc"]["appliances"].pop("ecs-02")
    times: dict[str, float] = {}

    class Timed(Recorder):
        def send(self, call: BoundCall) -> Reply:
            times.setdefault(call.action, deployed.clock.now())
            return super().send(call)

    deployed.stack(content, Timed).apply()
    assert times["DeleteInstance"] - times["RemoveServersFromServerGroup"] >= 200


def test_replacement_appliances_join_before_the_replaced_ones_leave(deployed: Testbed) -> None:
    content = example("ulanqab")
    appliances = content["security_vpc"]["appliances"]
    for name in APPLIANCES:
        appliances[f"new-{name}"] = appliances.pop(name)
    calls = Calls()
    stack = deployed.stack(content, calls.watch)
    stack.apply()
    assert stack.changes() == {}
    exchange = ("AddServersToServerGroup", "RemoveServersFromServerGroup", "DeleteInstance")
    seen = calls.among(exchange)
    assert seen[:2] == ["AddServersToServerGroup"] * 2
    assert seen.index("RemoveServersFromServerGroup") == 2


def test_a_tag_of_the_whole_stack_is_set_everywhere_in_place(deployed: Testbed) -> None:
    content = example("ulanqab")
    content["tags"] = {"team": "other", "cost": "42"}
    stack = deployed.stack(content)
    plan = stack.plan()
    assert {c.action for c in plan.changes if c.action != "no_op"} == {"update"}
    # No packet meets a tag: there is but one state to judge for each subnet.
    assert plan.forecast is not None
    assert plan.forecast.states == 2
    assert plan.forecast.worst == "none"
    stack.apply()
    assert stack.changes() == {}


def converges(testbed: Testbed, content: Content, *, whatever: bool = False) -> None:
    stack = testbed.stack(content)
    stack.apply(whatever=whatever)
    assert stack.changes() == {}
    assert not stack.drift().drifted


def test_a_server_renamed_with_moved_is_the_same_server(deployed: Testbed) -> None:
    content = example("ulanqab")
    shop(content)["servers"]["web"] = shop(content)["servers"].pop("ecs-b-01")
    content["moved"] = [
        {"from": SERVER_B, "to": "instance.server/shop/web"},
        {"from": EIP_B, "to": "eip.shop/web"},
    ]
    stack = deployed.stack(content)
    assert stack.changes() == {"instance.server/shop/web": "update", "eip.shop/web": "update"}
    converges(deployed, content)
    ids = {str(each.address): each.id for each in stack.plan().changes}
    assert ids["instance.server/shop/web"] == deployed.ids[SERVER_B]
    del content["moved"]
    assert deployed.stack(content).changes() == {}


def test_server_renamed_with_moved_is_the_same_server_without_a_record(deployed: Testbed) -> None:
    deployed.forget()
    content = example("ulanqab")
    shop(content)["servers"]["web"] = shop(content)["servers"].pop("ecs-b-01")
    content["moved"] = [
        {"from": SERVER_B, "to": "instance.server/shop/web"},
        {"from": EIP_B, "to": "eip.shop/web"},
    ]
    stack = deployed.stack(content)
    assert stack.changes() == {"instance.server/shop/web": "update", "eip.shop/web": "update"}


def test_server_renamed_without_moved_is_another_server(deployed: Testbed) -> None:
    content = example("ulanqab")
    shop(content)["servers"]["web"] = shop(content)["servers"].pop("ecs-b-01")
    before = deployed.resources
    stack = deployed.stack(content)
    assert stack.changes() == {
        SERVER_B: "delete",
        EIP_B: "delete",
        "instance.server/shop/web": "create",
        "eip.shop/web": "create",
    }
    converges(deployed, content, whatever=True)
    assert deployed.resources == before


def test_zone_is_added_beside_existing_appliances(testbed: Testbed) -> None:
    content = example("ulanqab")
    for appliance in content["security_vpc"]["appliances"].values():
        appliance["bootstrap"] = "none"
    smaller = without_zone_c(content)
    converges(testbed, smaller)
    stack = testbed.stack(content)
    changes = stack.changes()
    assert changes["load_balancer.main"] == "update"
    assert set(changes.values()) == {"create", "update"}
    converges(testbed, content)
    stack.destroy()
    assert testbed.resources == {}


def test_a_zone_is_refused_beside_simulated_appliances(deployed: Testbed) -> None:
    content = example("ulanqab")
    deployed.stack(without_zone_c(content)).apply(whatever=True)
    assert "zone-beside-bounce" in deployed.stack(content).refusal()


def test_a_zone_is_taken_out(deployed: Testbed) -> None:
    smaller = without_zone_c(example("ulanqab"))
    converges(deployed, smaller, whatever=True)
    deployed.stack(smaller).destroy()
    assert deployed.resources == {}


def without_zone_c(content: Content) -> Content:
    """The same with nothing in zone c."""
    smaller = deepcopy(content)
    del shop(smaller)["zones"][C]
    del shop(smaller)["servers"]["ecs-c-01"]
    del smaller["security_vpc"]["zones"][C]
    del smaller["security_vpc"]["appliances"]["ecs-02"]
    return smaller


def test_a_subnet_is_taken_out_of_a_zone(deployed: Testbed) -> None:
    content = example("ulanqab")
    shop(content)["zones"][B]["subnets"]["two"] = {"cidr": "192.168.3.0/24"}
    converges(deployed, content)
    del shop(content)["zones"][B]["subnets"]["app-b"]
    del shop(content)["servers"]["ecs-b-01"]
    stack = deployed.stack(content)
    assert set(stack.changes().values()) == {"delete"}
    assert f"route.business/shop/{B}" not in stack.changes()
    converges(deployed, content, whatever=True)


def test_a_business_vpc_comes_and_goes(deployed: Testbed) -> None:
    content = example("ulanqab")
    before = deployed.resources
    more = deepcopy(content)
    more["business_vpcs"]["store"] = {
        "cidr": "172.16.0.0/16",
        "zones": {
            C: {
                "gwlbe_subnet": {"cidr": "172.16.101.0/24"},
                "subnets": {"app": {"cidr": "172.16.1.0/24"}},
            }
        },
        "servers": {
            "web": {
                "subnet": "app",
                "instance_type": "ecs.g7.large",
                "image_family": IMAGE_FAMILY,
                "eip": {"bandwidth_mbps": 5},
            }
        },
    }
    stack = deployed.stack(more)
    assert set(stack.changes().values()) == {"create"}
    converges(deployed, more)
    stack = deployed.stack(content)
    assert set(stack.changes().values()) == {"delete"}
    assert all("store" in address for address in stack.changes())
    converges(deployed, content, whatever=True)
    assert deployed.resources == before


def test_vpc_under_another_key_is_another_vpc(deployed: Testbed) -> None:
    content = example("ulanqab")
    before = deployed.resources
    content["business_vpcs"]["store"] = content["business_vpcs"].pop("shop")
    converges(deployed, content, whatever=True)
    assert deployed.resources == before


def test_an_appliance_leaves_the_group_before_it_goes(deployed: Testbed) -> None:
    content = example("ulanqab")
    appliances = content["security_vpc"]["appliances"]
    appliances["ecs-03"] = deepcopy(appliances["ecs-02"])
    converges(deployed, content)
    del appliances["ecs-02"]
    recorders: list[Recorder] = []

    def watch(inner: object) -> Recorder:
        recorders.append(Recorder(inner))  # type: ignore[arg-type]
        return recorders[-1]

    stack = deployed.stack(content, watch)
    assert stack.changes() == {
        "instance.appliance/ecs-02": "delete",
        "server_group_member.main/ecs-02": "delete",
    }
    stack.apply()
    done = [call.action for call, _ in recorders[0].calls]
    assert done.index("RemoveServersFromServerGroup") < done.index("DeleteInstance")
    assert stack.changes() == {}


def test_tables_per_subnet_take_over_from_tables_per_zone(deployed: Testbed) -> None:
    content = example("ulanqab")
    shop(content)["route_tables"] = "per-subnet"
    converges(deployed, content, whatever=True)
    shop(content)["route_tables"] = "per-zone"
    converges(deployed, content, whatever=True)
    deployed.stack(content).destroy()
    assert deployed.resources == {}


def test_subnet_with_another_block_is_replaced(deployed: Testbed) -> None:
    content = example("ulanqab")
    before = deployed.resources
    shop(content)["zones"][B]["subnets"]["app-b"]["cidr"] = "192.168.11.0/24"
    server(content)["private_ip"] = "192.168.11.9"
    stack = deployed.stack(content)
    assert stack.changes()["vswitch.business/shop/app-b"] == "replace"
    converges(deployed, content, whatever=True)
    assert deployed.resources == before
    stack.destroy()
    assert deployed.resources == {}


def test_resource_that_carries_traffic_is_not_replaced_under_it(deployed: Testbed) -> None:
    content = example("ulanqab")
    content["endpoint_service"] = {"payer": "service"}
    said = deployed.stack(content).refusal()
    assert "cuts-traffic" in said
    assert "endpoint_service.main" in said


@pytest.mark.parametrize(
    "address", [SERVER_B, EIP_B, "vpc.business/shop", "instance.appliance/ecs-01"]
)
def test_protected_resource_is_neither_deleted_nor_replaced(
    deployed: Testbed, address: str
) -> None:
    content = example("ulanqab")
    places = {
        SERVER_B: server(content),
        EIP_B: server(content)["eip"],
        "vpc.business/shop": shop(content),
        "instance.appliance/ecs-01": content["security_vpc"]["appliances"]["ecs-01"],
    }
    places[address]["protect"] = True
    stack = deployed.stack(content)
    stack.apply()
    with pytest.raises(Exception, match=f"{address} is protected"):
        stack.destroy()
    gone = example("ulanqab")
    if address == SERVER_B:
        del shop(gone)["servers"]["ecs-b-01"]
        assert "protected" in deployed.stack(gone).refusal()
    places[address]["protect"] = False
    free = deployed.stack(content)
    free.apply()
    free.destroy()
    assert deployed.resources == {}
