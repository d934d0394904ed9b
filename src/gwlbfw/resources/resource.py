"""The base of every kind of resource: frozen properties, and their translation to API calls.

A kind describes calls and never makes them. It has no loops over the cloud, no ids and no I/O: a
property that names another resource is a `Ref`, and the parameter made of it a `Field` which the
plan fills in as far as the id is known.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from gwlbfw.address import Address, Ref, refs_in
from gwlbfw.cloud.call import Call, Field, Raw, Value, Wait
from gwlbfw.cloud.reply_fields import is_true
from gwlbfw.cloud.reply_validation import usable_id
from gwlbfw.resources.dependents import DependentListing
from gwlbfw.resources.durations import Durations
from gwlbfw.resources.facts import (
    DriftImpact,
    Forwarding,
    ListedBelow,
    Output,
    PlanPosition,
    TagForm,
    Verbs,
    VpcSide,
)
from gwlbfw.resources.forwarding import ForwardingFact
from gwlbfw.resources.names import Names

T = TypeVar("T")


class _Fixed:
    """Marks a property that can't change in place: another value replaces the resource."""


class _Unread:
    """Marks a property that the cloud doesn't answer: it is used, but never compared."""


Fixed = Annotated[T, _Fixed]
Unread = Annotated[T, _Unread]


@dataclass(frozen=True)
class Product:
    """One of the cloud's products, as a maker of calls; parameters that are None are left out."""

    name: str

    def call(self, action: str, **params: "Value | None") -> Call:
        """A call of this product."""
        return Call(self.name, action, {k: v for k, v in params.items() if v is not None})


VPC, GWLB, PRIVATELINK, ECS = (Product(name) for name in ("vpc", "gwlb", "privatelink", "ecs"))


@dataclass(frozen=True)
class Phase:
    """One call of a change, and what is waited for after it.

    Writes with the same `serial` key run one at a time; where `through` is set, the key is held
    until the waits are over, as the cloud refuses the next write while the first is under way.
    """

    name: str
    call: Call
    waits: tuple[Wait, ...] = ()
    serial: str = ""
    through: bool = True
    releases: bool = False
    """True if it ends a reference that the resource had before."""
    cuts_over: bool = False
    """True if it changes the path of traffic."""
    removes: bool = False
    """True if it is done already where the cloud says that what it names is missing."""
    busy_when_done: bool = False
    """True if the cloud refuses it as busy where it is done already."""
    attempt: bool = False
    """True if a refusal is an answer, not a failure: the phases with `unless` then do it."""
    unless: str = ""
    """The attempt after whose success this phase is not needed."""


@dataclass(frozen=True)
class Listing:
    """A list call for the live resources of a kind.

    `of` names the account: that of the business VPCs, of the security VPC, or of both. `per` names
    the kind whose members of interest are the parents, one call each, with the parent's id in
    `parent_param`, or up to `batch` of them, in the form that the parameter takes.
    """

    call: Call
    items: str
    of: Literal["business", "security", "both"]
    per: str = ""
    parent_param: str = ""
    batch: int = 1
    batch_form: Literal["list", "json", "commas"] = "list"
    parents: Callable[["Found"], bool] = lambda _: True
    """True for the parents that are listed below, of those of interest."""


