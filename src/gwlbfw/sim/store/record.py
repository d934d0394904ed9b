"""A record: one resource, or part of one, of the simulated cloud."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

DELETED = ""
"""The status after which a record no longer exists."""

RECORD_TYPES: dict[str, type["Record"]] = {}
"""Every type of record by its kind."""


@dataclass(frozen=True)
class Transition:
    """A change to come: at an instant, a field takes a value."""

    at: float
    field: str
    value: str


@dataclass(kw_only=True, eq=False)
class Record:
    """One resource, or part of one, in an account's region.

    A subclass is a dataclass (`kw_only`, `eq=False`) whose fields all have defaults and hold
    immutable values: str, int, float, bool, None, tuples, mappings from str, frozen dataclasses of
    these. A field changes by assignment, never inside: assignments are what is undone and stored.

    class Vpc(Record, kind="vpc", prefix="vpc", product="vpc", tag_type="VPC",
              not_found=("InvalidVpcId.NotFound", 404)): ...

    Reactions to transitions and deletion: `region.Lifecycle`.
    """

    kind: ClassVar[str] = ""
    prefix: ClassVar[str] = ""
    """The prefix of ids, without the dash."""
    product: ClassVar[str] = ""
    tag_type: ClassVar[str] = ""
    """Its ResourceType in the product's tag actions; empty where it can't be tagged by them."""
    not_found: ClassVar[tuple[str, int]] = ("ResourceNotFound", 404)
    """Code and HTTP status where an id of this type is not found."""
    natural_key: ClassVar[str] = ""
    """The field by whose text calls name it too; empty where they name it by its id alone."""

    id: str = ""
    account: str = ""
    region: str = ""
    serial: int = 0
    created: float = 0.0
    status: str = "Available"
    tags: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Transition, ...] = ()
    """The transitions to come, earliest first."""

    def __init_subclass__(
        cls,
        *,
        kind: str,
        prefix: str,
        product: str,
        tag_type: str = "",
        not_found: tuple[str, int] = ("ResourceNotFound", 404),
        natural_key: str = "",
    ) -> None:
        super().__init_subclass__()
        cls.kind, cls.prefix, cls.product = kind, prefix, product
        cls.tag_type, cls.not_found, cls.natural_key = tag_type, not_found, natural_key
        RECORD_TYPES[kind] = cls

    def __setattr__(self, name: str, value: object) -> None:
        observer: Callable[[Record, str], None] | None = self.__dict__.get("_observer")
        if observer is not None:
            observer(self, name)
        object.__setattr__(self, name, value)

    def observe(self, observer: Callable[["Record", str], None] | None) -> None:
        """Call `observer` before each assignment to a field; stop if it is None."""
        object.__setattr__(self, "_observer", observer)

    def in_transition(self, name: str = "status") -> bool:
        """True if a field has transitions to come."""
        return any(step.field == name for step in self.steps)

    @property
    def reference(self) -> str:
        """What calls name it by: its natural key, or else its id."""
        return str(getattr(self, self.natural_key)) if self.natural_key else self.id

    @property
    def implicit(self) -> bool:
        """True for a record that no call created as such, which isn't counted as a resource."""
        return False

    def uses(self) -> Collection[str]:
        """The ids of what can't be deleted while this exists."""
        return ()
