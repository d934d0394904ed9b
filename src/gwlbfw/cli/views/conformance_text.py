"""Scripts of the conformance suite, and what came of them, as text."""

from collections.abc import Iterable, Sequence

from gwlbfw.conformance import Outcome, Script


def list_text(scripts: Iterable[Script]) -> str:
    """Each script with its claim, time and cost."""
    return "\n".join(
        f"{each.name}\n    {each.claim}{' UNVERIFIED' if each.is_unverified else ''}\n"
        f"    {each.minutes:g} min; cost: {each.cost}"
        for each in scripts
    )


def cost_text(scripts: Sequence[Script], region: str) -> str:
    """What a run on the real cloud takes, said before."""
    minutes = sum(each.minutes for each in scripts)
    costs = [f"  {each.name}: {each.cost}" for each in scripts if each.cost != "none"]
    head = f"{len(scripts)} scripts in {region}: about {minutes:g} minutes."
    return "\n".join([head, *(["What costs money there:", *costs] if costs else [])])


def outcome_text(outcome: Outcome) -> str:
    """One script's outcome: a line, and a line for each difference and each thing left."""
    lines = [f"{_word(outcome):7} {outcome.script.name} ({outcome.seconds:.0f} s)"]
    for each in outcome.differences:
        guess = " (UNVERIFIED: the cloud decides)" if each.unverified else ""
        lines.append(f"  {each.place}: {each.call}{guess}")
        lines += [f"    expected: {each.expected}", f"    came:     {each.actual}"]
    for left in outcome.left:
        lines.append(f"  left behind, remove it by hand: {', '.join(left.ids)}")
        lines.append(f"    {left.call} failed: {left.reason}")
    if outcome.problem:
        lines.append(f"  not finished: {outcome.problem}")
    return "\n".join(lines)


def summary_text(outcomes: Sequence[Outcome]) -> str:
    """How many scripts came out as they say, and which guesses of the simulator are wrong."""
    same = sum(1 for each in outcomes if not each.differences and not each.problem)
    left = [name for each in outcomes for thing in each.left for name in thing.ids]
    text = f"{same} of {len(outcomes)} scripts came out as they say"
    lines = [f"{text}; left behind: {', '.join(left)}" if left else text]
    files = sorted({each.unverified for outcome in outcomes for each in outcome.differences} - {""})
    if files:
        lines.append(f"guesses of the simulator that are wrong here: {', '.join(files)}")
    return "\n".join(lines)


def _word(outcome: Outcome) -> str:
    if outcome.problem:
        return "ended"
    return "differs" if outcome.differences else "same"
