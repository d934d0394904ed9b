import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, JsonList, UserData, Value, Wait
from gwlbfw.plan.call_serialization import (
    decode,
    decode_call,
    decode_wait,
    encode,
    encode_call,
    encode_wait,
)

FIELD = Field(Address("vswitch.business/shop/app-b"), "VSwitchId")
DATA = UserData(Address("instance.appliance/fw-1"), "0a1b")

addresses = st.builds(
    lambda kind, path: Address.of(kind, *path),
    st.sampled_from(["vpc", "route_table", "server_group_member"]),
    st.lists(st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True), min_size=1, max_size=3),
)
fields = st.builds(Field, addresses, st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True))
hashes = st.from_regex(r"[0-9a-f]{0,32}", fullmatch=True)
awkward = st.sampled_from(["${", "$${", "}", "$", '["${', "a.b", '"', "${vpc.a.VpcId}", "[]"])
texts = st.lists(st.one_of(st.text(max_size=5), awkward), max_size=4).map("".join)
plain: st.SearchStrategy[Value] = st.one_of(texts, st.integers(), st.booleans(), fields)
lists = st.lists(fields, min_size=1, max_size=3).map(lambda each: JsonList(tuple(each)))
values: st.SearchStrategy[Value] = st.recursive(
    st.one_of(plain, lists, st.builds(UserData, addresses, hashes)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def through_a_file(value: Value) -> Value:
    return decode(json.loads(json.dumps(encode(value))))


@given(values)
def test_parameter_survives_a_round_trip_through_a_file(value: Value) -> None:
    assert through_a_file(value) == value


@given(texts)
def test_a_text_stays_a_text_whatever_it_looks_like(text: str) -> None:
    assert through_a_file(text) == text


def test_unknown_id_is_written_as_its_address() -> None:
    assert encode(FIELD) == "${vswitch.business/shop/app-b.VSwitchId}"
    assert encode(DATA) == "${user_data:instance.appliance/fw-1 sha256=0a1b}"
    assert encode(JsonList((FIELD,))) == '["${vswitch.business/shop/app-b.VSwitchId}"]'


def test_a_text_with_a_dollar_brace_is_escaped() -> None:
    assert encode("echo ${HOME}") == "echo $${HOME}"
    assert decode("echo $${HOME}") == "echo ${HOME}"


@pytest.mark.parametrize("value", [None, 1.5])
def test_value_that_is_no_parameter_is_refused(value: float | None) -> None:
    with pytest.raises(ValueError, match="is no parameter"):
        decode(value)


@given(st.dictionaries(st.text(min_size=1, max_size=8), values, max_size=4), st.text(max_size=4))
def test_a_call_comes_back(params: Mapping[str, Value], account: str) -> None:
    call = Call("vpc", "CreateVpc", params, account)
    assert decode_call(json.loads(json.dumps(encode_call(call)))) == call


def test_a_call_names_its_account_only_where_it_is_another_one() -> None:
    assert "account" not in encode_call(Call("vpc", "CreateVpc", {}, ""))
    assert encode_call(Call("vpc", "CreateVpc", {}, "biz"))["account"] == "biz"


@pytest.mark.parametrize("row", [{"action": "vpc", "params": {}}, {"action": "a:B", "params": []}])
def test_row_that_is_no_call_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is no call"):
        decode_call(row)  # type: ignore[arg-type]


READ = Call("vpc", "DescribeVSwitches", {"VSwitchId": FIELD}, "")
paths = st.from_regex(r"[A-Z][a-z]{0,5}(\.[A-Z][a-z]{0,5})?", fullmatch=True)


@given(
    st.dictionaries(paths, plain, max_size=2),
    st.dictionaries(paths, st.lists(plain, min_size=1, max_size=2), min_size=1, max_size=2),
    st.integers(1, 5),
)
def test_a_wait_comes_back(
    where: dict[str, Value], until: dict[str, list[Value]], at_least: int
) -> None:
    for wait in (
        Wait(READ, "VSwitches.VSwitch", where, until, at_least),
        Wait(READ, "VSwitches.VSwitch", where, gone=True),
        Wait(READ, until=until),
    ):
        assert decode_wait(json.loads(json.dumps(encode_wait(wait)))) == wait


@pytest.mark.parametrize(
    "broken", [{"where": ["x"]}, {"until": ["x"]}, {"until": {"Status": "Available"}}]
)
def test_a_broken_wait_is_refused(broken: dict[str, object]) -> None:
    row = {**encode_wait(Wait(READ, until={"Status": ["Available"]})), **broken}
    with pytest.raises(ValueError, match=r"wait|list"):
        decode_wait(row)  # type: ignore[arg-type]
