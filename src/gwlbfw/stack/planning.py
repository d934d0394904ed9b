"""From an observation to a plan, with its errors and its effect on traffic."""

from collections.abc import Sequence
from dataclasses import replace

from gwlbfw.address import Address
from gwlbfw.blueprint.route_table_migration import moved_default_routes
from gwlbfw.blueprint.security_vpc import required_rules
from gwlbfw.blueprint.user_data import source_digest
from gwlbfw.cloud.client import ApiClient
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.diff import Change, diff
from gwlbfw.drift import DriftReport, drift, moves
from gwlbfw.errors import PlanError
from gwlbfw.execute.state_update import drifted_addresses
from gwlbfw.forecast.forecast import with_forecast
from gwlbfw.plan import Plan, build
from gwlbfw.plan.forwarded_servers import forwarded_server_errors
from gwlbfw.plan.preflight import fetch_preflight_problems
from gwlbfw.plan.renamed_keys import renamed_key_hints
from gwlbfw.plan.validation import (
    closed_group_errors,
    deletion_protection_errors,
    exchanged_subnet_errors,
    protection_errors,
    traffic_cut_errors,
)
from gwlbfw.resources.graph import OriginalState, ResourceGraph
from gwlbfw.stack.bystanders import sparing_bystanders
from gwlbfw.stack.foreign_routes import (
    harmful_routes,
    impacts,
    kept_route_warnings,
    kept_routes,
    without_ownership,
)
from gwlbfw.stack.gone_next_hops import without_gone
from gwlbfw.stack.lost_originals import lost_original_warnings, lost_originals, without_lost
from gwlbfw.stack.observation import Observation
from gwlbfw.stack.other_stacks import other_stack_errors
from gwlbfw.stack.saved_plans import refuse_moved, stale
from gwlbfw.stack.untouched_originals import without_untouched
from gwlbfw.topology.models import Topology


async def make_plan(
    observation: Observation, topology: Topology, api: ApiClient, *, destroy: bool = False
) -> Plan:
    """The plan that leads from what was observed to the topology, or to what was there before.

    Fetches what only the cloud knows. Raises PlanError, CloudError, TransportError.
    """
    live, desired, network = observation.live, observation.desired, observation.network
    target: ResourceGraph = {} if destroy else desired.graph
    original = without_untouched(observation, target, destroy=destroy)
    known = {**moved_default_routes(live, original), **observation.state.applied, **desired.graph}
    going = {address: was for address, was in original.items() if address not in target}
    lost = lost_originals(going, live, network)
    kept = kept_routes(topology, frozenset() if destroy else observation.foreign)
    changes, kept = _changes(observation, target, without_lost(original, lost), kept)
    harmful = harmful_routes(network, live, target, kept)
    diagnostics = [
        *kept_route_warnings(topology, kept, harmful),
        *lost_original_warnings(going, lost),
        *protection_errors(changes, known),
        *deletion_protection_errors(changes, live),
        *(() if destroy else await _fetch_diagnostics(observation, topology, api, changes)),
    ]
    refuse_errors(diagnostics)
    steps = build(changes, target, live, known, topology.cutover, observation.removed)
    plan = Plan(
        stack=topology.name,
        region=topology.region,
        changes=changes,
        steps=steps,
        fingerprint=live.fingerprint,
        before=original,
        warnings=tuple(diagnostics),
        drifted=drifted_addresses(observation.recorded_graph, live, changes),
        destroys=destroy,
        place=observation.place,
        account=observation.state.cloud.accounts.get("", ""),
        source_digest=source_digest(topology),
    )
    return sparing_bystanders(with_forecast(plan, network, live, known), topology, network)


def refuse_errors(diagnostics: Sequence[Diagnostic]) -> None:
    """Raise PlanError where some of the diagnostics are errors."""
    if errors := [each for each in diagnostics if each.severity == "error"]:
        raise PlanError(errors)


def _changes(
    observation: Observation,
    target: ResourceGraph,
    original: OriginalState,
    kept: frozenset[Address],
) -> tuple[tuple[Change, ...], frozenset[Address]]:
    """The changes that lead to the target, and the foreign routes that stay.

    None stays without its table, or without what it leads to.
    """
    live = observation.live
    before = without_gone(original, live.gone)
    found = diff(target, without_ownership(live, kept), before)
    going = {each.address for each in found if each.action in ("delete", "replace")}
    doomed = {at for at in kept if going & {ref for _, ref in live.nodes[at].resource.refs()}}
    if doomed:
        kept -= doomed
        found = diff(target, without_ownership(live, kept), before)
    origins = observation.origins
    return tuple(replace(each, moved_from=origins.get(each.address)) for each in found), kept


async def _fetch_diagnostics(
    observation: Observation, topology: Topology, api: ApiClient, changes: Sequence[Change]
) -> list[Diagnostic]:
    """Fetch what only the cloud knows: all that stands against changes, and what to mind."""
    live, target = observation.live, observation.desired.graph
    return [
        *observation.desired.diagnostics,
        *other_stack_errors(live, topology.name),
        *traffic_cut_errors(changes, target, live),
        *exchanged_subnet_errors(changes, topology),
        *closed_group_errors(target, live, required_rules(topology, target)),
        *forwarded_server_errors(changes, observation.network, live, topology),
        *await fetch_preflight_problems(api, topology, changes),
        *renamed_key_hints(topology, changes),
    ]


def drift_report(observation: Observation, topology: Topology) -> DriftReport:
    """The differences from what was last applied, routes of others judged by what they do."""
    live, applied, contested = observation.live, observation.applied, observation.contested
    harmful = frozenset[Address]()
    if contested:
        harmful = harmful_routes(observation.network, live, applied, contested)
    judged = impacts(topology, observation.foreign, contested, harmful)
    report = drift(applied, live, judged, against_record=observation.recorded)
    return replace(report, place=observation.place)


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
        place=observation.place,
        source_digest=source_digest(topology),
    )


def refuse_stale(plan: Plan, observation: Observation, topology: Topology) -> None:
    """Raise StalePlanError where live state or the topology is no longer what the plan saw."""
    refuse_moved(plan, observation.live)
    if plan.source_digest != source_digest(topology):
        raise stale(
            "the topology, a variable or a user data file has changed since the plan was made"
        )
