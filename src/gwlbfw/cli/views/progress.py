"""The progress of a run: a live display at a terminal, else a line for each step."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, Self

from gwlbfw.cli.views.report_text import duration_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.streams import UnfailingStream
from gwlbfw.diagnostics import printable
from gwlbfw.errors import fault_of
from gwlbfw.execute.events import Event
from gwlbfw.plan.model import REPLACE, Plan, Step
from gwlbfw.resources.resource import kinds

if TYPE_CHECKING:
    from rich.console import RenderableType

UNDO = ":undo"
"""The end of the id of a step that rolls another back."""
_LONG_WAIT_S = 10.0
"""Seconds of waiting after which a line reports it, and after which the next one does."""
_SHOWN_RETRIES = 3
"""The number of last retries that are shown."""


class Progress(Protocol):
    """A consumer of a run's events, open for as long as it runs."""

    def __call__(self, event: Event) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...


def open_progress(plan: Plan, screen: Screen, now: Callable[[], float]) -> Progress:
    """A live display where stderr is a terminal, else a line for each step."""
    if screen.is_live:
        live = LiveProgress(len(plan.steps), now, colour=screen.err.enabled)
        return UnfailingProgress(live, screen)
    return UnfailingProgress(LineProgress(len(plan.steps), screen), screen)


class UnfailingProgress:
    """Shows a run by a display whose errors never reach the run: after one it shows no more."""

    def __init__(self, display: Progress, screen: Screen) -> None:
        self._display, self._screen = display, screen
        self._works = True

    def __call__(self, event: Event) -> None:
        if self._works:
            self._try(lambda: self._display(event))

    def __enter__(self) -> Self:
        self._try(self._display.__enter__)
        return self

    def __exit__(self, *_: object) -> None:
        self._try(self._display.__exit__)

    def _try(self, show: Callable[[], object]) -> None:
        try:
            show()
        except Exception as problem:  # noqa: BLE001 - the run goes on, whatever it is
            if self._works:
                self._works = False
                self._screen.print_message(f"the run goes on unseen: {fault_of(problem)}")


_GATES = {"healthy": "enough appliances are healthy", "drained": "connections have drained"}
"""The past tense of the steps that wait and change nothing."""


def past_tense(step: Step) -> str:
    """The past tense of a step, such as `created`."""
    phase = step.kind_phase
    if phase == "undo":
        return "rolled back"
    verbs = {**kinds()[step.address.kind].verbs, **_GATES}
    if step.phase.startswith(REPLACE):
        return f"{verbs.get(phase, phase)}, to be recreated"
    return verbs.get(phase, f"{phase} done")


class CompletedSteps:
    """The steps that are done and not rolled back."""

    def __init__(self) -> None:
        self._steps: set[str] = set()

    def update(self, event: Event) -> None:
        """Take in an event."""
        undone, undo, _ = event.step.id.partition(UNDO)
        if event.type == ("done" if undo else "failed"):
            self._steps.discard(undone)
        elif event.type == "done":
            self._steps.add(event.step.id)

    @property
    def number(self) -> int:
        """Their number."""
        return len(self._steps)


class LineProgress:
    """A line for each step that is done or failed, and from time to time for one that waits."""

    def __init__(self, total: int, screen: Screen) -> None:
        self._total, self._screen = total, screen
        self._done = CompletedSteps()
        self._reported_s: dict[str, float] = {}
        self._retried: set[str] = set()
        """The steps whose retries have begun: the first one is told at once."""

    def __call__(self, event: Event) -> None:
        self._done.update(event)
        if event.type == "done":
            self._line(event.step, f"{past_tense(event.step)} ({duration_text(event.elapsed_s)})")
        elif event.type == "failed":
            what = "could not be rolled back" if UNDO in event.step.id else "failed"
            self._line(event.step, f"{what} ({duration_text(event.elapsed_s)})")
        elif event.type == "retrying" and self._is_due(event):
            since = f"retrying for {duration_text(event.elapsed_s)}: "
            self._line(event.step, f"{since if event.elapsed_s >= 1 else ''}{event.detail}")
        elif event.type == "waiting" and self._is_long(event):
            self._line(event.step, f"waiting for {duration_text(event.elapsed_s)}: {event.detail}")

    def _is_due(self, event: Event) -> bool:
        first = event.step.id not in self._retried
        self._retried.add(event.step.id)
        if first:
            self._reported_s[event.step.id] = event.elapsed_s
        return first or self._is_long(event)

    def _is_long(self, event: Event) -> bool:
        last = self._reported_s.setdefault(event.step.id, 0.0)
        if event.elapsed_s - last < _LONG_WAIT_S:
            return False
        self._reported_s[event.step.id] = event.elapsed_s
        return True

    def _line(self, step: Step, text: str) -> None:
        width = len(str(self._total))
        self._screen.print_message(
            f"[{self._done.number:>{width}}/{self._total}] {step.address}: {text}"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: every line is written at once."""


class LiveProgress:
    """A live display: the steps in flight with their times, how many are done, the last retries."""

    def __init__(self, total: int, now: Callable[[], float], *, colour: bool) -> None:
        from rich.console import Console  # noqa: PLC0415 - only where there is a terminal
        from rich.live import Live  # noqa: PLC0415

        self._total, self._now = total, now
        self._done = CompletedSteps()
        self._running: dict[str, tuple[Step, float, str]] = {}
        self._retries: list[str] = []
        self._begun = now()
        stderr: Any = UnfailingStream(sys.stderr)
        console = Console(file=stderr, no_color=not colour, highlight=False)
        self._live = Live(
            console=console, get_renderable=self._render, refresh_per_second=8, transient=True
        )

    def __call__(self, event: Event) -> None:
        step = event.step
        if event.type == "started":
            self._running[step.id] = (step, self._now(), "")
        elif event.type in ("waiting", "retrying") and step.id in self._running:
            _, since, _ = self._running[step.id]
            self._running[step.id] = (step, since, event.detail)
        else:
            self._running.pop(step.id, None)
        self._done.update(event)
        if event.type == "retrying":
            self._retries = [*self._retries, f"{step.address}: {event.detail}"][-_SHOWN_RETRIES:]

    def _render(self) -> "RenderableType":
        from rich.console import Group  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table.grid(padding=(0, 2))
        for _ in range(4):
            table.add_column(no_wrap=True, overflow="ellipsis")
        for step, since, detail in list(self._running.values()):
            time = duration_text(self._now() - since)
            table.add_row(
                Text(time), Text(step.address), Text(step.phase), Text(printable(detail), "dim")
            )
        head = (
            f"{self._done.number}/{self._total} steps, {duration_text(self._now() - self._begun)}"
        )
        retries = [
            Text(printable(f"retrying {each}"), "yellow", no_wrap=True, overflow="ellipsis")
            for each in self._retries
        ]
        return Group(Text(head, "bold"), table, *retries)

    def __enter__(self) -> Self:
        self._live.start()
        # Whoever leaves at once has no time to show the cursor again.
        self._live.console.show_cursor(show=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
