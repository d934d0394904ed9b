"""A run compares what comes back, and removes what it made whatever happens."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from gwlbfw.cloud.clock import ManualClock
from gwlbfw.conformance import Answer, Outcome, Script, Send, load_script, run_script
from gwlbfw.errors import TransportError
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.conformance.sending import send_to

HEAD = "claim: It holds.\nsource: none\nminutes: 1\ncost: none\n"
VPC = """
  - call: vpc.CreateVpc
    params: {VpcName: "{run}"}
    name: {vpc: VpcId}
    undo: {call: vpc.DeleteVpc, params: {VpcId: "{vpc}"}}
"""
AVAILABLE = """
  - call: vpc.DescribeVpcAttribute
    params: {VpcId: "{vpc}"}
    until: {Status: Available}
"""


class Cloud:
    """A simulator with a clock that only a run moves."""

    def __init__(self) -> None:
        self.clock = TurnedClock()
        self.simulator = Simulator(settings=Settings(transition=1.0), clock=self.clock)
        self.send = send_to(self.simulator)
        self.said: list[str] = []

    async def run(self, script: Script, send: Send | None = None) -> Outcome:
        clock = ManualClock(on_sleep=self.clock.advance)
        return await run_script(script, send or self.send, clock, "conform-test", self.said.append)

    def is_empty(self) -> bool:
        self.clock.advance(3600)
        return self.simulator.status().empty

    def actions(self) -> list[str]:
        return [each.action for each in self.simulator.activity.entries()]


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def script(folder: Path, *steps: str) -> Script:
    file = folder / "own.yaml"
    file.write_text(f"{HEAD}steps:\n{''.join(steps)}", encoding="utf-8")
    return load_script(file)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("{Status: [Pending, Available]}", ""),
        ("{Status: Available}", "Status 'Pending'"),
        ("{IsDefault: <boolean>, OwnerId: <number>, Status: <string>, Tags.Tag: <list>}", ""),
        ("{OwnerId: <string>}", "OwnerId 1"),
        ("{Nothing: <absent>, Description: '', VpcId: <present>}", ""),
        ("{Description: <absent>}", "Description ''"),
        ("{Nothing: <string>}", "Nothing <absent>"),
        ("{'Tags.Tag[#]': 1, 'Tags.Tag[Key=a].Value': b, 'Tags.Tag[0].Key': a}", ""),
        ("{'Tags.Tag[Key=c].Value': b}", "Tags.Tag[Key=c].Value <absent>"),
        ("{VpcName: '{run}'}", ""),
    ],
)
async def test_expectation_names_what_came_in_place_of_what_it_says(
    cloud: Cloud, tmp_path: Path, expected: str, found: str
) -> None:
    tagged = VPC.replace('"{run}"', '"{run}", Tag: [{Key: a, Value: b}]')
    read = AVAILABLE.replace("until: {Status: Available}", f"expect: {expected}")
    outcome = await cloud.run(script(tmp_path, tagged, read))
    assert [each.actual.startswith(found) for each in outcome.differences] == [True] * bool(found)
    assert outcome.is_same is not bool(found)
    assert cloud.is_empty()


async def test_other_code_is_a_difference_and_the_guess_has_its_file(
    cloud: Cloud, tmp_path: Path
) -> None:
    own = script(
        tmp_path,
        "  - call: vpc.DeleteVpc\n    params: {VpcId: vpc-none}\n"
        "    refused: [One.Code, Another]\n    unverified: vpc/vpc/actions\n",
    )
    (difference,) = (await cloud.run(own)).differences
    assert difference.expected == "refused with One.Code or Another"
    assert difference.actual.startswith("refused with InvalidVpcId.NotFound (")
    assert difference.place == "own.yaml:6"
    assert difference.unverified == "vpc/vpc/actions"


async def test_what_a_call_makes_that_should_be_refused_is_removed(
    cloud: Cloud, tmp_path: Path
) -> None:
    outcome = await cloud.run(script(tmp_path, VPC + "    refused: QuotaExceeded.Vpc\n"))
    assert [each.actual for each in outcome.differences] == ["accepted"]
    assert "DeleteVpc" in cloud.actions()
    assert cloud.is_empty()


async def test_what_a_refused_call_would_have_made_is_not_removed(
    cloud: Cloud, tmp_path: Path
) -> None:
    undo = "    undo: {call: vpc.DeleteVpc, params: {VpcId: '{vpc}'}}\n"
    again = "  - call: vpc.CreateVpc\n    params: {CidrBlock: none}\n    refused: Other\n" + undo
    await cloud.run(script(tmp_path, VPC, AVAILABLE, again))
    assert cloud.actions().count("DeleteVpc") == 1


async def test_removal_that_a_step_carried_out_is_not_sent_again(
    cloud: Cloud, tmp_path: Path
) -> None:
    gone = "  - call: vpc.DeleteVpc\n    params: {VpcId: '{vpc}'}\n"
    outcome = await cloud.run(script(tmp_path, VPC, AVAILABLE, gone))
    assert outcome.is_same
    assert cloud.actions().count("DeleteVpc") == 1


async def test_status_that_a_step_does_not_pass_through_is_a_difference(
    cloud: Cloud, tmp_path: Path
) -> None:
    own = script(tmp_path, VPC, AVAILABLE, "    through: {Status: Creating}\n")
    (difference,) = (await cloud.run(own)).differences
    assert (difference.expected, difference.actual) == ("Status 'Creating'", "Status 'Pending'")


async def test_read_is_sent_until_it_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    gone = "  - call: vpc.DeleteVpc\n    params: {VpcId: '{vpc}'}\n"
    read = (
        AVAILABLE.replace("{Status: Available}", "refused") + "    refused: InvalidVpcId.NotFound\n"
    )
    outcome = await cloud.run(script(tmp_path, VPC, AVAILABLE, gone, read))
    assert outcome.is_same


async def test_what_can_not_be_removed_is_left_with_its_ids(cloud: Cloud, tmp_path: Path) -> None:
    stays = VPC.replace("vpc.DeleteVpc", "vpc.DeleteIpv4Gateway").replace(
        'params: {VpcId: "{vpc}"}', 'params: {Ipv4GatewayId: "{vpc}", InternetMode: none}'
    )
    outcome = await cloud.run(script(tmp_path, stays))
    (left,) = outcome.left
    (vpc,) = left.ids
    assert vpc.startswith("vpc-")
    assert left.call == "vpc:DeleteIpv4Gateway"
    assert not outcome.is_same


async def test_call_without_an_answer_ends_the_script_and_what_was_made_is_removed(
    cloud: Cloud, tmp_path: Path
) -> None:
    def cut(product: str, action: str, params: Mapping[str, str]) -> Answer:
        if action == "DescribeVpcAttribute":
            raise TransportError(f"{product}:{action}", "somewhere", "reset")
        return cloud.send(product, action, params)

    outcome = await cloud.run(script(tmp_path, VPC, AVAILABLE), cut)
    assert "reset; what this call made, if anything, is named conform-test" in outcome.problem
    assert not outcome.interrupted
    assert cloud.is_empty()


async def test_interrupted_script_removes_what_it_made_and_says_so(
    cloud: Cloud, tmp_path: Path
) -> None:
    def interrupting(product: str, action: str, params: Mapping[str, str]) -> Answer:
        if action == "DescribeVpcAttribute":
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        return cloud.send(product, action, params)

    outcome = await cloud.run(script(tmp_path, VPC, AVAILABLE), interrupting)
    assert outcome.interrupted
    assert outcome.left == ()
    assert cloud.said == ["interrupted: removing what own made"]
    assert cloud.is_empty()


async def test_id_that_a_reply_does_not_give_is_a_difference_and_ends_the_script(
    cloud: Cloud, tmp_path: Path
) -> None:
    own = script(tmp_path, VPC.replace("{vpc: VpcId}", "{vpc: VpcId, other: OtherId}"), AVAILABLE)
    (difference,) = (await cloud.run(own)).differences
    assert (difference.expected, difference.actual) == ("a OtherId", "none")
    assert "DescribeVpcAttribute" not in cloud.actions()
    assert cloud.is_empty()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD, "has to have"),
        (f"{HEAD}steps:\n  - call: vpc.DeleteVpc\n    token: true\n", "there is no token"),
        (f"{HEAD}steps:\n  - call: vpc.DeleteVpc\n    expect: Available\n", "a mapping of paths"),
        ("- call: vpc.DeleteVpc\n", "is no mapping"),
        ("{", "can't be read"),
        (f"{HEAD}setup: none\nsteps:\n  - call: vpc.DeleteVpc\n", "can't be read"),
    ],
)
def test_script_of_another_form_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SimulatorError, match=why):
        load_script(file)


def test_outcome_of_nothing_wrong_is_the_same(tmp_path: Path) -> None:
    fine = Outcome(script(tmp_path, VPC), (), (), 1.0)
    assert fine.is_same
    assert not replace(fine, problem="interrupted").is_same
