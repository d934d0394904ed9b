"""The vendor's scenario from its first plan to the empty region."""

import pytest

from tests.scenarios.testbed import ZONE_B, Testbed, example


@pytest.fixture
def testbed(testbed_over_http: Testbed) -> Testbed:
    """The whole way is gone over HTTP; elsewhere the SDK is connected to the simulator directly."""
    return testbed_over_http


def test_scenario_is_deployed_stays_as_it_is_and_is_destroyed(testbed: Testbed) -> None:
    stack = testbed.stack(example("ulanqab"))
    assert set(stack.changes().values()) == {"create"}
    stack.apply()
    assert stack.changes() == {}
    assert stack.plan().is_empty
    assert not stack.drift().drifted
    stack.destroy()
    assert testbed.resources == {}


def test_a_second_apply_and_a_second_destroy_do_nothing(deployed: Testbed) -> None:
    stack = deployed.stack(example("ulanqab"))
    assert stack.apply().results == ()
    stack.destroy()
    assert stack.destroy().results == ()
    assert deployed.resources == {}


def test_a_lost_record_costs_no_change(deployed: Testbed) -> None:
    deployed.forget()
    stack = deployed.stack(example("ulanqab"))
    assert stack.changes() == {}
    drift = stack.drift()
    assert not drift.drifted
    assert not drift.against_record


def test_a_lost_record_leaves_nothing_behind(deployed: Testbed) -> None:
    deployed.forget()
    deployed.stack(example("ulanqab")).destroy()
    assert deployed.resources == {}


def test_number_of_reads_does_not_grow_with_subnets_servers_and_appliances(
    deployed: Testbed,
) -> None:
    small = _reads(deployed)
    content = example("ulanqab")
    shop, security = content["business_vpcs"]["shop"], content["security_vpc"]
    for number in range(3, 7):
        subnet, server = f"app-b{number}", f"ecs-b-0{number}"
        cidr = {"cidr": f"192.168.{number}.0/24"}
        shop["zones"][ZONE_B]["subnets"][subnet] = cidr
        like = {**shop["servers"]["ecs-c-01"], "subnet": subnet}
        shop["servers"][server] = like
        security["appliances"][f"ecs-0{number}"] = {**security["appliances"]["ecs-01"]}
    deployed.stack(content).apply()
    assert _reads(deployed, content) == small


def _reads(testbed: Testbed, content: dict[str, object] | None = None) -> dict[str, int]:
    stack = testbed.stack(content or example("ulanqab"))
    assert stack.changes() == {}
    return dict(stack.stack.api.calls)


def test_subnets_beyond_the_first_page_are_found(testbed: Testbed) -> None:
    """A VPC with more subnets than fit on a page."""
    content = example("ulanqab")
    shop = content["business_vpcs"]["shop"]
    for number in range(3, 52):
        shop["zones"][ZONE_B]["subnets"][f"app-{number}"] = {"cidr": f"192.168.{number}.0/24"}
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    stack.destroy()
    assert testbed.resources == {}


@pytest.mark.parametrize("order", ["inbound-first", "outbound-first"])
@pytest.mark.parametrize("strategy", ["zone-by-zone", "all-at-once"])
def test_every_kind_of_cut_over_converges(testbed: Testbed, order: str, strategy: str) -> None:
    content = example("ulanqab")
    content["cutover"] = {"strategy": strategy, "order": order}
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    stack.destroy()
    assert testbed.resources == {}
