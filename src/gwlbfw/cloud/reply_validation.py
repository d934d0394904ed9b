"""Validation of replies: the ids and addresses that everything else is built on."""

from ipaddress import AddressValueError, IPv4Address

from gwlbfw.cloud.call import Json, Raw
from gwlbfw.errors import ReplyError


def usable_id(value: Json) -> str:
    """The value if it can be the id of an object; else empty."""
    usable = isinstance(value, str) and value.isascii() and value.isprintable()
    return str(value) if usable else ""


def require_id(raw: Raw, name: str, action: str) -> str:
    """The id of an object in the reply to `action`. Raises ReplyError where there is none."""
    if found := usable_id(raw.get(name)):
        return found
    raise ReplyError(action, f"something in it has no {name}")


def require_address(raw: Raw, name: str, action: str) -> str:
    """The IPv4 address of an object in the reply to `action`. Raises ReplyError."""
    value = raw.get(name)
    try:
        return str(IPv4Address(value if isinstance(value, str) else ""))
    except AddressValueError as problem:
        raise ReplyError(action, f"{name} is no IPv4 address") from problem
