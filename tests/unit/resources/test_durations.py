"""The expected durations of the kinds are those of the simulator's realistic latency."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from gwlbfw.forecast.durations import GATES
from gwlbfw.resources.durations import Duration
from gwlbfw.resources.resource import kinds
from gwlbfw.sim.latency import REALISTIC_CALLS, REALISTIC_STATUSES
from tests.kinds.test_registry import NUMBER, phases, suites

AT_ONCE = ("tag", "untag", "modify", "rename", "join", "leave", "authorize", "revoke")
AT_ONCE_TOO = {
    ("eip", "create"),
    ("endpoint_service", "add-user"),
    ("endpoint_service", "remove-user"),
    ("load_balancer", "delete"),
    ("security_group", "create"),
    ("security_group", "delete"),
    ("server_group", "delete"),
}
STATUSES: dict[tuple[str, str], tuple[str, ...]] = {
    **{("endpoint_service", each): ("endpoint_service",) for each in ("create", "modify")},
    **{("listener", each): ("listener",) for each in ("create", "modify")},
    **{("route", each): ("route_entry",) for each in ("pre-route", "modify", "cut-over")},
    **{("route", each): ("gateway_route_entry",) for each in ("redirect", "reset-to-local")},
    **{("route_table_association", e): ("ipv4_gateway",) for e in ("associate", "dissociate")},
    ("endpoint", "accept"): ("endpoint_zone",),
    ("endpoint", "delete"): ("endpoint:Deleting",),
    ("endpoint", "remove-zone"): ("endpoint_zone:Deleting",),
    ("endpoint", "zone"): ("endpoint_zone", "endpoint_zone"),
    ("instance", "create"): ("instance:Pending", "instance:Starting"),
    ("instance", "delete"): ("instance:Stopping",),
    ("instance", "start"): ("instance:Starting",),
    ("instance", "stop"): ("instance:Stopping",),
    ("load_balancer", "create"): ("load_balancer:Provisioning",),
    ("load_balancer", "modify"): ("load_balancer",),
    ("route", "create"): ("route_entry",),
    ("route", "delete"): ("route_entry",),
    ("route", "roll-back"): ("route_entry",),
    ("route_table", "delete"): ("route_table:Deleting",),
    ("route_table_association", "move"): ("ipv4_gateway",),
    ("server_group", "modify"): ("server_group:Configuring",),
}
"""The simulator's statuses that a phase waits for, where they are not those of its own kind."""


def simulated_statuses(kind: str, phase: str) -> list[str]:
    """The names of the statuses that a phase waits for."""
    if (kind, phase) in STATUSES:
        return [*STATUSES[kind, phase]]
    return [] if phase in AT_ONCE or (kind, phase) in AT_ONCE_TOO else [kind]


def simulated_call(name: str) -> Duration:
    found = next(each for pattern, each in REALISTIC_CALLS.items() if fnmatchcase(name, pattern))
    return Duration(found.seconds, found.source)


def every_phase() -> Iterator[tuple[str, str]]:
    for kind, cls in kinds().items():
        yield from ((kind, phase) for phase in cls.durations)


@pytest.mark.parametrize(("kind", "phase"), sorted(every_phase()))
def test_status_lasts_as_in_the_simulated_cloud(kind: str, phase: str) -> None:
    expected = kinds()[kind].durations[phase].status
    simulated = [REALISTIC_STATUSES[each] for each in simulated_statuses(kind, phase)]
    assert expected.seconds == sum(each.seconds for each in simulated)
    if len(simulated) == 1 and kind != "endpoint":
        assert expected.source == simulated[0].source


def test_every_call_takes_as_long_as_in_the_simulated_cloud() -> None:
    for suite in suites():
        for phase in phases(suite):
            expected = type(suite.sample).durations[NUMBER.sub("", phase.name)].call
            assert expected == simulated_call(phase.call.name), phase


def test_health_gate_lasts_as_in_the_simulated_cloud() -> None:
    simulated = REALISTIC_STATUSES["server_group_member:Initial"]
    assert GATES["healthy"].status == Duration(simulated.seconds, simulated.source)


@pytest.mark.parametrize(("kind", "phase"), sorted(every_phase()))
def test_duration_names_its_source(kind: str, phase: str) -> None:
    expected = kinds()[kind].durations[phase]
    assert expected.call.seconds > 0
    assert all(each.source for each in expected)
