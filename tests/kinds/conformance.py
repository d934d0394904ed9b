"""What must hold for every kind of resource, tried on the simulator through the vendor's SDK."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from gwlbfw.address import Address
from gwlbfw.diff import diff
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import Resource
from tests.kinds.fixtures import FIXTURES
from tests.kinds.region import SimulatedRegion, closure, graph_of, tagged

Changes = Mapping[str, object]


@dataclass(frozen=True)
class Stated:
    """What a kind states of itself and people, or other parts of the tool, rely on."""

    heading: str
    """The heading below which a plan shows the sample."""
    rank: int
    """Its place below that heading."""
    severity: str
    """Of its drift, and the effect that is told with it."""
    effect: str
    critical: tuple[str, ...] = ()
    """Properties whose drift is critical although the kind's is not."""
    affects_health: bool = False
    vpc_side: str | None = None
    """The side of a VPC of the stack that is told by one of it."""


@pytest.mark.simulator
class Conformance:
    """A kind's test names a sample and what can change about it; this class brings the rest."""

    at: ClassVar[str]
    """The address of the sample."""
    stated: ClassVar[Stated | None] = None
    """What the kind states of itself; one suite of each kind has it."""
    sample: ClassVar[Resource]
    variants: ClassVar[tuple[Resource, ...]] = ()
    """Further samples that go through phases of their own."""
    beside: ClassVar[tuple[str, ...]] = ()
    """Addresses of the fixtures that the sample or its changes need and the sample doesn't name."""
    updates: ClassVar[Mapping[str, Changes]] = {}
    """Changes in place by what they are about; several properties where they go together."""
    replacements: ClassVar[Mapping[str, Changes]] = {}
    """Changes that replace it, likewise."""
    identity: ClassVar[Changes] = {}
    """Fixed properties that make the address or come with it, each with another value."""
    never: ClassVar[frozenset[str]] = frozenset()
    """Properties that nobody changes in the cloud."""

    @property
    def address(self) -> Address:
        return Address(self.at)

    def prerequisites(self) -> ResourceGraph:
        """All that is there without the sample."""
        changes = [*self.updates.values(), *self.replacements.values()]
        values = [self.sample, *map(self.changed, changes)]
        refs = [ref for each in values for _, ref in each.refs() if ref != self.address]
        return graph_of(closure(FIXTURES, [*refs, *map(Address, self.beside)]))

    def with_sample(self, changes: Changes | None = None) -> ResourceGraph:
        """All that is there with the sample, changed."""
        return {**self.prerequisites(), **graph_of({self.address: self.changed(changes or {})})}

    def changed(self, changes: Changes) -> Resource:
        return self.sample.model_copy(update=dict(changes))

    @pytest.fixture(autouse=True)
    async def prerequisites_alone(self, region: SimulatedRegion) -> None:
        """All but the sample, as every test finds it."""
        region.transport.how = ""
        await region.become(self.prerequisites())

    def assert_there(self, live: Live, changes: Changes | None = None) -> None:
        """The sample is there, with every property that it asks for, and is the stack's own."""
        node = live.nodes[self.address]
        wanted = tagged(self.address, self.changed(changes or {}))
        assert asked_for(wanted).items() <= asked_for(node.resource).items()
        assert node.owned

    async def test_created_resource_is_discovered_as_it_was_asked_for(
        self, region: SimulatedRegion
    ) -> None:
        await region.become(self.with_sample())
        self.assert_there(await region.live())

    async def test_second_plan_is_empty(self, region: SimulatedRegion) -> None:
        await region.become(self.with_sample())
        assert region.plan(self.with_sample(), await region.live()).is_empty

    async def test_update_lands_in_place(self, region: SimulatedRegion, updated: Changes) -> None:
        await region.become(self.with_sample())
        before = (await region.live()).nodes[self.address].id
        done = await region.become(self.with_sample(updated))
        assert [(each.address, each.action) for each in done] == [(self.address, "update")]
        live = await region.live()
        self.assert_there(live, updated)
        assert live.nodes[self.address].id == before
        assert region.plan(self.with_sample(updated), live).is_empty

    async def test_change_of_a_fixed_property_replaces(
        self, region: SimulatedRegion, replaced: Changes
    ) -> None:
        await region.become(self.with_sample())
        before = (await region.live()).nodes[self.address].id
        done = await region.become(self.with_sample(replaced))
        assert [(each.address, each.action) for each in done] == [(self.address, "replace")]
        live = await region.live()
        self.assert_there(live, replaced)
        assert not before or live.nodes[self.address].id != before
        assert region.plan(self.with_sample(replaced), live).is_empty

    def test_resource_of_another_identity_is_another_resource(self) -> None:
        live = Live({self.address: Node(self.sample, id="live-1")})
        for name, value in self.identity.items():
            (change,) = diff({self.address: Node(self.changed({name: value}))}, live, {})
            assert change.action == "replace"
            assert change.changed == {name}

    def test_every_property_is_tried(self) -> None:
        tried = {name for each in self.updates.values() for name in each}
        fixed = {name for each in self.replacements.values() for name in each} | set(self.identity)
        cls = type(self.sample)
        assert tried | fixed | cls.unread() | self.never >= set(cls.model_fields)
        assert fixed >= cls.fixed()

    async def test_delete_leaves_the_region_as_it_was(self, region: SimulatedRegion) -> None:
        before = region.contents()
        await region.become(self.with_sample())
        assert region.contents() != before
        await region.become(self.prerequisites())
        assert region.contents() == before

    async def test_second_delete_succeeds(self, region: SimulatedRegion) -> None:
        await region.become(self.with_sample())
        live = await region.live()
        plan = region.plan(self.prerequisites(), live)
        await region.carry_out(plan, live)
        gone = region.contents()
        await region.carry_out(plan, live)
        assert region.contents() == gone

    @pytest.mark.parametrize("how", ["throttled", "busy", "lost"])
    async def test_calls_that_fail_once_converge(self, region: SimulatedRegion, how: str) -> None:
        """Create, change, delete; each action's first call is refused, or its answer lost."""
        before = region.contents()
        region.transport.how, region.transport.stumbled = how, set()
        await region.become(self.with_sample())
        self.assert_there(await region.live())
        for changes in [*self.updates.values(), *self.replacements.values()]:
            await region.become(self.with_sample(changes))
            self.assert_there(await region.live(), changes)
        await region.become(self.prerequisites())
        assert region.transport.stumbled
        assert region.contents() == before


def asked_for(resource: Resource) -> dict[str, Any]:
    """The properties with a value that can be read back."""
    return {
        name: getattr(resource, name)
        for name in type(resource).model_fields
        if name not in type(resource).unread() and getattr(resource, name) is not None
    }
