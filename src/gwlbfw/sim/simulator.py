"""The simulated cloud: requests in, replies out."""

import importlib
import logging
import pkgutil
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from gwlbfw.openapi import Action
from gwlbfw.sim import services, wire
from gwlbfw.sim.activity import SUCCESS, Activity, Entry, redact
from gwlbfw.sim.auth.identity import authenticate
from gwlbfw.sim.auth.replay_protection import ReplayProtection
from gwlbfw.sim.auth.signature import access_key
from gwlbfw.sim.clock import Clock, RealClock
from gwlbfw.sim.errors import ApiError, SimulatorError
from gwlbfw.sim.faults import Faults, InjectedFault, Rule
from gwlbfw.sim.folder import make_private
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services import registry, tags
from gwlbfw.sim.services.oss import object as oss
from gwlbfw.sim.services.oss import wire as oss_wire
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.store import snapshot
from gwlbfw.sim.store.region import ListLag, Region, apply_due_transitions, resource_kinds
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
"""How the reads of one resource end, beside those that begin with Get."""
_DRY_RUN = {("ecs", "DeleteInstances"): "DRYRUN.SUCCESS"}
"""What a rehearsal that went well is called, where it isn't DryRunOperation (ECS API)."""


@dataclass(frozen=True)
class Status:
    """What there is: how many of each kind, without what came by itself."""

    resources: Mapping[str, int]

    @property
    def empty(self) -> bool:
        return not self.resources


