"""A plan from a file is data: it says what the stack's own plan, made anew, has to be."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import error, one_line
from gwlbfw.errors import PlanError, StalePlanError
from gwlbfw.forecast.comparison import consent_beyond, effect_beyond
from gwlbfw.plan.comparison import first_difference, first_difference_of_rest, in_saved_order
from gwlbfw.plan.model import Plan
from gwlbfw.plan.serialization import document_digest, plan_to_json
from gwlbfw.resources.graph import Live
from gwlbfw.resources.serialization import properties

_LONGEST = 400
"""Characters of a reason, which may repeat the text of a file."""


def same_plan(saved: Plan, now: Plan, live: Live, interrupted: str = "") -> Plan:
    """The plan made now, to be carried out in place of the saved one, which it is the same as.

    `interrupted` is the digest of the saved plan whose run did not come to its end: of that one,
    what is left has to be a part. Raises StalePlanError, with the first difference.
    """
    _refuse_account(saved, now)
    document, found = saved.document or _document(saved), _document(now)
    digest = document_digest(document)
    if difference := first_difference(document, found):
        if interrupted != digest:
            raise _another_plan(saved, now, live, difference)
        ids = {address: node.id for address, node in live.nodes.items() if node.id}
        if difference := first_difference_of_rest(document, found, ids):
            raise stale(f"what is left is no part of the saved plan: {difference}")
        now = _in_saved_order(now, document)
    elif more := effect_beyond(saved, now) or _warning_beyond(saved, now):
        raise stale(f"what the saved plan does not say: {more}")
    if more := consent_beyond(saved, now):
        raise stale(f"this needs consent now, and did not when the plan was saved: {more}")
    return replace(now, source=saved.source, carries_out=digest)


def _in_saved_order(now: Plan, document: Mapping[str, Json]) -> Plan:
    try:
        return replace(now, steps=in_saved_order(now.steps, document))
    except PlanError as cycle:
        raise stale(f"what is left is in another order than in the saved plan: {cycle}") from cycle


def _refuse_account(saved: Plan, now: Plan) -> None:
    if saved.account != now.account:
        made = f"account {saved.account}" if saved.account else "an account that it does not say"
        mine = f"account {now.account}"
        raise stale(f"the plan was made in {made}, and these credentials are those of {mine}")


def refuse_moved(plan: Plan, live: Live) -> None:
    """Raise StalePlanError where live state is no longer what a plan was made from."""
    if live.fingerprint != plan.fingerprint:
        moved = next(_moves(plan, live), "")
        raise stale(_sentence("live state has changed since the plan was made", moved))


def stale(reason: str) -> StalePlanError:
    """The error for a plan that can't be carried out any more."""
    hint = "make a new plan and look at it again"
    return StalePlanError([error("stale-plan", one_line(reason, _LONGEST), hint=hint)])


def refuse_wrong_verb(saved: Plan | None, *, destroys: bool) -> None:
    """Raise PlanError for a saved plan that another method carries out."""
    if saved is not None and saved.destroys != destroys:
        what, verb = ("the stack", "destroy") if saved.destroys else ("nothing", "apply")
        message = f"this plan destroys {what}: `Stack.{verb}` carries it out"
        raise PlanError([error("saved-plan", message)])


def _document(plan: Plan) -> Mapping[str, Json]:
    """The plan as a file would have it."""
    content: Mapping[str, Json] = json.loads(json.dumps(plan_to_json(plan)))
    return content


def _another_plan(saved: Plan, now: Plan, live: Live, difference: str) -> StalePlanError:
    """The error for a plan that planning again does not give: because of what, and where first."""
    if live.fingerprint != saved.fingerprint and (moved := next(_moves(saved, live), "")):
        return stale(f"live state has changed since the plan was made: {moved}")
    if saved.source_digest != now.source_digest:
        message = "the topology, a variable or a user data file has changed since the plan was made"
        at_digest = difference.startswith("source_digest")
        return stale(_sentence(message, "" if at_digest else difference))
    return stale(f"planning again does not give the saved plan: {difference}")


def _sentence(message: str, detail: str) -> str:
    return f"{message}: {detail}" if detail else message


def _moves(plan: Plan, live: Live) -> Iterator[str]:
    """What is live otherwise than a plan found it: address, attribute, from → to."""
    for change in plan.changes:
        was, now = change.was, live.nodes.get(change.address)
        if was is None and now is not None:
            yield f"{change.address}: nothing → {now.id or 'there'}"
        elif was is not None and now is None:
            yield f"{change.address}: {was.id or 'there'} → nothing"
        elif was is not None and now is not None:
            if was.id != now.id:
                yield f"{change.address}: id: {was.id} → {now.id}"
            before, after = properties(was.resource), properties(now.resource)
            for name in sorted({*before, *after}):
                if before.get(name) != after.get(name):
                    yield (
                        f"{change.address}: {name}: {before.get(name, 'nothing')} → "
                        f"{after.get(name, 'nothing')}"
                    )


def _warning_beyond(saved: Plan, now: Plan) -> str:
    """The first warning that the saved plan has not; empty where it has all."""
    known = {each.message for each in saved.warnings}
    return next((each.message for each in now.warnings if each.message not in known), "")
