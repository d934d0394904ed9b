"""Whatever is changed behind the tool's back is named by drift, shown by plan, mended by apply."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from gwlbfw.address import Address
from gwlbfw.cloud.call import Json
from gwlbfw.drift import DriftItem
from tests.scenarios.testbed import Content, Testbed, example
from tests.scenarios.third_parties import STRANGERS, Act, an_eip_on_another_server

Tamper = dict[str, Any]
TAMPERS: list[Tamper] = yaml.safe_load(
    Path(__file__).with_name("tampering.yaml").read_text(encoding="utf-8")
)
CRITICAL = frozenset(
    {
        *("route", "route_table_association", "endpoint", "ipv4_gateway"),
        *("listener", "server_group_member"),
    }
)
TAG_TYPES = {
    "vpc": ("vpc", "VPC"),
    "vswitch": ("vpc", "VSWITCH"),
    "ipv4_gateway": ("vpc", "IPV4GATEWAY"),
    "route_table": ("vpc", "ROUTETABLE"),
    "eip": ("vpc", "EIP"),
    "security_group": ("ecs", "securitygroup"),
    "instance": ("ecs", "instance"),
    "load_balancer": ("gwlb", "loadbalancer"),
    "server_group": ("gwlb", "servergroup"),
    "listener": ("gwlb", "listener"),
    "endpoint_service": ("privatelink", "vpcendpointservice"),
    "endpoint": ("privatelink", "vpcendpoint"),
}
"""Product and ResourceType of each kind that has tags."""


def carry_out(testbed: Testbed, tamper: Tamper) -> None:
    """Send the calls of one way of tampering."""
    for call in tamper["calls"]:
        for action, params in call.items():
            testbed.done(action, **{name: with_ids(testbed, each) for name, each in params.items()})


def with_ids(testbed: Testbed, value: Any) -> Any:
    """The value with ids in the place of `@ADDRESS`."""
    if isinstance(value, str) and value.startswith("@"):
        return testbed.ids[Address(value[1:])]
    if isinstance(value, dict):
        return {name: with_ids(testbed, each) for name, each in value.items()}
    if isinstance(value, list):
        return [with_ids(testbed, each) for each in value]
    return value


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda each: each["name"].replace(" ", "-"))
def test_tampered_attribute_is_named_by_drift_and_repaired(
    deployed: Testbed, tamper: Tamper
) -> None:
    before = deployed.resources
    carry_out(deployed, tamper)
    whatever = "loses" in tamper
    content = example("ulanqab")
    if "foreign" in tamper:
        content["business_vpcs"]["shop"]["foreign_routes"] = "remove"
    item = _mended(deployed, tamper["address"], tamper["attribute"], content, whatever=whatever)
    assert item.expected == tamper.get("expected", item.expected)
    assert item.actual == tamper.get("actual", item.actual)
    if item.address.kind in CRITICAL and "cosmetic" not in tamper:
        assert item.severity == tamper.get("severity", "critical")
    assert deployed.resources == before


@pytest.mark.parametrize("act", STRANGERS, ids=lambda each: each.__name__)
def test_third_partys_change_is_named_by_drift_and_repaired(deployed: Testbed, act: Act) -> None:
    """What the other server loses with the address has to be allowed."""
    address, attribute = act(deployed)
    _mended(deployed, address, attribute, whatever=act is an_eip_on_another_server)


@pytest.mark.parametrize("key", ["gwlbfw:stack", "gwlbfw:address", "team"])
def test_tag_lost_everywhere_is_named_by_drift_and_set_again(deployed: Testbed, key: str) -> None:
    before = deployed.resources
    for product, kind, ids in _tagged(deployed):
        verb = "UnTagResources" if product == "vpc" else "UntagResources"
        deployed.done(f"{product}:{verb}", ResourceType=kind, ResourceId=ids, TagKey=[key])
    items = _all_tags_mended(deployed)
    assert all(tags(item.expected)[key] for item in items)
    assert not any(key in tags(item.actual) for item in items)
    assert deployed.resources == before


@pytest.mark.parametrize(("key", "value"), [("mine", "1"), ("team", "other")])
def test_tag_that_differs_from_the_file_is_named_by_drift_and_corrected(
    deployed: Testbed, key: str, value: str
) -> None:
    for product, kind, ids in _tagged(deployed):
        tag = [{"Key": key, "Value": value}]
        deployed.done(f"{product}:TagResources", ResourceType=kind, ResourceId=ids, Tag=tag)
    assert all(tags(item.actual)[key] == value for item in _all_tags_mended(deployed))


def test_resource_without_any_tags_is_named_by_drift_and_repaired(deployed: Testbed) -> None:
    deployed.done(
        "gwlb:UntagResources",
        ResourceType="loadbalancer",
        ResourceId=[deployed.ids["load_balancer.main"]],
        All=True,
    )
    _mended(deployed, "load_balancer.main", "tags")


def test_two_resources_that_claim_one_address_are_both_named(deployed: Testbed) -> None:
    """A stranger with the tags of the stack's own."""
    stray = deployed.done(
        "vpc:CreateVpc",
        CidrBlock="172.16.0.0/12",
        Tag=[
            {"Key": "gwlbfw:stack", "Value": "ulanqab-edge"},
            {"Key": "gwlbfw:address", "Value": "vpc.business/shop"},
        ],
    )["VpcId"]
    said = deployed.stack(example("ulanqab")).refusal()
    assert stray in said
    assert deployed.ids["vpc.business/shop"] in said