@cache
def load_kinds() -> None:
    """Make every kind in the package `services` known."""
    tags.register()
    for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        importlib.import_module(module.name)


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
        load_kinds()
        self.settings = settings or Settings()
        self.clock = clock or RealClock()
        self.faults = Faults(faults, self.settings.seed)
        self.activity = Activity(self.settings.activity_file)
        self._freshness = ReplayProtection(self.settings.signature_age)
        self._timer = timer
        self._calls = 0
        if folder is not None:
            make_private(folder)
        self._store = Store(folder / "state.sqlite" if folder else None)
        self.state = State(self.settings, self._store)
        self._lock = threading.Lock()

    def handle(self, http: HttpRequest) -> HttpReply:
        """Carry out one call; what it changed is on disk before this returns."""
        with self._lock:
            begun = self._timer()
            entry = Entry(self.clock.now(), self.settings.request_id())
            reply = self._answer(http, entry)
            entry.status = 0 if reply.lost else reply.status
            entry.duration_ms = round((self._timer() - begun) * 1000, 3)
            self.activity.note(entry)
            return reply

    def status(self, region: str | None = None) -> Status:
        """What there is in all accounts, in one region or in all."""
        with self._lock, self._transaction():
            apply_due_transitions(self.state, self.clock.now())
            return Status(dict(sorted(Counter(resource_kinds(self.state, region)).items())))

    def reset(self) -> None:
        """Remove everything there is."""
        with self._lock, self._transaction():
            for record in self.state:
                self.state.remove(record)

    def close(self) -> None:
        """Let go of the state on disk."""
        with self._lock:
            self._store.close()
            self.activity.close()

    def export(self) -> dict[str, Any]:
        """Everything there is, as one document of plain data."""
        with self._lock, self._transaction():
            apply_due_transitions(self.state, self.clock.now())
            return snapshot.to_document(self.state, self.state.serial)

    def load(self, document: object) -> None:
        """Replace everything there is by what a document holds that `export` made."""
        records, serial = snapshot.from_document(document)
        with self._lock, self._transaction():
            for record in self.state:
                self.state.remove(record)
            for record in records:
                self.state.add(record)
                self.state.schedule(record)
            self.state.serial = max(serial, self.state.serial)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Keep all changes of a block on disk, or, if it raises, none of them."""
        try:
            yield
            self.state.commit()
        finally:
            self.state.rollback()

    def _answer(self, http: HttpRequest, entry: Entry) -> HttpReply:
        """The reply to one call, as far as faults let it get there; `entry` learns what it was."""
        if oss_wire.is_oss(http):
            return self._stored(http, entry)
        strike = InjectedFault()
        try:
            message = wire.read(http)
            entry.action = message.action
            found = registry.find_action(message.action, message.version)
            entry.product = found.product
            values = message.parameters
            entry.parameters = redact(values)
            strike = self.faults.strike(found.product, found.name, values)
            entry.fault = strike.name
            strike.refuse()
            if strike.effect == "reset":
                return HttpReply(0, b"", delay=strike.delay, lost="reset")
            reply = wire.success(entry.request_id, self._call(http, message, found, values, entry))
            entry.code = SUCCESS
        except ApiError as refusal:
            reply = self._refuse(refusal, entry)
        except SimulatorError as problem:
            _log.error("%s:%s failed: %s", entry.product, entry.action, problem)
            reply = self._refuse(ApiError("InternalError", str(problem), 500), entry)
        return self._on_its_way(reply, entry, strike)

    def _stored(self, http: HttpRequest, entry: Entry) -> HttpReply:
        """The reply to one call of OSS."""
        strike = InjectedFault()
        entry.product = "oss"
        try:
            request = oss_wire.read(http)
            entry.action, entry.parameters = request.action, {"Key": request.key}
            strike = self.faults.strike("oss", request.action, {"Key": request.key})
            entry.fault = strike.name
            strike.refuse()
            if strike.effect == "reset":
                return HttpReply(0, b"", delay=strike.delay, lost="reset")
            with self._transaction():
                reply = oss.handle(self.state, request, entry.request_id, self.clock.now())
            entry.code = SUCCESS
        except (ApiError, SimulatorError) as problem:
            broken = ApiError("InternalError", str(problem), 500)
            refusal = problem if isinstance(problem, ApiError) else broken
            entry.code = refusal.code
            reply = oss_wire.failure(entry.request_id, http, refusal)
        return self._on_its_way(reply, entry, strike)

    def _refuse(self, refusal: ApiError, entry: Entry) -> HttpReply:
        _log.info("%s:%s refused: %s", entry.product, entry.action, refusal)
        entry.code = refusal.code
        region = entry.region or self.settings.region
        return wire.failure(entry.request_id, entry.product, region, refusal)

    def _on_its_way(self, reply: HttpReply, entry: Entry, strike: InjectedFault) -> HttpReply:
        self._calls += 1
        delay = strike.delay + self.settings.answer_time(entry.product, entry.action, self._calls)
        lost: Literal["", "closed"] = "closed" if strike.effect == "lose_reply" else ""
        return replace(reply, headers={**reply.headers, **strike.headers}, delay=delay, lost=lost)

    def _call(
        self,
        http: HttpRequest,
        message: Message,
        found: Action,
        values: Mapping[str, Param],
        entry: Entry,
    ) -> Reply:
        now = self.clock.now()
        with self._transaction():
            apply_due_transitions(self.state, now)
        handler = registry.handler_of(found)
        RequestValidator(found, strict=self.settings.strict).judge(values)
        entry.account = authenticate(self.state, http, message.flat, now)
        if self.settings.credentials and self.settings.signature_age:
            self._freshness.check(http, message.flat, access_key(http, message.flat))
        entry.region = self._region(message)
        lists = self._lagging(found, message, now)
        region = Region(self.state, entry.account, entry.region, now, lists)
        request = Request(
            found.product,
            values,
            action=found.name,
            request_id=entry.request_id,
            access_key=access_key(http, message.flat),
        )
        once = IdempotencyToken(region, found, values)
        with self._transaction():
            if (earlier := once.answered()) is not None:
                return earlier
            reply = handler(region, request)
            if "DryRun" in found.parameters and request.flag("DryRun"):
                code = _DRY_RUN.get((found.product, found.name), "DryRunOperation")
                raise ApiError(code, "Request validation has been passed with DryRun flag set.")
            once.remember(reply)
            return reply

    def _lagging(self, found: Action, message: Message, now: float) -> ListLag | None:
        """What the lists of this call lack, if they lag and this is a list."""
        lag = self.settings.list_lag
        if not lag or not found.name.startswith(_LISTS) or found.name.endswith(_SINGLE):
            return None
        named = {each for text in message.flat.values() for each in _ID.findall(text)}
        return ListLag(now - lag, named)

    def _region(self, message: Message) -> str:
        """The region that a call names, or its ids lie in, or else the server's own."""
        named = message.flat.get("RegionId") or self._region_of_ids(message)
        if named not in ZONES:
            raise ApiError("InvalidRegionId.NotFound", f"The region {named} does not exist.", 404)
        return named

    def _region_of_ids(self, message: Message) -> str:
        texts = (text for name, text in message.flat.items() if name not in wire.COMMON)
        for record_id in (each for text in texts for each in _ID.findall(text)):
            if (record := self.state.find(record_id)) is not None:
                return record.region
        return self.settings.region
