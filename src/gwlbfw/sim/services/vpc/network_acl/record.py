"""Network ACL, its entries in their order, and its associations with vSwitches.

Sources: VPC API, CreateNetworkAcl, UpdateNetworkAclEntries, AssociateNetworkAcl and
DescribeNetworkAclAttributes.
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json


@dataclass(frozen=True)
class AclEntry:
    """One rule; `cidr` is the source of an inbound one and the destination of an outbound one."""

    id: str
    cidr: str
    protocol: str = "all"
    port: str = "-1/-1"
    policy: str = "accept"
    name: str = ""
    description: str = ""
    ip_version: str = "IPV4"

    def view(self, cidr_field: str, *, brief: bool) -> Json:
        return {
            "NetworkAclEntryId": self.id,
            "NetworkAclEntryName": self.name,
            "Description": self.description,
            **({} if brief else {"EntryType": "custom", "IpVersion": self.ip_version}),
            "Policy": self.policy,
            "Port": self.port,
            "Protocol": self.protocol,
            cidr_field: self.cidr,
        }


@dataclass(kw_only=True, eq=False)
class NetworkAcl(
    Record,
    Lifecycle,
    kind="network_acl",
    prefix="nacl",
    product="vpc",
    tag_type="NETWORKACL",
    not_found=("InvalidNetworkAcl.NotFound", 400),
):
    """One ACL: Modifying while its entries change, Available otherwise."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    ingress: tuple[AclEntry, ...] = ()
    egress: tuple[AclEntry, ...] = ()

    def uses(self) -> Collection[str]:
        return (self.vpc_id,)


@dataclass(kw_only=True, eq=False)
class AclAssociation(Record, kind="network_acl_association", prefix="nacla", product="vpc"):
    """The association of an ACL with a vSwitch: BINDING, BINDED, UNBINDING, then gone."""

    acl_id: str = ""
    vswitch_id: str = ""

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.acl_id, self.vswitch_id)


def associations_of(region: Region, acl_id: str) -> list[AclAssociation]:
    """The associations of an ACL, oldest first."""
    return region.where(AclAssociation, acl_id=acl_id)


def acl_of_vswitch(region: Region, vswitch_id: str) -> str:
    """The id of the ACL that a vSwitch has; empty if it has none."""
    return next((e.acl_id for e in region.where(AclAssociation, vswitch_id=vswitch_id)), "")


def require_stable_acl(region: Region, acl_id: str) -> NetworkAcl:
    """The ACL of an id, neither it nor an association of it being in the middle of a change."""
    acl = region.require(NetworkAcl, acl_id)
    if acl.status != "Available":
        raise ApiError("NetworkStatus.Modifying", f"The network ACL {acl_id} is {acl.status}.")
    for each in associations_of(region, acl_id):
        if each.in_transition():
            code = "OperationDenied.NetworkAclAttachmentInMiddleStatus"
            raise ApiError(code, f"The vSwitch {each.vswitch_id} is {each.status}.")
    return acl
