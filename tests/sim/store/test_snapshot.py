"""The state as a document: it comes back whole, and a wrong document is refused."""

import json
import stat
from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.server.attach import attach_or_serve
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.store.snapshot import Snapshots
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


def test_imported_state_comes_from_the_same_cloud_and_is_a_new_one(vpcs: Vpcs) -> None:
    def parts(simulator: Simulator) -> list[str]:
        return simulator.state.cloud_id.split(".")

    theirs = parts(vpcs.cloud.simulator)
    other = Simulator(settings=Settings(), clock=TurnedClock(vpcs.cloud.clock.now()))
    own = parts(other)
    assert own[0] != theirs[0]
    other.load(vpcs.cloud.simulator.export())
    imported = parts(other)
    assert imported[0] == theirs[0]
    assert imported[1] not in (own[1], theirs[1])
    other.reset()
    assert parts(other)[0] == theirs[0]
    assert parts(other)[1] != imported[1]


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
        ({"format_version": "99"}, "format 99, this version reads format 2"),
        ({"format_version": "2"}, "can't be read"),
        ({"format_version": "2", "serial": 1, "records": [{"kind": "x"}]}, "unknown kind x"),
        *(
            (
                {"format_version": "2", "serial": 1, "records": [{"kind": "vpc", "fields": each}]},
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


@pytest.mark.parametrize("in_memory", [True, False])
def test_saved_state_is_loaded_by_its_name(tmp_path: Path, in_memory: bool) -> None:
    snapshots = Snapshots(None if in_memory else tmp_path / "sim" / "snapshots")
    assert snapshots.names() == []
    snapshots.save("base", {"serial": 1})
    snapshots.save("a.b", {"serial": 2})
    snapshots.save("base", {"serial": 3})
    assert snapshots.names() == ["a.b", "base"]
    assert snapshots.load("base") == {"serial": 3}
    snapshots.remove("base")
    assert snapshots.names() == ["a.b"]
    for gone in (snapshots.load, snapshots.remove):
        with pytest.raises(SimulatorError, match=r"There is no snapshot base; saved are: a\.b"):
            gone("base")


def test_saved_state_is_private_and_outlives_the_simulator(folder: Path) -> None:
    create = HttpRequest("POST", "Action=CreateVpc&Version=2016-04-28")
    first = Simulator(folder)
    first.handle(create)
    first.snapshots.save("base", first.export())
    first.close()
    (file,) = (folder / "snapshots").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    second = Simulator(folder)
    second.reset()
    second.load(second.snapshots.load("base"))
    assert second.status().resources == {"vpc": 1}
    second.close()


@pytest.mark.parametrize("name", ["", "..", "a/b", "é", "-x", "x" * 65, ".hidden"])
def test_wrong_name_of_a_snapshot_is_refused(tmp_path: Path, name: str) -> None:
    snapshots = Snapshots(tmp_path)
    with pytest.raises(SimulatorError, match="name of a snapshot"):
        snapshots.save(name, {})
    with pytest.raises(SimulatorError, match="name of a snapshot"):
        snapshots.load(name)
    assert list(tmp_path.iterdir()) == []


def test_snapshot_that_cannot_be_written_or_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "torn.json").write_text("{")
    with pytest.raises(SimulatorError, match="base can't be saved"):
        Snapshots(tmp_path / "file").save("base", {})
    with pytest.raises(SimulatorError, match="torn can't be read"):
        Snapshots(tmp_path).load("torn")
