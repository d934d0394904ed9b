"""Checks of names: of the stack, the region, keys that addresses are made of, cloud objects."""

import re
from collections.abc import Iterator, Mapping

from gwlbfw.topology.business_vpc import BusinessVpc, Ipv4Gateway
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import ManagedObject, RouteTableChoice, Subnet
from gwlbfw.topology.security_vpc import SecurityVpc
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.validation.traversal import managed_objects, walk
from gwlbfw.topology.wording import describe, quote
from gwlbfw.topology.yaml.source import YamlPath

_STACK = re.compile(r"[a-z][a-z0-9-]{1,49}")
_REGION = re.compile(r"[a-z]+(-[a-z0-9]+)+")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
_KEYED = frozenset({"accounts", "business_vpcs", "zones", "subnets", "servers", "appliances"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{1,127}")
_SCRIPTS = frozenset({"user_data"})
_LINK = re.compile(r"https?://")


def stack_name(topology: Topology) -> Iterator[Problem]:
    """The stack's name becomes a part of names, tags and paths of the state."""
    if not _STACK.fullmatch(topology.name):
        message = f"{quote(topology.name)} can't be the name of a stack"
        hint = "2 to 50 lower-case letters, digits and hyphens, a letter first"
        yield Problem("stack-name", ("name",), message, hint)


def region(topology: Topology) -> Iterator[Problem]:
    """The region has the form of an id; only the cloud knows whether it exists."""
    if not is_region(topology.region):
        message = f"{quote(topology.region)} is not a region id"
        yield Problem("region", ("region",), message, "write it as cn-wulanchabu")


def is_region(text: str) -> bool:
    """True if the text has the form of a region id."""
    return bool(_REGION.fullmatch(text))


def printable_text(topology: Topology) -> Iterator[Problem]:
    """Text that a screen or a pull request shows can't steer either, nor look like other text.

    Only user data is for a machine to read.
    """
    yield from _unprintable(topology.model_dump(), ())


def empty_text(topology: Topology) -> Iterator[Problem]:
    """A text that is there says something: the APIs refuse empty ones, or take their defaults."""
    for path, part in walk(topology):
        for name in type(part).model_fields:
            if getattr(part, name) == "" and name not in _SCRIPTS:
                at = (*path, name)
                yield Problem("empty", at, f"{describe(at)} is empty", "leave the key out")


def _unprintable(value: object, path: YamlPath) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            here = (*path, key)
            if not str(key).isprintable():
                yield _unprintable_problem(here, "the key", str(key), at_key=True)
            elif key not in _SCRIPTS:
                yield from _unprintable(each, here)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _unprintable(each, (*path, index))
    elif isinstance(value, str) and not value.isprintable():
        yield _unprintable_problem(path, describe(path), value, at_key=False)


def _unprintable_problem(path: YamlPath, what: str, text: str, *, at_key: bool) -> Problem:
    found = sorted({f"U+{ord(each):04X}" for each in text if not each.isprintable()})
    message = f"{what} has characters that can't be printed ({', '.join(found)})"
    return Problem("unprintable", path, message, "leave them out", at_key=at_key)


def keys(topology: Topology) -> Iterator[Problem]:
    """Addresses are made of keys, so a key can't hold what separates their parts."""
    yield from _keys(topology.model_dump(include={"accounts", "business_vpcs", "security_vpc"}), ())


def _keys(value: object, path: YamlPath) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return
    for key, each in value.items():
        here = (*path, key)
        if path and path[-1] in _KEYED and not _KEY.fullmatch(key):
            hint = "1 to 40 letters, digits, hyphens and underscores"
            message = f"{quote(key)} can't be the key of {_noun(path)}"
            yield Problem("key", here, message, hint, at_key=True)
        yield from _keys(each, here)


def _noun(path: YamlPath) -> str:
    noun = describe((*path, "")).partition(" `")[0]
    return f"an {noun}" if noun.startswith("a") else f"a {noun}"


def created_names(topology: Topology) -> Iterator[Problem]:
    """Names in the cloud follow the rules of the object's API."""
    for path, part in managed_objects(topology):
        if part.name is not None:
            rule = _violated_rule(part, part.name)
            if rule:
                message = f"{quote(part.name)} can't be the name of {describe(path)}"
                yield Problem("name", (*path, "name"), message, rule)


def _violated_rule(part: ManagedObject, name: str) -> str | None:
    """The rule of the API that the name violates; None where the API takes it."""
    if isinstance(part, BusinessVpc | SecurityVpc | Subnet | RouteTableChoice | Ipv4Gateway):
        # VPC API, CreateVpc, CreateVSwitch, CreateRouteTable, CreateIpv4Gateway.
        good = 1 <= len(name) <= 128 and not _LINK.match(name)
        return None if good else "1 to 128 characters, not starting with http:// or https://"
    # ECS API, CreateSecurityGroup and RunInstances; GWLB API; VPC API, AllocateEipAddress: what
    # all of them take.
    good = bool(_NAME.fullmatch(name))
    return (
        None if good else "2 to 128 letters, digits, dots, underscores and hyphens, a letter first"
    )
