"""Tags by the older actions of ECS."""

from typing import Any

from tests.sim.services.ecs.calls import Ecs


def tags(ecs: Ecs, **filters: Any) -> dict[tuple[str, str], dict[str, int]]:
    found = ecs.call("describe_tags", **filters)["Tags"]["Tag"]
    return {(each["TagKey"], each["TagValue"]): each["ResourceTypeCount"] for each in found}


def test_tags_are_counted_by_the_resources_that_have_them(ecs: Ecs) -> None:
    which = {"ResourceType": "securitygroup", "ResourceId": ecs.group}
    ecs.call("add_tags", **which, Tag=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    ecs.new_group(Tag=[{"Key": "a", "Value": "1"}])
    found = tags(ecs)
    assert (found["a", "1"]["Securitygroup"], found["b", "2"]["Securitygroup"]) == (2, 1)
    assert found["a", "1"]["Instance"] == 0
    assert set(tags(ecs, Tag=[{"Key": "b"}])) == {("a", "1"), ("b", "2")}
    assert set(tags(ecs, ResourceId=ecs.group)) == {("a", "1"), ("b", "2")}
    assert tags(ecs, ResourceType="image") == {}
    ecs.call("remove_tags", **which, Tag=[{"Key": "b"}])
    assert set(tags(ecs, ResourceId=ecs.group)) == {("a", "1")}
    ecs.call("remove_tags", **which)
    assert tags(ecs, ResourceId=ecs.group) == {}


def test_tag_of_an_unknown_resource_is_refused(ecs: Ecs) -> None:
    tag = {"Tag": [{"Key": "a", "Value": "1"}]}
    refused = ecs.refused("add_tags", ResourceType="securitygroup", ResourceId="sg-none", **tag)
    assert refused == (404, "InvalidSecurityGroupId.NotFound")
    refused = ecs.refused("add_tags", ResourceType="ddh", ResourceId="dh-1", **tag)
    assert refused == (400, "InvalidParameter.ResourceType")
