"""Running a script: its calls one after the other, and then what removes what they made."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gwlbfw.cloud.clock import Clock
from gwlbfw.conformance.expectation import ABSENT, Expectation, value_at
from gwlbfw.conformance.script import Script, Step
from gwlbfw.errors import TransportError
from gwlbfw.sim.fixture.calls import REFERENCE, FixtureCall, as_text

PATIENCE_S = 900.0
"""Seconds after which something that is under way counts as never ending."""
_PAUSES_S = (0.1, 5.0)
"""The first pause before a call is sent again, and the longest; each is twice the one before."""
_UNDER_WAY = re.compile(
    r"[Cc]onflict|OperationDenied\.|Incorrec?t\w*Status|IncorrectStatus|Dependen|Throttling|"
    r"ConcurrentCall|ServiceUnavailable|SystemBusy|Pending|InUse|HasBeenUsed|NotAllDeleted|"
    r"HasSlaveRouter|NetworkStatus\.Modifying|ExistBinding|Invalid\w*Stat(e|us)"
)
"""Codes of calls that may be taken when what is under way has ended."""
_BUSY = re.compile(
    r"TaskConflict|Operation\.?[Cc]onflict|Throttling|ConcurrentCall|ServiceUnavailable"
)
"""Codes that say nothing of a call but that it came at a wrong time."""
_GONE = re.compile(r"NotFound|NotExist|NotAssociat")
"""Codes of calls whose work is done: there is nothing to remove."""


@dataclass(frozen=True)
class Answer:
    """The answer to one call: the reply, or the code and message of its refusal."""

    body: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    message: str = ""


class Send(Protocol):
    """Sends one call to the cloud that is to be compared."""

    def __call__(self, product: str, action: str, params: Mapping[str, str]) -> Answer:
        """The answer. Raises TransportError where there is none."""
        ...


@dataclass(frozen=True)
class Difference:
    """Something that the cloud answered otherwise than the script says."""

    place: str
    """The script's file and the line of the step."""
    call: str
    expected: str
    actual: str
    unverified: str
    """The simulator's file that has the guess, if no source said what to expect."""


