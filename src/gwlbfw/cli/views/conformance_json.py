"""Scripts of the conformance suite, and what came of them, as JSON."""

from collections.abc import Iterable, Sequence

from gwlbfw.cloud.call import Json
from gwlbfw.conformance import Difference, Outcome, Script


def listing(scripts: Iterable[Script]) -> dict[str, Json]:
    """What each script claims."""
    return {
        "scripts": [
            {
                "name": each.name,
                "claim": each.claim,
                "source": each.source,
                "unverified": each.is_unverified,
                "minutes": each.minutes,
                "cost": each.cost,
            }
            for each in scripts
        ]
    }


def document(outcomes: Sequence[Outcome], region: str, *, cloud: bool) -> dict[str, Json]:
    """What came of the scripts of a run."""
    return {
        "format_version": 1,
        "region": region,
        "cloud": cloud,
        "same": sum(each.is_same for each in outcomes),
        "interrupted": any(each.interrupted for each in outcomes),
        "scripts": [_script(each) for each in outcomes],
    }


def _script(outcome: Outcome) -> Json:
    return {
        "name": outcome.script.name,
        "claim": outcome.script.claim,
        "same": outcome.is_same,
        "seconds": round(outcome.seconds, 1),
        "problem": outcome.problem,
        "differences": [_difference(each) for each in outcome.differences],
        "left": [
            {"ids": list(each.ids), "call": each.call, "reason": each.reason}
            for each in outcome.left
        ],
    }


def _difference(each: Difference) -> Json:
    return {
        "place": each.place,
        "call": each.call,
        "expected": each.expected,
        "actual": each.actual,
        "unverified": bool(each.unverified),
        "simulator_file": each.unverified,
    }
