"""Security group, with its inbound rules."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Raw, Value, Wait
from gwlbfw.resources.dependents import interfaces_by
from gwlbfw.resources.durations import ECS_CREATE, TAGGING, Durations, takes
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    ListedBelow,
    PlanGroup,
    PlanPosition,
    TagForm,
    Verbs,
)
from gwlbfw.resources.forwarding import ForwardingFact, InboundRule, RulesFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    ECS,
    Fixed,
    Found,
    Listing,
    Phase,
    Product,
    Resource,
    register,
    value_of,
)
from gwlbfw.resources.tags import pairs, tagging, tags_of
from gwlbfw.resources.vpc import Vpc

_RULES = "DescribeSecurityGroupAttribute"


class Rule(BaseModel):
    """One inbound rule; `ports` in the API's form, such as `6081/6081` or `-1/-1`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: str
    ports: str
    source: str
    policy: str = "accept"
    priority: int = 1

    @property
    def fact(self) -> InboundRule:
        """The rule for those who judge packets."""
        return InboundRule(self.protocol, self.ports, self.source, self.accepts, self.priority)

    @property
    def accepts(self) -> bool:
        """True if it lets packets in, False if it drops them."""
        return self.policy == "accept"

    def __str__(self) -> str:
        verb = "" if self.accepts else f"{self.policy} "
        return f"{verb}{self.protocol} {self.ports} from {self.source}"


@register
class SecurityGroup(Resource):
    """Its rules change in place: what is missing is authorised before what is too much goes."""

    kind: ClassVar = "security_group"
    id_field: ClassVar = "SecurityGroupId"
    tag_type: ClassVar = "securitygroup"
    tag_form: ClassVar = TagForm(key="TagKey", value="TagValue")
    product: ClassVar[Product] = ECS
    listings: ClassVar = (
        Listing(
            ECS.call("DescribeSecurityGroups"),
            "SecurityGroups.SecurityGroup",
            of="both",
            per="vpc",
            parent_param="VpcId",
        ),
        Listing(
            ECS.call(_RULES, Direction="ingress"),
            "Permissions.Permission",
            of="both",
            per="security_group",
            parent_param="SecurityGroupId",
        ),
    )
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = (interfaces_by("SecurityGroupId"),)
    listed_below: ClassVar = ListedBelow.GUARDS
    forwarding: ClassVar = Forwarding.NONE
    interrupts_traffic: ClassVar = False
    affects_health: ClassVar = True
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.MACHINES, 0)
    verbs: ClassVar[Verbs] = {
        **MADE,
        **MODIFIED,
        **TAGGED,
        "authorize": "rules added",
        "revoke": "rules removed",
    }
    durations: ClassVar[Durations] = {
        **takes("create", call=ECS_CREATE),
        **takes("modify", "authorize", "revoke", "delete"),
        **TAGGING,
    }
    usable_after: ClassVar = "authorize"
    drift: ClassVar = DriftImpact("high", "unintended traffic is allowed, or needed traffic denied")

    vpc: Fixed[Ref[Vpc]]
    name: str | None = None
    description: str | None = None
    rules: tuple[Rule, ...] = ()

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        rules = (rule_of(each) for each in found.parts.get(_RULES, ()))
        return cls(
            vpc=names.ref(found.text("VpcId")),
            name=found.text("SecurityGroupName"),
            description=found.text("Description"),
            rules=in_order(rules),
            tags=tags_of(cls, found),
        )

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        return (RulesFact(at, tuple(each.fact for each in self.rules)),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = ECS.call(
            "CreateSecurityGroup",
            VpcId=value_of(self.vpc),
            SecurityGroupName=self.name,
            Description=self.description,
            Tag=pairs(self.tags),
        )
        yield Phase("create", call)
        if self.rules:
            yield Phase("authorize", self._permissions("AuthorizeSecurityGroup", at, self.rules))

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if missing := [rule for rule in self.rules if rule not in was.rules]:
            yield Phase("authorize", self._permissions("AuthorizeSecurityGroup", at, missing))
        if stray := [rule for rule in was.rules if rule not in self.rules]:
            yield Phase("revoke", self._permissions("RevokeSecurityGroup", at, stray), removes=True)
        if changed & {"name", "description"}:
            call = ECS.call(
                "ModifySecurityGroupAttribute",
                SecurityGroupId=Field(at, "SecurityGroupId"),
                SecurityGroupName=self.name,
                Description=self.description,
            )
            yield Phase("modify", call)
        if "tags" in changed:
            yield from tagging(self, at, was)

    def after(self, phase: str, was: Self | None = None) -> Self | None:
        if phase == "create":
            return self.model_copy(update={"rules": ()})
        if phase == "authorize" and was is not None:
            return self.model_copy(update={"rules": in_order((*was.rules, *self.rules))})
        return None if phase == "delete" else self

    def delete(self, at: Address) -> Iterator[Phase]:
        call = ECS.call("DeleteSecurityGroup", SecurityGroupId=Field(at, "SecurityGroupId"))
        read = ECS.call("DescribeSecurityGroups", SecurityGroupId=Field(at, "SecurityGroupId"))
        yield Phase("delete", call, (Wait(read, "SecurityGroups.SecurityGroup", gone=True),))

    @staticmethod
    def _permissions(action: str, at: Address, rules: Sequence[Rule]) -> Call:
        permissions: list[Value] = [
            {
                "IpProtocol": rule.protocol,
                "PortRange": rule.ports,
                "Policy": rule.policy,
                "Priority": str(rule.priority),
                _source_field(rule.source): rule.source,
            }
            for rule in rules
        ]
        return ECS.call(
            action, SecurityGroupId=Field(at, "SecurityGroupId"), Permissions=permissions
        )


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules in one order, so that sets of them compare."""
    return tuple(sorted(set(rules), key=lambda rule: (rule.protocol, rule.ports, str(rule))))


def _source_field(source: str) -> str:
    if source.startswith("sg-"):
        return "SourceGroupId"
    if source.startswith("pl-"):
        return "SourcePrefixListId"
    return "Ipv6SourceCidrIp" if ":" in source else "SourceCidrIp"


def rule_of(raw: Raw) -> Rule:
    """A rule as the cloud lists it."""
    sources = ("SourceCidrIp", "SourceGroupId", "SourcePrefixListId", "Ipv6SourceCidrIp")
    return Rule(
        protocol=str(raw.get("IpProtocol") or "").lower(),
        ports=str(raw.get("PortRange") or ""),
        source=next((str(raw[name]) for name in sources if raw.get(name)), ""),
        policy=str(raw.get("Policy") or "accept").lower(),
        priority=int(str(raw.get("Priority") or 1)),
    )
