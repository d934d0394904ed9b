"""What the simulator's page shows of fixtures, Terraform and the container is what there is."""

import re
from pathlib import Path

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.fixture import play
from gwlbfw.sim.fixture.calls import KEYS
from gwlbfw.sim.services import registry
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.simulator import simulated_cloud

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The part of the page below a heading."""
    return re.split(r"^#+ ", PAGE.partition(f"# {title}\n")[2], flags=re.MULTILINE)[0]


def test_the_fixture_of_the_page_is_one(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", section("What the account already has"), re.DOTALL)
    (tmp_path / "account.yaml").write_text(text)
    settings = Settings(fixtures=(tmp_path / "account.yaml",))
    simulator = Simulator(settings=settings, clock=TurnedClock())
    assert play(simulator)
    assert simulator.status().resources == {"vpc": 1, "vswitch": 1}
    simulator.close()


def test_the_page_has_every_key_of_a_fixture() -> None:
    shown = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| `.*?\|", PAGE, re.MULTILINE))))
    assert shown >= KEYS - {"retry", "why"}


def test_terraform_gets_the_variables_that_the_page_shows() -> None:
    text = section("Terraform")
    products = re.search(r"for product in (.*); do", text)
    assert products is not None
    registry.load_services()
    assert {each.lower() for each in products[1].split()} <= set(registry.versions())
    named = {each for each in re.findall(r"[A-Z_]{9,}", text) if not each.endswith("_")}
    with simulated_cloud() as cloud:
        assert named - {"PRIVATELINK"} <= set(cloud.environment())