def tags(value: Json) -> Mapping[str, Json]:
    """Tags, as an item of drift has them."""
    assert isinstance(value, Mapping)
    return value


def _tagged(testbed: Testbed) -> Iterator[tuple[str, str, list[str]]]:
    for kind, (product, resource_type) in TAG_TYPES.items():
        ids = [cloud_id for at, cloud_id in testbed.ids.items() if at.partition(".")[0] == kind]
        yield product, resource_type, ids


def _all_tags_mended(testbed: Testbed) -> list[DriftItem]:
    stack = testbed.stack(example("ulanqab"))
    items = stack.drift().items
    tagged = {at for at in testbed.ids if at.partition(".")[0] in TAG_TYPES}
    assert {item.address for item in items} == tagged == set(stack.changes())
    assert {item.attribute for item in items} == {"tags"}
    assert set(stack.changes().values()) == {"update"}
    stack.apply()
    assert not stack.drift().drifted
    assert stack.changes() == {}
    return list(items)


@pytest.mark.parametrize(
    "names",
    [
        ("business subnet moved to the other zone's table", "inbound entry set to Local"),
        ("endpoint's zone removed", "service accepts no longer by itself"),
    ],
)
def test_related_tampers_are_repaired_in_order(deployed: Testbed, names: tuple[str, ...]) -> None:
    by_name = {tamper["name"]: tamper for tamper in TAMPERS}
    for name in names:
        carry_out(deployed, by_name[name])
    stack = deployed.stack(example("ulanqab"))
    stack.apply(whatever=True)
    assert stack.changes() == {}


def test_many_tampers_at_once_are_repaired_by_one_apply(deployed: Testbed) -> None:
    """Everything that can be broken together is, and one apply mends it."""
    names = {
        *("default route past the firewall", "inbound entry set to Local", "appliance stopped"),
        *("endpoint's subnet taken off its table", "EIP unbound", "appliances bypassed"),
        *("member removed", "stray rule", "stranger let in", "VPC renamed"),
    }
    for tamper in TAMPERS:
        if tamper["name"] in names:
            carry_out(deployed, tamper)
    stack = deployed.stack(example("ulanqab"))
    assert len({item.address for item in stack.drift().items}) >= len(names)
    stack.apply()
    assert not stack.drift().drifted
    assert stack.changes() == {}


def _mended(
    testbed: Testbed,
    address: str,
    attribute: str,
    content: Content | None = None,
    *,
    whatever: bool = False,
) -> DriftItem:
    """The item of drift, after apply has mended it."""
    stack = testbed.stack(content or example("ulanqab"))
    report = stack.drift()
    found = {(str(item.address), item.attribute): item for item in report.items}
    assert (address, attribute) in found
    assert report.items[0].effect
    assert address in stack.changes()
    stack.apply(whatever=whatever)
    assert [(e.address, e.attribute) for e in stack.drift().items] == []
    assert stack.changes() == {}
    return found[address, attribute]
