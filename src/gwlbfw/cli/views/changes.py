"""A plan's changes by group, their symbols and their counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gwlbfw import layout
from gwlbfw.diff import ACTIONS, Action, Change
from gwlbfw.layout import Role
from gwlbfw.resources.facts import PlanGroup
from gwlbfw.resources.resource import kinds

SYMBOLS: dict[Action, str] = {
    "create": "+",
    "update": "~",
    "replace": "-/+",
    "delete": "-",
    "adopt": "←",
    "no_op": " ",
}

FUTURE: Mapping[Action, str] = {action: f"to {action}" for action in ACTIONS if action != "no_op"}
PAST: Mapping[Action, str] = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "adopt": "adopted",
}

_TITLES = tuple(group.value for group in PlanGroup if group is not PlanGroup.MACHINES)


@dataclass(frozen=True)
class Group:
    """Changes that belong together."""

    title: str
    changes: Sequence[Change]

    @property
    def summary(self) -> str:
        """Such as `3 to create, 1 to update`."""
        return counts_text(self.changes)


def groups(changes: Iterable[Change]) -> Iterator[Group]:
    """The changes by group; what stays as it is, is left out."""
    by_title: dict[str, list[tuple[int, str, Change]]] = {}
    for change in changes:
        if change.action != "no_op":
            title, rank = _place(change)
            by_title.setdefault(title, []).append((rank, change.address, change))
    for title in _TITLES:
        if title in by_title:
            yield Group(title, [change for *_, change in sorted(by_title[title], key=_order)])


def _order(entry: tuple[int, str, Change]) -> tuple[int, str]:
    return entry[0], entry[1]


def _place(change: Change) -> tuple[str, int]:
    group, rank = kinds()[change.address.kind].plan_position
    if group is PlanGroup.MACHINES:
        of_servers = layout.parse(change.address).role in (Role.SERVER, Role.SERVERS)
        group = PlanGroup.SERVERS if of_servers else PlanGroup.FIREWALL
    return group.value, rank


def counts_text(changes: Iterable[Change], words: Mapping[Action, str] = FUTURE) -> str:
    """The number of changes of each action, such as `3 to create, 1 to update`."""
    actions = [change.action for change in changes]
    parts = [
        f"{actions.count(action)} {words[action]}"
        for action in ACTIONS
        if action in words and action in actions
    ]
    return ", ".join(parts) or "nothing"


def reason(change: Change, *, destroys: bool = False) -> str:
    """The reason of a change; empty where its properties or the command make it plain."""
    text = change.reason.removeprefix(f"{change.address} is ")
    obvious = {
        "create": True,
        "update": change.reason.endswith(" differ"),
        "delete": destroys,
    }
    return "" if obvious.get(change.action) and not change.restores else text
