"""Nothing is left out: every kind is tried, and every call that one makes exists."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path

import pytest

from gwlbfw.cli.views.changes import groups
from gwlbfw.cloud.call import Call, Value, fields_of
from gwlbfw.cloud.sdk.typed import client_class, method_of, request_of
from gwlbfw.cloud.transport import bind
from gwlbfw.diff import Change
from gwlbfw.discovery.listing import vpc_side
from gwlbfw.drift import drift
from gwlbfw.execute.references import ResolvedIds
from gwlbfw.openapi import Action, Parameter, catalogue
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.resource import Phase, kinds
from gwlbfw.sim.services.registry import implemented, load_services
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.region import REGION
from tests.unit.discovery.listed import listed_object, scope, snapshot


def suites() -> list[Conformance]:
    """The tests of all kinds."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        import_module(f"{__package__}.{path.stem}")
    return [cls() for cls in Conformance.__subclasses__()]


def phases(suite: Conformance) -> Iterator[Phase]:
    """Every phase of the creating, the changes and the deleting of a sample."""
    sample, at = suite.sample, suite.address
    for each in (sample, *suite.variants):
        yield from each.create(at)
        yield from each.delete(at)
    for changes in suite.updates.values():
        changed = suite.changed(changes)
        yield from changed.update(at, sample, frozenset(changes))
        yield from sample.update(at, changed, frozenset(changes))


def calls() -> list[Call]:
    """Every call that any kind makes, reads and waits included; one of each shape."""
    found = [each.call for cls in kinds().values() for each in cls.listings]
    for suite in suites():
        for phase in phases(suite):
            found += [phase.call, *(wait.read for wait in phase.waits)]
    return sorted({f"{each.name} {sorted(each.params)}": each for each in found}.values(), key=str)


CALLS = calls()
each_call = pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])


def test_every_kind_has_a_conformance_test() -> None:
    assert {type(suite.sample).kind for suite in suites()} == set(kinds())


def test_kind_is_read_after_the_kinds_that_contain_it() -> None:
    order = list(kinds())
    contained = [
        (type(suite.sample).kind, ref.kind)
        for suite in suites()
        for name, ref in suite.sample.refs()
        if name in type(suite.sample).owners or name == "vpc"
    ]
    assert ("vswitch", "vpc") in contained
    assert [e for e in contained if order.index(e[1]) >= order.index(e[0])] == []


NUMBER = re.compile(r"-\d+$")


@pytest.mark.parametrize("suite", suites(), ids=lambda suite: type(suite.sample).kind)
def test_kind_has_a_verb_and_a_duration_for_each_of_its_phases_and_no_other(
    suite: Conformance,
) -> None:
    same = [each for each in suites() if type(each.sample) is type(suite.sample)]
    names = {NUMBER.sub("", phase.name) for each in same for phase in phases(each)}
    assert set(type(suite.sample).verbs) == names
    assert set(type(suite.sample).durations) == names


def test_phase_of_one_name_has_one_verb() -> None:
    pairs = {pair for cls in kinds().values() for pair in cls.verbs.items()}
    assert dict(pairs) == VERBS
    assert len(pairs) == len(VERBS)


def stated() -> list[tuple[Conformance, Stated]]:
    """The suite of each kind that says what the kind states of itself."""
    return [(suite, suite.stated) for suite in suites() if suite.stated is not None]


each_stated = pytest.mark.parametrize(
    ("suite", "expected"), stated(), ids=[type(suite.sample).kind for suite, _ in stated()]
)


def test_one_suite_of_every_kind_says_what_the_kind_states() -> None:
    assert sorted(type(suite.sample).kind for suite, _ in stated()) == sorted(kinds())


@each_stated
def test_plan_shows_kind_below_its_heading(suite: Conformance, expected: Stated) -> None:
    (group,) = groups([Change(suite.address, "create", None, Node(suite.sample))])
    assert group.title == expected.heading
    assert type(suite.sample).plan_position.rank == expected.rank


def test_no_two_kinds_have_one_place_in_a_plan() -> None:
    places = [(expected.heading, expected.rank) for _, expected in stated()]
    assert len(places) == len(set(places))


@each_stated
def test_missing_resource_is_drift_of_its_kinds_severity_and_effect(
    suite: Conformance, expected: Stated
) -> None:
    (item,) = drift({suite.address: Node(suite.sample)}, Live()).items
    assert (item.address, item.attribute) == (suite.address, "exists")
    assert (item.severity, item.effect) == (expected.severity, expected.effect)
    assert type(suite.sample).drift.critical == frozenset(expected.critical)


