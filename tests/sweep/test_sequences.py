"""After any sequence of commands, one that nothing befalls brings about what the file says.

Each fourth begins in a network that others made and that serves traffic. `make sequences` runs a
thousand and goes on where it was stopped; else it is a sample, in files of a few edits.
"""

import json
import os
from pathlib import Path

import pytest

from tests.sweep.process_sequences import run_processes
from tests.sweep.sequences import Sequences

pytestmark = pytest.mark.sweep
NUMBER = int(os.environ.get("GWLBFW_SEQUENCES", "0"))
FIRST = int(os.environ.get("GWLBFW_SEQUENCE", "0"))
DONE = Path(os.environ.get("GWLBFW_SEQUENCES_DONE", ".sequences"))
"""A line of JSON for each sequence that was run: those without problems are not run again."""
SAMPLE = ("another appliance", "no EIP", "outbound first")
SEEDS = range(20)
PROCESSES = range(NUMBER // 25 or 1)
"""The seeds of sequences of real processes, which are slower."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sequences:
    """Sequences with two edits a ground, so that a fresh apply of each file serves many."""
    return Sequences(tmp_path_factory.mktemp("sample"), SAMPLE, longest=2)


@pytest.mark.skipif(NUMBER > 0, reason="the sample is part of all")
@pytest.mark.parametrize("seed", SEEDS)
def test_any_sequence_of_commands_converges(sample: Sequences, seed: int) -> None:
    outcome = sample.run(seed, thorough=seed % 5 == 0)
    assert not outcome.problems, str(outcome)


@pytest.mark.skipif(not NUMBER, reason="`make sequences` is for the many")
def test_a_thousand_sequences_converge(tmp_path: Path) -> None:
    done = [json.loads(line) for line in DONE.read_text().splitlines()] if DONE.exists() else []
    well = {each["seed"] for each in done if not each["problems"]}
    failed, sequences = [], Sequences(tmp_path)
    for seed in range(FIRST, FIRST + NUMBER):
        if seed in well:
            continue
        outcome = sequences.run(seed)
        with DONE.open("a") as file:
            file.write(json.dumps(vars(outcome)) + "\n")
        failed += [outcome] if outcome.problems else []
    assert not failed, "\n".join(map(str, failed))


@pytest.mark.parametrize("seed", PROCESSES)
def test_any_sequence_of_killed_processes_converges(tmp_path: Path, seed: int) -> None:
    outcome = run_processes(tmp_path, seed, longest=6 if NUMBER else 2)
    assert not outcome.problems, str(outcome)
