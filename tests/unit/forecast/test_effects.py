"""What each step does to the forwarding model, and what is only tried either way."""

from dataclasses import replace

from gwlbfw.address import Address, Ref
from gwlbfw.forecast.effects import effects
from gwlbfw.plan.model import Step
from gwlbfw.reachability import Network, NetworkBuilder
from gwlbfw.reachability.interpretation import Filling
from gwlbfw.resources import Ipv4Gateway, RouteTable, RouteTableAssociation
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.next_hop import ENDPOINT, GATEWAY
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.route import DEFAULT
from tests.unit.plan.planned import Planned, planned
from tests.unit.reachability.graphs import network_of
from tests.unit.samples import graph, live_of, route, vpc, vswitch

OUT = Address("route.r")
BARE: dict[str, Resource] = {
    "vpc.a": vpc(),
    "vswitch.s": vswitch(),
    "route_table.t": RouteTable(vpc=Ref("vpc.a"), serves="VSwitch"),
    "route_table.u": RouteTable(vpc=Ref("vpc.a"), serves="VSwitch"),
    "ipv4_gateway.g": Ipv4Gateway(vpc=Ref("vpc.a"), enabled=True, returns_direct=True),
}
STAGED = route(
    "route_table.t", "ep-1", staged={"type": GATEWAY, "ref": "ipv4_gateway.g"}, fills=True
)


def joined(table: str) -> RouteTableAssociation:
    return RouteTableAssociation(vpc=Ref("vpc.a"), table=Ref(table), subject=Ref("vswitch.s"))


def live(more: dict[str, Resource]) -> Live:
    return live_of(graph({**BARE, **more}))


Effect = tuple[Filling, ...]


def effect_of(
    plan: Planned, there: Live, known: dict[Address, Node], *, refused: bool = False
) -> dict[str, Effect]:
    """The slots that each step fills, by its id."""
    steps, changes = plan.plan.steps, plan.plan.changes
    hints = {**known, **{c.address: c.towards for c in changes if c.towards}}
    found = effects(network_of(there.nodes), steps, changes, hints, refused=refused)
    return {steps[number].id: each for number, each in found.fillings.items()}


def after(there: Live, *done: Effect) -> Network:
    builder = NetworkBuilder(network_of(there.nodes))
    for each in done:
        builder.values.update(each)
    return builder.build()


def hops(network: Network, table: str = "route_table.t") -> set[str]:
    """The kinds of next hop of a table's default route."""
    ids = {address: key for key, address in network.labels.items()}
    entries = network.tables[ids[Address(table)]].entries
    return {hop.kind for each in entries if str(each.prefix) == DEFAULT for hop in each.hops}


def test_a_staged_route_leads_to_where_it_waits_and_then_to_where_it_belongs() -> None:
    there = live({})
    plan = planned(graph({**BARE, "route.r": STAGED}), there)
    does = effect_of(plan, there, {})
    assert hops(after(there)) == set()
    assert hops(after(there, does["route.r:pre-route"])) == {GATEWAY}
    assert hops(after(there, does["route.r:pre-route"], does["route.r:cut-over"])) == {ENDPOINT}


def test_a_staged_route_waits_there_again_when_it_is_rolled_back() -> None:
    """Where it waited can't be read of what is live: the file or the record knows."""
    there = live({"route.r": route("route_table.t", "ep-1")})
    known = graph({"route.r": STAGED})
    plan = planned(graph(BARE), there, known=known)
    does = effect_of(plan, there, known)
    assert [each.phase for each in plan.plan.steps] == ["roll-back", "delete"]
    assert hops(after(there, does["route.r:roll-back"])) == {GATEWAY}
    assert hops(after(there, does["route.r:roll-back"], does["route.r:delete"])) == set()


def test_a_gateway_is_there_before_it_is_active() -> None:
    there = live_of(graph({k: v for k, v in BARE.items() if k != "ipv4_gateway.g"}))
    plan = planned(graph(BARE), there)
    does = effect_of(plan, there, {})
    made = after(there, does["ipv4_gateway.g:create"])
    assert [each.enabled for each in made.gateways.values()] == [False]
    active = after(there, does["ipv4_gateway.g:create"], does["ipv4_gateway.g:activate"])
    assert [each.enabled for each in active.gateways.values()] == [True]


class TestAttempts:
    def moved(self) -> tuple[Live, Planned]:
        """A subnet that goes from one table to another."""
        there = live({"route_table_association.s": joined("route_table.t")})
        wanted = graph({**BARE, "route_table_association.s": joined("route_table.u")})
        return there, planned(wanted, there)

    def test_attempt_is_taken_to_work(self) -> None:
        there, plan = self.moved()
        does = effect_of(plan, there, {})
        assert set(does) == {"route_table_association.s:move"}
        assert self.table(after(there, *does.values())) == Address("route_table.u")

    def test_refused_attempt_is_done_in_two_steps(self) -> None:
        there, plan = self.moved()
        does = effect_of(plan, there, {}, refused=True)
        left, there_again = (f"route_table_association.s:{e}" for e in ("dissociate", "associate"))
        assert set(does) == {left, there_again}
        assert self.table(after(there, does[left])) is None
        assert self.table(after(there, *does.values())) == Address("route_table.u")

    def table(self, network: Network) -> Address | None:
        (subnet,) = network.subnets.values()
        return network.labels.get(subnet.table)

    def test_a_gateway_that_goes_with_its_routes_standing_takes_them_along(self) -> None:
        to_gateway = route("route_table.t", "ipv4_gateway.g", GATEWAY)
        there = live({"route.r": to_gateway})
        kept = {k: v for k, v in BARE.items() if k != "ipv4_gateway.g"}
        known = graph(BARE)
        plan = planned(graph(kept), there, known=known)
        does = effect_of(plan, there, known)
        gone = after(there, does["ipv4_gateway.g:delete-standing"])
        assert not gone.gateways
        assert hops(gone) == set()
        refused = effect_of(plan, there, known, refused=True)
        assert "ipv4_gateway.g:delete-standing" not in refused
        assert hops(after(there, refused["ipv4_gateway.g:delete"])) == {GATEWAY}


def test_a_gate_has_no_effect() -> None:
    gate = Step("listener.main:healthy", Address("listener.main"), "healthy", None)
    assert effects(Network(), (gate,), (), {}).fillings == {}


def test_property_unknown_to_the_hint_stays_as_it_was_read() -> None:
    there = live({"route.r": route("route_table.t", "ep-1")})
    plan = planned(graph(BARE), there)
    does = effect_of(plan, there, {OUT: replace(there.nodes[OUT], resource=vpc())})
    assert set(does) == {"route.r:delete"}
