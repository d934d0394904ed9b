"""The simulated cloud: requests in, replies out."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from gwlbfw.openapi import Action
from gwlbfw.sim import wire
from gwlbfw.sim.activity import SUCCESS, Activity, Entry, redact, redact_unknown
from gwlbfw.sim.auth.identity import authenticate
from gwlbfw.sim.auth.replay_protection import ReplayProtection
from gwlbfw.sim.auth.signature import access_key
from gwlbfw.sim.clock import Clock, RealClock
from gwlbfw.sim.errors import ApiError, SimulatorError
from gwlbfw.sim.faults import Faults, InjectedFault, Rule
from gwlbfw.sim.folder import make_private
from gwlbfw.sim.quotas import check_names
from gwlbfw.sim.regions import ZONES, is_offered
from gwlbfw.sim.replies import complete
from gwlbfw.sim.services import registry
from gwlbfw.sim.services.ecs.offer.loading import load_offer
from gwlbfw.sim.services.oss import object as oss
from gwlbfw.sim.services.oss import wire as oss_wire
from gwlbfw.sim.services.registry import Handler
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.sts import role
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.store import snapshot
from gwlbfw.sim.store.region import ListLag, Region, apply_due_transitions, resource_kinds
from gwlbfw.sim.store.snapshot import Snapshots
from gwlbfw.sim.store.state import State
from gwlbfw.sim.store.store import Store
from gwlbfw.sim.tokens import IdempotencyToken
from gwlbfw.sim.validation import RequestValidator
from gwlbfw.sim.wire import HttpReply, HttpRequest, Message, Param, Reply

_log = logging.getLogger(__name__)
_ID = re.compile(r"\b[a-z][a-z0-9]{0,9}-[a-z0-9]+")
"""Prefixes are short, which keeps the search linear in long values such as user data."""
_LISTS = ("Describe", "List")
_SINGLE = ("Attribute", "Attributes")
"""Endings of the reads of one resource, beside those that begin with Get."""
_DRY_RUN = {("ecs", "DeleteInstances"): "DRYRUN.SUCCESS"}
"""The code of a dry run that passed, where it isn't DryRunOperation (ECS API)."""


@dataclass(frozen=True)
class Status:
    """Number of resources by kind, without implicit ones."""

    resources: Mapping[str, int]

    @property
    def empty(self) -> bool:
        return not self.resources


