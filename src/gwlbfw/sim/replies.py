"""Whole replies: what a handler leaves out, with the empty value of its type.

The cloud's replies have every field of the SDK's response models, with an empty text, zero, false
or an empty list where a resource has nothing to say (the examples of the API references). Which
fields it leaves out instead is UNVERIFIED but for those listed here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from gwlbfw.openapi import Shape, reply_shape
from gwlbfw.sim.wire import Json, Reply

_EMPTY: Mapping[str, Json] = {"str": "", "int": 0, "bool": False, "float": 0.0}


@dataclass(frozen=True)
class LeftOut:
    """A field that a reply has only where it says something, and the source of that."""

    product: str
    action: str
    """A pattern of the actions' names."""
    path: str
    """A pattern of the field's place, such as `Vpcs.Vpc.Ipv6CidrBlock`."""
    source: str

    def concerns(self, product: str, action: str) -> bool:
        """True if this is about the action."""
        return fnmatchcase(product, self.product) and fnmatchcase(action, self.action)


LEFT_OUT: tuple[LeftOut, ...] = (
    LeftOut("*", "*", "Code", "RPC protocol: clients take a reply with a code for a refusal"),
    LeftOut("*", "*", "Message", "RPC protocol: comes with a code"),
    LeftOut(
        "ecs",
        "DescribeInstanceTypes",
        "InstanceTypes.InstanceType.JumboFrameSupport",
        "UNVERIFIED: types of which no source says it lack it",
    ),
    LeftOut(
        "ecs",
        "DescribeInvocation*",
        "*.Output",
        "ECS API, DescribeInvocations: returned if IncludeOutput is true",
    ),
    LeftOut(
        "ecs",
        "DescribeZones",
        "Zones.Zone.Available*",
        "ECS API, DescribeZones: Verbose false leaves the details out",
    ),
    LeftOut("*", "*", "Success", "whether a call succeeded is for its handler to say"),
)
"""The fields that the cloud leaves out where they say nothing."""


@dataclass(frozen=True)
class _Completion:
    """The completion of an object of one shape."""

    empty: Mapping[str, Json]
    """The empty value of every field."""
    nested: Sequence[tuple[str, "_Completion"]]
    """The fields that hold an object or a list of objects."""

    def of(self, value: Mapping[str, Json]) -> Mapping[str, Json]:
        """The object with every field of its shape."""
        whole = {**self.empty, **value}
        for name, inner in self.nested:
            held = value.get(name)
            if isinstance(held, Mapping):
                whole[name] = inner.of(held)
            elif isinstance(held, list):
                whole[name] = [inner.of(each) for each in held]
        return whole


def complete(reply: Reply, product: str, action: str) -> Reply:
    """A reply with every field that the replies of its action have."""
    return _completion_of(product, action).of(reply)


@cache
def _completion_of(product: str, action: str) -> _Completion:
    shape = reply_shape(product, action)
    left_out = [each.path for each in LEFT_OUT if each.concerns(product, action)]
    completion = _compile(shape, lambda path: any(fnmatchcase(path, each) for each in left_out), "")
    # Every reply has an id of its own.
    empty = {name: each for name, each in completion.empty.items() if name != "RequestId"}
    return _Completion(empty, completion.nested)


def _compile(
    shape: Mapping[str, Shape], is_left_out: Callable[[str], bool], path: str
) -> _Completion:
    empty: dict[str, Json] = {}
    nested: list[tuple[str, _Completion]] = []
    for name, each in shape.items():
        fields = each[0] if isinstance(each, list) else each
        if isinstance(fields, dict):
            inner = _compile(fields, is_left_out, f"{path}{name}.")
            nested.append((name, inner))
            value: Json = inner.empty
        else:
            value = _EMPTY[str(fields)]
        if not is_left_out(path + name):
            empty[name] = [] if isinstance(each, list) else value
    return _Completion(empty, nested)
