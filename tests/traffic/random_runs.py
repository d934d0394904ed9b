"""Runs of the prober by their numbers: each is the same whenever it is run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from gwlbfw.errors import GwlbfwError, PlanError, TopologyError
from tests.scenarios.conftest import served
from tests.scenarios.testbed import Testbed
from tests.traffic.nat_networks import others_change_nat
from tests.traffic.probed_run import ProbedRun, stated
from tests.traffic.random_pairs import SHARING, Base, Wish, make_base, random_wish
from tests.traffic.statements import Statement
from tests.traffic.watch import Disturbance

LATER = 1_760_000_000.0
TRIES = 50
DISTURBANCES: tuple[Disturbance, ...] = (
    *("none", "refused", "interrupted", "dead") * 3,
    *("none", "refused", "interrupted", "killed"),
)
"""A quarter each, by a run's number; one death in four is that of a real process."""


@dataclass(frozen=True)
class Ground:
    """A network that several runs start from, as it is in the cloud and in the records."""

    base: Base
    document: Any
    folder: Path

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Testbed]:
        """The cloud of a run of its own, in a folder of its own."""
        shutil.copytree(self.folder, folder)
        with served(folder, start=LATER) as testbed:
            testbed.simulator.load(self.document)
            yield testbed


def ground(number: int, folder: Path) -> Ground:
    """The network that a run starts from."""
    rng = Random(f"ground {number // SHARING}")  # noqa: S311 - no secret is made of it
    folder.mkdir(parents=True)
    with served(folder) as testbed:
        base = make_base(testbed, rng)
        if base.deployed:
            stack = testbed.stack(base.content)
            stack.apply(whatever=True)
            stack.close()
        testbed.settle()
        return Ground(base, testbed.simulator.export(), folder)


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    number: int
    about: str
    objections: tuple[str, ...]


def run(number: int, on: Ground, folder: Path) -> Outcome:
    """Carry out a run."""
    rng = Random(f"run {number}")  # noqa: S311 - no secret is made of it
    disturbance = DISTURBANCES[number % len(DISTURBANCES)]
    with on.copy(folder) as testbed:
        others_change_nat(testbed, rng)
        wish, statement = _possible(testbed, on.base, rng)
        probed = ProbedRun(testbed, wish, statement, rng, disturbance)
        found = tuple(dict.fromkeys(_objections(probed)))
    about = f"{on.base.name}: {' + '.join(wish.edits)}, {disturbance}"
    return Outcome(number, about, found)


def _objections(probed: ProbedRun) -> Iterator[str]:
    """What a run finds, and the error with which it ends if it does."""
    try:
        yield from probed.objections()
    except GwlbfwError as problem:
        yield f"{type(problem).__name__}: {problem}"


def _possible(testbed: Testbed, base: Base, rng: Random) -> tuple[Wish, Statement]:
    """A wish that no plan refuses and that changes something, and what is said of the way there."""
    for _ in range(TRIES):
        wish = random_wish(base, rng)
        with suppress(TopologyError, PlanError):
            said = stated(testbed, wish)
            if any(each.call for each in said.plan.steps):
                return wish, said
    raise AssertionError("nothing can be wished for")
