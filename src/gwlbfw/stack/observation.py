"""The observation of a stack: its live state, its state, and the journal of its last run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from gwlbfw import layout, original_state
from gwlbfw.address import Address
from gwlbfw.blueprint import Desired, blueprint
from gwlbfw.blueprint.user_data import source_digest
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.identity import CloudIdentity, fetch_identity
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.discovery.scope import Scope, accounts_in_use
from gwlbfw.discovery.settling import fetch_settled
from gwlbfw.drift import drift
from gwlbfw.execute.state_update import EventualConsistency
from gwlbfw.moves import NO_MOVES, Moves
from gwlbfw.reachability import Network, fetch_network
from gwlbfw.reachability.naming import named_part
from gwlbfw.resources.graph import Live, OriginalState, ResourceGraph
from gwlbfw.stack.foreign_routes import foreign_routes, is_copied, with_current_copies
from gwlbfw.stack.gone_next_hops import gone_next_hops
from gwlbfw.state import Journal, State
from gwlbfw.state.known_cloud import KnownCloud
from gwlbfw.state.lock import Lock
from gwlbfw.state.store import Store
from gwlbfw.topology.models import Topology


@dataclass(frozen=True)
class Observation:
    """State and live state of one moment: a plan starts from it, and is valid as long as it is."""

    state: State
    """The state of the last apply; empty where nothing was applied."""
    recorded: bool
    """True if there is a state, False if nothing was applied or the state was lost."""
    journal: Journal
    live: Live
    desired: Desired
    """The graph that the topology asks for, given what is live."""
    forwarding: Network | None
    """The forwarding model of the business VPCs; None in an observation without it."""
    lock: Lock | None = None
    """The stack's lock, if it was held meanwhile."""
    moves: Moves = NO_MOVES
    """The addresses that the file calls moved: everything here is at those of now."""
    place: str = ""
    """The cloud and accounts in which it was taken, for people."""
    unbound: bool = False
    """True if the record does not name this cloud and its accounts yet."""
    origins: Mapping[Address, Address] = field(default_factory=dict)
    """The former address of each resource whose tags or record still have that."""

    @property
    def network(self) -> Network:
        """The forwarding model of the business VPCs."""
        if self.forwarding is None:
            message = "this observation was taken without forwarding"
            raise ValueError(message)
        return self.forwarding

    @property
    def named_network(self) -> Network:
        """The forwarding model as far as the file is about it."""
        return named_part(self.network, self.network)

    @property
    def ids(self) -> dict[Address, str]:
        """The cloud ids of the stack's resources."""
        return {address: node.id for address, node in self.live.nodes.items() if node.id}

    @property
    def applied(self) -> ResourceGraph:
        """The graph that drift is measured against: of the last apply, else of the file."""
        if not self.recorded:
            return self.desired.graph
        return with_current_copies(self.state.applied, self.desired.graph)

    @cached_property
    def foreign(self) -> frozenset[Address]:
        """The routes in the stack's tables that it neither wants nor made."""
        begun = (Address(each.address) for each in self.journal.previous_runs.intents.values())
        return foreign_routes(self.live, self.desired.graph, {*self.state.applied, *begun})

    @cached_property
    def contested(self) -> frozenset[Address]:
        """The routes in the stack's tables that differ, and are judged by what they do."""
        differing = {each.address for each in drift(self.applied, self.live).items}
        return frozenset(each for each in differing if each in self.foreign or is_copied(each))

    @property
    def removed(self) -> Mapping[Address, str]:
        """When earlier runs that did not come to their end removed what is to be made anew."""
        return {**self.state.removed, **self.journal.previous_runs.removed}

    @property
    def recorded_graph(self) -> ResourceGraph:
        """The graph of the last apply; empty where none is recorded."""
        return self.applied if self.recorded else {}

    @property
    def original(self) -> OriginalState:
        """The original state of what the stack manages, as tags and state have it."""
        return {**original_state.from_tags(self.live, self.moves), **self.state.before}


def once(on_message: Callable[[str], None]) -> Callable[[str], None]:
    """A listener that passes each message on the first time that it comes."""
    reported: set[str] = set()

    def on_new_message(message: str) -> None:
        if message not in reported:
            reported.add(message)
            on_message(message)

    return on_new_message


