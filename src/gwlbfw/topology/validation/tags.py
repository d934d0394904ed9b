"""Checks of tags, by the narrowest rules of the APIs whose objects get them."""

from collections.abc import Iterator, Mapping

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.validation.traversal import managed_objects
from gwlbfw.topology.wording import describe, quote
from gwlbfw.topology.yaml.source import YamlPath

MAX_TAGS = 20
"""Tags that an object can have (VPC API, CreateVpc; GWLB API; ECS API)."""

OWN_TAGS = 4
"""Tags of the stack itself: `gwlbfw:stack`, `gwlbfw:address`, up to two of the original state."""

MAX_KEY_LENGTH = 64
MAX_VALUE_LENGTH = 128
"""PrivateLink API, TagResources, the narrowest of all; the others take 128 and more."""

_RESERVED = ("aliyun", "acs:")
_OWN = "gwlbfw:"


def tags(topology: Topology) -> Iterator[Problem]:
    """Every created object gets the tags at the top, and its own."""
    yield from _entries(topology.tags, ("tags",))
    yield from _count(topology.tags, ("tags",))
    for path, part in managed_objects(topology):
        if part.tags:
            at = (*path, "tags")
            yield from _entries(part.tags, at)
            yield from _count({**topology.tags, **part.tags}, at)


def _entries(given: Mapping[str, str], path: YamlPath) -> Iterator[Problem]:
    for key, value in given.items():
        at = (*path, key)
        wrong = _wrong_key(key)
        if wrong:
            yield Problem("tag", at, f"{describe(at)} {wrong}", at_key=True)
        if len(value) > MAX_VALUE_LENGTH:
            message = f"the value of {describe(at)} has more than {MAX_VALUE_LENGTH} characters"
            yield Problem("tag", at, message)
        elif wrong := _wrong_value(value):
            yield Problem("tag", at, f"the value of {describe(at)} {wrong}")


def _wrong_key(key: str) -> str | None:
    if len(key) > MAX_KEY_LENGTH:
        return f"has more than {MAX_KEY_LENGTH} characters"
    if key.startswith(_OWN):
        return f"can't start with {quote(_OWN)}: those are the stack's own"
    if _holds_link(key):
        return "can't have http:// or https:// in it"
    reserved = next((each for each in _RESERVED if key.startswith(each)), None)
    return f"can't start with {quote(reserved)}: the cloud reserves it" if reserved else None


def _wrong_value(value: str) -> str | None:
    """The rule that a value breaks (ECS API, CreateKeyPair, Tag.N.Value, the narrowest)."""
    if _holds_link(value):
        return "can't have http:// or https:// in it"
    return f"can't start with {quote('acs:')}" if value.startswith("acs:") else None


def _holds_link(text: str) -> bool:
    return "http://" in text or "https://" in text


def _count(given: Mapping[str, str], path: YamlPath) -> Iterator[Problem]:
    most = MAX_TAGS - OWN_TAGS
    if len(given) > most:
        message = f"{len(given)} tags are more than the {most} that the stack's own leave"
        hint = f"an object has {MAX_TAGS} tags at most, and gwlbfw needs up to {OWN_TAGS}"
        yield Problem("tags", path, message, hint, at_key=True)
