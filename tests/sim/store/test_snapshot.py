"""The state as a document: it comes back whole, and a wrong document is refused."""

import json
from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.server.attach import attach_or_serve
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest
from tests.sim.services.vpc.calls import Vpcs


def _world(vpcs: Vpcs) -> dict[str, object]:
    listed = ("describe_vpcs", "describe_vswitches", "describe_route_table_list")
    return {each: vpcs.call(each) for each in listed}


def test_exported_state_is_imported_unchanged(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc)
    simulator = vpcs.cloud.simulator
    before, document = _world(vpcs), json.loads(json.dumps(simulator.export()))
    vpcs.call("delete_vswitch", v_switch_id=vswitch)
    vpcs.vpc()
    simulator.load(document)
    assert _world(vpcs) == before
    assert simulator.export()["records"] == document["records"]


def test_transitions_continue_after_an_import(vpcs: Vpcs) -> None:
    vpc = vpcs.call("create_vpc", cidr_block="10.0.0.0/8")["VpcId"]
    document = vpcs.cloud.simulator.export()
    other = Simulator(settings=Settings(), clock=TurnedClock(vpcs.cloud.clock.now() + 60))
    other.load(document)
    other.status()
    found = other.state.find(vpc)
    assert found is not None
    assert found.status == "Available"
    other.close()


def test_id_is_used_once_even_after_an_import() -> None:
    simulator, other = Simulator(), Simulator()
    create = HttpRequest("POST", "Action=CreateVpc&Version=2016-04-28&CidrBlock=10.0.0.0/8")
    first = json.loads(simulator.handle(create).body)["VpcId"]
    other.load(simulator.export())
    assert json.loads(other.handle(create).body)["VpcId"] != first
    simulator.close()
    other.close()


def test_sessions_are_not_exported(vpcs: Vpcs) -> None:
    role = "RoleSessionName=session&RoleArn=acs:ram::2000000000000002:role/r"
    query = f"Action=AssumeRole&Version=2015-04-01&{role}"
    simulator = vpcs.cloud.simulator
    assert simulator.handle(HttpRequest("POST", query)).status == 200
    assert [each.kind for each in simulator.state] == ["session"]
    assert simulator.export()["records"] == []


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "no exported state"),
        ({"records": []}, "format_version is missing"),
        ({"format_version": "99"}, "format 99, this version reads format 1"),
        ({"format_version": "1"}, "can't be read"),
        ({"format_version": "1", "serial": 1, "records": [{"kind": "x"}]}, "unknown kind x"),
        *(
            (
                {"format_version": "1", "serial": 1, "records": [{"kind": "vpc", "fields": each}]},
                "can't be read",
            )
            for each in ({"x": 1}, {"tags": 5}, {"serial": "x"}, {"steps": [{"at": 1}]}, None)
        ),
    ],
)
def test_unreadable_document_is_refused_and_changes_nothing(
    vpcs: Vpcs, document: object, why: str
) -> None:
    vpcs.vpc()
    with pytest.raises(SimulatorError, match=why):
        vpcs.cloud.simulator.load(document)
    assert not vpcs.cloud.simulator.status().empty


def test_state_and_activity_are_read_from_another_process(folder: Path) -> None:
    with attach_or_serve(folder) as serving, attach_or_serve(folder) as attached:
        assert not attached.serving
        document = attached.export()
        document["records"] = [{"kind": "vpc", "fields": {"id": "vpc-a", "region": "cn-hangzhou"}}]
        attached.load(document)
        assert serving.status().resources == {"vpc": 1}
        assert attached.activity() == []
        with pytest.raises(SimulatorError, match="no exported state"):
            attached.load([])


def test_simulators_side_by_side_share_no_state() -> None:
    one, other = Simulator(settings=Settings(seed="a")), Simulator(settings=Settings(seed="b"))
    create = HttpRequest("POST", "Action=CreateVpc&Version=2016-04-28&CidrBlock=10.0.0.0/8")
    ids = [json.loads(each.handle(create).body)["VpcId"] for each in (one, other)]
    assert ids[0] != ids[1]
    assert [each.status().resources for each in (one, other)] == [{"vpc": 1}] * 2
    one.reset()
    assert (one.status().empty, other.status().empty) == (True, False)
    one.close()
    other.close()
