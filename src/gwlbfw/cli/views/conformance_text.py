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
    script = outcome.script
    lines = [f"{'same   ' if not outcome.differences else 'differs'} {script.name}"]
    for each in outcome.differences:
        guess = " (UNVERIFIED: the cloud decides)" if each.unverified else ""
        lines.append(f"  {each.place}: {each.call}{guess}")
        lines += [f"    expected: {each.expected}", f"    came:     {each.actual}"]
    lines += [f"  left behind, remove it by hand: {each}" for each in outcome.left]
    return "\n".join(lines)


def summary_text(outcomes: Sequence[Outcome]) -> str:
    """How many scripts came out as they say."""
    differing = sum(1 for each in outcomes if each.differences)
    left = sum(len(each.left) for each in outcomes)
    text = f"{len(outcomes) - differing} of {len(outcomes)} scripts came out as they say"
    return f"{text}; {left} things were left behind" if left else text
