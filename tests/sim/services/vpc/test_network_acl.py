"""Network ACLs."""

from typing import Any

import pytest
from alibabacloud_vpc20160428 import models

from tests.sim.services.vpc.calls import Vpcs


@pytest.fixture
def vpc(vpcs: Vpcs) -> str:
    return vpcs.vpc()


@pytest.fixture
def acl(vpcs: Vpcs, vpc: str) -> str:
    """A network ACL that is ready."""
    made = vpcs.call("create_network_acl", vpc_id=vpc, network_acl_name="edge")
    vpcs.cloud.settle()
    return str(made["NetworkAclId"])


def one(vpcs: Vpcs, acl: str) -> dict[str, Any]:
    read = vpcs.call("describe_network_acl_attributes", network_acl_id=acl)
    return dict(read["NetworkAclAttribute"])


def cidrs(vpcs: Vpcs, acl: str) -> tuple[list[str], list[str]]:
    read = one(vpcs, acl)
    return (
        [each["SourceCidrIp"] for each in read["IngressAclEntries"]["IngressAclEntry"]],
        [each["DestinationCidrIp"] for each in read["EgressAclEntries"]["EgressAclEntry"]],
    )


def inbound(cidr: str = "10.0.0.0/24", **more: str) -> dict[str, str]:
    usual = {"Protocol": "tcp", "Port": "22/22", "Policy": "drop", "SourceCidrIp": cidr}
    return {name: each for name, each in (usual | more).items() if each}


def update(acl: str, *ingress: dict[str, str]) -> dict[str, Any]:
    entry = models.UpdateNetworkAclEntriesRequestIngressAclEntries
    made = [entry().from_map(each) for each in ingress]
    return {
        "network_acl_id": acl,
        "update_ingress_acl_entries": True,
        "ingress_acl_entries": made,
    }


def binding(acl: str, *vswitches: str) -> dict[str, Any]:
    resource = models.AssociateNetworkAclRequestResource
    named = [resource(resource_id=each, resource_type="VSwitch") for each in vswitches]
    return {"network_acl_id": acl, "resource": named}


def test_a_new_network_acl_accepts_everything(vpcs: Vpcs, vpc: str) -> None:
    made = vpcs.call("create_network_acl", vpc_id=vpc, description="of the edge")
    assert made["NetworkAclAttribute"]["NetworkAclId"] == made["NetworkAclId"]
    assert made["NetworkAclAttribute"]["Status"] == "Modifying"
    early = vpcs.refused("modify_network_acl_attributes", network_acl_id=made["NetworkAclId"],
                         description="x")  # fmt: skip
    assert early == (400, "NetworkStatus.Modifying")
    vpcs.cloud.settle()
    read = one(vpcs, made["NetworkAclId"])
    assert (read["Status"], read["Description"]) == ("Available", "of the edge")
    (entry,) = read["EgressAclEntries"]["EgressAclEntry"]
    assert (entry["Policy"], entry["DestinationCidrIp"], entry["Port"], entry["EntryType"]) == (
        "accept", "0.0.0.0/0", "-1/-1", "custom",
    )  # fmt: skip
    assert vpcs.refused("create_network_acl", vpc_id="vpc-none") == (400, "InvalidVpcId.NotFound")


def test_entries_take_the_place_of_those_of_their_direction_in_their_order(
    vpcs: Vpcs, acl: str
) -> None:
    vpcs.call("update_network_acl_entries", **update(acl, inbound("10.1.0.0/16"), inbound()))
    assert one(vpcs, acl)["Status"] == "Modifying"
    vpcs.cloud.settle()
    assert cidrs(vpcs, acl) == (["10.1.0.0/16", "10.0.0.0/24"], ["0.0.0.0/0"])
    first, _ = one(vpcs, acl)["IngressAclEntries"]["IngressAclEntry"]
    kept = inbound("10.2.0.0/16", NetworkAclEntryId=first["NetworkAclEntryId"])
    vpcs.call("update_network_acl_entries", **update(acl, kept))
    vpcs.cloud.settle()
    (entry,) = one(vpcs, acl)["IngressAclEntries"]["IngressAclEntry"]
    assert entry["NetworkAclEntryId"] == first["NetworkAclEntryId"]
    vpcs.call("update_network_acl_entries", **update(acl))
    vpcs.cloud.settle()
    assert cidrs(vpcs, acl) == ([], ["0.0.0.0/0"])


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (inbound(Port="-1/-1"), "IllegalParam.PortRange"),
        (inbound(Port="90/80"), "IllegalParam.PortRange"),
        (inbound(Protocol="icmp"), "IllegalParam.PortRange"),
        (inbound(Protocol="esp"), "IllegalParam.Protocol"),
        (inbound(Policy="reject"), "IllegalParam.Policy"),
        (inbound(Policy=""), "ParameterMissing.Policy"),
        (inbound("10.0.0.0/33"), "IllegalParam.SourceCidrIp"),
        (inbound("::/0"), "OperationDenied.VpcIpv6NotEnabled"),
        (inbound(IpVersion="IPv6"), "IllegalParam.IpVersion"),
        (inbound("pl-none"), "ResourceNotFound.PrefixList"),
        (inbound(NetworkAclEntryId="nae-none"), "IllegalParam.IngressAclEntryId"),
    ],
)
def test_bad_entry_is_refused_and_leaves_the_others(
    vpcs: Vpcs, acl: str, entry: dict[str, str], code: str
) -> None:
    assert vpcs.refused("update_network_acl_entries", **update(acl, entry)) == (400, code)
    assert cidrs(vpcs, acl) == (["0.0.0.0/0"], ["0.0.0.0/0"])


