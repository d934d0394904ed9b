"""Two of one: what was made twice stops every plan but that of a destroy, which deletes both."""

import pytest

from gwlbfw.address import Address
from gwlbfw.errors import PlanError
from tests.scenarios.testbed import Testbed, example

STACK = "ulanqab-edge"


def retagged(testbed: Testbed, old: str, new: str) -> None:
    """Every tag of one stack made that of another."""
    state = testbed.simulator.state
    for each in state:
        tags = getattr(each, "tags", None)
        if tags and tags.get("gwlbfw:stack") == old:
            each.tags = {**tags, "gwlbfw:stack": new}
    state.commit()


def test_destroy_deletes_both_deployments_of_a_stack(deployed: Testbed) -> None:
    content = example("ulanqab")
    once = deployed.resources
    retagged(deployed, STACK, "meanwhile")
    deployed.forget()
    deployed.stack(content).apply()
    retagged(deployed, "meanwhile", STACK)
    assert deployed.resources == {kind: 2 * number for kind, number in once.items()}
    stack = deployed.stack(content)
    assert "vpc.business/shop: two-of-one" in stack.refusal()
    plan = stack.plan(destroy=True)
    assert plan.summary["delete"] == 82
    assert plan.change(Address("vpc.business/shop~2"))
    stack.destroy()
    assert deployed.resources == {}


def test_destroy_deletes_what_alone_was_made_twice(deployed: Testbed) -> None:
    tags = [
        {"Key": "gwlbfw:stack", "Value": STACK},
        {"Key": "gwlbfw:address", "Value": "route_table.gwlbe/shop"},
    ]
    vpc = deployed.ids["vpc.business/shop"]
    deployed.done("vpc:CreateRouteTable", VpcId=vpc, Tag=tags)
    stack = deployed.stack(example("ulanqab"))
    assert "route_table.gwlbe/shop: two-of-one" in stack.refusal()
    stack.destroy()
    assert deployed.resources == {}


def test_what_the_file_names_and_a_tag_claims_is_refused_by_a_destroy_too(
    deployed: Testbed,
) -> None:
    """Only one of the two is the stack's: which is what, nobody can know."""
    content = example("ulanqab")
    vpc = deployed.done("vpc:CreateVpc", CidrBlock="192.168.0.0/16")["VpcId"]
    del content["business_vpcs"]["shop"]["cidr"]
    content["business_vpcs"]["shop"]["id"] = vpc
    with pytest.raises(PlanError):
        deployed.stack(content).plan(destroy=True)
