"""Whatever befalls any call of apply and destroy, the command ends where it would have ended.

`make sweep` tries every call and forty storms on each topology; else it is a sample.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.scenarios.test_edits import EDITS
from tests.sweep.fault_injection import (
    CHANGES_ONLY,
    FAULTS,
    VERBS,
    CallPoint,
    FaultFixture,
    Verb,
    changes,
    fault_fixture,
    storm,
)

pytestmark = pytest.mark.sweep
ALL = os.environ.get("GWLBFW_SWEEP") == "all"
NAMES = ("ulanqab", "brownfield")
SEEDS = range(20) if ALL else (1,)
SAMPLE: tuple[tuple[str, Verb, str, float], ...] = (
    ("ulanqab", "apply", "lost", 0.5),
    ("ulanqab", "apply", "lost-and-not-listed", 0.75),
    ("ulanqab", "destroy", "late", 0.2),
    ("ulanqab", "destroy", "failed-after-the-work", 0.8),
    ("brownfield", "apply", "busy", 0.7),
    ("brownfield", "apply", "throttled", 0.1),
    ("brownfield", "destroy", "reset", 0.6),
    ("brownfield", "destroy", "failed", 0.4),
)
"""Which command, what befalls it, and how far down the list of its calls."""
CASES = (
    [(name, verb, fault, 0.0) for name in NAMES for verb in VERBS for fault in FAULTS]
    if ALL
    else SAMPLE
)
FixtureOf = Callable[[str], FaultFixture]


@pytest.fixture(scope="session")
def fixture_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FixtureOf]:
    """The fixture of a topology, made when first needed."""
    made: dict[str, FaultFixture] = {}
    with ExitStack() as over:

        def of(name: str) -> FaultFixture:
            if name not in made:
                folder = Path(tmp_path_factory.mktemp(name))
                made[name] = over.enter_context(fault_fixture(name, folder))
            return made[name]

        yield of


def record_counts(request: pytest.FixtureRequest, counts: Mapping[str, int]) -> None:
    """Leave counts for whoever reads the report (`--junitxml`)."""
    request.node.user_properties.extend(counts.items())


def chosen(points: list[CallPoint], spot: float) -> list[CallPoint]:
    """Every point, or the one at this spot of those that every run comes to: no later poll."""
    certain = [each for each in points if changes(each.name) or each.nth == 1]
    return points if ALL else [certain[int(len(certain) * spot)]]


@pytest.mark.parametrize(("name", "verb", "fault", "spot"), CASES)
def test_one_fault_at_any_call_leaves_the_outcome_unchanged(
    fixture_of: FixtureOf,
    name: str,
    verb: Verb,
    fault: str,
    spot: float,
    request: pytest.FixtureRequest,
) -> None:
    on = fixture_of(name)
    points = chosen(on.points(verb, fault), spot)
    outcome = {point: on.run_with_fault(verb, FAULTS[fault](point)) for point in points}
    failed = {point: each.problems for point, each in outcome.items() if each.problems}
    struck = sum(each.struck > 0 for each in outcome.values())
    record_counts(request, {"points": len(points), "struck": struck, "failed": len(failed)})
    assert not failed, f"{len(failed)} of {len(points)}: {dict(list(failed.items())[:3])}"
    # How often a command polls depends on who is first.
    assert struck >= 0.9 * len(points)


@pytest.mark.parametrize("name", EDITS if ALL else ("server's type",))
def test_one_fault_at_any_call_of_an_edit_leaves_the_outcome_unchanged(
    fixture_of: FixtureOf, name: str, request: pytest.FixtureRequest
) -> None:
    """Every fault at every call that changes anything, when an edit of the file is applied."""
    on = fixture_of("ulanqab").with_edit(name.replace("'", ""), EDITS[name][0])
    points = [(fault, point) for fault in FAULTS for point in on.points("apply", CHANGES_ONLY[0])]
    tried = points if ALL else points[::15]
    outcome = {point: on.run_with_fault("apply", FAULTS[point[0]](point[1])) for point in tried}
    failed = {point: each.problems for point, each in outcome.items() if each.problems}
    struck = sum(each.struck > 0 for each in outcome.values())
    record_counts(request, {"points": len(tried), "struck": struck, "failed": len(failed)})
    assert not failed, f"{len(failed)} of {len(tried)}: {dict(list(failed.items())[:3])}"
    assert struck == len(tried)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", NAMES if ALL else NAMES[:1])
def test_storm_of_faults_leaves_the_outcome_unchanged(
    fixture_of: FixtureOf,
    name: str,
    verb: Verb,
    seed: int,
    request: pytest.FixtureRequest,
) -> None:
    outcome = fixture_of(name).run_with_fault(verb, storm(seed), runs=2, patience=900)
    record_counts(request, {"calls": outcome.calls, "struck": outcome.struck, "runs": outcome.runs})
    assert not outcome.problems, outcome.problems[:3]
    assert 0.1 < outcome.struck / outcome.calls < 0.3
