"""A saved plan compared with one that is made now, as plain JSON: the first difference in words."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from gwlbfw.address import Address
from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import one_line
from gwlbfw.plan.model import Step
from gwlbfw.plan.toposort import topological_order

Row = Mapping[str, Json]
_MAY_DIFFER = frozenset({"made_by", "fingerprint", "source", "traffic", "risky", "warnings"})
"""Keys that decide nothing. Of the effect on traffic, only what is worse than it was matters."""
_FIRST = ("format_version", "stack", "region", "account", "destroys", "changes", "calls")
"""Keys in the order in which a difference is named; the others follow."""
_SAME_IN_THE_REST = ("format_version", "stack", "region", "account", "destroys", "source_digest")
_ROWS = {"changes": "address", "calls": "id"}
"""Lists of rows, and what names a row."""
_NOTHING = "nothing"
_LONGEST = 100
"""Characters of a value in a message."""
_FIELD = re.compile(r"\$\{(?P<address>[a-z0-9_]+\.[^${}]+)\.[A-Za-z0-9]+\}")
"""A reference in a saved parameter to an id that was not known when it was saved."""


def first_difference(saved: Row, now: Row) -> str:
    """The first difference that matters, as `WHERE: SAVED → NOW`; empty where there is none."""
    names = dict.fromkeys([*_FIRST, *sorted({*saved, *now} - _MAY_DIFFER)])
    return next(
        (
            each
            for name in names
            for each in (
                _row_differences(saved, now, name)
                if name in _ROWS
                else _differences_at(name, name, saved, now)
            )
        ),
        "",
    )


def first_difference_of_rest(saved: Row, now: Row, ids: Mapping[Address, str]) -> str:
    """The first thing planned now that is no part of a saved plan, some of which is done.

    `ids` are those known by now. Empty where all is a part of it: the same changes, calls, waits
    and undo. Their order is another matter, see `in_saved_order`.
    """
    found = (
        *(_differences_at(each, each, saved, now) for each in _SAME_IN_THE_REST),
        _changes_beyond(saved, now),
        _calls_beyond(saved, now, {str(address): each for address, each in ids.items()}),
        _originals_beyond(saved, now),
    )
    return next((each for differences in found for each in differences), "")


def in_saved_order(steps: Sequence[Step], saved: Row) -> tuple[Step, ...]:
    """What is left of a saved plan, with each edge of that between two steps that are left.

    What has been undone half, such as an endpoint without its zone, may need fewer edges by itself.
    Raises PlanError where the two orders contradict each other.
    """
    left = {each.id for each in steps}
    edges = {(need, each.id) for each in steps for need in each.needs}
    for name, row in _rows(saved, "calls").items():
        if name in left:
            edges |= {(need, name) for need in _texts(row["depends_on"]) if need in left}
    return topological_order(steps, edges)


def _changes_beyond(saved: Row, now: Row) -> Iterator[str]:
    were = {at: row for at, row in _rows(saved, "changes").items() if row["action"] != "no_op"}
    for at, row in _rows(now, "changes").items():
        if row["action"] != "no_op":
            if at not in were:
                yield f"{at}: {_NOTHING} → {_shown(row['action'])}"
            else:
                yield from _differences(f"{at}: after", were[at]["after"], row["after"])
                yield from _differences_at(f"{at}: restores", "restores", were[at], row)


def _calls_beyond(saved: Row, now: Row, ids: Mapping[str, str]) -> Iterator[str]:
    were, rows = _rows(saved, "calls"), _rows(now, "calls")
    for name, row in rows.items():
        if name not in were:
            yield f"{name}: {_NOTHING} → {_shown(row['action'])}"
        else:
            yield from _differences(name, _without_order(were[name]), _without_order(row), ids)


def _without_order(row: Row) -> Row:
    """A call without its edges, and without the moment from which its pause is counted.

    That moment is known only once a run has begun.
    """
    pause = row.get("pause")
    seconds = {"pause": pause["seconds"]} if isinstance(pause, Mapping) else {}
    return {key: each for key, each in row.items() if key not in ("depends_on", "pause")} | seconds


def _originals_beyond(saved: Row, now: Row) -> Iterator[str]:
    were, originals = saved["found_before"], now["found_before"]
    if isinstance(were, Mapping) and isinstance(originals, Mapping):
        for at in originals:
            yield from _differences_at(f"{at}: found before", at, were, originals)


def _row_differences(saved: Row, now: Row, name: str) -> Iterator[str]:
    """The differences between two lists of rows, row by row in the order of those now."""
    were, rows = _rows(saved, name), _rows(now, name)
    for at in dict.fromkeys([*rows, *were]):
        if at not in were:
            yield f"{at}: {_NOTHING} → {_shown(rows[at]['action'])}"
        elif at not in rows:
            yield f"{at}: {_shown(were[at]['action'])} → {_NOTHING}"
        else:
            yield from _differences(at, were[at], rows[at])
    if not _same(saved[name], now[name]):
        yield f"{name}: in another order, or one of them twice"


def _differences_at(place: str, name: str, saved: Row, now: Row) -> Iterator[str]:
    """The differences between the values of one key, which either may lack."""
    if name in saved and name in now:
        yield from _differences(place, saved[name], now[name])
    elif name in saved or name in now:
        was, value = (_shown(each[name]) if name in each else _NOTHING for each in (saved, now))
        yield f"{place}: {was} → {value}"


def _differences(
    place: str, saved: Json, now: Json, ids: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The differences between two values.

    With `ids`, a saved reference is equal to the id of its address.
    """
    if _same(saved, now) or (ids and _same(_with_ids(saved, ids), now)):
        return
    if isinstance(saved, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys([*now, *saved]):
            if name in saved and name in now:
                yield from _differences(f"{place}: {name}", saved[name], now[name], ids)
            else:
                yield from _differences_at(f"{place}: {name}", name, saved, now)
    elif isinstance(saved, list) and isinstance(now, list):
        if len(saved) == len(now):
            for was, value in zip(saved, now, strict=True):
                yield from _differences(place, was, value, ids)
        else:
            gone, new = (
                [e for e in one if e not in other] for one, other in ((saved, now), (now, saved))
            )
            yield f"{place}: {_shown(gone or saved)} → {_shown(new or now)}"
    else:
        yield f"{place}: {_shown(saved)} → {_shown(now)}"


def _with_ids(value: Json, ids: Mapping[str, str]) -> Json:
    if not isinstance(value, str):
        return value
    return _FIELD.sub(lambda found: ids.get(found["address"], found[0]), value)


def _same(one: Json, other: Json) -> bool:
    """True if they are the same JSON: `1`, `1.0` and `true` are three values."""
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _rows(document: Row, name: str) -> dict[str, Row]:
    """The rows of a list by what names each."""
    rows = document[name]
    assert isinstance(rows, list)  # noqa: S101 - else it could not have been read
    return {str(each[_ROWS[name]]): each for each in rows}


def _texts(values: Json) -> list[str]:
    return [str(each) for each in values] if isinstance(values, list) else []


def _shown(value: Json) -> str:
    """A value in a message: a text as it is, a list as its items."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return one_line(", ".join(map(str, value)), _LONGEST)
    plain = isinstance(value, str) and value and "→" not in value
    text = value if plain else json.dumps(value, ensure_ascii=False)
    return one_line(text, _LONGEST)
