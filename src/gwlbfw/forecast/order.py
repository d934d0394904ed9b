"""The order of a plan's steps as sets of bits: which of them can be done at one moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gwlbfw.plan.model import Step


@dataclass(frozen=True)
class StepOrder:
    """The steps of a plan by number, with what each needs, directly or not, as bits."""

    steps: tuple[Step, ...]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each step, by its id."""
        return {step.id: number for number, step in enumerate(self.steps)}

    def numbered(self, ids: Iterable[str]) -> int:
        """Some steps by their ids, as bits."""
        return bits_of([self.numbers[each] for each in ids])

    @cached_property
    def prerequisites(self) -> Sequence[int]:
        """All that must be done before each step, by its number."""
        found: list[int] = []
        for step in self.steps:
            bits = 0
            for need in step.needs:
                number = self.numbers[need]
                bits |= 1 << number | found[number]
            found.append(bits)
        return found

    @cached_property
    def dependents(self) -> Sequence[int]:
        """All that needs each step, directly or not, by its number."""
        found = [0] * len(self.steps)
        for number in reversed(range(len(self.steps))):
            for need in self.steps[number].needs:
                found[self.numbers[need]] |= 1 << number | found[number]
        return found

    def dependents_of(self, steps: int) -> int:
        """Some steps, and all that needs them."""
        bits = steps
        for number in numbers_in(steps):
            bits |= self.dependents[number]
        return bits

    def closed_sets(self, chosen: Sequence[int], least: int = 0, most: int = -1) -> Iterator[int]:
        """Every closed set of the chosen steps that holds `least` and stays within `most`.

        A set is closed if it holds all that its steps need among the chosen ones.
        """
        seen, todo = {least}, [least]
        mask = bits_of(chosen)
        while todo:
            done = todo.pop()
            yield done
            for number in chosen:
                bit = 1 << number
                ready = not done & bit and not (self.prerequisites[number] & mask & ~done)
                if ready and most & bit and done | bit not in seen:
                    seen.add(done | bit)
                    todo.append(done | bit)

    def closure(self, done: int) -> int:
        """The steps that are done, and all that they need."""
        bits = done
        for number in numbers_in(done):
            bits |= self.prerequisites[number]
        return bits

    def last_ids(self, done: int) -> tuple[str, ...]:
        """The ids of the steps that are done and that none of them needs."""
        needed = 0
        for number in numbers_in(done):
            needed |= self.prerequisites[number]
        return tuple(self.steps[number].id for number in numbers_in(done & ~needed))

    def next_ids(self, chosen: Sequence[int], done: int) -> tuple[str, ...]:
        """The ids of the chosen steps that can come next."""
        open_ones = bits_of(chosen) & ~done
        return tuple(
            self.steps[number].id
            for number in chosen
            if not done >> number & 1 and not self.prerequisites[number] & open_ones
        )


def bits_of(numbers: Sequence[int]) -> int:
    """A set of steps, as bits."""
    return sum(1 << number for number in numbers)


def numbers_in(bits: int) -> Iterator[int]:
    """The numbers of the steps in a set, in order."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
