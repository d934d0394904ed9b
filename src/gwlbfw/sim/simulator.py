"""The simulated cloud: requests in, replies out."""

import importlib
import logging
import pkgutil
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gwlbfw.openapi import Action
from gwlbfw.sim import dispatch, kinds, tagging, wire
from gwlbfw.sim.clock import Clock, RealClock
from gwlbfw.sim.identity import account_of
from gwlbfw.sim.refusal import Refusal
from gwlbfw.sim.region import Region, counts, settle
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.request import Request
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.signature import access_key
from gwlbfw.sim.state import State
from gwlbfw.sim.store import Store
from gwlbfw.sim.tokens import Once
from gwlbfw.sim.wire import HttpReply, HttpRequest, Message, Reply

_log = logging.getLogger(__name__)
_ID = re.compile(r"\b[a-z][a-z0-9]{0,9}-[a-z0-9]+")
"""Prefixes are short, which keeps the search linear in long values such as user data."""
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
    """Make every kind in the folder `kinds` known."""
    tagging.register()
    for module in pkgutil.iter_modules(kinds.__path__, f"{kinds.__name__}."):
        importlib.import_module(module.name)


class Simulator:
    """A simulated cloud: its state in a folder (or in memory), its clock and its settings."""

    def __init__(
        self,
        folder: Path | None = None,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> None:
        load_kinds()
        self.settings = settings or Settings()
        self.clock = clock or RealClock()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._store = Store(folder / "state.sqlite" if folder else None)
        self.state = State(self.settings, self._store)
        self._lock = threading.Lock()

    def handle(self, http: HttpRequest) -> HttpReply:
        """Carry out one call; what it changed is on disk before this returns."""
        with self._lock:
            message = wire.read(http)
            request_id = self.settings.request_id()
            product = ""
            try:
                found = dispatch.find(message.action, message.version)
                product = found.product
                reply = self._call(http, message, found, request_id)
            except Refusal as refusal:
                _log.info("%s:%s refused: %s", product, message.action, refusal)
                return wire.failure(request_id, product, self.settings.region, refusal)
            return wire.success(request_id, reply)

    def status(self, region: str | None = None) -> Status:
        """What there is in all accounts, in one region or in all."""
        with self._lock, self._transaction():
            settle(self.state, self.clock.now())
            return Status(dict(sorted(Counter(counts(self.state, region)).items())))

    def reset(self) -> None:
        """Remove everything there is."""
        with self._lock, self._transaction():
            for record in self.state:
                self.state.remove(record)

    def close(self) -> None:
        """Let go of the state on disk."""
        with self._lock:
            self._store.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Keep all changes of a block on disk, or, if it raises, none of them."""
        try:
            yield
            self.state.commit()
        finally:
            self.state.rollback()

    def _call(self, http: HttpRequest, message: Message, found: Action, request_id: str) -> Reply:
        now = self.clock.now()
        with self._transaction():
            settle(self.state, now)
        handler = dispatch.handler_of(found)
        values = message.parameters
        dispatch.check(found, values)
        account = account_of(self.state, http, message.flat, now)
        region = Region(self.state, account, self._region(message), now)
        request = Request(
            found.product,
            values,
            action=found.name,
            request_id=request_id,
            access_key=access_key(http, message.flat),
        )
        once = Once(region, found, values)
        with self._transaction():
            if (earlier := once.answered()) is not None:
                return earlier
            reply = handler(region, request)
            if "DryRun" in found.parameters and request.flag("DryRun"):
                code = _DRY_RUN.get((found.product, found.name), "DryRunOperation")
                raise Refusal(code, "Request validation has been passed with DryRun flag set.")
            once.remember(reply)
            return reply

    def _region(self, message: Message) -> str:
        """The region that a call names, or its ids lie in, or else the server's own."""
        named = message.flat.get("RegionId") or self._region_of_ids(message)
        if named not in ZONES:
            raise Refusal("InvalidRegionId.NotFound", f"The region {named} does not exist.", 404)
        return named

    def _region_of_ids(self, message: Message) -> str:
        texts = (text for name, text in message.flat.items() if name not in wire.COMMON)
        for record_id in (each for text in texts for each in _ID.findall(text)):
            if (record := self.state.find(record_id)) is not None:
                return record.region
        return self.settings.region
