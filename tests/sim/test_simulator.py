"""The simulator as a whole: dry runs, reset, status, ids, defects."""

import pytest

from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest
from tests.sim.cloud import Cloud
from tests.sim.services.vpc.calls import REGION, Vpcs

CIDR = "10.0.0.0/8"


def test_dry_run_changes_nothing(vpcs: Vpcs) -> None:
    refusal = vpcs.refused("create_vpc", cidr_block=CIDR, dry_run=True)
    assert refusal == (400, "DryRunOperation")
    assert vpcs.cloud.simulator.status().empty
    vpc = vpcs.vpc()
    assert vpcs.refused("delete_vpc", vpc_id=vpc, dry_run=True)[1] == "DryRunOperation"
    vpcs.cloud.settle()
    assert vpcs.call("describe_vpcs", vpc_id=vpc)["TotalCount"] == 1


def test_dry_run_finds_the_errors_of_the_call(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc)
    refusal = vpcs.refused("delete_vpc", vpc_id=vpc, dry_run=True)
    assert refusal[1] == "DependencyViolation.VSwitch"


def _http(action: str, query: str) -> HttpRequest:
    headers = {"x-acs-action": action, "x-acs-version": "2016-04-28"}
    return HttpRequest("POST", query, headers)


def test_reset_removes_every_resource(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc)
    simulator = vpcs.cloud.simulator
    simulator.reset()
    assert simulator.status().empty
    assert vpcs.vpc() != vpc


def test_status_counts_resources_by_region(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc)
    vpcs.table(vpc)
    vpcs.call("create_vpc", cidr_block=CIDR, region_id="cn-hangzhou")
    status = vpcs.cloud.simulator.status
    assert status(REGION).resources == {"route_table": 1, "vpc": 1, "vswitch": 1}
    assert status("cn-hangzhou").resources == {"vpc": 1}
    assert status().resources["vpc"] == 2


def test_same_calls_give_the_same_ids() -> None:
    bodies = []
    for _ in range(2):
        simulator = Simulator()
        bodies.append(simulator.handle(_http("CreateVpc", f"CidrBlock={CIDR}")).body)
        simulator.close()
    ids = [body.partition(b'"VpcId":"')[2][:24] for body in bodies]
    assert ids[0] == ids[1]
    assert ids[0].startswith(b"vpc-")


def test_defect_in_a_handler_rolls_back_its_changes(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gwlbfw.sim.store.region.Region.transition", broken)
    with pytest.raises(ZeroDivisionError):
        cloud.simulator.handle(_http("CreateVpc", f"CidrBlock={CIDR}"))
    assert cloud.simulator.status().empty
