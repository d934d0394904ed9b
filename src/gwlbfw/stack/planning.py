"""From an observation to a plan, with its errors and its effect on traffic."""

from collections.abc import Sequence
from dataclasses import replace

from gwlbfw.blueprint.route_table_migration import moved_default_routes
from gwlbfw.blueprint.security_vpc import required_rules
from gwlbfw.blueprint.user_data import source_digest
from gwlbfw.cloud.client import ApiClient
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import Change, diff
from gwlbfw.drift import moves
from gwlbfw.errors import PlanError, StalePlanError
from gwlbfw.execute.state_update import drifted_addresses
from gwlbfw.forecast.forecast import forecast_traffic
from gwlbfw.plan import Plan, build
from gwlbfw.plan.preflight import fetch_preflight_problems
from gwlbfw.plan.renamed_keys import renamed_key_hints
from gwlbfw.plan.validation import (
    closed_group_errors,
    deletion_protection_errors,
    exchanged_subnet_errors,
    protection_errors,
    traffic_cut_errors,
)
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.stack.gone_next_hops import without_gone
from gwlbfw.stack.observation import Observation
from gwlbfw.topology.models import Topology


async def make_plan(
    observation: Observation, topology: Topology, api: ApiClient, *, destroy: bool = False
) -> Plan:
    """The plan that leads from what was observed to the topology, or to what was there before.

    Fetches what only the cloud knows (zones, instance types, images), and changes nothing. Raises
    PlanError, CloudError, TransportError.
    """
    live = observation.live
    desired = observation.desired
    target: ResourceGraph = {} if destroy else desired.graph
    original = observation.original if destroy else desired.original
    known = {**moved_default_routes(live, original), **observation.state.applied, **desired.graph}
    found = diff(target, live, without_gone(original, live.gone))
    changes = tuple(replace(c, moved_from=observation.origins.get(c.address)) for c in found)
    diagnostics = [
        *protection_errors(changes, known),
        *deletion_protection_errors(changes, live),
        *(() if destroy else await _fetch_diagnostics(observation, topology, api, changes)),
    ]
    if any(each.severity == "error" for each in diagnostics):
        raise PlanError([each for each in diagnostics if each.severity == "error"])
    steps = build(changes, target, live, known, topology.cutover, observation.removed)
    return Plan(
        stack=topology.name,
        region=topology.region,
        changes=changes,
        steps=steps,
        forecast=forecast_traffic(observation.network, live, steps, changes, known),
        fingerprint=live.fingerprint,
        before=original,
        warnings=tuple(diagnostics),
        drifted=drifted_addresses(observation.state, live, changes),
        destroys=destroy,
        source_digest=source_digest(topology),
    )


async def _fetch_diagnostics(
    observation: Observation, topology: Topology, api: ApiClient, changes: Sequence[Change]
) -> list[Diagnostic]:
    """Fetch what only the cloud knows: all that stands against changes, and what to mind."""
    live, target = observation.live, observation.desired.graph
    return [
        *observation.desired.diagnostics,
        *traffic_cut_errors(changes, target, live),
        *exchanged_subnet_errors(changes, topology),
        *closed_group_errors(target, live, required_rules(topology, target)),
        *await fetch_preflight_problems(api, topology, changes),
        *renamed_key_hints(topology, changes),
    ]


def drift_plan(observation: Observation, topology: Topology) -> Plan:
    """The drift since the last apply, as a plan without steps."""
    changes = moves(observation.applied, observation.live)
    return Plan(
        stack=topology.name,
        region=topology.region,
        changes=changes,
        steps=(),
        fingerprint=observation.live.fingerprint,
        drifted=frozenset(each.address for each in changes if each.action != "no_op"),
        source_digest=source_digest(topology),
    )


def refuse_stale(plan: Plan, observation: Observation, topology: Topology) -> None:
    """Raise StalePlanError where live state or the topology is no longer what the plan saw."""
    if observation.live.fingerprint != plan.fingerprint:
        raise stale("live state has changed since the plan was made")
    if plan.source_digest != source_digest(topology):
        raise stale(
            "the topology, a variable or a user data file has changed since the plan was made"
        )


def stale(reason: str) -> StalePlanError:
    """The error for a plan that can't be carried out any more."""
    hint = "make a new plan and look at it again"
    return StalePlanError([error("stale-plan", reason, hint=hint)])
