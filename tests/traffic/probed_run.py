"""One run of the prober: from one topology to another, everybody's traffic seen all the way."""

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from random import Random

from gwlbfw.errors import PlanError
from gwlbfw.execute import ApplyReport
from gwlbfw.plan import Plan, Step
from tests.scenarios.adversarial_order import chained
from tests.scenarios.testbed import Testbed
from tests.sweep.kill_proxy import WHENS
from tests.traffic.consent import consented
from tests.traffic.kill_9 import run_and_kill
from tests.traffic.nat_networks import others_change_nat
from tests.traffic.random_pairs import Wish
from tests.traffic.statements import Statement
from tests.traffic.user_traffic import see
from tests.traffic.watch import Disturbance, Watch
from tests.unit.state.test_crash import Killed


@dataclass(frozen=True)
class ProbedRun:
    """What is done in one run."""

    testbed: Testbed
    wish: Wish
    statement: Statement
    """What is said of the way to what is wished for."""
    rng: Random
    disturbance: Disturbance

    @property
    def plan(self) -> Plan:
        """The plan of what is wished for."""
        return self.statement.plan

    def objections(self) -> Iterator[str]:
        """Everything that is worse than the plans of the run said."""
        watch = Watch(
            self.testbed,
            self.statement,
            settles=self.rng.random() < 0.5,
            disturbance=self.disturbance,
            at=self.rng.randrange(sum(each.call is not None for each in self.plan.steps)),
            moment=self.rng.choice(WHENS),
        )
        ordered = shuffled(self.plan, self.rng) if self.rng.random() < 0.5 else self.plan
        report = self._apply(ordered, watch)
        yield from watch.objections
        if self.disturbance == "none":
            yield from failures(report)
            yield from self._at_end([self.statement])
        else:
            yield from (f"again: {each}" for each in self._go_on())

    def _go_on(self) -> Iterator[str]:
        """The same again, undisturbed: it ends as the first time would have, but for what others
        have changed meanwhile.
        """
        now = see(self.testbed)
        if self.rng.random() < 0.3:
            others_change_nat(self.testbed, self.rng)
        stays = see(self.testbed) == now
        try:
            again = stated(self.testbed, self.wish)
        except PlanError:
            if stays:
                raise
            return  # what others have done stands against the wish
        if again.plan.steps:
            watch = Watch(self.testbed, again)
            report = self._apply(again.plan, watch)
            yield from watch.objections
            yield from failures(report)
        yield from self._at_end([again, self.statement] if stays else [again])

    def _apply(self, plan: Plan, watch: Watch) -> ApplyReport | None:
        """The report; None of a run that was killed."""
        try:
            if watch.disturbance == "killed":
                run_and_kill(self.testbed, self.wish.content, watch)
                return None
            stack = self.testbed.stack(self.wish.content, watch.transport, parallelism=1)
            with closing(stack), suppress(Killed, BaseExceptionGroup):
                return stack.stack.sync.apply(
                    plan, watch.hear, heed_signals=True, **consented(plan)
                )
        finally:
            self.testbed.settle()
            watch.look("end")
        return None

    def _at_end(self, statements: Sequence[Statement]) -> Iterator[str]:
        """What is left to do, and what is not as plans said of their end."""
        now = stated(self.testbed, self.wish)
        for change in now.plan.changes:
            if change.action != "no_op":
                yield f"left: {change.action} {change.address}"
        for each in statements:
            yield from (f"end: {text}" for text in each.objections_at_end(now.start, now.names))


def stated(testbed: Testbed, wish: Wish) -> Statement:
    """What is said now of the way to what is wished for. Raises PlanError."""
    seen = see(testbed)
    with closing(testbed.stack(wish.content)) as stack:
        observation = stack.stack.sync.observe(destroy=wish.destroys)
        plan = stack.stack.sync.plan(observation, destroy=wish.destroys)
    live = observation.live
    names = {str(address): cloud_id for cloud_id, address in live.addresses.items()}
    names |= {str(address): node.id for address, node in live.nodes.items()}
    return Statement(plan, names, seen)


def failures(report: ApplyReport | None) -> Iterator[str]:
    """What did not work in a run that nothing disturbed."""
    if report is None:
        yield "it died"
    elif report.outcome != "done":
        yield f"{report.outcome}: {report.objection}"
        for each in report.results:
            if each.outcome != "done":
                yield f"{each.outcome} {each.step.id}: {each.error or each.cause}"


def shuffled(plan: Plan, rng: Random) -> Plan:
    """The plan one call at a time, in a random order that its needs allow."""
    left, done = {step.id: step for step in plan.steps}, set[str]()
    sequence: list[Step] = []
    while left:
        ready = [step for step in left.values() if step.needs <= done]
        step = rng.choice(ready)
        sequence.append(left.pop(step.id))
        done.add(step.id)
    return chained(plan, sequence)
