"""A packet's way from the command line."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.networks import FILE, Site, site
from tests.cli.running import same_as_snapshot

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]

HOST = "192.168.1.1"
"""An address in `app-b`."""


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A network behind its firewall, with a route past it."""
    folder, before = tmp_path_factory.mktemp("trace"), Path.cwd()
    os.chdir(folder)
    try:
        with site(folder) as made:
            assert made.run("apply", FILE, "--auto-approve").code == 0
            made.stray()
            yield made
    finally:
        os.chdir(before)


def way(source: str, target: str) -> tuple[str, ...]:
    return ("trace", FILE, "--from", source, "--to", target)


def test_inspected_packet_is_traced_hop_by_hop(at: Site) -> None:
    same_as_snapshot("trace-inspected", at.run(*way("internet", "vswitch.business/shop/app-c")))


def test_trace_of_a_bypass_shows_the_deciding_entry(at: Site) -> None:
    same_as_snapshot("trace-bypass", at.run(*way("vswitch.business/shop/app-b", "8.8.8.8")))


def test_reply_on_another_path_is_not_inspected(at: Site) -> None:
    done = at.run(*way("8.8.8.8", HOST))
    assert done.code == 3
    assert done.out.startswith(f"8.8.8.8 -> {HOST}: asymmetric\n")


def test_packet_without_an_appliance_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with site(tmp_path) as other:
        assert other.run("apply", FILE, "--auto-approve").code == 0
        group = other.made.testbed.call("gwlb:ListServerGroups")["ServerGroups"][0]["ServerGroupId"]
        other.made.testbed.done(
            "gwlb:RemoveServersFromServerGroup",
            ServerGroupId=group,
            Servers=[
                {"ServerId": other.made.ids[each], "ServerType": "Ecs", "Port": 6081}
                for each in ("fw-1", "fw-2")
            ],
        )
        done = other.run(*way("internet", HOST))
    assert done.code == 3
    assert done.out.startswith(f"internet -> {HOST}: black_hole\n")


def test_packet_inside_the_vpc_passes_no_firewall(at: Site) -> None:
    done = at.run(*way(HOST, "192.168.2.1"))
    assert done.code == 0
    assert done.out.startswith(f"{HOST} -> 192.168.2.1: local\n")


def test_json_trace_is_one_document(at: Site) -> None:
    done = at.run(*way("vswitch.business/shop/app-c", "1.1.1.1"), "--format", "json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["verdict"] == "inspected"
    assert found["endpoint"] == "endpoint.shop/cn-wulanchabu-c"
    assert found["appliances"] == ["instance.appliance/fw-1", "instance.appliance/fw-2"]
    assert found["path"][0]["at"] == "vswitch.business/shop/app-c"


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("internet", "nowhere", "nothing in this network is called nowhere"),
        ("internet", "10.0.0.0/8", "10.0.0.0/8 is a block of addresses, not one"),
        ("internet", "8.8.8.8", "neither internet nor 8.8.8.8 is in this network"),
    ],
)
def test_unknown_end_of_a_trace_is_an_error(at: Site, source: str, target: str, said: str) -> None:
    done = at.run(*way(source, target))
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"error: {said}\n   hint: ")


def test_trace_needs_both_ends(at: Site) -> None:
    done = at.run("trace", FILE, "--from", "internet")
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert "--to" in done.err
