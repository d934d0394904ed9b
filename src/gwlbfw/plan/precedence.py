"""Who comes before whom in a graph of steps, while edges are added to it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence


class Precedence:
    """The edges of a graph, found by the step that they leave or lead to."""

    def __init__(self, edges: set[tuple[str, str]]) -> None:
        self._edges = edges
        self._before: defaultdict[str, list[str]] = defaultdict(list)
        self._after: defaultdict[str, list[str]] = defaultdict(list)
        for first, then in edges:
            self._before[then].append(first)
            self._after[first].append(then)

    def add(self, first: str, then: str) -> None:
        """Add an edge to the graph."""
        self._edges.add((first, then))
        self._before[then].append(first)
        self._after[first].append(then)

    def before(self, step: str) -> set[str]:
        """The step and all that come before it, directly or not."""
        return set(_walk(step, self._before))

    def after(self, step: str) -> set[str]:
        """The step and all that come after it, directly or not."""
        return set(_walk(step, self._after))

    def leads(self, one: str, other: str) -> bool:
        """True if one step comes before another."""
        # From both ends at once: where one has little behind it, that is all that is looked at.
        ways = (_walk(one, self._after), _walk(other, self._before))
        return any(step == other or back == one for step, back in zip(*ways, strict=False))


def _walk(step: str, edges: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The step and all that is reached from it."""
    found, todo = {step}, [step]
    while todo:
        yield (at := todo.pop())
        new = [each for each in edges.get(at, ()) if each not in found]
        found.update(new)
        todo += new
