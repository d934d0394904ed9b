"""Every parameter of a read filters, or the call is refused: never the unfiltered list."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gwlbfw.openapi import Action, Parameter, catalogue, versions
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.fixture.calls import load
from gwlbfw.sim.fixture.playback import Playback
from gwlbfw.sim.services.registry import implemented, load_services, without_effect
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest

load_services()
FULL_ACCOUNT = Path(__file__).with_name("whole_account.yaml")
NO_FILTERS = frozenset(
    {
        *("RegionId", "OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"),
        *("ClientToken", "DryRun", "NextToken", "MaxResults", "MaxResult", "PageNumber"),
        *("PageSize", "Skip"),
    }
)
"""Parameters of the protocol and of pages."""
NOT_BY_THEMSELVES = {
    "ContentEncoding": "how content and output are encoded",
    "IncludeOutput": "whether the output is there",
    "Verbose": "whether details are there",
    "AcceptLanguage": "the language of names, which have one alone",
    "FuzzyQuery": "how another filter compares",
    **{f"Filter.{number}.Value": "goes with the filter's key" for number in (1, 2, 3, 4)},
    "privatelink:DescribeZones.CrossRegion": "what zones are for, which are the same",
    "vpc:DescribeNetworkAcls.ResourceType": "takes effect together with ResourceId (SDK)",
    "vpc:DescribeNetworkAcls.ResourceId": "takes effect together with ResourceType (SDK)",
}
"""Parameters that don't filter by themselves, and what they do."""
REQUIRED = {
    "SecurityGroupId": "{sg}",
    "ListenerId": "{lsn}",
    "ServiceId": "{epsrv}",
    "EndpointId": "{ep}",
    "RouteTableId": "{system}",
    "VpcId": "{vpc}",
    "GatewayRouteTableId": "{gwtable}",
    "NatGatewayId": "{vpcnat}",
    "RouteTargetGroupId": "rtg-none",
    "RouteEntryType": "System",
    "PublicIpAddressPoolId": "{pool}",
    "NetworkInterfaceId": "{eni}",
    "InstanceId": "{eip}",
    "DestinationResource": "InstanceType",
    "ImageId": "{image}",
}
RESOURCE_TYPES = {
    "ecs": "instance",
    "gwlb": "loadbalancer",
    "privatelink": "vpcendpoint",
    "vpc": "VPC",
}
ONE_OF_THESE = {
    ("ecs", "DescribeImageSupportInstanceTypes"): {"ImageId": "{image}"},
    ("ecs", "DescribeInstanceRamRole"): {"RamRoleName": "reader"},
    ("gwlb", "ListServerGroupServers"): {"ServerGroupId": "{sgp}"},
    ("vpc", "DescribeForwardTableEntries"): {"ForwardTableId": "{dnat}"},
    ("vpc", "DescribeSnatTableEntries"): {"SnatTableId": "{snat}"},
    ("vpc", "DescribeRouteTables"): {"RouteTableId": "{system}"},
    ("vpc", "DescribeVSwitches"): {"VpcId": "{vpc}"},
    **{(each, "ListTagResources"): {"Tag.1.Key": "role"} for each in RESOURCE_TYPES},
}
"""Parameters that an action needs though none of them is required."""
INNERMOST = {("gwlb", "GetListenerHealthStatus"): "Servers"}
"""The list that is filtered, where it is not the outermost."""
EMPTY = {
    ("vpc", "DescribeHighDefinitionMonitorLogAttribute"): "about one address, without a list",
    ("vpc", "GetRouteTargetGroup"): "about one group, which needs endpoints in two zones",
    ("vpc", "ListRouteTargetGroups"): "a group needs endpoints in two zones",
}
"""Lists with nothing in them here, and why."""


def filters(key: tuple[str, str]) -> list[Parameter]:
    """The parameters of a read that should filter."""
    skipped = NO_FILTERS | NOT_BY_THEMSELVES.keys() | without_effect(*key)
    return [
        each
        for name, each in catalogue()[key].parameters.items()
        if not each.required
        and name not in skipped
        and f"{':'.join(key)}.{name}" not in NOT_BY_THEMSELVES
    ]


READ = ("Describe", "List", "Get")
READS = [
    key
    for key in sorted(implemented() & catalogue().keys())
    if key[1].startswith(READ) and filters(key)
]


@dataclass(frozen=True)
class Account:
    """Calls to an account; `ids` are those of what is in it."""

    simulator: Simulator
    ids: Mapping[str, str]

    def call(self, key: tuple[str, str], params: Mapping[str, str]) -> Any:
        """The reply of an action, or its refusal."""
        product, action = key
        common = {"Action": action, "Version": versions()[product], "AccessKeyId": "any"}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode({**common, **params}).encode()
        request = HttpRequest("POST", headers=headers, body=body)
        return json.loads(self.simulator.handle(request).body)


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """An account with something in every list."""
    clock = TurnedClock()
    simulator = Simulator(settings=Settings(transition=1.0), clock=clock)
    playback = Playback(simulator, clock)
    for each in load(FULL_ACCOUNT):
        playback.carry_out(each)
    clock.advance(600)
    yield Account(simulator, playback.names)
    simulator.close()


