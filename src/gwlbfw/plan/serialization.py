"""A plan as JSON and back: what `plan --format json` prints and `plan --out` saves."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from math import inf
from typing import Any

from gwlbfw.address import Address
from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import error, one_line, warning
from gwlbfw.diff import ACTIONS, Change
from gwlbfw.errors import PlanError
from gwlbfw.plan.call_serialization import decode_call, decode_wait, encode_call, encode_wait
from gwlbfw.plan.forecast import Forecast
from gwlbfw.plan.forecast_serialization import forecast_from_json, forecast_to_json
from gwlbfw.plan.model import Pause, Plan, Step
from gwlbfw.resources.graph import Node
from gwlbfw.resources.serialization import decode, decode_node, encode_node, properties

FORMAT = 2
MADE_BY = f"gwlbfw {version('gwlbfw')}"
_DEEPEST = 40
"""Levels of JSON in one another; a plan has far fewer."""


def plan_to_json(plan: Plan) -> dict[str, Json]:
    """The plan as a JSON object."""
    before: dict[str, Json] = {
        address: None if was is None else properties(was)
        for address, was in sorted(plan.before.items())
    }
    return {
        "format_version": FORMAT,
        "made_by": MADE_BY,
        "stack": plan.stack,
        "region": plan.region,
        "account": plan.account,
        "destroys": plan.destroys,
        "summary": dict(plan.summary),
        "changes": [_change(plan, each) for each in plan.changes],
        "calls": [_step(plan, each) for each in plan.steps],
        "traffic": forecast_to_json(plan.forecast) if plan.forecast else None,
        "risky": sorted(plan.forecast.lossy_steps) if plan.forecast else [],
        "found_before": before,
        "fingerprint": plan.fingerprint,
        "source": plan.source,
        "source_digest": plan.source_digest,
        "warnings": [each.message for each in plan.warnings],
    }


def document_digest(document: Mapping[str, Json]) -> str:
    """A digest of a saved plan, by which a run that carries it out remembers it."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _change(plan: Plan, change: Change) -> dict[str, Json]:
    was, towards = change.was, change.towards
    row: dict[str, Json] = {
        "address": change.address,
        "kind": change.address.kind,
        "action": change.action,
        "id": change.id or None,
        "before": properties(was.resource) if was else None,
        "after": properties(towards.resource) if towards else None,
        "changed": sorted(change.changed),
        "reason": change.reason,
        "drift": change.address in plan.drifted,
    }
    if change.restores:
        row["restores"] = True
    if change.moved_from:
        row["moved_from"] = change.moved_from
    for name, node in (("was", was), ("towards", towards)):
        if node is not None:
            row[name] = {k: v for k, v in encode_node(node).items() if k != "properties"}
    return row


def _step(plan: Plan, step: Step) -> dict[str, Json]:
    call = step.call or step.waits[0].read
    row = encode_call(call)
    params = row["params"]
    # Any client can send it: the region is named, whatever its default.
    row["params"] = {"RegionId": plan.region, **(params if isinstance(params, dict) else {})}
    row |= {
        "id": step.id,
        "address": step.address,
        "depends_on": sorted(step.needs),
        "wait_for": [encode_wait(each) for each in step.waits],
        "phase": step.phase,
        "serial": step.serial,
        "through": step.through,
        "timeout_s": step.timeout_s,
    }
    flags = {
        "gate": step.call is None,
        "drops": step.drops,
        "completes": step.completes,
        "turns": step.cuts_over,
        "removes": step.removes,
        "busy_when_done": step.busy_when_done,
        "attempt": step.attempt,
    }
    if step.group:
        row["group"] = step.group
    if step.undo:
        waits = [encode_wait(each) for each in step.undo_waits]
        row["undo"] = {**encode_call(step.undo), "wait_for": waits}
    if step.unless:
        row["unless"] = step.unless
    if step.pause:
        row["pause"] = {"seconds": step.pause.seconds, "since": step.pause.since}
    return row | {name: True for name, value in flags.items() if value}


def plan_from_json(content: object) -> Plan:
    """The plan in a JSON object, as data: to be shown, and compared with one that is made anew.

    Raises PlanError where it is none.
    """
    if not isinstance(content, Mapping) or content.get("format_version") != FORMAT:
        found = content.get("format_version") if isinstance(content, Mapping) else None
        reason = (
            f"it has format {found!r}; this version reads {FORMAT}"
            if found
            else "it says no format"
        )
        raise _refused(f"this is no plan that can be applied: {reason}")
    try:
        return replace(_plan(content), document=content)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as problem:
        missing = isinstance(problem, KeyError)
        reason = f"`{problem.args[0]}` is missing" if missing else str(problem)
        raise _refused(f"the plan can't be read: {reason}") from problem


_LONGEST = 300
"""Characters of a message about a plan, which may repeat the plan's text."""


def _refused(message: str) -> PlanError:
    hint = "make a new one with `gwlbfw plan --out`"
    return PlanError([error("bad-plan", one_line(message, _LONGEST), hint=hint)])