@dataclass(frozen=True)
class Left:
    """Something that could not be removed."""

    ids: tuple[str, ...]
    call: str
    """The call that would remove it."""
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What came of a script."""

    script: Script
    differences: tuple[Difference, ...]
    left: tuple[Left, ...]
    seconds: float
    problem: str = ""
    """Why it ended before its last step, if it did: no answer, or an interruption."""
    interrupted: bool = False

    @property
    def is_same(self) -> bool:
        """True if everything came back as the script says, and nothing is left."""
        return not self.differences and not self.left and not self.problem


def _say_nothing(text: str) -> None:
    """Nobody is told."""


async def run_script(
    script: Script,
    send: Send,
    clock: Clock,
    run: str,
    say: Callable[[str], None] = _say_nothing,
) -> Outcome:
    """Run a script; `run` is the name that what it makes has, unique to this run.

    If it is interrupted, or a call has no answer, what was made is removed all the same, which
    `say` is told.
    """
    begin = clock.now()
    runner = _Runner(send, clock, run)
    problem, interrupted = "", False
    try:
        for step in script.steps:
            if not await runner.carry_out(step):
                break
    except (KeyboardInterrupt, asyncio.CancelledError):
        problem, interrupted = "interrupted", True
        say(f"interrupted: removing what {script.name} made")
    except TransportError as error:
        problem = f"{error}; what this call made, if anything, is named {run}"
    undos = [undo for step in reversed(runner.made) for undo in step.undo]
    left = [found for undo in undos if (found := await runner.remove(undo))]
    seconds = clock.now() - begin
    return Outcome(script, tuple(runner.differences), tuple(left), seconds, problem, interrupted)


class _Runner:
    """One run of one script."""

    def __init__(self, send: Send, clock: Clock, run: str) -> None:
        self.differences: list[Difference] = []
        self.made: list[Step] = []
        """The steps whose call was accepted, or may have been."""
        self._send = send
        self._clock = clock
        self._names = {"run": run}
        self._carried_out: set[tuple[str, ...]] = set()
        self._gone: list[FixtureCall] = []
        """Calls that found nothing to remove, which may still have been under way."""

    async def carry_out(self, step: Step) -> bool:
        """Send a step's call; false if the steps after it can't be sent."""
        self.made.append(step)
        answer = await self._settled_answer(step)
        if answer.code:
            self.made.pop()
        else:
            self._carried_out.add(self._key(step.call))
            self._names.update(self._found(step.call, answer))
        codes = step.refused or (("",) if not step.until_refused else ())
        if answer.code not in codes and not (step.until_refused and answer.code and not codes):
            self._differs(step, _outcome_text(codes), _outcome_text((answer.code,), answer))
            return bool(step.refused)
        if answer.code:
            return True
        for each in (*step.until, *step.expect):
            if not each.fits(answer.body, self._filled):
                self._differs_at(step, each, answer)
        if missing := [name for name in step.call.name if name not in self._names]:
            self._differs(step, f"a {step.call.name[missing[0]]}", "none")
            return False
        return all(each.fits(answer.body, self._filled) for each in step.until)

    async def remove(self, undo: FixtureCall) -> Left | None:
        """Send a call that removes something; what is left if it is refused to the end."""
        if any(name not in self._names for name in _references(undo)):
            return None  # what it would remove was never made
        if self._key(undo) in self._carried_out:
            return None
        try:
            answer = await self._settled_answer(Step(undo), self._gone)
            reason = f"{answer.code}: {answer.message}"
        except TransportError as error:
            answer, reason = Answer(code="none"), str(error)
        if not answer.code:
            return None
        if _GONE.search(answer.code):
            self._gone.append(undo)
            return None
        ids = (self._names[name] for name in sorted(_references(undo)) if name != "run")
        return Left(tuple(ids), f"{undo.product}:{undo.action}", reason)

    async def _settled_answer(self, step: Step, meanwhile: Sequence[FixtureCall] = ()) -> Answer:
        """The answer once nothing that is under way stands in its way.

        What was being made when a run was interrupted stands in the way until it is removed:
        `meanwhile` is sent again while the call waits.
        """
        ends = self._clock.now() + PATIENCE_S
        pause, longest = _PAUSES_S
        while True:
            answer = self._answer(step.call)
            if not self._waits(step, answer) or self._clock.now() >= ends:
                return answer
            await self._clock.sleep(pause)
            pause = min(2 * pause, longest)
            for call in meanwhile:
                self._answer(call)

    def _answer(self, call: FixtureCall) -> Answer:
        params = {name: self._filled(text) for name, text in call.params.items()}
        return self._send(call.product, call.action, params)

    def _waits(self, step: Step, answer: Answer) -> bool:
        """True if a call is to be sent again; what comes meanwhile is compared too."""
        if answer.code:
            passing = _BUSY if step.refused else _UNDER_WAY
            return answer.code not in step.refused and bool(passing.search(answer.code))
        if not step.until_refused and all(e.fits(answer.body, self._filled) for e in step.until):
            return False
        for each in step.through:
            if not each.fits(answer.body, self._filled):
                self._differs_at(step, each, answer)
        return step.until_refused or bool(step.until)

    def _found(self, call: FixtureCall, answer: Answer) -> Iterator[tuple[str, str]]:
        """The names that a reply gives to later calls."""
        for name, path in call.name.items():
            value = value_at(answer.body, self._filled(path))
            if text := as_text(None if value is ABSENT else value):
                yield name, text

    def _differs_at(self, step: Step, wanted: Expectation, answer: Answer) -> None:
        found = wanted.found(answer.body, self._filled)
        self._differs(step, wanted.text(self._filled), found)

    def _differs(self, step: Step, expected: str, actual: str) -> None:
        call = f"{step.call.product}:{step.call.action}"
        found = Difference(step.call.place, call, expected, actual, step.unverified)
        if found not in self.differences:
            self.differences.append(found)

    def _key(self, call: FixtureCall) -> tuple[str, ...]:
        params = (f"{name}={self._filled(text)}" for name, text in sorted(call.params.items()))
        return (call.product, call.action, *params)

    def _filled(self, text: str) -> str:
        """A text with ids in place of names; a name that stands for nothing stays."""
        return REFERENCE.sub(lambda match: self._names.get(match[1], match[0]), text)


def _references(call: FixtureCall) -> set[str]:
    return {name for text in call.params.values() for name in REFERENCE.findall(text)}


def _outcome_text(codes: tuple[str, ...], answer: Answer | None = None) -> str:
    if codes == ("",):
        return "accepted"
    named = [code or "not at all" for code in codes]
    text = f"refused with {' or '.join(named)}" if codes else "refused"
    return text + (f" ({answer.message})" if answer and answer.message else "")
