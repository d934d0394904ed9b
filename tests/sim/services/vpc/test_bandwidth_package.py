"""Internet Shared Bandwidth: what several EIPs share."""

from typing import Any

import pytest

from tests.sim.services.vpc.calls import Vpcs


@pytest.fixture
def package(vpcs: Vpcs) -> str:
    """A shared bandwidth of 20 Mbit/s."""
    made = vpcs.call("create_common_bandwidth_package", bandwidth=20, name="shared")
    vpcs.cloud.settle()
    return str(made["BandwidthPackageId"])


def _one(vpcs: Vpcs, package: str) -> dict[str, Any]:
    listed = vpcs.call("describe_common_bandwidth_packages", bandwidth_package_id=package)
    return dict(listed["CommonBandwidthPackages"]["CommonBandwidthPackage"][0])


def test_eip_has_the_bandwidth_that_it_shares(vpcs: Vpcs, package: str) -> None:
    eip = vpcs.call("allocate_eip_address", bandwidth="5")
    call = {"bandwidth_package_id": package, "ip_instance_id": eip["AllocationId"]}
    vpcs.call("add_common_bandwidth_package_ip", **call)
    (inside,) = _one(vpcs, package)["PublicIpAddresses"]["PublicIpAddresse"]
    assert inside["IpAddress"] == eip["EipAddress"]
    (one,) = vpcs.call("describe_eip_addresses")["EipAddresses"]["EipAddress"]
    assert (one["Bandwidth"], one["EipBandwidth"]) == ("20", "5")
    assert (one["BandwidthPackageId"], one["BandwidthPackageBandwidth"]) == (package, "20")
    again = vpcs.refused("add_common_bandwidth_package_ip", **call)
    assert again == (400, "OperationUnsupported.EipInCbwp")
    held = vpcs.refused("delete_common_bandwidth_package", bandwidth_package_id=package)
    assert held == (400, "DependencyViolation.Eip")
    vpcs.call("remove_common_bandwidth_package_ip", **call)
    (one,) = vpcs.call("describe_eip_addresses")["EipAddresses"]["EipAddress"]
    assert (one["Bandwidth"], one["BandwidthPackageId"]) == ("5", "")
    gone = vpcs.refused("remove_common_bandwidth_package_ip", **call)
    assert gone == (400, "OperationUnsupported.IpNotInCbwp")


def test_shared_bandwidth_is_changed_and_filtered(vpcs: Vpcs, package: str) -> None:
    call = {"bandwidth_package_id": package}
    vpcs.call("modify_common_bandwidth_package_attribute", **call, name="wider")
    vpcs.call("modify_common_bandwidth_package_spec", **call, bandwidth="50")
    busy = vpcs.refused("modify_common_bandwidth_package_spec", **call, bandwidth="60")
    assert busy == (400, "BandwidthPackageOperation.conflict")
    vpcs.cloud.settle()
    one = _one(vpcs, package)
    assert (one["Name"], one["Bandwidth"], one["Status"]) == ("wider", "50", "Available")
    for filters, count in (
        ({"name": "wider"}, 1),
        ({"name": "shared"}, 0),
        ({"resource_group_id": "rg-none"}, 0),
        ({"security_protection_enabled": True}, 0),
        ({"security_protection_enabled": False}, 1),
    ):
        found = vpcs.call("describe_common_bandwidth_packages", **filters)
        assert found["TotalCount"] == count


def test_protected_shared_bandwidth_is_not_deleted_and_force_frees_its_eips(
    vpcs: Vpcs, package: str
) -> None:
    eip = vpcs.call("allocate_eip_address")["AllocationId"]
    vpcs.call("add_common_bandwidth_package_ip", bandwidth_package_id=package, ip_instance_id=eip)
    protection = {"instance_id": package, "type": "CBWP"}
    vpcs.call("deletion_protection", **protection, protection_enable=True)
    call = {"bandwidth_package_id": package, "force": "true"}
    refused = vpcs.refused("delete_common_bandwidth_package", **call)
    assert refused == (400, "InvalidOperation.DeletionProtection")
    vpcs.call("deletion_protection", **protection, protection_enable=False)
    vpcs.call("delete_common_bandwidth_package", **call)
    vpcs.cloud.settle()
    assert vpcs.call("describe_common_bandwidth_packages")["TotalCount"] == 0
    (one,) = vpcs.call("describe_eip_addresses")["EipAddresses"]["EipAddress"]
    assert one["BandwidthPackageId"] == ""
