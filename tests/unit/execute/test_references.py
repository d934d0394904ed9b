import base64
import json
from collections.abc import Mapping

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, JsonList, Raw, UserData, Wait
from gwlbfw.execute.references import ResolvedIds

SUBNET, SERVER = Address("vswitch.s"), Address("instance.i")
IDS = {SUBNET: "vsw-1", SERVER: "i-1"}


def render(data: UserData, raw: Mapping[Address, Raw]) -> bytes:
    return f"{data.address} behind {sorted(raw)} é".encode()


def test_ids_are_resolved_at_any_depth() -> None:
    subnet, server = Field(SUBNET, "VSwitchId"), Field(SERVER, "InstanceId")
    call = Call(
        "ecs",
        "Do",
        {
            "VSwitchId": subnet,
            "InstanceIds": JsonList((server, "i-2")),
            "Servers": [{"ServerId": server, "Port": 6081}],
            "Options": {"Of": {"Subnet": subnet}, "Force": True},
            "Name": "as it is",
        },
    )
    assert ResolvedIds(IDS).resolve_call(call, render).params == {
        "VSwitchId": "vsw-1",
        "InstanceIds": json.dumps(["i-1", "i-2"]),
        "Servers": [{"ServerId": "i-1", "Port": 6081}],
        "Options": {"Of": {"Subnet": "vsw-1"}, "Force": True},
        "Name": "as it is",
    }


def test_a_call_without_references_stays() -> None:
    call = Call("ecs", "Do", {}, "biz")
    assert ResolvedIds({}).resolve_call(call, render) == call


def test_user_data_is_rendered_from_live_objects_and_sent_as_base64() -> None:
    call = Call("ecs", "RunInstances", {"UserData": UserData(SERVER, "0a")})
    bound = ResolvedIds({}, {Address("load_balancer.main"): {}}).resolve_call(call, render)
    text = bound.params["UserData"]
    assert isinstance(text, str)
    assert base64.b64decode(text).decode() == "instance.i behind ['load_balancer.main'] é"


def test_a_wait_is_resolved_wherever_it_has_a_reference() -> None:
    field = Field(SUBNET, "VSwitchId")
    wait = Wait(
        Call("vpc", "Describe", {"VSwitchId": field}),
        "Items",
        where={"VSwitchId": field},
        until={"RouteTableId": [field, "None"]},
        at_least=2,
    )
    bound = ResolvedIds(IDS).resolve_wait(wait, render)
    assert bound.read.params == {"VSwitchId": "vsw-1"}
    assert bound.where == {"VSwitchId": "vsw-1"}
    assert bound.until == {"RouteTableId": ["vsw-1", "None"]}
    assert (bound.items, bound.at_least, bound.gone) == ("Items", 2, False)


def test_an_unknown_id_is_an_error() -> None:
    call = Call("vpc", "Do", {"VpcId": Field(Address("vpc.unknown"), "VpcId")})
    with pytest.raises(KeyError, match="unknown"):
        ResolvedIds(IDS).resolve_call(call, render)