def test_entries_of_a_direction_are_limited(vpcs: Vpcs, acl: str) -> None:
    many = [inbound(f"10.0.{n}.0/24") for n in range(21)]
    refusal = vpcs.refused("update_network_acl_entries", **update(acl, *many))
    assert refusal == (400, "QuotaExceed.NetworkAclEntry")


def test_entries_are_copied_from_another_network_acl(vpcs: Vpcs, acl: str, vpc: str) -> None:
    vpcs.call("update_network_acl_entries", **update(acl, inbound("10.1.0.0/16")))
    other = vpcs.call("create_network_acl", vpc_id=vpc)["NetworkAclId"]
    vpcs.cloud.settle()
    copy = {"network_acl_id": other, "source_network_acl_id": acl}
    vpcs.call("copy_network_acl_entries", **copy)
    vpcs.cloud.settle()
    assert cidrs(vpcs, other) == (["10.1.0.0/16"], ["0.0.0.0/0"])


def test_a_vswitch_has_one_network_acl_which_both_hold(vpcs: Vpcs, acl: str, vpc: str) -> None:
    vswitch = vpcs.vswitch(vpc)
    vpcs.call("associate_network_acl", **binding(acl, vswitch))

    def statuses() -> list[str]:
        return [each["Status"] for each in one(vpcs, acl)["Resources"]["Resource"]]

    assert statuses() == ["BINDING"]
    middle = vpcs.refused("update_network_acl_entries", **update(acl))
    assert middle == (400, "OperationDenied.NetworkAclAttachmentInMiddleStatus")
    vpcs.cloud.settle()
    assert statuses() == ["BINDED"]
    assert vpcs.one_vswitch(vswitch)["NetworkAclId"] == acl
    found = {"resource_type": "VSwitch", "resource_id": vswitch}
    assert vpcs.call("describe_network_acls", **found)["TotalCount"] == "1"
    again = vpcs.refused("associate_network_acl", **binding(acl, vswitch))
    assert again == (400, "InvalidResource.BindingExist")
    assert vpcs.refused("delete_network_acl", network_acl_id=acl)[1] == "NetworkAclExistBinding"
    held = vpcs.refused("delete_vswitch", v_switch_id=vswitch)
    assert held == (400, "DependencyViolation.NetworkAcl")

    vpcs.call("unassociate_network_acl", **binding(acl, vswitch))
    assert statuses() == ["UNBINDING"]
    vpcs.cloud.settle()
    assert vpcs.one_vswitch(vswitch)["NetworkAclId"] == ""
    assert vpcs.call("describe_network_acls", **found)["TotalCount"] == "0"
    gone = vpcs.refused("unassociate_network_acl", **binding(acl, vswitch))
    assert gone == (400, "InvalidResource.NotBinding")
    assert vpcs.refused("delete_vpc", vpc_id=vpc)[1] == "DependencyViolation.VSwitch"
    vpcs.call("delete_vswitch", v_switch_id=vswitch)
    vpcs.cloud.settle()
    assert vpcs.refused("delete_vpc", vpc_id=vpc)[1] == "DependencyViolation.NetworkAcl"
    vpcs.call("delete_network_acl", network_acl_id=acl)
    vpcs.cloud.settle()
    missing = vpcs.refused("describe_network_acl_attributes", network_acl_id=acl)
    assert missing == (400, "InvalidNetworkAcl.NotFound")


def test_network_acl_takes_vswitches_of_its_own_vpc_alone(vpcs: Vpcs, acl: str) -> None:
    elsewhere = vpcs.vswitch(vpcs.vpc())
    refused = [
        vpcs.refused("associate_network_acl", **binding(acl, *each))[1]
        for each in ([elsewhere], ["vsw-none"], [])
    ]
    assert refused == [
        "InvalidResource.VpcError",
        "InvalidResource.NotFound",
        "ParameterMissing.Resources",
    ]


def test_network_acls_are_listed_by_name_vpc_and_tag(vpcs: Vpcs, acl: str, vpc: str) -> None:
    tag = models.CreateNetworkAclRequestTag(key="team", value="edge")
    other = vpcs.call("create_network_acl", vpc_id=vpcs.vpc(), tag=[tag])["NetworkAclId"]
    vpcs.cloud.settle()
    change = {"network_acl_id": other, "network_acl_name": "core"}
    vpcs.call("modify_network_acl_attributes", **change)

    def found(**filters: Any) -> list[str]:
        listed = vpcs.call("describe_network_acls", **filters)["NetworkAcls"]["NetworkAcl"]
        return [each["NetworkAclId"] for each in listed]

    assert found() == [acl, other]
    assert found(vpc_id=vpc) == found(network_acl_name="edge") == [acl]
    assert found(network_acl_name="core") == [other]
    tags = [models.DescribeNetworkAclsRequestTags(key="team")]
    assert found(tags=tags) == found(network_acl_id=other) == [other]