class Simulator:
    """A simulated cloud: its state in a folder (or in memory), its clock and its settings."""

    def __init__(
        self,
        folder: Path | None = None,
        settings: Settings | None = None,
        clock: Clock | None = None,
        faults: Sequence[Rule] = (),
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        registry.load_services()
        self.settings = settings or Settings()
        check_names(self.settings.quotas)
        if self.settings.offer_file:  # a wrong file is refused before any call
            load_offer(self.settings.offer_file)
        self.clock = clock or RealClock()
        self.faults = Faults(faults, self.settings.seed)
        self._replay_protection = ReplayProtection(self.settings.signature_age)
        self.folder = folder
        """The folder of the state; None if it is in memory only."""
        self._timer = timer
        self._calls = 0
        if folder is not None:
            make_private(folder)
        self.activity = Activity(self.settings.activity_file, folder)
        self.snapshots = Snapshots(folder / "snapshots" if folder else None)
        self._store = Store(folder / "state.sqlite" if folder else None)
        self.state = State(self.settings, self._store)
        self._lock = threading.Lock()

    def handle(self, http: HttpRequest) -> HttpReply:
        """Carry out one call; what it changed is on disk before this returns."""
        with self._lock:
            begun = self._timer()
            entry = Entry(self.clock.now(), self.settings.request_id())
            oss_call = oss_wire.is_oss(http)
            reply = self._handle_oss(http, entry) if oss_call else self._handle_rpc(http, entry)
            entry.status = 0 if reply.lost else reply.status
            entry.duration_ms = round((self._timer() - begun) * 1000, 3)
            self.activity.record(entry)
            return reply

    def status(self, region: str | None = None) -> Status:
        """Number of resources in all accounts, in one region or in all."""
        with self._lock, self._transaction():
            apply_due_transitions(self.state, self.clock.now())
            return Status(dict(sorted(Counter(resource_kinds(self.state, region)).items())))

    def reset(self) -> None:
        """Remove every record; the cloud is another one then."""
        with self._lock, self._transaction():
            self.state.replace(())

    def declare_role(self, data: object) -> None:
        """Declare who may assume a role, by which external id and for how long, as plain data.

        Raises ValueError that says what is wrong.
        """
        with self._lock, self._transaction():
            role.declare_role(self.state, data, self.clock.now())

    def close(self) -> None:
        """Close the state and the activity log."""
        with self._lock:
            self._store.close()
            self.activity.close()

    def export(self) -> dict[str, Any]:
        """The whole state as one document of plain data."""
        with self._lock, self._transaction():
            apply_due_transitions(self.state, self.clock.now())
            return snapshot.to_document(self.state, self.state.serial, self.state.cloud_id)

    def load(self, document: object) -> None:
        """Replace the whole state by that of a document which `export` made."""
        content = snapshot.from_document(document)
        with self._lock, self._transaction():
            self.state.replace(content.records, content.cloud_id)
            self.state.serial = max(content.serial, self.state.serial)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit the changes of a block, or, if it raises, roll all of them back."""
        try:
            yield
            self.state.commit()
        finally:
            self.state.rollback()

    def _handle_rpc(self, http: HttpRequest, entry: Entry) -> HttpReply:
        """The reply to a call of an RPC product, as far as faults let it get there."""
        fault, message = InjectedFault(), None
        try:
            message = wire.read(http)
            entry.action = message.action
            entry.product = registry.product_of(message.version)
            entry.parameters = redact_unknown(message.own)
            action = registry.find_action(message.action, message.version)
            values = message.parameters
            entry.parameters = redact(values)
            fault = self.faults.match(action.product, action.name, values)
            entry.fault = fault.name
            fault.raise_error()
            if fault.effect == "reset":
                return HttpReply(0, b"", delay=fault.delay, lost="reset")
            answer = self._call(http, message, action, values, entry)
            answer = complete(answer, action.product, action.name)
            reply = wire.success(entry.request_id, answer)
            entry.code = SUCCESS
        except ApiError as error:
            reply = self._failure(error, entry)
        except SimulatorError as problem:
            _log.error("%s:%s failed: %s", entry.product, entry.action, problem)
            reply = self._failure(ApiError("InternalError", str(problem), 500), entry)
        if message is not None and message.as_xml:
            reply = wire.as_xml(reply, message.action)
        return self._deliver(reply, entry, fault)

    def _handle_oss(self, http: HttpRequest, entry: Entry) -> HttpReply:
        """The reply to a call of OSS, as far as faults let it get there."""
        fault = InjectedFault()
        entry.product = "oss"
        try:
            request = oss_wire.read(http)
            entry.action, entry.parameters = request.action, {"Key": request.key}
            fault = self.faults.match("oss", request.action, {"Key": request.key})
            entry.fault = fault.name
            fault.raise_error()
            if fault.effect == "reset":
                return HttpReply(0, b"", delay=fault.delay, lost="reset")
            with self._transaction():
                reply = oss.handle(self.state, request, entry.request_id, self.clock.now())
            entry.code = SUCCESS
        except (ApiError, SimulatorError) as problem:
            internal = ApiError("InternalError", str(problem), 500)
            error = problem if isinstance(problem, ApiError) else internal
            entry.code = error.code
            reply = oss_wire.failure(entry.request_id, http, error)
        return self._deliver(reply, entry, fault)

    def _failure(self, error: ApiError, entry: Entry) -> HttpReply:
        _log.info("%s:%s refused: %s", entry.product, entry.action, error)
        entry.code = error.code
        region = entry.region or self.settings.region
        return wire.failure(entry.request_id, entry.product, region, error)

    def _deliver(self, reply: HttpReply, entry: Entry, fault: InjectedFault) -> HttpReply:
        """The reply with its latency, and with the effect of a fault."""
        self._calls += 1
        delay = fault.delay + self.settings.call_duration(entry.product, entry.action, self._calls)
        lost: Literal["", "closed"] = "closed" if fault.effect == "lose_reply" else ""
        return replace(reply, headers={**reply.headers, **fault.headers}, delay=delay, lost=lost)

    def _call(
        self,
        http: HttpRequest,
        message: Message,
        action: Action,
        values: Mapping[str, Param],
        entry: Entry,
    ) -> Reply:
        """Validate, authenticate and carry out a call of an action."""
        now = self.clock.now()
        with self._transaction():
            apply_due_transitions(self.state, now)
        handler = registry.handler_of(action)
        validator = RequestValidator(action, strict=self.settings.strict)
        entry.ignored = list(validator.validate(values))
        key = access_key(http, message.flat)
        entry.account = authenticate(self.state, http, message.flat, key, now)
        if self.settings.credentials and self.settings.signature_age:
            self._replay_protection.check(http, message.flat, key)
        entry.region = self._region(action, message)
        lag = self._list_lag(action, message, now)
        region = Region(self.state, entry.account, entry.region, now, lag)
        request = Request(
            action.product,
            values,
            action=action.name,
            request_id=entry.request_id,
            access_key=key,
            scope=f"{entry.account}/{entry.region}",
        )
        with self._transaction():
            return self._carry_out(handler, region, request, validator)

    @staticmethod
    def _carry_out(
        handler: Handler, region: Region, request: Request, validator: RequestValidator
    ) -> Reply:
        """The handler's reply; a repeated ClientToken is answered as before, DryRun is refused."""
        action = validator.action
        token = IdempotencyToken(region, action, request.values)
        if (earlier := token.stored_reply()) is not None:
            return earlier
        reply = handler(region, request)
        dry_run = "DryRun" in action.parameters and request.flag("DryRun")
        without_effect = registry.without_effect(action.product, action.name)
        validator.refuse_unread(request.unread(), without_effect)
        if dry_run:
            code = _DRY_RUN.get((action.product, action.name), "DryRunOperation")
            raise ApiError(code, "Request validation has been passed with DryRun flag set.")
        token.store_reply(reply)
        return reply

    def _list_lag(self, action: Action, message: Message, now: float) -> ListLag | None:
        """The lag of an action that is a list; None if lists don't lag."""
        lag = self.settings.list_lag
        if not lag or not action.name.startswith(_LISTS) or action.name.endswith(_SINGLE):
            return None
        named = {each for text in message.flat.values() for each in _ID.findall(text)}
        return ListLag(now - lag, named)

    def _region(self, action: Action, message: Message) -> str:
        """The region that a call names, or its ids lie in, or else the server's own."""
        named = message.flat.get("RegionId") or self._region_of_ids(message)
        if named not in ZONES:
            raise ApiError("InvalidRegionId.NotFound", f"The region {named} does not exist.", 404)
        if not is_offered(action.product, named) and action.name != "DescribeRegions":
            # UNVERIFIED: in the cloud there is no endpoint of the product to ask in this region.
            why = f"The product {action.product} is not offered in the region {named}."
            raise ApiError("InvalidRegionId.NotFound", why, 404)
        return named

    def _region_of_ids(self, message: Message) -> str:
        texts = (text for name, text in message.flat.items() if name not in wire.COMMON)
        for record_id in (each for text in texts for each in _ID.findall(text)):
            if (record := self.state.find(record_id)) is not None:
                return record.region
        return self.settings.region