@dataclass(frozen=True)
class Found:
    """One object as listed: the reply, the account, and the id of the parent it was listed for."""

    raw: Raw
    account: str
    parent: str = ""
    parts: Mapping[str, tuple[Raw, ...]] = field(default_factory=dict)
    """Objects of further listings of the same kind, by action."""

    def text(self, name: str) -> str:
        """A text field; empty where the cloud left it out."""
        value = self.raw.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A boolean field, in whichever form the product answers it."""
        return is_true(self.raw.get(name))


class Resource(BaseModel):
    """A resource's properties. A property that is None is not managed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    forwarding: ClassVar[Forwarding]
    interrupts_traffic: ClassVar[bool]
    """True if inspected traffic stops while one of it is missing."""
    affects_health: ClassVar[bool]
    """True if a change of it can change which appliances are healthy."""
    vpc_side: ClassVar[VpcSide | None]
    """The side of the VPC that it lies in, where one of these marks a VPC of the stack."""
    plan_position: ClassVar[PlanPosition]
    verbs: ClassVar[Verbs]
    """The past tense of each of its phases; of a numbered one, without the number."""
    durations: ClassVar[Durations]
    """The expected duration of each of its phases; of a numbered one, without the number."""
    drift: ClassVar[DriftImpact]
    original_state_letter: ClassVar[str]
    """Its letter in the tags that keep the original state; empty where they keep none of it."""
    refusal_loses_traffic: ClassVar[bool]
    """True if the alternative to a call that the cloud refuses loses traffic."""
    output: ClassVar[Output | None]
    """Its row in the report of a run; None where the report leaves it out."""
    dependents: ClassVar[tuple[DependentListing, ...]]
    """The list calls for what may lie in it and keeps it from being deleted."""

    kind: ClassVar[str] = ""
    id_field: ClassVar[str] = ""
    """The name of the id in the API; empty where the resource has none of its own."""
    tag_type: ClassVar[str] = ""
    """ResourceType for the tagging calls; empty where the API has no tags for it."""
    tag_form: ClassVar[TagForm] = TagForm()
    product: ClassVar[Product] = VPC
    listings: ClassVar[tuple[Listing, ...]] = ()
    seen_in: ClassVar[tuple[str, ...]] = ()
    """Kinds whose objects show this one, where the API lists it nowhere else."""
    listed_below: ClassVar[ListedBelow] = ListedBelow.KNOWN
    watched: ClassVar[frozenset[str]] = frozenset()
    """Properties that matter to traffic even on a resource that the stack does not own."""
    owners: ClassVar[frozenset[str]] = frozenset()
    """For a kind without tags: references to those in whose possession it is."""
    usable_after: ClassVar[str] = ""
    """The phase after which others may refer to it; empty: when it is complete."""

    tags: dict[str, str] | None = None

    @classmethod
    def address(cls, found: Found, names: Names) -> Address | None:
        """The address by parent and natural key; None for kinds found by tag and id."""
        del found, names
        return None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        """The resource as the cloud has it."""
        del found, names
        raise TypeError(cls.kind)

    @classmethod
    def new_id(cls, reply: Raw) -> str:
        """The id in the reply of the creating call; empty where the kind has none."""
        return usable_id(reply.get(cls.id_field))

    @classmethod
    def present(cls, found: Found) -> bool:
        """True for a listed object that counts as live; one that is being deleted does not."""
        return found.text("Status") not in ("Deleting", "Deleted", "Releasing")

    def create(self, at: Address) -> Iterator[Phase]:
        """The phases that make it."""
        raise TypeError(at)

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        """The phases that change `changed` in place."""
        del was, changed
        raise TypeError(at)

    def delete(self, at: Address) -> Iterator[Phase]:
        """The phases that remove it."""
        raise TypeError(at)

    def undo(self, at: Address, phase: str, was: "Resource | None") -> Phase | None:
        """The phase that reverses one of its phases; None where none does.

        `was` is the resource before an update.
        """
        del at, phase, was
        return None

    def after(self, phase: str, was: "Self | None" = None) -> "Self | None":
        """The resource once this phase is done; None if it is gone.

        It is what the phases lead to, or of a deletion what is deleted; `was` is what an update
        starts from.
        """
        del was
        return None if phase == "delete" else self

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        """The facts of forwarding while it is there; `at` is a reference to itself."""
        raise TypeError(at)

    def forwarding_once_gone(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        """The facts that hold once it is gone, beyond that those above don't."""
        del at
        return ()

    @property
    def takes(self) -> Hashable:
        """What it takes that others of its kind may want too; None where there is no such thing."""
        return None

    def conflicts_with(self, other: "Resource") -> bool:
        """True if it can't be created while `other`, of its kind, exists."""
        return type(other) is type(self) and self.takes is not None and self.takes == other.takes

    @classmethod
    def with_marker(cls, marker: type) -> frozenset[str]:
        """The names of the properties with this marker."""
        return frozenset(n for n, f in cls.model_fields.items() if marker in f.metadata)

    @classmethod
    def fixed(cls) -> frozenset[str]:
        """Properties that can't change in place."""
        return cls.with_marker(_Fixed)

    @classmethod
    def unread(cls) -> frozenset[str]:
        """Properties that can't be read back."""
        return cls.with_marker(_Unread)

    def refs(self) -> Iterator[tuple[str, Address]]:
        """Each property that refers to another resource of the graph, with its address."""
        for name in type(self).model_fields:
            for ref in refs_in(getattr(self, name)):
                if ref.address is not None:
                    yield name, ref.address


_KINDS: dict[str, type[Resource]] = {}
R = TypeVar("R", bound=type[Resource])
STATED = frozenset(
    name
    for name in Resource.__annotations__
    if name not in Resource.model_fields and not hasattr(Resource, name)
) | {"forwarding_facts"}
"""The class attributes that have no default: each kind states them itself."""


def register(cls: R) -> R:
    """Make a kind known by its name. Raises TypeError where it leaves a fact unstated."""
    if missing := sorted(STATED - set(vars(cls))):
        message = f"{cls.__name__} does not state its {', '.join(missing)}"
        raise TypeError(message)
    _KINDS[cls.kind] = cls
    return cls


def kinds() -> Mapping[str, type[Resource]]:
    """Every kind by name, parents before what is read below them."""
    return _KINDS


def value_of(ref: Ref[Any]) -> Value:
    """A reference as a parameter: the id field of what it refers to, or the id itself."""
    address = ref.address
    return Field(address, _KINDS[address.kind].id_field) if address else str(ref)
