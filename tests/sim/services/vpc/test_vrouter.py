"""vRouters of VPCs."""

from tests.sim.services.vpc.calls import Vpcs


def test_the_vrouter_of_a_vpc_is_listed_and_renamed(vpcs: Vpcs) -> None:
    made = vpcs.call("create_vpc", cidr_block="10.0.0.0/8")
    vpcs.cloud.settle()
    table = vpcs.table(made["VpcId"])
    vpcs.vpc()
    router = {"vrouter_id": made["VRouterId"]}
    vpcs.call("modify_vrouter_attribute", **router, vrouter_name="core", description="of the VPC")
    assert vpcs.call("describe_vrouters")["TotalCount"] == 2
    (read,) = vpcs.call("describe_vrouters", **router)["VRouters"]["VRouter"]
    assert (read["VRouterName"], read["Description"]) == ("core", "of the VPC")
    assert read["RouteTableIds"]["RouteTableId"] == [made["RouteTableId"], table]
    unknown = vpcs.refused("modify_vrouter_attribute", vrouter_id="vrt-none", vrouter_name="x")
    assert unknown == (404, "InvalidVRouterId.NotFound")
