"""The checks of what instances are launched with, before anything is changed.

Instance types, images, key pairs and RAM roles, each in the account that launches.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Raw, Value
from gwlbfw.cloud.client import ApiClient
from gwlbfw.diagnostics import Diagnostic, Place, error, warning
from gwlbfw.diff import Change
from gwlbfw.errors import CloudError, Denied, TransportError
from gwlbfw.resources import Instance
from gwlbfw.resources.resource import ECS, Product
from gwlbfw.topology.models import Topology

_BATCH = 10
"""Instance types that DescribeInstanceTypes takes at once (ECS API)."""
RAM = Product("ram")


def launch_actions(instance: Instance) -> Iterator[str]:
    """The actions that are called here for an instance, in its account."""
    yield from ("ecs:DescribeImages", "ecs:DescribeInstanceTypes")
    if instance.key_pair:
        yield "ecs:DescribeKeyPairs"
    if instance.launch.ram_role:
        yield "ram:GetRole"


@dataclass(frozen=True)
class Launch:
    """An instance that a plan launches."""

    address: Address
    instance: Instance
    account: str

    def place(self, topology: Topology, field: str) -> Place | None:
        """The place of one of its fields in the file."""
        at = layout.parse(self.address)
        if layout.is_appliance(self.address):
            return topology.place("security_vpc", "appliances", at.name, field)
        return topology.place("business_vpcs", at.vpc, "servers", at.name, field)


def launches(changes: Sequence[Change]) -> list[Launch]:
    """The instances that the changes make."""
    return [
        Launch(each.address, each.towards.resource, each.towards.account)
        for each in changes
        if each.action in ("create", "replace")
        and each.towards
        and isinstance(each.towards.resource, Instance)
    ]


async def fetch_launch_problems(
    api: ApiClient, topology: Topology, launched: Sequence[Launch]
) -> list[Diagnostic]:
    """Fetch what launches name; what does not exist, or is not fit. Raises CloudError."""
    check = _Check(api, topology, launched)
    found = await asyncio.gather(
        check.types(), check.images(), check.image_families(), check.key_pairs(), check.roles()
    )
    return [each for some in found for each in some]


@dataclass(frozen=True)
class _Check:
    api: ApiClient
    topology: Topology
    launched: Sequence[Launch]

    async def types(self) -> list[Diagnostic]:
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for each in self.launched:
            wanted[each.account].add(each.instance.instance_type)
        calls = [
            _in(ECS.call("DescribeInstanceTypes", InstanceTypes=list[Value](batch)), account)
            for account, names in sorted(wanted.items())
            for batch in _batches(sorted(names))
        ]
        pages = await asyncio.gather(
            *(self.api.list_all(call, "InstanceTypes.InstanceType") for call in calls)
        )
        known = {
            (call.account, str(row.get("InstanceTypeId"))): row
            for call, page in zip(calls, pages, strict=True)
            for row in page
        }
        problems: list[Diagnostic] = []
        for launch in self.launched:
            name = launch.instance.instance_type
            kind = known.get((launch.account, name))
            place = launch.place(self.topology, "instance_type")
            if kind is None:
                message = f"there is no instance type {name} in {self.topology.region}"
                problems.append(error("no-such-type", message, place=place))
            elif launch.instance.launch.jumbo_frames:
                problems += _jumbo(place, name, kind)
        return problems

    async def images(self) -> list[Diagnostic]:
        return await self._listed(
            "image_id",
            lambda each: each.image_id,
            lambda name: ECS.call("DescribeImages", ImageId=name),
            "Images.Image",
        )

    async def image_families(self) -> list[Diagnostic]:
        return await self._listed(
            "image_family",
            lambda each: each.launch.image_family,
            lambda name: ECS.call("DescribeImages", ImageFamily=name),
            "Images.Image",
        )

    async def key_pairs(self) -> list[Diagnostic]:
        return await self._listed(
            "key_pair",
            lambda each: each.key_pair,
            lambda name: ECS.call("DescribeKeyPairs", KeyPairName=name),
            "KeyPairs.KeyPair",
        )

    async def _listed(
        self,
        field: str,
        name_of: Callable[[Instance], str | None],
        call: Callable[[str], Call],
        items: str,
    ) -> list[Diagnostic]:
        """An error at the first that names it, for each that a list does not have."""
        named = self._named(name_of)
        pages = await asyncio.gather(
            *(self.api.list_all(_in(call(name), account), items) for account, name in named)
        )
        noun = _NOUNS[field]
        return [
            error(
                f"no-such-{noun.replace(' ', '-')}",
                f"there is no {noun} {name} in this region and account",
                place=launch.place(self.topology, field),
            )
            for ((_, name), launch), page in zip(named.items(), pages, strict=True)
            if not page
        ]

    async def roles(self) -> list[Diagnostic]:
        named = self._named(lambda each: each.launch.ram_role)
        found = await asyncio.gather(
            *(self._role(name, launch) for (_, name), launch in named.items())
        )
        return [each for each in found if each is not None]

    async def _role(self, name: str, launch: Launch) -> Diagnostic | None:
        """RAM API, GetRole: EntityNotExist.Role where there is none."""
        place = launch.place(self.topology, "ram_role")
        try:
            await self.api.read(_in(RAM.call("GetRole", RoleName=name), launch.account))
        except (Denied, TransportError) as problem:
            hint = problem.hint if isinstance(problem, Denied) else None
            message = f"whether there is a RAM role {name} is not known: {problem}"
            return warning("role-not-read", message, place=place, hint=hint)
        except CloudError as problem:
            if not problem.cloud_code.lower().startswith("entitynotexist"):
                raise
            message = f"there is no RAM role {name} in this account"
            return error("no-such-ram-role", message, place=place)
        return None

    def _named(self, name_of: Callable[[Instance], str | None]) -> dict[tuple[str, str], Launch]:
        """The first launch that names each thing, by account and name."""
        found: dict[tuple[str, str], Launch] = {}
        for each in self.launched:
            if name := name_of(each.instance):
                found.setdefault((each.account, name), each)
        return dict(sorted(found.items(), key=lambda item: item[0]))


_NOUNS = {"image_id": "image", "image_family": "image", "key_pair": "key pair"}


def _jumbo(place: Place | None, name: str, kind: Raw) -> Iterator[Diagnostic]:
    """An appliance needs an MTU of 1568; whether every family says so is UNVERIFIED."""
    supported = str(kind.get("JumboFrameSupport")).lower()
    if supported == "false":
        yield error(
            "no-jumbo-frames",
            f"{name} has no jumbo frames, but an appliance needs an MTU of "
            "1568: larger packets would be lost",
            place=place,
            hint="choose a type with jumbo frames, such as ecs.g7ne.xlarge",
        )
    elif supported != "true":
        yield warning(
            "jumbo-frames-unknown",
            f"the cloud doesn't say whether {name} has jumbo frames, which an appliance needs",
            place=place,
        )


def _batches(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + _BATCH] for start in range(0, len(names), _BATCH))


def _in(call: Call, account: str) -> Call:
    return replace(call, account=account)
