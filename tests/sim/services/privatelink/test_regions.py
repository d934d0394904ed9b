"""Regions and zones of PrivateLink."""

from tests.sim.services.gwlb.calls import ZONE_B, ZONE_C, Firewall


def test_privatelink_zones_are_listed_by_resource_type(fw: Firewall) -> None:
    zones = fw.link("DescribeZones", ServiceResourceType="gwlb")["Zones"]["Zone"]
    assert [each["ZoneId"] for each in zones] == [ZONE_B, ZONE_C]
    assert len(fw.link("DescribeZones")["Zones"]["Zone"]) == 3
    regions = fw.link("DescribeRegions", ServiceResourceType="gwlb")["Regions"]["Region"]
    assert "cn-wulanchabu" in [each["RegionId"] for each in regions]
