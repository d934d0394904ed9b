"""Verdicts from the command line: proven or refuted, with a topology and without one."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.networks import FILE, REGION, Site, site
from tests.cli.running import same_as_snapshot

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A network behind its firewall."""
    folder, before = tmp_path_factory.mktemp("verify"), Path.cwd()
    os.chdir(folder)
    try:
        with site(folder) as made:
            assert made.run("apply", FILE, "--auto-approve").code == 0
            yield made
    finally:
        os.chdir(before)


@pytest.fixture
def astray(at: Site) -> Iterator[Site]:
    """The same with a route past the firewall."""
    at.stray()
    yield at
    at.straighten()


def test_proof_names_every_subnet_and_the_health_of_the_appliances(at: Site) -> None:
    same_as_snapshot("verify-proven", at.run("verify", FILE))


def test_refutation_is_shown_hop_by_hop(astray: Site) -> None:
    same_as_snapshot("verify-refuted", astray.run("verify", FILE))


def test_desired_verdict_is_refuted_where_a_plan_leaves_a_bypass(astray: Site) -> None:
    done = astray.run("verify", FILE, "--desired")
    assert done.code == 3
    assert "bypass: outbound shop/app-b, 8.8.8.0/24" in done.out


def test_json_verdict_is_the_only_output(astray: Site) -> None:
    done = astray.run("verify", FILE, "--format", "json")
    assert (done.code, done.err) == (3, "")
    found = json.loads(done.out)
    assert set(found) == {"proven", "flows", "findings"}
    assert found["proven"] is False
    for flow in found["flows"]:
        assert set(flow) == {
            *("vpc", "subnet", "direction", "destinations", "inspected"),
            *("endpoint", "symmetric", "verdict", "path"),
        }
        assert isinstance(flow["symmetric"], bool)
    bypass = next(each for each in found["flows"] if each["verdict"] == "bypass")
    assert (bypass["vpc"], bypass["subnet"]) == ("shop", "app-b")
    assert bypass["destinations"] == ["8.8.8.0/24"]
    for finding in found["findings"]:
        assert set(finding) == {"severity", "subject", "message", "path"}


def test_vpc_without_a_topology_is_judged_whole(at: Site) -> None:
    vpc = at.made.ids["prod"]
    done = at.run("verify", "--vpc", vpc, "--region", REGION, "--format", "json", "-v")
    assert done.code == 3
    assert "API calls were sent: " in done.err
    flows = json.loads(done.out)["flows"]
    assert {each["vpc"] for each in flows} == {vpc}
    judged = {at.made.ids[each]: each == "vtb" for each in ("app-b", "app-c", "vtb")}
    assert {each["subnet"] for each in flows} == set(judged)
    for each in flows:
        assert (each["verdict"] == "bypass") is judged[each["subnet"]]
        assert each["exposed"] in (True, False)
        assert not (each["exposed"] and each["verdict"] == "inspected")


def test_vpc_without_a_topology_is_shown_with_names_and_its_cloud(at: Site) -> None:
    vpc, subnet = at.made.ids["prod"], at.made.ids["app-b"]
    said = at.run("verify", "--vpc", vpc, "--region", REGION).out.splitlines()
    assert said[1] == f'{vpc} "prod" in {REGION}, on the simulator'
    assert any(line.startswith(f'  {subnet} "app-b"  inbound  ') for line in said)


def test_missing_vpc_is_an_error(at: Site) -> None:
    done = at.run("verify", "--vpc", "vpc-nowhere", "--region", REGION)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: there is no VPC vpc-nowhere in cn-wulanchabu\n")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--vpc", "vpc-1"),
        ("--region", REGION),
        (FILE, "--vpc", "vpc-1", "--region", REGION),
        (FILE, "--region", REGION),
        ("--vpc", "vpc-1", "--region", REGION, "--desired"),
    ],
)
def test_verify_takes_either_a_file_or_a_vpc(at: Site, words: tuple[str, ...]) -> None:
    done = at.run("verify", *words)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: verify takes either FILE")


def test_firewall_of_another_stack_in_the_path_is_named_and_proves_nothing(at: Site) -> None:
    text = (at.folder / FILE).read_text().replace("ulanqab-brownfield", "another")
    (at.folder / "another.yaml").write_text(text.replace("192.168.10", "192.168.20"))
    said = at.run("verify", "another.yaml")
    assert said.code == 3
    assert "belongs to the stack ulanqab-brownfield" in said.out