@each_stated
def test_kind_affects_health_where_a_probe_depends_on_it(
    suite: Conformance, expected: Stated
) -> None:
    assert type(suite.sample).affects_health == expected.affects_health


@each_stated
def test_vpc_is_told_by_the_resource_of_the_stack_that_lies_in_it(
    suite: Conformance, expected: Stated
) -> None:
    kind = type(suite.sample).kind
    seen = snapshot(
        listed_object("vpc", "vpc-1"), listed_object(kind, "x-1", f"{kind}.x", VpcId="vpc-1")
    )
    if kind != "vpc":
        assert vpc_side(scope(), seen["vpc"][0], seen) == expected.vpc_side
    assert type(suite.sample).vpc_side == expected.vpc_side


REMOVAL = re.compile("Delete|Detach|Dissociate|Leave|Release|Remove|Revoke|Unassociate|Un[tT]ag")


@pytest.mark.parametrize("suite", suites(), ids=lambda suite: type(suite.sample).kind)
def test_phase_that_removes_is_known_as_such(suite: Conformance) -> None:
    """Where the cloud says that nothing is there, such a phase is done; a deletion is anyway."""
    for phase in phases(suite):
        deletes = phase.name in ("delete", "delete-standing")
        assert (phase.removes or deletes) == bool(REMOVAL.match(phase.call.action)), phase


def test_start_and_stop_alone_are_busy_when_done() -> None:
    """ECS API: IncorrectInstanceStatus, for a start of what runs and a stop of what is stopped."""
    busy = {p.call.action for suite in suites() for p in phases(suite) if p.busy_when_done}
    assert busy == {"StartInstance", "StopInstance"}


VERBS = {
    "accept": "accepted",
    "activate": "activated",
    "add-user": "account allowed",
    "associate": "associated",
    "authorize": "rules added",
    "create": "created",
    "delete": "deleted",
    "delete-standing": "deleted with the routes in place",
    "dissociate": "dissociated",
    "join": "joined a security group",
    "leave": "left a security group",
    "modify": "changed",
    "move": "moved",
    "redirect": "redirected",
    "remove-user": "account no longer allowed",
    "remove-zone": "zone removed",
    "rename": "renamed",
    "revoke": "rules removed",
    "pre-route": "created, bypassing the firewall",
    "start": "started",
    "stop": "stopped",
    "tag": "tagged",
    "reset-to-local": "reset to local",
    "cut-over": "cut over",
    "roll-back": "rolled back",
    "untag": "tags removed",
    "zone": "zone added",
    "zones": "zones changed",
}


@each_call
def test_every_action_and_its_parameters_are_in_the_catalogue(call: Call) -> None:
    action = catalogue()[call.product, call.action]
    assert list(unknown(call.params, action.parameters)) == []


@each_call
def test_every_required_parameter_of_an_action_is_given(call: Call) -> None:
    given = {*call.params, "RegionId", "ClientToken"}
    parents = {each.parent_param for cls in kinds().values() for each in cls.listings}
    assert required(catalogue()[call.product, call.action]) <= given | parents


@each_call
def test_every_action_and_its_parameters_are_in_the_vendors_typed_models(call: Call) -> None:
    cls = client_class(call.product)
    assert callable(method_of(cls.__new__(cls), call.action))
    ids = {each.address: "id-1" for value in call.params.values() for each in fields_of(value)}
    request_of(bind(ResolvedIds(ids).resolve_call(call, lambda *_: b""), REGION))


@each_call
def test_every_action_is_simulated(call: Call) -> None:
    load_services()
    assert (call.product, call.action) in implemented()


def test_every_reference_asks_for_the_id_of_its_kind() -> None:
    fields = [
        (call.name, field)
        for call in CALLS
        for value in call.params.values()
        for field in fields_of(value)
    ]
    assert len(fields) > len(CALLS) / 2
    wrong = [(n, f) for n, f in fields if f.name != kinds()[f.address.kind].id_field]
    assert wrong == []


def required(action: Action) -> set[str]:
    return {each.name for each in action.parameters.values() if each.required}


def unknown(
    values: Mapping[str, Value], known: Mapping[str, Parameter], path: str = ""
) -> Iterable[str]:
    """The names at any depth that the metadata does not have."""
    for name, value in values.items():
        if name not in known:
            yield path + name
            continue
        for each in elements(value):
            if isinstance(each, Mapping) and known[name].fields:
                yield from unknown(each, known[name].fields, f"{path}{name}.")


def elements(value: Value) -> Sequence[Value]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    return [value]
