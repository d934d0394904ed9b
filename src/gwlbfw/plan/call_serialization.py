"""Parameters as JSON and back: what is not known yet is written `${address.field}`."""

import json
import re
from collections.abc import Mapping, Sequence

from gwlbfw.address import Address
from gwlbfw.cloud.call import (
    Call,
    Field,
    Json,
    JsonList,
    Leaf,
    UserData,
    Value,
    Wait,
    map_value,
)

_FIELD = re.compile(r"\$\{(?P<address>[a-z0-9_]+\.[^${}]+)\.(?P<name>[A-Za-z0-9]+)\}")
_USER_DATA = re.compile(r"\$\{user_data:(?P<address>[^ ${}]+) sha256=(?P<sha256>[0-9a-f]*)\}")


def encode(value: Value) -> Json:
    """A parameter as JSON. A plain text in which `${` stands has it written `$${`."""
    return map_value(value, _encode_leaf, json.dumps)


def _encode_leaf(leaf: Leaf) -> str | int:
    if isinstance(leaf, Field | UserData):
        return str(leaf)
    return leaf.replace("${", "$${") if isinstance(leaf, str) else leaf


def decode(value: Json) -> Value:
    """The parameter that `encode` made this of. Raises ValueError where it is none."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {str(key): decode(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [decode(each) for each in value]
    if isinstance(value, bool | int):
        return value
    raise ValueError(f"{value!r} is no parameter")


def _text(text: str) -> Value:
    if found := _FIELD.fullmatch(text):
        return Field(Address(found["address"]), found["name"])
    if found := _USER_DATA.fullmatch(text):
        return UserData(Address(found["address"]), found["sha256"])
    if text.startswith('["${'):
        return JsonList(tuple(decode(each) for each in json.loads(text)))
    return text.replace("$${", "${")


def encode_call(call: Call) -> dict[str, Json]:
    """A call: its action, parameters and, where it is another one, its account."""
    row: dict[str, Json] = {
        "action": call.name,
        "params": {name: encode(v) for name, v in call.params.items()},
    }
    return {**row, "account": call.account} if call.account else row


def decode_call(row: Mapping[str, Json]) -> Call:
    """The call that `encode_call` made this of."""
    name = str(row["action"])
    product, _, action = name.partition(":")
    params = row["params"]
    if not isinstance(params, Mapping) or not action or not name.isprintable():
        raise ValueError(f"{row['action']!r} is no call")
    values = {str(name): decode(each) for name, each in params.items()}
    return Call(product, action, values, str(row.get("account") or ""))


def encode_wait(wait: Wait) -> dict[str, Json]:
    """A wait: what is read, and what is expected of it."""
    row: dict[str, Json] = {**encode_call(wait.read), "items": wait.items}
    if wait.where:
        row["where"] = {path: encode(value) for path, value in wait.where.items()}
    if wait.gone:
        row["gone"] = True
    else:
        row["until"] = {path: [encode(v) for v in vs] for path, vs in wait.until.items()}
        row["at_least"] = wait.at_least
    return row


def decode_wait(row: Mapping[str, Json]) -> Wait:
    """The wait that `encode_wait` made this of."""
    where, until = row.get("where") or {}, row.get("until") or {}
    if not isinstance(where, Mapping) or not isinstance(until, Mapping):
        raise ValueError("a wait has a wrong `where` or `until`")  # noqa: TRY004 - wrong text
    return Wait(
        decode_call(row),
        str(row.get("items") or ""),
        {str(path): decode(value) for path, value in where.items()},
        {str(path): _list(values) for path, values in until.items()},
        int(str(row.get("at_least") or 1)),
        gone=row.get("gone") is True,
    )


def _list(values: Json) -> list[Value]:
    decoded = decode(values)
    if not isinstance(decoded, list):
        raise ValueError(f"{values!r} is no list of values")  # noqa: TRY004 - wrong text
    return decoded
