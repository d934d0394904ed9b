"""Instance types."""

from typing import Any

import pytest

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs


@pytest.fixture
def ecs(cloud: Cloud) -> Ecs:
    return Ecs(cloud, cloud.ecs(), "", "", "")


def types(ecs: Ecs, **filters: Any) -> list[dict[str, Any]]:
    reply = ecs.call("describe_instance_types", **filters)
    return list(reply["InstanceTypes"]["InstanceType"])


def test_instance_type_has_cores_memory_and_family(ecs: Ecs) -> None:
    (found,) = types(ecs, InstanceTypes=["ecs.g7ne.xlarge"])
    assert found["InstanceTypeId"] == "ecs.g7ne.xlarge"
    assert found["InstanceTypeFamily"] == "ecs.g7ne"
    assert (found["CpuCoreCount"], found["MemorySize"]) == (4, 16)
    assert found["CpuArchitecture"] == "X86"


@pytest.mark.parametrize(
    ("kind", "jumbo"),
    [
        ("ecs.g5.large", False),
        ("ecs.t6-c1m2.large", False),
        ("ecs.g5ne.large", True),
        ("ecs.g7ne.large", True),
        ("ecs.g7.large", True),
        ("ecs.c8i.large", True),
        ("ecs.g8y.large", True),
        ("ecs.u1-c1m2.large", None),
    ],
)
def test_jumbo_frame_support_is_true_false_or_missing_by_type(
    ecs: Ecs, kind: str, *, jumbo: bool | None
) -> None:
    (found,) = types(ecs, InstanceTypes=[kind])
    assert found.get("JumboFrameSupport") is jumbo


def test_instance_types_are_filtered(ecs: Ecs) -> None:
    everything = types(ecs)
    assert len(everything) >= 60
    assert {each["InstanceTypeFamily"] for each in types(ecs, InstanceTypeFamily="ecs.g8i")} == {
        "ecs.g8i"
    }
    assert {each["CpuArchitecture"] for each in types(ecs, CpuArchitecture="ARM")} == {"ARM"}
    some = types(ecs, MinimumCpuCoreCount=8, MaximumCpuCoreCount=8, MinimumMemorySize=64)
    assert {(each["CpuCoreCount"], each["MemorySize"]) for each in some} == {(8, 64)}
    assert types(ecs, InstanceTypes=["ecs.none.large"]) == []
    assert {each["GPUSpec"] for each in types(ecs, MinimumGPUAmount=1)} >= {"NVIDIA T4"}
    assert types(ecs, MinimumLocalStorageCapacity=10**6) == []
    assert types(ecs, CpuArchitectures=["ARM"], InstanceFamilyLevel="EntryLevel") == []
    assert types(ecs, InstanceTypeFamily="ecs.sn1ne")
    assert types(ecs, MaximumCpuCoreCount=1, MinimumMemorySize=2, MaximumMemorySize=2)
    refused = ecs.refused("describe_instance_types", InstanceTypes=[f"t{n}" for n in range(11)])
    assert refused == (400, "InvalidParameter.InstanceTypes")


def test_instance_types_are_paged(ecs: Ecs) -> None:
    first = ecs.call("describe_instance_types", MaxResults=300)
    rest = types(ecs, MaxResults=300, NextToken=first["NextToken"])
    listed = [*first["InstanceTypes"]["InstanceType"], *rest]
    assert listed == types(ecs)


def test_families_are_listed_by_generation(ecs: Ecs) -> None:
    def families(**filters: Any) -> dict[str, str]:
        reply = ecs.call("describe_instance_type_families", **filters)["InstanceTypeFamilies"]
        return {
            each["InstanceTypeFamilyId"]: each["Generation"] for each in reply["InstanceTypeFamily"]
        }

    assert families()["ecs.g5"] == "ecs-4"
    assert set(families(Generation="ecs-5").values()) == {"ecs-5"}
    assert families(Generation="ecs-1") == {}