@pytest.fixture(scope="module")
def empty() -> Iterator[Account]:
    """An account with nothing in it."""
    simulator = Simulator(settings=Settings(), clock=TurnedClock())
    yield Account(simulator, {})
    simulator.close()


@pytest.mark.parametrize("key", READS, ids=":".join)
def test_filter_that_nothing_matches_leaves_nothing(account: Account, key: tuple[str, str]) -> None:
    needed = needed_by(catalogue()[key], account)
    everything = listed(key, account.call(key, needed))
    assert everything or key in EMPTY
    if everything:
        unfiltered = []
        for each in filters(key):
            found = [listed(key, reply) for reply in answers(account, key, needed, each)]
            choice = each.values or each.type == "Boolean" or each.name.startswith("Maximum")
            if all(items == everything if choice else items for items in found):
                unfiltered.append(each.name)
        assert unfiltered == []


@pytest.mark.parametrize("key", READS, ids=":".join)
def test_filter_is_taken_beside_any_other_and_where_nothing_is(
    account: Account, empty: Account, key: tuple[str, str]
) -> None:
    needed = needed_by(catalogue()[key], account)
    taken: dict[str, dict[str, str]] = {}
    for each in filters(key):
        for values in values_of(each):
            if "Code" not in account.call(key, {**needed, **values}):
                taken.setdefault(each.name, values)
    lonely = [name for name, each in taken.items() if is_not_simulated(empty, key, needed | each)]
    assert lonely == []
    refused = [
        (first, second)
        for first, second in combinations(taken, 2)
        if is_not_simulated(account, key, needed | taken[first] | taken[second])
    ]
    assert refused == []


def is_not_simulated(account: Account, key: tuple[str, str], params: dict[str, str]) -> bool:
    return str(account.call(key, params).get("Code", "")).startswith("NotSimulated")


def needed_by(action: Action, account: Account) -> dict[str, str]:
    key = (action.product, action.name)
    required = {each.name for each in action.parameters.values() if each.required}
    values = {**REQUIRED, "ResourceType": RESOURCE_TYPES[action.product]}
    needed = {name: values[name] for name in required if name != "RegionId"}
    return {
        name: text.format(**account.ids)
        for name, text in (needed | ONE_OF_THESE.get(key, {})).items()
    }


def answers(
    account: Account, key: tuple[str, str], needed: dict[str, str], parameter: Parameter
) -> list[Any]:
    """The replies to every value of a parameter that is worth trying."""
    return [account.call(key, {**needed, **each}) for each in values_of(parameter)]


def values_of(parameter: Parameter, path: str = "") -> Iterator[dict[str, str]]:
    """Valid values of a parameter, of which one at least matches nothing."""
    path = path + parameter.name
    if parameter.fields:
        place = f"{path}." if parameter.type == "Struct" else f"{path}.1."
        inner = [next(values_of(each, place)) for each in parameter.fields.values()]
        yield {name: text for each in inner for name, text in each.items()}
        return
    if parameter.type in ("RepeatList", "Array"):
        path += ".1"
    for text in texts_of(parameter):
        yield {path: text}


def texts_of(parameter: Parameter) -> Iterator[str]:
    if parameter.values:
        yield from parameter.values
    elif parameter.type == "Boolean":
        yield from ("true", "false")
    elif parameter.type in ("Integer", "Long", "Float"):
        yield str(parameter.maximum or (0 if parameter.name.startswith("Maximum") else 987654321))
    else:
        yield "no-such"
        yield '["no-such"]'


def listed(key: tuple[str, str], reply: Any) -> list[Any]:
    """The items of the list in a reply; none of a refusal."""
    wanted = INNERMOST.get(key, "")
    return next((each for name, each in lists(reply) if each and wanted in ("", name)), [])


def lists(reply: Any, name: str = "") -> Iterator[tuple[str, list[Any]]]:
    """The lists in a reply with their names, the outermost first."""
    if isinstance(reply, list):
        yield name, reply
        for each in reply:
            yield from lists(each)
    elif isinstance(reply, dict):
        for inner, value in reply.items():
            yield from lists(value, inner)


def test_every_exception_is_about_a_parameter_of_a_read() -> None:
    reads = [key for key in implemented() & catalogue().keys() if key[1].startswith(READ)]
    names = {name for key in reads for name in catalogue()[key].parameters}
    places = {f"{':'.join(key)}.{name}" for key in reads for name in catalogue()[key].parameters}
    assert NOT_BY_THEMSELVES.keys() <= names | places
    assert EMPTY.keys() <= set(READS)
