"""Random sequences of commands as processes of their own, which kill -9 ends at random calls."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.scenarios.conftest import served
from tests.sweep.command_fixture import CommandFixture, contents, serve_simulator
from tests.sweep.grounds import EXISTING, NEW
from tests.sweep.kill_proxy import WHENS, KillProxy
from tests.sweep.sequences import WHENS as MOMENTS
from tests.sweep.sequences import Command, Outcome, Verb, commands

FLAGS: dict[Verb, tuple[str, ...]] = {
    "apply": ("--auto-approve", "--allow-traffic-loss", "--accept-uninspected"),
    "destroy": ("--auto-approve", "--allow-traffic-loss"),
}


def run_processes(folder: Path, seed: int, longest: int) -> Outcome:
    """Run the sequence of a seed, each odd one in a network that others made."""
    draw, outcome = random.Random(f"processes {seed}"), Outcome(seed)  # noqa: S311 - to be repeated
    ground = EXISTING if seed % 2 else NEW
    with served(folder) as testbed:
        plain = ground.lay(testbed)
        testbed.settle()
        before = testbed.simulator.export()
    with serve_simulator(folder) as url, KillProxy(url) as kill_proxy:
        fixture = CommandFixture(ground.name, folder, url, kill_proxy, before)
        fixture.to(before)
        for command in commands(draw, [*ground.edits], longest):
            content = ground.content(plain, command.edits)
            (folder / "topology.yaml").write_text(yaml.safe_dump(content))
            outcome.told.append(_carry_out(fixture, command, outcome))
        outcome.problems += _differences(fixture)
    return outcome


def _carry_out(fixture: CommandFixture, command: Command, outcome: Outcome) -> str:
    """Run a command to its end, or until it is killed; what became of it."""
    fixture.kill_proxy.arm(command.dies_at, WHENS[MOMENTS.index(command.dies)])
    done = fixture.command(command.verb, *FLAGS[command.verb])
    outcome.killed += done.code == -9
    if command.record_lost:
        shutil.rmtree(fixture.state, ignore_errors=True)
    return f"{command}: {done.code}" + (f"\n{done.output}" if done.code > 0 else "")


def _differences(fixture: CommandFixture) -> Iterator[str]:
    """What is not as after one fresh apply of the last file; and what a destroy leaves."""
    if left := fixture.remaining_changes():
        yield f"still to do: {left}"
    found = fixture.resources()
    done = fixture.command("destroy", *FLAGS["destroy"])
    if done.code or fixture.contents() != contents(fixture.before, fixture.folder):
        yield f"destroy does not leave what was found: {done.output}"
    fixture.to(fixture.before)
    fixture.command("apply", *FLAGS["apply"])
    if found != (wanted := fixture.resources()):
        yield f"{found} instead of {wanted}"