@dataclass(frozen=True)
class Observer:
    """The observer of one stack, which makes its observations."""

    topology: Topology
    api: ApiClient
    store: Store
    on_message: Callable[[str], None]
    on_new_message: Callable[[str], None]
    """Takes messages that every observation repeats, such as that the last run was interrupted."""
    profile: str | None = None
    """The profile of the default account, if its credentials are those of one."""

    async def observe(
        self, *, lock: Lock | None, settle: bool, forwarding: bool | None, destroy: bool
    ) -> Observation:
        """Fetch state and live state; see `Stack.observe`.

        With `forwarding` of None, what forwarding needs only where it decides how bad drift is.
        """
        fetcher = Fetcher(self.api)
        stored, journal = self._load(lock)
        moves = Moves.of(self.topology)
        known = await self._fetch_known_cloud(stored, journal, moves)
        self._report_interruption(journal, lock)
        live = await self._fetch_live(fetcher, known, settle=settle, destroy=destroy)
        if stored and self._is_set_aside(known, live):
            stored = None
            journal.set_aside()
        state = known.record if stored else known.new_record
        live = state.with_launch_templates(live)
        seen = Observation(
            state=state,
            recorded=stored is not None,
            journal=journal,
            live=live,
            desired=blueprint(self.topology, live, state.before),
            forwarding=None,
            lock=lock,
            moves=moves,
            origins=moves.origins(live, stored.applied if stored else {}),
            place=self._place(known.now),
            unbound=stored is not None and stored.cloud != state.cloud,
        )
        if forwarding or (forwarding is None and seen.contested):
            return await self._with_forwarding(seen, fetcher)
        return seen

    async def _fetch_known_cloud(
        self, stored: State | None, journal: Journal, moves: Moves
    ) -> KnownCloud:
        """The record held against the cloud that answers. Raises AnotherCloud."""
        name, region = self.topology.name, self.topology.region
        record = (stored or State(name, region)).moved(moves)
        accounts = accounts_in_use(self.topology, record.applied)
        now = await fetch_identity(self.api, accounts)
        location = self.store.record_location(name, region)
        known = KnownCloud(record, journal.previous_runs, record.cloud, now, location)
        known.refuse_another()
        if stored and not stored.cloud.is_known:
            place = self._place(now)
            self.on_new_message(f"{location} names no cloud yet: it is taken to be {place}")
        return known.bound

    def _place(self, now: CloudIdentity) -> str:
        """The cloud and accounts that calls go to, for people."""
        profiles = {key: each.profile for key, each in self.topology.accounts.items()}
        profiles[""] = self.profile
        return now.place({key: each for key, each in profiles.items() if each})

    async def _fetch_live(
        self, fetcher: Fetcher, known: KnownCloud, *, settle: bool, destroy: bool
    ) -> Live:
        state, runs = known.record, known.previous_runs
        source = source_digest(self.topology)
        same_file = all(each.source == source for each in runs.starts)
        ids, owned = {**state.ids, **runs.ids}, state.owned | frozenset(runs.ids.values())
        accounts = accounts_in_use(self.topology, state.applied)
        scope = Scope.of(self.topology, ids, owned, accounts)
        scope = replace(scope, takes_doubles=destroy)
        if known.was_replaced:
            return await fetch_settled(
                fetcher, scope, lambda _: "", self.on_message, passing=settle
            )
        unlisted = EventualConsistency(state, runs, self._lag, repeats=not destroy and same_file)
        return await fetch_settled(fetcher, scope, unlisted, self.on_message, passing=settle)

    def _is_set_aside(self, known: KnownCloud, live: Live) -> bool:
        """True for the record of a simulator that was reset. Raises AnotherCloud."""
        if not known.was_replaced:
            known.refuse_vanished(live)
            return False
        if not known.is_gone(live):
            return False
        self.on_new_message(f"the simulator was reset: {known.location} is set aside")
        return True

    async def _with_forwarding(self, seen: Observation, fetcher: Fetcher) -> Observation:
        """The same observation with the forwarding model, and what only that knows to be gone."""
        network = await fetch_network(fetcher, self.topology, seen.ids, self._left_vpcs(seen.live))
        live = replace(seen.live, gone=gone_next_hops(network, seen.live, seen.original))
        desired = seen.desired
        if live.gone:
            desired = blueprint(self.topology, live, seen.state.before)
        return replace(seen, live=live, desired=desired, forwarding=network)

    def _left_vpcs(self, live: Live) -> dict[str, list[str]]:
        """The business VPCs that the stack has and the file no longer names: ids by account."""
        found: dict[str, list[str]] = {}
        for address, node in live.nodes.items():
            at = layout.parse(address)
            is_business = (at.kind, at.role) == ("vpc", layout.Role.BUSINESS)
            if is_business and at.vpc not in self.topology.business_vpcs:
                found.setdefault(node.account, []).append(node.id)
        return found

    def _load(self, lock: Lock | None) -> tuple[State | None, Journal]:
        """Load the state, and the journal of a run that did not come to its end.

        The journal tells of earlier runs at the addresses that the file has now.
        """
        name, region = self.topology.name, self.topology.region
        journal = self.store.journal(name, region, lock)
        journal.previous_runs = journal.previous_runs.moved(Moves.of(self.topology))
        return self.store.load(name, region), journal

    def _report_interruption(self, journal: Journal, lock: Lock | None) -> None:
        name, region = self.topology.name, self.topology.region
        message = journal.previous_runs.interruption
        if message and lock is None and (holder := self.store.active_holder(name, region)):
            message = f"live state is changing: {holder} is at work on the stack"
        if message:
            self.on_new_message(message)

    def reload(self, observation: Observation, lock: Lock | None) -> Observation | None:
        """The observation under this lock; None where somebody was at work on the stack since."""
        state, journal = self._load(lock)
        seen = observation.state
        same = state is None or replace(state.moved(observation.moves), cloud=seen.cloud) == seen
        if not same or journal.previous_runs != observation.journal.previous_runs:
            return None
        return replace(observation, journal=journal, lock=lock)

    def _lag(self) -> datetime:
        """The moment before which all that was made is listed by now."""
        return self.api.clock.utc() - timedelta(seconds=self.api.backoff.list_lag_s)
