"""The RPC wire format: flat, signed parameters in; one JSON object out, or XML on request.

Sources: the official Python SDK (alibabacloud-tea-openapi 0.4), observed on the wire, and the
common RPC protocol of the older signature version 1.0 (ECS API: common parameters, returned
results, client error codes). Without a Format the answer is JSON here, which is the cloud's default
for ACS3 alone.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

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
_INDEX = re.compile(r"[1-9][0-9]{0,5}")
"""The index in a list, whose first one is 1."""
_METHODS = ("GET", "POST")
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (XML 1.0, 2.2)."""


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
    def as_xml(self) -> bool:
        """True if the reply has to be XML."""
        return self.flat.get("Format", "").upper() == "XML"

    @property
    def own(self) -> dict[str, str]:
        """The action's own parameters, flat."""
        return {name: text for name, text in self.flat.items() if name not in COMMON}

    @property
    def parameters(self) -> dict[str, Param]:
        """The action's own parameters, nested."""
        return nest(self.own)


def read(http: HttpRequest) -> Message:
    """The message in an HTTP request, whether its parameters are in the query or in the form.

    Raises ApiError where it is none. The codes for another path or method are UNVERIFIED.
    """
    if http.path != "/":
        why = "Specified api is not found, please check your url and method."
        raise ApiError("InvalidApi.NotFound", why, 404)
    if http.method not in _METHODS:
        raise ApiError("UnsupportedHTTPMethod", "This http method is not supported.", 405)
    flat = dict(parse_qsl(http.query, keep_blank_values=True))
    if http.body:
        flat.update(parse_qsl(http.body.decode("utf-8", "replace"), keep_blank_values=True))
    headers = http.headers
    # Signature version 1.0 signs no header, so only the signed parameters name the action.
    signed = "Signature" in flat and "authorization" not in headers
    action = ("" if signed else headers.get("x-acs-action")) or flat.get("Action", "")
    version = ("" if signed else headers.get("x-acs-version")) or flat.get("Version", "")
    for name, value in (("Action", action), ("Version", version)):
        if not value:
            why = (
                f'The input parameter "{name}" that is mandatory for this request is not supplied.'
            )
            raise ApiError("MissingParameter", why)
    return Message(action, version, flat)


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
        if wrong := [name for name in inner if not _INDEX.fullmatch(name)]:
            # UNVERIFIED: the cloud might ignore it as a parameter that the action doesn't have.
            raise ApiError(
                "InvalidParameter", f"The index {wrong[0]} is not valid: 1 is the first."
            )
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


def as_xml(reply: HttpReply, action: str) -> HttpReply:
    """A reply in XML: a list is its element repeated (ECS API, returned results)."""
    root = f"{action}Response" if reply.status < 400 else "Error"
    text = f"<?xml version='1.0' encoding='UTF-8'?>{_element(root, json.loads(reply.body))}"
    headers = {**reply.headers, "Content-Type": "text/xml;charset=utf-8"}
    return replace(reply, body=text.encode(), headers=headers)


def _element(name: str, value: Json) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(*each) for each in value.items())}</{name}>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(name, each) for each in value)
    plain = value if isinstance(value, str) else json.dumps(value) if value is not None else ""
    return f"<{name}>{escape(_NO_XML.sub('', plain))}</{name}>"
