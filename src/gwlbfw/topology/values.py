"""The scalar types of the topology, with their errors in the user's words.

A custom error's type is the diagnostic's code; its context may carry a `hint`.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from gwlbfw.topology.wording import quote
from gwlbfw.topology.yaml.scalars import TooLongError, Untyped, resolve

Protocol = Literal["tcp", "udp", "icmp", "gre", "all"]

ANY_PORT = "-1/-1"
"""Every port, as the ECS API writes it (ECS API, AuthorizeSecurityGroup)."""
_PORT = re.compile(r"[0-9]{1,9}")


def value_error(
    code: Literal["cidr", "address", "ports", "range"], message: str, hint: str = ""
) -> PydanticCustomError:
    """The error of a value that its type refuses."""
    # Braces would be taken for placeholders of the message's template.
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def parse_cidr(value: object) -> IPv4Network:
    """A CIDR block without host bits."""
    if isinstance(value, IPv4Network):
        return value
    text = value if isinstance(value, str) else repr(value)
    example = "write it as 192.168.1.0/24"
    try:
        network = IPv4Network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        network = None
    if network is None:
        raise value_error("cidr", f"{quote(text)} is not an IPv4 CIDR block", example)
    if "/" not in text:
        raise value_error(
            "cidr", f"{quote(text)} has no prefix length", f"write {network} for one address"
        )
    if not text.partition("/")[2].isdigit():
        raise value_error("cidr", f"{quote(text)} has no prefix length", f"write {network}")
    if IPv4Address(text.partition("/")[0]) != network.network_address:
        raise value_error("cidr", f"{quote(text)} has host bits set", f"the block is {network}")
    return network


def parse_address(value: object) -> IPv4Address:
    """One IPv4 address."""
    if isinstance(value, IPv4Address):
        return value
    try:
        if isinstance(value, str):
            return IPv4Address(value)
    except ValueError:
        pass
    raise value_error(
        "address", f"{quote(value)} is not an IPv4 address", "write it as 192.168.1.10"
    )


def resolve_untyped(value: object) -> object:
    """The value of a variable as a YAML scalar, for fields that don't take text."""
    try:
        return resolve(value) if isinstance(value, Untyped) else value
    except TooLongError:
        return value


def parse_ports(value: object, info: ValidationInfo) -> str:
    """A port or a range as the ECS API takes it (`80/80`); `-1/-1` where there are no ports."""
    protocol = info.data.get("protocol", "all" if _is_absent(value) else "tcp")
    if protocol in {"icmp", "gre", "all"}:
        return _no_ports(value, protocol)
    if _is_absent(value):
        raise value_error(
            "ports",
            f"`ports` is missing for {protocol or 'this protocol'}",
            "write a port or a range, such as 8000-8100",
        )
    first, _, last = str(value).replace("-", "/").partition("/")
    if isinstance(value, bool) or not _PORT.fullmatch(first) or not _PORT.fullmatch(last or first):
        raise value_error(
            "ports", f"{quote(value)} is not a port or a range of ports", "write 80 or 8000-8100"
        )
    low, high = int(first), int(last or first)
    if 1 <= high < low <= 65535:
        raise value_error("ports", f"{quote(value)} is the wrong way round", f"write {high}-{low}")
    if not 1 <= low <= high <= 65535:
        raise value_error("ports", f"{quote(value)} is not a range of ports from 1 to 65535")
    return f"{low}/{high}"


def _is_absent(value: object) -> bool:
    return value is None or value == ""


def _no_ports(value: object, protocol: str) -> str:
    if not _is_absent(value) and value != ANY_PORT:
        raise value_error("ports", f"{protocol} takes no `ports`", "leave `ports` out")
    return ANY_PORT


def parse_account_id(value: object) -> object:
    """An account id: digits, with or without quotes in the YAML."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


@dataclass(frozen=True)
class Between:
    """A whole number within the bounds that the API states."""

    low: int
    high: int

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "minimum": self.low, "maximum": self.high}

    def _check(self, value: int) -> int:
        if not self.low <= value <= self.high:
            raise value_error("range", f"must be from {self.low} to {self.high}, not {value}")
        return value


Flag = Annotated[bool, BeforeValidator(resolve_untyped), Strict()]
Whole = Annotated[int, BeforeValidator(resolve_untyped), Strict()]
Cidr = Annotated[
    IPv4Network,
    BeforeValidator(parse_cidr),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9.]+/[0-9]+$"}),
]
Ip = Annotated[
    IPv4Address,
    BeforeValidator(parse_address),
    WithJsonSchema({"type": "string", "format": "ipv4"}),
]
Ports = Annotated[
    str,
    BeforeValidator(parse_ports),
    WithJsonSchema({"type": ["integer", "string"], "examples": [80, "8000-8100"]}),
]
AccountId = Annotated[
    str,
    BeforeValidator(parse_account_id),
    WithJsonSchema({"type": ["integer", "string"]}),
]
