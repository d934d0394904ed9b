"""A saved plan on the command line: shown, carried out by its own command, and recognised."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gwlbfw.sim.settings import Settings
from gwlbfw.simulator import SimulatedCloud, simulated_cloud
from tests.cli.running import CommandResult, gwlbfw

pytestmark = [pytest.mark.simulator, pytest.mark.usefixtures("folder")]

FILE = "ulanqab.yaml"
OUTSIDE = "which is outside the current directory"


@pytest.fixture
def cloud() -> Iterator[SimulatedCloud]:
    with simulated_cloud(Settings(transition=0.0)) as cloud:
        yield cloud


def run(cloud: SimulatedCloud, *words: object) -> CommandResult:
    return gwlbfw(*words, "--endpoint-url", cloud.url)


def errors(done: CommandResult) -> str:
    """What a command that fails says, whose first line has it all."""
    assert done.code == 1
    assert not done.out
    return done.err.splitlines()[0].removeprefix("error: ")


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_saved_plan_is_shown_as_it_was_planned(cloud: SimulatedCloud, form: str) -> None:
    planned = run(cloud, "plan", FILE, "--out", "p.json", "--format", form, "--calls")
    shown = gwlbfw("show", "p.json", "--format", form, "--calls")
    assert (shown.code, shown.err) == (0, "")
    if form == "json":
        assert (
            json.loads(shown.out)
            == json.loads(planned.out)
            == json.loads(Path("p.json").read_text())
        )
    else:
        where = ", on the simulator"  # what calls go to is known to those who make them alone
        assert shown.out == planned.out.replace(where, "")
        assert "Plan: 41 to create" in shown.out


def test_a_plan_where_a_topology_is_wanted_says_what_it_is(cloud: SimulatedCloud) -> None:
    run(cloud, "plan", FILE, "--out", "p.json")
    told = (
        "p.json is a saved plan, not a topology: `gwlbfw show p.json` shows it, "
        "`gwlbfw apply p.json` carries it out"
    )
    for verb in ("validate", "graph", "policy"):
        assert told in gwlbfw(verb, "p.json").err
    for words in (
        ["plan"],
        ["drift"],
        ["verify"],
        ["trace", "--from", "internet", "--to", "8.8.8.8"],
    ):
        assert errors(run(cloud, words[0], "p.json", *words[1:])) == told
    (problem,) = json.loads(gwlbfw("validate", "p.json", "--format", "json").out)["errors"]
    assert (problem["code"], problem["message"]) == ("saved-plan", told)


def test_anything_else_where_a_plan_is_wanted_says_what_it_is() -> None:
    told = f"{FILE} is no saved plan: `gwlbfw plan {FILE} --out PLAN` makes one"
    assert errors(gwlbfw("show", FILE)) == told
    assert (
        errors(gwlbfw("show", "nowhere.json")) == "can't read nowhere.json: there is no such file"
    )


def test_each_plan_has_its_command(cloud: SimulatedCloud) -> None:
    run(cloud, "plan", FILE, "--out", "p.json")
    told = "p.json is a saved plan that destroys nothing: `gwlbfw apply p.json` carries it out"
    assert errors(run(cloud, "destroy", "p.json", "--auto-approve")) == told
    assert run(cloud, "apply", "p.json", "--auto-approve").code == 0
    planned = run(cloud, "plan", FILE, "--destroy", "--out", "d.json")
    assert "`gwlbfw destroy d.json` carries it out" in planned.err
    told = "d.json is a saved plan that destroys the stack: `gwlbfw destroy d.json` carries it out"
    assert errors(run(cloud, "apply", "d.json", "--auto-approve")) == told
    assert not cloud.status().empty
    assert run(cloud, "destroy", "d.json", "--yes").code == 0
    assert cloud.status().empty


def test_a_plan_that_turns_into_a_destroy_is_refused(cloud: SimulatedCloud) -> None:
    assert run(cloud, "apply", FILE, "--auto-approve").code == 0
    run(cloud, "plan", FILE, "--out", "p.json")
    edit("p.json", destroys=True)
    assert "`gwlbfw destroy p.json`" in errors(run(cloud, "apply", "p.json", "--auto-approve"))
    told = "planning again does not give the saved plan: eip.shop/ecs-b-01: action: no_op → delete"
    assert errors(run(cloud, "destroy", "p.json", "--auto-approve")) == told


def edit(name: str, **values: object) -> None:
    """Change a saved plan by hand."""
    path = Path(name)
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_plan_that_says_something_twice_is_refused(cloud: SimulatedCloud) -> None:
    run(cloud, "plan", FILE, "--out", "p.json")
    path = Path("p.json")
    path.write_text(path.read_text().replace('"region": ', '"region": "cn-x",\n "region": ', 1))
    for verb in ("show", "apply"):
        assert errors(gwlbfw(verb, "p.json")) == "p.json was cut short or changed by hand"


def test_a_topology_outside_is_read_only_where_that_is_allowed(
    cloud: SimulatedCloud, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    run(cloud, "plan", f"../{FILE}", "--out", "p.json")
    told = f"p.json is made from ../{FILE}, {OUTSIDE}"
    assert errors(run(cloud, "apply", "p.json", "--auto-approve")) == told
    assert cloud.status().empty
    assert run(cloud, "apply", "p.json", "--auto-approve", "--allow-outside").code == 0


def test_a_link_leads_outside_too(
    cloud: SimulatedCloud, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(cloud, "plan", FILE, "--out", "p.json")
    (folder / FILE).rename(there := tmp_path_factory.mktemp("else") / FILE)
    (folder / FILE).symlink_to(there)
    assert OUTSIDE in errors(run(cloud, "apply", "p.json", "--auto-approve"))


def test_user_data_from_outside_is_refused_likewise(
    cloud: SimulatedCloud, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(cloud, "plan", FILE, "--out", "p.json")
    (folder / "hello-world.sh").rename(script := tmp_path_factory.mktemp("else") / "hello-world.sh")
    (folder / "hello-world.sh").symlink_to(script)
    refused = run(cloud, "apply", "p.json", "--auto-approve")
    assert "the user data file `hello-world.sh` is outside the folder" in refused.err
    assert cloud.status().empty
    assert run(cloud, "apply", "p.json", "--auto-approve", "--allow-outside").code == 0


def test_a_plan_whose_topology_is_not_there_says_what_it_was_made_from(
    cloud: SimulatedCloud, folder: Path
) -> None:
    run(cloud, "plan", FILE, "--out", "p.json")
    (folder / FILE).unlink()
    told = f"can't read {FILE}, the topology that p.json was made from"
    assert errors(run(cloud, "apply", "p.json", "--auto-approve")) == told
    edit("p.json", source="")
    told = "p.json does not say from which topology it was made"
    assert errors(run(cloud, "apply", "p.json", "--auto-approve")) == told
