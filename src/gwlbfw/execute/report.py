"""The report of a run: every step with its times, attempts and outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from gwlbfw.address import Address
from gwlbfw.cloud.call import Json, Raw
from gwlbfw.errors import GwlbfwError, NotInspected, StateError
from gwlbfw.plan.model import BACK, Step

Outcome = Literal["done", "failed", "skipped", "interrupted", "undone"]


@dataclass(frozen=True)
class StepResult:
    """The result of one step; times are seconds since the start of the run."""

    step: Step
    outcome: Outcome
    start_s: float = 0.0
    end_s: float = 0.0
    attempts: int = 0
    request_id: str = ""
    error: GwlbfwError | None = None
    cause: str = ""
    """The step because of which this one was skipped, or the reason why it is not rolled back."""
    declined: bool = False
    """True if the cloud declined an optional step, so that an alternative is carried out."""


@dataclass(frozen=True)
class ApplyReport:
    """The result of a whole run."""

    results: tuple[StepResult, ...]
    started: datetime
    ended: datetime
    ids: Mapping[Address, str]
    """Cloud ids by address, as they are now."""
    raw: Mapping[Address, Raw] = field(default_factory=dict)
    """The last object read of each address, such as an EIP."""
    objection: str = ""
    """The traffic that live routes leave uninspected at the end, though all steps are done."""

    unsaved: StateError | None = None
    """The reason why the record of what came of it could not be saved."""

    @property
    def outcome(self) -> Outcome:
        """`done` where all is done and saved and nothing objects; else what stopped it."""
        outcomes = {each.outcome for each in self.results}
        if self.objection or self.unsaved or outcomes & {"failed", "skipped", "undone"}:
            return "failed"
        if "interrupted" in outcomes:
            return "interrupted"
        return "done"

    def time_of(self, seconds: float) -> datetime:
        """The time at a number of seconds since the run's start."""
        return self.started + timedelta(seconds=seconds)

    @property
    def failures(self) -> tuple[StepResult, ...]:
        """The steps that failed themselves."""
        return tuple(each for each in self.results if each.outcome == "failed")

    @property
    def makespan_s(self) -> float:
        """Seconds from the first start to the last end."""
        ran = [each for each in self.results if each.attempts or each.outcome == "done"]
        return max((e.end_s for e in ran), default=0.0) - min((e.start_s for e in ran), default=0.0)

    @property
    def critical_path_s(self) -> float:
        """Seconds of the longest chain of steps that needed each other."""
        longest: dict[str, float] = {}
        by_id = {each.step.id: each for each in self.results}
        for result in self.results:  # in an order in which needs come first
            before = max((longest.get(need, 0.0) for need in result.step.needs), default=0.0)
            longest[result.step.id] = before + by_id[result.step.id].end_s - result.start_s
        return max(longest.values(), default=0.0)

    @property
    def uninspected_or_asymmetric_s(self) -> float | None:
        """Seconds in which a zone was switched in part, in all: from its first route to its last.

        Where a group failed, until it did. None where routes were switched outside of the groups
        that lead to the firewall, as in a destroy: nothing ends the time without inspection then.
        """
        ends: dict[str, list[float]] = {}
        for each in self.results:
            if (
                each.step.cuts_over
                and each.attempts
                and each.outcome in ("done", "undone", "failed")
            ):
                ends.setdefault(each.step.group, []).append(each.end_s)
        if "" in ends or any(group.endswith(BACK) for group in ends):
            return None
        return sum(max(each) - min(each) for each in ends.values())

    def check(self) -> None:
        """Raise the first failure, or the objection, for those who would rather have that."""
        for each in self.failures:
            if each.error is not None:
                raise each.error
        if self.unsaved:
            raise self.unsaved
        if self.objection:
            raise NotInspected(self.objection)

    def to_json(self) -> dict[str, Json]:
        """The report as the command line writes it."""
        return {
            "outcome": self.outcome,
            "objection": self.objection,
            "unsaved": str(self.unsaved or ""),
            "started": self.started.isoformat(),
            "ended": self.ended.isoformat(),
            "calls": _calls(self.results),
            "critical_path_s": round(self.critical_path_s, 3),
            "makespan_s": round(self.makespan_s, 3),
            "uninspected_or_asymmetric_s": _rounded(self.uninspected_or_asymmetric_s),
        }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _calls(results: Sequence[StepResult]) -> list[Json]:
    calls: list[Json] = []
    for each in results:
        call = each.step.call or each.step.waits[0].read
        row: dict[str, Json] = {
            "id": each.step.id,
            "action": call.name,
            "address": each.step.address,
            "start": round(each.start_s, 3),
            "end": round(each.end_s, 3),
            "attempts": each.attempts,
            "request_id": each.request_id,
            "outcome": each.outcome,
        }
        if each.error is not None:
            row["error"] = str(each.error)
        calls.append(row)
    return calls
