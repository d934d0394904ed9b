"""The form of what the cloud answers: what all else is built on has to be in it."""

from ipaddress import AddressValueError, IPv4Address

from gwlbfw.cloud.call import Json, Raw
from gwlbfw.errors import ReplyError


def usable_id(value: Json) -> str:
    """A value as the id of an object; empty where it can be none."""
    usable = isinstance(value, str) and value.isascii() and value.isprintable()
    return str(value) if usable else ""


def require_id(raw: Raw, name: str, action: str) -> str:
    """The id of an object in the answer to `action`: without it, it would be taken as absent."""
    if found := usable_id(raw.get(name)):
        return found
    raise ReplyError(action, f"something in it has no {name}")


def require_address(raw: Raw, name: str, action: str) -> str:
    """The IPv4 address of an object in the answer to `action`."""
    value = raw.get(name)
    try:
        return str(IPv4Address(value if isinstance(value, str) else ""))
    except AddressValueError as problem:
        raise ReplyError(action, f"{name} is no IPv4 address") from problem
