"""Consent: the effects of a plan on traffic that its user has to allow."""

from collections.abc import Sequence
from dataclasses import dataclass

from gwlbfw.address import Address
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import Action, Change
from gwlbfw.forecast.wording import (
    carrier_sentence,
    distinct,
    in_short,
    keys_of,
    length,
    named_flow,
    objections,
    span,
)
from gwlbfw.layout import business_subnet
from gwlbfw.plan.forecast import LOST, TransientFlow
from gwlbfw.plan.model import Plan
from gwlbfw.reachability.summary import VerdictSummary
from gwlbfw.resources import Eip, Instance


@dataclass(frozen=True)
class RemovedCarrier:
    """A server with a public address, or the address, that carries traffic and goes."""

    address: Address
    action: Action
    """`delete` or `replace`."""


@dataclass(frozen=True)
class ConsentNeeded:
    """The effects of a plan on traffic that need consent; all is empty where none is needed."""

    uninspected_end: VerdictSummary | None = None
    """The verdict on the end, where it isn't proven: `--accept-uninspected`."""
    removed_carriers: tuple[RemovedCarrier, ...] = ()
    """These and the lost flows need `--allow-traffic-loss`."""
    lost_flows: tuple[TransientFlow, ...] = ()


def consent_needed(plan: Plan) -> ConsentNeeded:
    """The consent that a plan needs, and why; a destroying one needs none."""
    forecast = plan.forecast
    if forecast is None or plan.destroys or plan.is_empty:
        return ConsentNeeded()
    return ConsentNeeded(
        None if forecast.proven else forecast.after,
        removed_carriers(plan),
        tuple(each for each in forecast.transient_flows if each.black_hole),
    )


def missing_consent(
    plan: Plan, *, accept_uninspected: bool = False, allow_traffic_loss: bool = False
) -> list[Diagnostic]:
    """The errors for effects on traffic that nobody has consented to."""
    needed = consent_needed(plan)
    problems: list[Diagnostic] = []
    if needed.uninspected_end is not None and not accept_uninspected:
        problems.append(_not_proven(needed.uninspected_end))
    if (needed.removed_carriers or needed.lost_flows) and not allow_traffic_loss:
        problems.append(_traffic_loss(needed))
    return problems


def removed_carriers(plan: Plan) -> tuple[RemovedCarrier, ...]:
    """The servers and public addresses that carry traffic, and are deleted or made again."""
    if plan.forecast is None or plan.destroys:
        return ()
    flows = plan.forecast.before.flows
    served = {f"{each.vpc}/{each.subnet}" for each in flows if each.verdict not in LOST}
    servers = _public_servers(plan.changes)
    server_of = {eip: server for server, (_, eips) in servers.items() for eip in eips}
    return tuple(
        RemovedCarrier(change.address, change.action)
        for change in plan.changes
        if change.action in ("delete", "replace")
        and (server := server_of.get(change.address, change.address)) in servers
        and servers[server][0] in served
    )


def _public_servers(changes: Sequence[Change]) -> dict[Address, tuple[str, list[Address]]]:
    """The subnet and the EIPs of each server that has a public address now."""
    bound: dict[str, list[Address]] = {}
    for change in changes:
        if change.was is not None and isinstance(eip := change.was.resource, Eip) and eip.instance:
            bound.setdefault(eip.instance, []).append(change.address)
    return {
        change.address: (keys_of(server.vswitch), bound[change.address])
        for change in changes
        if change.address in bound
        and change.was is not None
        and isinstance(server := change.was.resource, Instance)
        and server.vswitch is not None
    }


def steps_needing_consent(plan: Plan) -> frozenset[str]:
    """The steps that lose traffic, needed only where the cloud refuses a better one.

    A destroying plan needs no consent to the best restore that the cloud has.
    """
    return plan.forecast.lossy_steps if plan.forecast and not plan.destroys else frozenset()


def uninspected_at_end(plan: Plan) -> frozenset[tuple[str, str, str]]:
    """The flows not inspected at a plan's end: subnet, direction and verdict."""
    flows = plan.forecast.after.refutations if plan.forecast else ()
    return frozenset(
        (business_subnet(each.vpc, each.subnet), each.direction, each.verdict) for each in flows
    )


def _not_proven(end: VerdictSummary) -> Diagnostic:
    message = "at the end of the plan not all Internet traffic would be inspected"
    return error(
        "not-proven",
        f"{message}: {'; '.join(in_short(objections(end)))}",
        hint="change the topology or what stands in its way, or accept it with "
        "`--accept-uninspected`",
    )


def _traffic_loss(needed: ConsentNeeded) -> Diagnostic:
    reasons = [carrier_sentence(each.address, each.action) for each in needed.removed_carriers]
    reasons += [
        f"{named_flow(each)}, {span(each)}, {length(each)}" for each in distinct(needed.lost_flows)
    ]
    message = "while the plan is carried out, traffic that works now would be lost"
    return error(
        "traffic-loss",
        f"{message}: {'; '.join(in_short(reasons))}",
        hint="do it when that can be borne, with `--allow-traffic-loss`",
    )
