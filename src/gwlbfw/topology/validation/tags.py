"""Tags: within the narrowest rules of the APIs whose objects get them."""

from collections.abc import Iterator, Mapping

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.validation.traversal import created
from gwlbfw.topology.wording import called, quoted
from gwlbfw.topology.yaml.source import YamlPath

MOST_TAGS = 20
"""Tags that an object can have (VPC API, CreateVpc; GWLB API; ECS API)."""

OWN_TAGS = 4
"""Tags of the stack itself: `gwlbfw:stack`, `gwlbfw:address`, and up to two of what was before."""

LONGEST_KEY = 64
LONGEST_VALUE = 128
"""PrivateLink API, TagResources, the narrowest of all; the others take 128 and more."""

_RESERVED = ("aliyun", "acs:", "http://", "https://")
_OWN = "gwlbfw:"


def tags(topology: Topology) -> Iterator[Finding]:
    """Every created object gets the tags at the top, and its own."""
    yield from _each(topology.tags, ("tags",))
    yield from _number(topology.tags, ("tags",))
    for path, part in created(topology):
        if part.tags:
            at = (*path, "tags")
            yield from _each(part.tags, at)
            yield from _number({**topology.tags, **part.tags}, at)


def _each(given: Mapping[str, str], path: YamlPath) -> Iterator[Finding]:
    for key, value in given.items():
        at = (*path, key)
        wrong = _wrong_key(key)
        if wrong:
            yield Finding("tag", at, f"{called(at)} {wrong}", of_key=True)
        if len(value) > LONGEST_VALUE:
            message = f"the value of {called(at)} has more than {LONGEST_VALUE} characters"
            yield Finding("tag", at, message)
        elif value.startswith(("http://", "https://")):
            yield Finding("tag", at, f"the value of {called(at)} can't start with http(s)://")


def _wrong_key(key: str) -> str | None:
    if len(key) > LONGEST_KEY:
        return f"has more than {LONGEST_KEY} characters"
    if key.startswith(_OWN):
        return f"can't start with {quoted(_OWN)}: those are the stack's own"
    reserved = next((each for each in _RESERVED if key.startswith(each)), None)
    return f"can't start with {quoted(reserved)}: the cloud reserves it" if reserved else None


def _number(given: Mapping[str, str], path: YamlPath) -> Iterator[Finding]:
    most = MOST_TAGS - OWN_TAGS
    if len(given) > most:
        message = f"{len(given)} tags are more than the {most} that the stack's own leave"
        hint = f"an object has {MOST_TAGS} tags at most, and gwlbfw needs up to {OWN_TAGS}"
        yield Finding("tags", path, message, hint, of_key=True)