def _plan(content: Mapping[str, Any]) -> Plan:
    _refuse_depth(content)
    json.dumps(content, ensure_ascii=False).encode()  # halves of characters can't be written again
    changes = tuple(_read_change(each) for each in content["changes"])
    steps = _in_order([_read_step(each) for each in content["calls"]])
    return Plan(
        stack=_text(content, "stack"),
        region=_text(content, "region"),
        account=_text(content, "account"),
        changes=changes,
        steps=steps,
        fingerprint=_text(content, "fingerprint"),
        destroys=content["destroys"] is True,
        before={
            Address(a): None if was is None else decode(Address(a), was)
            for a, was in content["found_before"].items()
        },
        drifted=frozenset(Address(c["address"]) for c in content["changes"] if c["drift"]),
        source=_text(content, "source"),
        source_digest=_text(content, "source_digest"),
        warnings=tuple(warning("saved", each) for each in _texts(content["warnings"])),
        forecast=_read_forecast(content["traffic"], content["risky"], steps),
    )


def _refuse_depth(content: Json) -> None:
    """Raise ValueError for values in one another far deeper than those of a plan."""
    level: list[Json] = [content]
    for _ in range(_DEEPEST):
        inner = [each.values() if isinstance(each, Mapping) else each for each in level]
        level = [
            value
            for each in inner
            if not isinstance(each, str | int | float | None)
            for value in each
        ]
        if not level:
            return
    raise ValueError("it goes too deep")


def _read_forecast(
    content: Mapping[str, Any] | None, risky: Sequence[str], steps: Sequence[Step]
) -> Forecast | None:
    """The forecast of these steps, which names no others."""
    if content is None:
        return None
    forecast = forecast_from_json(content, frozenset(_texts(risky)))
    flows = (*forecast.transient_flows, *forecast.transient_if_refused, *forecast.consent)
    named = {name for each in flows for name in (*each.after, *each.until)} | forecast.lossy_steps
    named |= {name for each in forecast.exposure.added for name in (each.step, each.needs)}
    if unknown := named - {each.id for each in steps}:
        raise ValueError(f"`traffic` names {min(unknown)}, which is no call of the plan")
    texts = (text for e in flows for text in (e.vpc, e.subnet, e.holder, *e.destinations))
    if not all(text.isprintable() for text in texts):
        raise ValueError("`traffic` holds what can't be printed")
    return forecast


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise ValueError(f"`{name}` is no text")  # noqa: TRY004 - wrong text, not wrong type
    if not value.isprintable():
        raise ValueError(f"`{name}` holds what can't be printed")
    return value


def _texts(values: Sequence[Any]) -> Sequence[str]:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise ValueError(f"{values!r} is no list of texts")
    return values


def _in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps, each of which needs none but those before it."""
    before: set[str] = set()
    for step in steps:
        if step.id in before or not step.needs | {step.unless or step.id} <= before | {step.id}:
            raise ValueError(f"the call {step.id} is out of order")
        if step.id in step.needs or not 0 < step.timeout_s < inf:
            raise ValueError(f"the call {step.id} would never end")
        before.add(step.id)
    return tuple(steps)


def _read_change(row: Mapping[str, Any]) -> Change:
    address = Address(_text(row, "address"))
    if row["action"] not in ACTIONS:
        raise ValueError(f"there is no action {row['action']!r}")
    return Change(
        address,
        row["action"],
        _node(address, row, "was", "before"),
        _node(address, row, "towards", "after"),
        frozenset(_texts(row["changed"])),
        _text(row, "reason"),
        row.get("restores") is True,
        Address(_text(row, "moved_from")) if "moved_from" in row else None,
    )


def _node(address: Address, row: Mapping[str, Any], name: str, values: str) -> Node | None:
    if name not in row:
        return None
    return decode_node(address, {**row[name], "properties": row[values]})


def _read_pause(row: Mapping[str, Any]) -> Pause:
    since = _text(row, "since")
    if since and datetime.fromisoformat(since).tzinfo is None:
        raise ValueError(f"{since} has no time zone")
    return Pause(float(row["seconds"]), since)


def _read_step(row: Mapping[str, Any]) -> Step:
    gate = row.get("gate") is True
    params = {name: each for name, each in row["params"].items() if name != "RegionId"}
    return Step(
        id=_text(row, "id"),
        address=Address(_text(row, "address")),
        phase=_text(row, "phase"),
        call=None if gate else decode_call({**row, "params": params}),
        waits=tuple(decode_wait(each) for each in row["wait_for"]),
        needs=frozenset(_texts(row["depends_on"])),
        serial=_text(row, "serial"),
        through=row["through"] is True,
        timeout_s=row["timeout_s"],
        drops=row.get("drops") is True,
        completes=row.get("completes") is True,
        cuts_over=row.get("turns") is True,
        removes=row.get("removes") is True,
        busy_when_done=row.get("busy_when_done") is True,
        attempt=row.get("attempt") is True,
        unless=str(row.get("unless") or ""),
        group=str(row.get("group") or ""),
        pause=_read_pause(row["pause"]) if "pause" in row else None,
        undo=decode_call(row["undo"]) if "undo" in row else None,
        undo_waits=tuple(decode_wait(each) for each in row.get("undo", {}).get("wait_for", ())),
    )
