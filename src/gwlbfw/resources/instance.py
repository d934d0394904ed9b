"""ECS instance: a network virtual appliance, or an application server."""

from collections.abc import Hashable, Iterator
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, JsonList, Raw, UserData, Value, Wait, value_at
from gwlbfw.cloud.reply_validation import usable_id
from gwlbfw.resources.durations import (
    FIRST_POLL,
    RUN_INSTANCES,
    TAGGING,
    Duration,
    Durations,
    takes,
)
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    PlanGroup,
    PlanPosition,
    TagForm,
    Verbs,
)
from gwlbfw.resources.forwarding import ForwardingFact, MachineFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    ECS,
    Fixed,
    Found,
    Listing,
    Phase,
    Product,
    Resource,
    Unread,
    register,
    value_of,
)
from gwlbfw.resources.security_group import SecurityGroup
from gwlbfw.resources.tags import TEMPLATE_TAG, pairs, tagging, tags_of
from gwlbfw.resources.vswitch import VSwitch


class Launch(BaseModel):
    """The launch settings of an instance that no list call answers; a tag holds their hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_family: str | None = None
    ram_role: str | None = None
    disk_category: str | None = None
    disk_size_gb: int | None = None
    jumbo_frames: bool = False
    user_data: bool = False


RUNNING = ("Pending", "Starting", "Running")
"""The states of an instance that runs, or is about to."""
_BOOT = Duration(30.0, f"{FIRST_POLL} (10 s), and 20 s that are assumed")


@register
class Instance(Resource):
    """Most of an instance is fixed at launch; its groups, name and power state are not."""

    kind: ClassVar = "instance"
    id_field: ClassVar = "InstanceId"
    tag_type: ClassVar = "instance"
    tag_form: ClassVar = TagForm(key="TagKey", value="TagValue")
    product: ClassVar[Product] = ECS
    listings: ClassVar = (
        Listing(
            ECS.call("DescribeInstances"),
            "Instances.Instance",
            of="both",
            per="vpc",
            parent_param="VpcId",
        ),
    )
    forwarding: ClassVar = Forwarding.NONE
    interrupts_traffic: ClassVar = False
    affects_health: ClassVar = True
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.MACHINES, 1)
    verbs: ClassVar[Verbs] = {
        **MADE,
        **MODIFIED,
        **TAGGED,
        "start": "started",
        "stop": "stopped",
        "join": "joined a security group",
        "leave": "left a security group",
    }
    durations: ClassVar[Durations] = {
        **takes("create", call=RUN_INSTANCES, status=_BOOT),
        **takes("start", "stop", "delete", status=Duration(20.0)),
        **takes("modify", "join", "leave"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("high", "an appliance or server differs from its configuration")
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = ()

    vswitch: Fixed[Ref[VSwitch]]
    zone: Fixed[str]
    instance_type: Fixed[str]
    image_id: Fixed[str | None] = None
    private_ip: Fixed[str | None] = None
    key_pair: Fixed[str | None] = None
    template: Fixed[str | None] = None
    """Digest of the user data's template, its inputs and all else that is only set at launch."""
    launch: Unread[Launch] = Launch()
    security_groups: tuple[Ref[SecurityGroup], ...] | None = None
    name: str | None = None
    running: bool = True

    @classmethod
    def new_id(cls, reply: Raw) -> str:
        ids = value_at(reply, "InstanceIdSets.InstanceIdSet")
        return usable_id(ids[0]) if isinstance(ids, list) and ids else ""

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        raw = found.raw
        groups = value_at(raw, "SecurityGroupIds.SecurityGroupId")
        tags = tags_of(cls, found)
        addresses = value_at(raw, "VpcAttributes.PrivateIpAddress.IpAddress")
        return cls(
            vswitch=names.ref(str(value_at(raw, "VpcAttributes.VSwitchId") or "")),
            zone=found.text("ZoneId"),
            instance_type=found.text("InstanceType"),
            image_id=found.text("ImageId"),
            key_pair=found.text("KeyPairName"),
            private_ip=str(addresses[0]) if isinstance(addresses, list) and addresses else None,
            template=tags.get(TEMPLATE_TAG),
            name=found.text("InstanceName"),
            security_groups=tuple(
                sorted(
                    names.ref(str(each)) for each in (groups if isinstance(groups, list) else [])
                )
            ),
            running=found.text("Status") in RUNNING,
            tags=tags,
        )

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        groups = self.security_groups
        return (
            MachineFact(
                at,
                self.vswitch,
                self.private_ip or "",
                self.name or "",
                None if groups is None else tuple(map(str, groups)),
                self.running,
            ),
        )

    def create(self, at: Address) -> Iterator[Phase]:
        launch = self.launch
        disk: dict[str, Value] = {}
        if launch.disk_category:
            disk["Category"] = launch.disk_category
        if launch.disk_size_gb:
            disk["Size"] = str(launch.disk_size_gb)
        call = ECS.call(
            "RunInstances",
            ZoneId=self.zone,
            VSwitchId=value_of(self.vswitch),
            InstanceType=self.instance_type,
            ImageId=self.image_id,
            ImageFamily=launch.image_family,
            SecurityGroupIds=[value_of(each) for each in self.security_groups or ()],
            InstanceName=self.name,
            PrivateIpAddress=self.private_ip,
            KeyPairName=self.key_pair,
            RamRoleName=launch.ram_role,
            SystemDisk=disk or None,
            # A public IP of its own would be a path past the firewall.
            InternetMaxBandwidthOut=0,
            Amount=1,
            NetworkOptions={"EnableJumboFrame": True} if launch.jumbo_frames else None,
            UserData=UserData(at, self.template or "") if launch.user_data else None,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call, (_until(at, "Running"),))

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if "name" in changed:
            call = ECS.call(
                "ModifyInstanceAttribute",
                InstanceId=Field(at, "InstanceId"),
                InstanceName=self.name,
            )
            yield Phase("modify", call)
        if "security_groups" in changed:
            yield from self._regroup(at, was)
        if "tags" in changed:
            yield from tagging(self, at, was)
        if "running" in changed:
            action, state = (
                ("StartInstance", "Running") if self.running else ("StopInstance", "Stopped")
            )
            call = ECS.call(action, InstanceId=Field(at, "InstanceId"))
            yield Phase(
                "start" if self.running else "stop",
                call,
                (_until(at, state),),
                busy_when_done=True,
            )

    def _regroup(self, at: Address, was: Self) -> Iterator[Phase]:
        """Joins before it leaves: an instance is in one group at least."""
        new, old = self.security_groups or (), was.security_groups or ()
        for verb, groups in (("Join", set(new) - set(old)), ("Leave", set(old) - set(new))):
            for number, group in enumerate(sorted(groups), 1):
                call = ECS.call(
                    f"{verb}SecurityGroup",
                    InstanceId=Field(at, "InstanceId"),
                    SecurityGroupId=value_of(group),
                )
                phase, serial = f"{verb.lower()}-{number}", f"instance {at}"
                leaves = verb == "Leave"
                yield Phase(phase, call, serial=serial, releases=leaves, removes=leaves)

    def after(self, phase: str, was: Self | None = None) -> Self | None:
        if phase == "delete":
            return None
        if was is None or phase in ("start", "stop"):
            return self
        groups = self.security_groups
        if phase == "modify":
            groups = was.security_groups
        elif phase == "join":
            groups = tuple(sorted({*(was.security_groups or ()), *(groups or ())}))
        return self.model_copy(update={"security_groups": groups, "running": was.running})

    def delete(self, at: Address) -> Iterator[Phase]:
        call = ECS.call("DeleteInstance", InstanceId=Field(at, "InstanceId"), Force=True)
        yield Phase("delete", call, (Wait(_read(at), "Instances.Instance", gone=True),))

    @property
    def takes(self) -> Hashable:
        return (self.vswitch, self.private_ip) if self.private_ip is not None else None


def _read(at: Address) -> Call:
    return ECS.call("DescribeInstances", InstanceIds=JsonList((Field(at, "InstanceId"),)))


def _until(at: Address, status: str) -> Wait:
    return Wait(_read(at), "Instances.Instance", until={"Status": [status]})
