"""The view of handlers: one account's region at one instant."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import Quota
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.store.record import DELETED, RECORD_TYPES, Record, Transition
from gwlbfw.sim.store.state import State

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Region:
    """One account's records in one region, at the instant of the call."""

    state: State
    account: str
    name: str
    now: float
    list_lag: "ListLag | None" = None
    """The lag of lists; None where they are complete."""

    @property
    def settings(self) -> Settings:
        return self.state.settings

    def quota(self, quota: Quota) -> int:
        """The number of a quota: the settings' own, else the usual one."""
        return self.settings.quotas.get(quota.name, quota.default)

    def all(self, cls: type[R]) -> list[R]:
        """Every record of a type, oldest first."""
        return self.listed(self.state.all(self.account, self.name, cls))

    def listed(self, records: list[R]) -> list[R]:
        """Those of some records that lists have by now."""
        return self.list_lag.visible(records) if self.list_lag else records

    def where(self, cls: type[R], **fields: object) -> list[R]:
        """Every record of a type whose fields equal those given, oldest first.

        Where the first field holds several values, one of them has to equal the text given.
        """
        (first, value), *others = fields.items()
        if isinstance(value, str):
            found = self.state.where(self.account, self.name, cls, first, value)
        else:
            found, others = self.all(cls), [(first, value), *others]
        return [each for each in found if all(getattr(each, name) == v for name, v in others)]

    def count(self, cls: type[Record], field: str, value: str) -> int:
        """The number of records of a type that have a text in a field."""
        return self.state.count(self.account, self.name, cls, field, value)

    def find(self, cls: type[R], record_id: str) -> R | None:
        """The record of a type with an id, if this account has it in this region.

        Where the type has a natural key, its text will do for the id.
        """
        record = self.state.find(record_id)
        if isinstance(record, cls) and self._mine(record):
            return record
        if cls.natural_key:
            return next(iter(self.where(cls, **{cls.natural_key: record_id})), None)
        return None

    def require(self, cls: type[R], record_id: str, code: str = "", status: int = 0) -> R:
        """The record of a type with an id. Raises the type's not-found error.

        `code` and `status` replace those of the type, as they vary by action.
        """
        record = self.find(cls, record_id)
        if record is not None:
            return record
        raise ApiError(
            code or cls.not_found[0],
            f"The specified {cls.kind.replace('_', ' ')} {record_id} does not exist.",
            status or cls.not_found[1],
        )

    def find_any(self, record_id: str) -> Record | None:
        """The record with an id, of whatever type, if this account has it in this region."""
        record = self.state.find(record_id)
        return record if record is not None and self._mine(record) else None

    def all_of_kind(self, kind: str) -> list[Record]:
        """Every record of a kind, oldest first, for modules that can't import its type."""
        cls = RECORD_TYPES.get(kind)
        return list(self.all(cls)) if cls else []

    def users(self, record_id: str) -> list[Record]:
        """Every record that uses the one with this id, in any account."""
        return self.state.users(record_id)

    def home_of(self, record: Record) -> "Region":
        """The region and account of a record, at this instant."""
        return replace(self, account=record.account, name=record.region)

    def add(self, record: R) -> R:
        """Add a record, with an id unless it has one."""
        record.serial = self.state.next_serial()
        record.id = record.id or self.state.new_id(record.prefix)
        record.account, record.region, record.created = self.account, self.name, self.now
        self.state.add(record)
        self.state.schedule(record)
        return record

    def remove(self, record: Record) -> None:
        """Delete a record at once, and what is deleted along with it."""
        if self.state.find(record.id) is record:
            if isinstance(record, Lifecycle):
                record.on_delete(self)
            self.state.remove(record)

    def notify_users(self, used: Record) -> None:
        """Call `on_dependency_change` of the records that use this one."""
        for user in self.users(used.id):
            if isinstance(user, Lifecycle):
                user.on_dependency_change(self, used)

    def transition(
        self,
        record: Record,
        value: str,
        *then: str,
        after: float | None = None,
        field: str = "status",
    ) -> None:
        """Set a field now, and schedule its further values, `after` seconds apart.

        `region.transition(gateway, "Creating", "Created")`; DELETED as the last one deletes it.
        """
        setattr(record, field, value)
        at, coming = self.now, []
        for current, following in pairwise((value, *then)):
            named = current if field == "status" else field
            at += self.status_duration(record.kind, named, record.id) if after is None else after
            coming.append(Transition(at, field, following))
        others = [step for step in record.steps if step.field != field]
        record.steps = tuple(sorted([*others, *coming], key=lambda step: step.at))
        self.state.schedule(record)

    def status_duration(self, kind: str, status: str, record_id: str = "") -> float:
        """Seconds that a status lasts which a kind of record enters now."""
        return self.settings.status_duration(kind, status, f"{record_id}/{self.now}")

    def _mine(self, record: Record) -> bool:
        return record.account == self.account and record.region == self.name


class Lifecycle:
    """The hooks of a record type: a further base class beside Record.

    It is apart from Record since hooks act on a region, which is made of records.
    """

    def on_transition(self, region: Region, field: str) -> None:
        """React to a transition of a field."""

    def on_dependency_change(self, region: Region, used: Record) -> None:
        """React to a change of a record that this one uses (see `notify_users`)."""

    def on_delete(self, region: Region) -> None:
        """Remove, or release, what is deleted along with the record."""


@dataclass(frozen=True)
class ListLag:
    """The lag of lists: records that are too new are missing, unless the call names them.

    Parts of one resource, such as its interfaces or a table's entries, don't lag.
    """

    since: float
    named: Collection[str]

    def visible(self, records: list[R]) -> list[R]:
        """The records that lists have by now."""
        return [each for each in records if each.created <= self.since or each.id in self.named]


def apply_due_transitions(state: State, now: float) -> None:
    """Apply the transitions that are due by now, each at its own instant."""
    for at, record in state.pop_due(now):
        region = Region(state, record.account, record.region, at)
        step, *rest = record.steps
        record.steps = tuple(rest)
        if step.value == DELETED and step.field == "status":
            region.remove(record)
        else:
            setattr(record, step.field, step.value)
            if isinstance(record, Lifecycle):
                record.on_transition(region, step.field)


def resource_kinds(state: State, region: str | None = None) -> Iterator[str]:
    """The kind of every record that isn't implicit, in all accounts."""
    for record in state:
        if not record.implicit and region in (None, record.region):
            yield record.kind
