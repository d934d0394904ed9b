"""Images and instance types of one's own beside those built in."""

from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.services.ecs.offer.loading import load_offer
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest

FILE = """
images:
  - {id: golden_20260101.vhd, family: own, os: Golden}
instance_types:
  - {name: ecs.own.tiny, family: ecs.own, cores: 1, memory_gib: 0.5, jumbo_frames: true}
instance_families:
  - {family: ecs.fam, sizes: [large, 2xlarge], gib_per_core: 8}
"""


def test_offer_of_a_file_comes_beside_the_one_built_in(tmp_path: Path) -> None:
    file = tmp_path / "offer.yaml"
    file.write_text(FILE, encoding="utf-8")
    offer, builtin = load_offer(file), load_offer(None)
    own = offer.newest_of_family("own")
    assert own is not None
    assert own.created == "2026-01-01T00:00:00Z"
    assert offer.images.keys() - builtin.images.keys() == {"golden_20260101.vhd"}
    added = offer.instance_types.keys() - builtin.instance_types.keys()
    assert added == {"ecs.own.tiny", "ecs.fam.large", "ecs.fam.2xlarge"}
    big = offer.instance_types["ecs.fam.2xlarge"]
    assert (big.cores, big.memory_gib, big.shown_category) == (8, 64, "Memory-optimized")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- 1", "expected are images, instance_families, instance_types"),
        ("images: [{id: x, colour: red}]", "images have no colour"),
        ("instance_types: [{name: x, family: f, cores: 2}]", "instance_types need a memory_gib"),
        (
            "instance_families: [{family: f, sizes: [huge], gib_per_core: 1}]",
            "f can't have the size huge",
        ),
        ("images: [", "offer.yaml: while parsing"),
    ],
)
def test_file_that_is_no_offer_is_refused_with_what_is_wrong(
    tmp_path: Path, text: str, why: str
) -> None:
    file = tmp_path / "offer.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SimulatorError, match=why):
        load_offer(file)


def test_cloud_with_an_absent_offer_file_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="No such file"):
        Simulator(settings=Settings(offer_file=tmp_path / "none"))


def test_cloud_lists_the_images_of_its_offer_file(tmp_path: Path) -> None:
    file = tmp_path / "offer.yaml"
    file.write_text(FILE, encoding="utf-8")
    simulator = Simulator(settings=Settings(offer_file=file), clock=TurnedClock())
    query = "Action=DescribeImages&Version=2014-05-26&ImageName=golden&AccessKeyId=any"
    reply = simulator.handle(HttpRequest("POST", query))
    assert "golden_20260101.vhd" in reply.body.decode()
    simulator.close()
