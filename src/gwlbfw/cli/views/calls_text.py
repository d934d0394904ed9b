"""A plan's API calls as text: numbered, with their dependencies and waits."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cli.views.values import plural
from gwlbfw.cloud.call import Call, JsonList, UserData, Value, Wait
from gwlbfw.diagnostics import printable
from gwlbfw.plan.model import Plan, Step

Reveal = Callable[[UserData], str]
"""Gives user data in the clear."""


def calls_text(plan: Plan, style: Style = PLAIN, reveal: Reveal | None = None) -> str:
    """Every call in an order in which they could be sent one by one."""
    numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
    title = f"{plural(len(plan.steps), 'step')}; each starts as soon as its dependencies are done"
    lines = [style("title", title)]
    for step in plan.steps:
        lines += ["", *_step(step, numbers, style, reveal)]
    return "\n".join(lines)


def _step(
    step: Step, numbers: Mapping[str, int], style: Style, reveal: Reveal | None
) -> Iterator[str]:
    number = f"{numbers[step.id]:>4}."
    name = step.call.name if step.call else "wait"
    yield f"{style('title', f'{number} {name}')}  {step.address}"
    rows: list[tuple[str, str]] = []
    if step.call:
        rows += _parameters(step.call, reveal)
    if step.needs:
        after = sorted(numbers[need] for need in step.needs)
        rows.append(("after", ", ".join(map(str, after))))
    rows += [("wait for", wait_text(each)) for each in step.waits]
    width = max((len(label) for label, _ in rows), default=0)
    for label, text in rows:
        first, *rest = text.splitlines() or [""]
        yield f"      {label:<{width}}  {first}"
        yield from (f"      {'':<{width}}  {line}" for line in rest)


def _parameters(call: Call, reveal: Reveal | None) -> Iterator[tuple[str, str]]:
    if call.account:
        yield "account", call.account
    for name, value in call.params.items():
        yield name, parameter_text(value, reveal)


def parameter_text(value: Value, reveal: Reveal | None = None) -> str:
    """A parameter as text; user data only where it may be revealed."""
    if isinstance(value, UserData) and reveal is not None:
        return reveal(value)
    plain = _plain(value)
    return printable(plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False))


def _plain(value: Value) -> object:
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, JsonList):
        return [_plain(each) for each in value.values]
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [_plain(each) for each in value]
    return str(value)


def wait_text(wait: Wait) -> str:
    """A wait as text, such as `vpc:DescribeVpcs until Status=Available`."""
    if wait.gone:
        return f"{wait.read.name} until it is gone"
    return printable(f"{wait.read.name} until {wait}")
