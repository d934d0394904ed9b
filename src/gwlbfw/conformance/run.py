"""Running a script: its calls one after the other, and then what removes what they made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gwlbfw.cloud.clock import Clock
from gwlbfw.conformance.script import Script, Step
from gwlbfw.sim.fixture.calls import REFERENCE, FixtureCall, as_text, at

PATIENCE_S = 900.0
"""Seconds after which something that is under way counts as never ending."""
_PAUSES_S = (0.1, 5.0)
"""The first pause before a call is sent again, and the longest; each is twice the one before."""
_UNDER_WAY = re.compile(
    r"Conflict|OperationDenied\.|Incorrect\w*Status|IncorrectStatus|Dependen|Throttling|"
    r"ConcurrentCall|ServiceUnavailable|SystemBusy|Pending|InUse|NotAllDeleted|HasSlaveRouter"
)
"""Codes of calls that may be taken when what is under way has ended."""
_BUSY = re.compile(r"TaskConflict|OperationConflict|Throttling|ConcurrentCall|ServiceUnavailable")
"""Codes that say nothing of a call but that it came at a wrong time."""


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
    unverified: bool
    """True if no source said what to expect."""


@dataclass(frozen=True)
class Outcome:
    """What came of a script."""

    script: Script
    differences: tuple[Difference, ...]
    left: tuple[str, ...]
    """What could not be removed, each with the reason."""

    @property
    def is_same(self) -> bool:
        """True if everything came back as the script says, and nothing is left."""
        return not self.differences and not self.left


async def run_script(script: Script, send: Send, clock: Clock, run: str) -> Outcome:
    """Run a script; `run` is the name that what it makes has, unique to this run.

    Raises TransportError where the cloud can't be reached; what was made is removed before.
    """
    runner = _Runner(send, clock, {"run": run})
    made: list[Step] = []
    try:
        for step in script.steps:
            made.append(step)
            if not await runner.carry_out(step):
                break
    finally:
        undos = [undo for step in reversed(made) for undo in step.undo]
        left = [problem for undo in undos if (problem := await runner.remove(undo))]
    return Outcome(script, tuple(runner.differences), tuple(left))


class _Runner:
    """One run of one script."""

    def __init__(self, send: Send, clock: Clock, names: dict[str, str]) -> None:
        self.differences: list[Difference] = []
        self._send = send
        self._clock = clock
        self._names = names

    async def carry_out(self, step: Step) -> bool:
        """Send a step's call; false if the steps after it can't be sent."""
        call = step.call
        answer = await self._settled_answer(call)
        if answer.code != call.refused:
            self._differs(step, _outcome_text(call.refused), _outcome_text(answer.code, answer))
            return bool(call.refused)
        for path, text in {**call.until, **call.expect}.items():
            found, wanted = as_text(at(answer.body, path)), self._filled(text)
            if found != wanted:
                self._differs(step, f"{path} {wanted!r}", f"{path} {found!r}")
        for name, path in call.name.items():
            if not (found := as_text(at(answer.body, path))):
                self._differs(step, f"a {path}", "none")
                return False
            self._names[name] = found
        return True

    async def remove(self, undo: FixtureCall) -> str:
        """Send a call that removes something; the reason if it is refused to the end."""
        if any(name not in self._names for name in _references(undo)):
            return ""  # what it would remove was never made
        answer = await self._settled_answer(undo)
        if not answer.code or "NotFound" in answer.code or "NotExist" in answer.code:
            return ""
        named = ", ".join(self._filled(each) for each in undo.params.values())
        return f"{named}: {undo.product}:{undo.action} failed: {answer.code}: {answer.message}"

    async def _settled_answer(self, call: FixtureCall) -> Answer:
        """The answer once nothing that is under way stands in its way."""
        params = {name: self._filled(text) for name, text in call.params.items()}
        until = {path: self._filled(text) for path, text in call.until.items()}
        ends = self._clock.now() + PATIENCE_S
        pause, longest = _PAUSES_S
        while True:
            answer = self._send(call.product, call.action, params)
            if answer.code:
                passing = _BUSY if call.refused else _UNDER_WAY
                waits = answer.code != call.refused and bool(passing.search(answer.code))
            else:
                waits = any(as_text(at(answer.body, path)) != text for path, text in until.items())
            if not waits or self._clock.now() >= ends:
                return answer
            await self._clock.sleep(pause)
            pause = min(2 * pause, longest)

    def _differs(self, step: Step, expected: str, actual: str) -> None:
        call = f"{step.call.product}:{step.call.action}"
        found = Difference(step.call.place, call, expected, actual, step.unverified)
        self.differences.append(found)

    def _filled(self, text: str) -> str:
        """A text with ids in place of names; a name that stands for nothing stays."""
        return REFERENCE.sub(lambda match: self._names.get(match[1], match[0]), text)


def _references(call: FixtureCall) -> set[str]:
    return {name for text in call.params.values() for name in REFERENCE.findall(text)}


def _outcome_text(code: str, answer: Answer | None = None) -> str:
    if not code:
        return "accepted"
    return f"refused with {code}" + (f" ({answer.message})" if answer and answer.message else "")
