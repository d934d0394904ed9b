"""Client tokens make calls idempotent."""

from gwlbfw.sim.tokens import StoredReply
from gwlbfw.sim.wire import HttpRequest
from tests.sim.services.vpc.calls import Vpcs

CIDR = "10.0.0.0/8"


def test_repeated_client_token_carries_a_call_out_once(vpcs: Vpcs) -> None:
    request = vpcs.request("create_vpc", cidr_block=CIDR, client_token="t-1")
    first, second = vpcs.client.create_vpc(request).body, vpcs.client.create_vpc(request).body
    assert first.vpc_id == second.vpc_id
    assert first.request_id != second.request_id
    assert vpcs.call("describe_vpcs")["TotalCount"] == 1


def test_repeated_client_token_is_answered_after_deletion_too(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    for _ in range(2):
        vpcs.call("delete_vpc", vpc_id=vpc, client_token="t-2")
        vpcs.cloud.settle()


def test_client_token_with_other_parameters_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.call("create_vpc", cidr_block=CIDR, client_token="t")["VpcId"]
    refusal = vpcs.refused("create_vpc", cidr_block="11.0.0.0/8", client_token="t")
    assert refusal == (400, "IdempotentParameterMismatch")
    vpcs.cloud.settle()
    vpcs.call("create_route_table", vpc_id=vpc, client_token="t")


def test_client_token_is_forgotten_after_a_day(vpcs: Vpcs) -> None:
    def create() -> str:
        return str(vpcs.call("create_vpc", cidr_block=CIDR, client_token="t")["VpcId"])

    first = create()
    vpcs.cloud.settle(86_399)
    assert create() == first
    vpcs.cloud.settle(2)
    assert create() != first
    tokens = [each for each in vpcs.cloud.simulator.state if isinstance(each, StoredReply)]
    assert len(tokens) == 1


def test_client_token_of_a_refused_call_stays_unused(vpcs: Vpcs) -> None:
    vpcs.refused("create_vpc", cidr_block="nonsense", client_token="t")
    vpcs.call("create_vpc", cidr_block=CIDR, client_token="t")


def test_client_token_is_ignored_where_the_action_has_none(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc)
    simulator = vpcs.cloud.simulator
    for code in (b"RequestId", b"IncorrectVSwitchStatus"):
        query = f"VSwitchId={vswitch}&ClientToken=t"
        assert code in simulator.handle(_http("DeleteVSwitch", query)).body


def _http(action: str, query: str) -> HttpRequest:
    headers = {"x-acs-action": action, "x-acs-version": "2016-04-28"}
    return HttpRequest("POST", query, headers)
