"""The RPC wire format: flat, signed parameters in; one JSON object out.

Sources: the official Python SDK (alibabacloud-tea-openapi 0.4), observed on the wire, and the
common RPC protocol of the older signature version 1.0.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl

from gwlbfw.sim.errors import ApiError

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
Reply: TypeAlias = Mapping[str, Json]
Param: TypeAlias = "str | list[Param] | dict[str, Param]"

COMMON = frozenset(
    {
        *("Action", "Version", "Format", "Timestamp", "AccessKeyId", "SecurityToken"),
        *("Signature", "SignatureMethod", "SignatureNonce", "SignatureType", "SignatureVersion"),
    }
)
"""Parameters of the protocol itself, which are no action's own."""

_NAME = re.compile(r"[^.]+(\.[^.]+)*")
_DEEPEST = 8
"""Dots in a parameter's name; no action of the catalogue has half as many."""


@dataclass(frozen=True)
class HttpRequest:
    """One HTTP request to the API; header names are in lower case, values as received."""

    method: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    path: str = "/"
    """As received; `/` but for OSS."""


@dataclass(frozen=True)
class HttpReply:
    """One HTTP reply: status, JSON body, and what a fault does to it."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds until it is sent."""
    lost: Literal["", "reset", "closed"] = ""
    """How the connection ends if the reply is lost."""


@dataclass(frozen=True)
class Message:
    """A parsed request: its action and version, and its flat parameters."""

    action: str
    version: str
    flat: Mapping[str, str]
    """Every parameter of query and form, those of the protocol included."""

    @property
    def parameters(self) -> dict[str, Param]:
        """The action's own parameters, nested."""
        return nest({name: text for name, text in self.flat.items() if name not in COMMON})


def read(http: HttpRequest) -> Message:
    """The message in an HTTP request, whether its parameters are in the query or in the form."""
    flat = dict(parse_qsl(http.query, keep_blank_values=True))
    if http.body:
        flat.update(parse_qsl(http.body.decode("utf-8", "replace"), keep_blank_values=True))
    headers = http.headers
    # Signature version 1.0 signs no header, so only the signed parameters name the action.
    if "Signature" in flat and "authorization" not in headers:
        return Message(flat.get("Action", ""), flat.get("Version", ""), flat)
    action = headers.get("x-acs-action") or flat.get("Action", "")
    return Message(action, headers.get("x-acs-version") or flat.get("Version", ""), flat)


def nest(flat: Mapping[str, str]) -> dict[str, Param]:
    """Flat names such as `Tag.1.Key` as lists (by index, from 1) and objects."""
    tree: dict[str, Param] = {}
    for name, text in flat.items():
        _put(tree, name, text)
    return {name: _listed(value) for name, value in tree.items()}


def _put(tree: dict[str, Param], name: str, text: str) -> None:
    if not _NAME.fullmatch(name) or name.count(".") > _DEEPEST:
        raise ApiError("InvalidParameter", f"The parameter name {name} is not valid.")
    *path, last = name.split(".")
    for part in path:
        deeper = tree.setdefault(part, {})
        if not isinstance(deeper, dict):
            raise ApiError("InvalidParameter", f"The parameter {name} is both a value and a list.")
        tree = deeper
    if isinstance(tree.get(last), dict):
        raise ApiError("InvalidParameter", f"The parameter {name} is both a value and a list.")
    tree[last] = text


def _listed(value: Param) -> Param:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def success(request_id: str, reply: Reply) -> HttpReply:
    """The reply to a call that was carried out."""
    return _json(200, {"RequestId": request_id, **reply})


def failure(request_id: str, product: str, region: str, error: ApiError) -> HttpReply:
    """The reply to a call that was refused: the protocol's five fields."""
    return _json(
        error.status,
        {
            "RequestId": request_id,
            "HostId": f"{product or 'api'}.{region}.aliyuncs.com",
            "Code": error.code,
            "Message": error.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}&product={product}",
        },
    )


def _json(status: int, body: Reply) -> HttpReply:
    return HttpReply(status, json.dumps(body, separators=(",", ":")).encode())
