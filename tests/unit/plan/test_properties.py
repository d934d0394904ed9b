"""What holds for the plan between any two states of the firewall, in whichever order it may run."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gwlbfw.address import Address
from gwlbfw.plan import Plan, Step
from gwlbfw.plan.steps import mentioned
from gwlbfw.resources import VSwitch
from gwlbfw.resources.graph import Live
from gwlbfw.resources.resource import Resource
from tests.unit.plan.planned import planned
from tests.unit.samples import complete, example, live_of

ADDRESSES = sorted(example())
some = st.sets(st.sampled_from(ADDRESSES))


def in_some_order(plan: Plan, data: st.DataObject) -> list[Step]:
    """The steps one by one, as a scheduler might happen to start them."""
    done: dict[str, Step] = {}
    while left := [each for each in plan.steps if each.id not in done and each.needs <= set(done)]:
        step = data.draw(st.sampled_from(left), "next")
        done[step.id] = step
    assert len(done) == len(plan.steps)
    return list(done.values())


class World:
    """What exists while a plan is carried out: a dictionary instead of a cloud."""

    def __init__(self, plan: Plan, live: Live) -> None:
        self.plan = plan
        self.there: dict[Address, Resource] = {at: n.resource for at, n in live.nodes.items()}

    def carry_out(self, step: Step) -> None:
        change = self.plan.change(step.address)
        assert change
        for address in mentioned(step) - {step.address}:
            assert address in self.there, f"{step.id} needs {address}"
        if step.drops:
            self.drop(step.address)
        elif change.towards is not None and step.address not in self.there:
            self.there[step.address] = change.towards.resource

    def drop(self, address: Address) -> None:
        users = [at for at, each in self.there.items() if address in {r for _, r in each.refs()}]
        assert users == [], f"{address} goes while it is in use"
        del self.there[address]


@settings(deadline=None)
@given(some, some, st.data())
def test_from_any_state_to_any_other(
    now: set[Address], wanted: set[Address], data: st.DataObject
) -> None:
    """Nothing is used before it exists or deleted while in use, and the end is what is wanted."""
    live, target = live_of(complete(now)), complete(wanted)
    plan = planned(target, live).plan
    world = World(plan, live)
    for step in in_some_order(plan, data):
        if step.call is not None:
            world.carry_out(step)
    assert world.there == {at: node.resource for at, node in target.items()}


@settings(deadline=None)
@given(some, some)
def test_the_listed_order_is_one_in_which_it_can_be_done(
    now: set[Address], wanted: set[Address]
) -> None:
    steps = planned(complete(wanted), live_of(complete(now))).plan.steps
    seen: set[str] = set()
    for step in steps:
        assert step.needs <= seen
        seen.add(step.id)
    assert len(seen) == len(steps)


SUBNETS = [at for at in ADDRESSES if at.kind == "vswitch"]


@settings(deadline=None)
@given(some, st.sampled_from(SUBNETS))
def test_a_subnet_with_another_cidr_is_replaced_with_all_that_is_fixed_to_it(
    wanted: set[Address], subnet: Address
) -> None:
    target = complete({*wanted, subnet})
    live = live_of(target)
    node = live.nodes[subnet]
    assert isinstance(node.resource, VSwitch)
    other = node.resource.model_copy(update={"zone": "cn-wulanchabu-a"})
    was = Live({**live.nodes, subnet: type(node)(other, id=node.id)}, addresses=live.addresses)
    plan = planned(target, was).plan
    order = [each.id for each in plan.steps]
    gone = order.index(f"{subnet}:replace-delete")
    made = order.index(f"{subnet}:create")
    for change in plan.changes:
        refs = {ref for _, ref in change.node.resource.refs()}
        if change.action == "replace" and subnet in refs:
            mine = [each.id for each in plan.steps if each.address == change.address]
            assert [each for each in mine if order.index(each) < gone]
            assert [each for each in mine if order.index(each) > made]
