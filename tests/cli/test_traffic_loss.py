"""A loss of traffic at the command line: shown, asked about, and carried out with consent alone."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.cli.networks import FILE, site
from tests.cli.running import CommandResult
from tests.scenarios.dump import dump
from tests.scenarios.test_nat_direct import served
from tests.traffic.networks import direct_eips

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]

APPLY = ("apply", FILE, "--auto-approve")
LOST_BY_NAT = {"app-c", "others"}
"""The subnets with servers that go by NAT: the first IPv4 gateway of their VPC ends that."""


@dataclass(frozen=True)
class Said:
    """What commands say where a NAT gateway serves servers without a public address."""

    plan: CommandResult
    json: CommandResult
    refused: CommandResult
    half_consented: CommandResult
    unchanged: bool
    """True if the cloud was as before after what was refused."""
    applied: CommandResult
    verify: CommandResult
    names: dict[str, str]
    """Of subnets, by id."""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    folder, here = tmp_path_factory.mktemp("loss"), Path.cwd()
    os.chdir(folder)
    try:
        with site(folder, partial(served, by="NatGateway"), direct_eips) as at:
            before = dump(at.made.testbed)
            yield Said(
                at.run("plan", FILE, "--detailed-exitcode"),
                at.run("plan", FILE, "--format", "json"),
                at.run(*APPLY),
                at.run(*APPLY, "--accept-uninspected"),
                dump(at.made.testbed) == before,
                at.run(*APPLY, "--accept-uninspected", "--allow-traffic-loss"),
                at.run("verify", FILE),
                {cloud_id: name for name, cloud_id in at.made.ids.items()},
            )
    finally:
        os.chdir(here)


def test_plan_names_everybody_who_loses_traffic(said: Said) -> None:
    assert said.plan.code == 3
    consent = said.plan.out.partition("\n  needs consent:\n")[2].partition("\n\n")[0].split("\n")
    found = {
        said.names.get(subnet, subnet).rpartition("/")[2]
        for subnet, _, rest in (each.strip().partition(", ") for each in consent)
        if "outbound by a NAT gateway: lost for good" in rest
    }
    assert found == LOST_BY_NAT
    assert "refuses this without `--allow-traffic-loss`" in said.plan.out


def test_json_plan_has_a_row_for_each_flow_that_is_lost(said: Said) -> None:
    consent = json.loads(said.json.out)["traffic"]["consent"]
    lost = {
        said.names.get(each["subnet"], each["subnet"]).rpartition("/")[2]
        for each in consent
        if (each["reason"], each["source"], each["seconds"]) == ("lost", "nat", None)
    }
    assert lost == LOST_BY_NAT


@pytest.mark.parametrize("which", ["refused", "half_consented"])
def test_apply_without_consent_to_the_loss_exits_1_and_changes_nothing(
    said: Said, which: str
) -> None:
    done: CommandResult = getattr(said, which)
    assert done.code == 1
    assert "error: traffic that works now would be lost" in done.err
    assert "`--allow-traffic-loss`" in done.err
    assert said.unchanged


def test_apply_with_consent_carries_it_out_and_verify_tells_of_the_loss(said: Said) -> None:
    assert said.applied.code == 0, said.applied
    assert said.verify.code == 3
    assert "shop/app-c" in said.verify.out
