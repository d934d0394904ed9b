"""A stack's lock: who is at work on it, for how long, and when it may be taken over."""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Self

from gwlbfw.errors import LockedError, StateError
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.process import Process
from gwlbfw.state.replay import RunStart

LEASE = timedelta(seconds=120)
"""How long a lock holds without being renewed."""
RENEWED_EVERY_S = 20.0
SKEW = timedelta(seconds=60)
"""By how much two machines' clocks may differ: so much later others take a lease for run out."""
_HEIR_LEASE = timedelta(seconds=10)
_TRIES = 5

Utc = Callable[[], datetime]
Notify = Callable[[str], None]


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: which process, with what command, since when, and until when at least."""

    owner: str
    """Distinguishes this holding from every other one."""
    process: Process
    command: str
    since: datetime
    until: datetime

    def __str__(self) -> str:
        """The holder in words."""
        at, began = self.process, self.since.astimezone(UTC)
        return (
            f"`gwlbfw {self.command}` of {at.user} on {at.host} (process {at.pid}), "
            f"since {began:%Y-%m-%d %H:%M:%S} UTC"
        )

    def dead(self, here: Process, now: datetime) -> str | None:
        """Why the lock may be taken over, in words; None where it may not."""
        if (proof := self.process.gone(here)) is not None:
            return proof
        if now > self.until + SKEW:
            return f"its lease ran out at {self.until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return None

    def encode(self) -> bytes:
        """The holder as the lock's content."""
        times = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        content = {"owner": self.owner, "command": self.command, **asdict(self.process), **times}
        return json.dumps(content, indent=1).encode() + b"\n"

    @classmethod
    def decode(cls, content: bytes) -> "Holder | None":
        """The holder in a lock's content; None where nobody can be made out."""
        try:
            found = json.loads(content)
            names = ("user", "host", "machine", "space", "boot", "start")
            said = {each: _printable(str(found[each])) for each in names}
            process = Process(**said, pid=int(found["pid"]))
            times = [datetime.fromisoformat(found[each]) for each in ("since", "until")]
            if any(each.tzinfo is None for each in times):
                return None
            command = _printable(str(found["command"]))
            return cls(_printable(str(found["owner"])), process, command, *times)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return None


def _printable(text: str) -> str:
    """The text as it can be shown: a lock may have been written by anybody."""
    return "".join(each if each.isprintable() else "?" for each in text)


class Lock:
    """One holding of a lock, from `acquire` to `release`; renewed by a thread meanwhile.

    Whoever takes over a dead holder's lock must be the only one who does, and has no operation
    that replaces a content only if it is still the same. So it first makes itself the heir: the
    name of the heir is made of the dead lock's content, and a name is given to one of any number
    who ask for it. The heir looks whether the lock still is what it was (else somebody has taken
    it over already), puts its own in its place, and is heir no longer.
    """

    def __init__(
        self,
        backend: StateBackend,
        name: str,
        command: str,
        *,
        utc: Utc,
        tell: Notify,
        here: Process | None = None,
    ) -> None:
        here = here or Process.this()
        self._backend, self._name, self._utc, self._tell = backend, name, utc, tell
        now = utc()
        self.holder = Holder(token_hex(16), here, command, now, now + LEASE)
        self._lost: StateError | None = None
        self._over = threading.Event()
        self._renewer = threading.Thread(target=self._keep, name="gwlbfw-lock", daemon=True)
        self._turn = threading.Lock()

    def acquire(self) -> Self:
        """Take the lock. Raises LockedError where someone alive has it."""
        for _ in range(_TRIES):
            if self._backend.create(self._name, self.holder.encode()) or self._try():
                self._renewer.start()
                return self
        raise StateError(f"the lock {self._where} changes hands all the time", hint="try again")

    def begin(self) -> RunStart:
        """What the journal says of the run that holds it."""
        at, now = self.holder.process, self.holder.since.astimezone(UTC)
        by = f"{at.user} on {at.host}"
        return RunStart(self.holder.owner, self.holder.command, by, f"{now:%Y-%m-%d %H:%M:%S} UTC")

    def check(self) -> None:
        """Raise the reason if the lock is no longer held; asked before each changing call."""
        if self._lost is None and self._utc() >= self.holder.until:
            self._lost = self._expired("could not be renewed")
        if self._lost is not None:
            raise self._lost

    def release(self) -> None:
        """Give the lock back, unless someone else has it by now."""
        self._over.set()
        if self._renewer.is_alive():
            self._renewer.join()
        found = self._holder()
        if found is not None and found.owner == self.holder.owner:
            self._backend.delete(self._name)

    def renew(self) -> None:
        """Hold it for another while; once it is lost, it stays lost."""
        with self._turn:
            now = self._utc()
            if self._lost is not None or now >= self.holder.until:
                self._lost = self._lost or self._expired("ran out before it was renewed")
                return
            found = self._holder()
            if found is None or found.owner != self.holder.owner:
                self._lost = _taken(self._where, found)
                return
            renewed = replace(self.holder, until=now + LEASE)
            self._backend.write(self._name, renewed.encode())
            self.holder = renewed

    @property
    def _where(self) -> str:
        return self._backend.where(self._name)

    def _expired(self, why: str) -> StateError:
        return StateError(
            f"the lock {self._where} {why}, so someone else may be at work on the stack",
            hint="see that no other command runs, and run this one again: it goes on",
        )

    def _keep(self) -> None:
        while not self._over.wait(RENEWED_EVERY_S):
            try:
                self.renew()
            except StateError:
                continue  # it may work next time; if it doesn't before the lease is over, it shows

    def _holder(self) -> Holder | None:
        content = self._backend.read(self._name)
        return None if content is None else Holder.decode(content)

    def _try(self) -> bool:
        """Whether the lock, which was there already, is ours now."""
        content = self._backend.read(self._name)
        if content is None:
            return False  # just released
        theirs = Holder.decode(content)
        if theirs is not None and theirs.owner == self.holder.owner:
            return True  # we made it, only the answer was lost
        reason = theirs and theirs.dead(self.holder.process, self._utc())
        if not reason:
            raise locked(self._where, theirs)
        if not self._claim(self._name, content):
            return False
        self._tell(f"took over the lock of {theirs}: {reason}")
        return True

    def _claim(self, name: str, content: bytes) -> bool:
        """Put ourselves in the place of what a dead holder left; whether it was we who did."""
        heir = takeover_claim_name(name, content)
        mine = replace(self.holder, until=self._utc() + _HEIR_LEASE)
        if not self._backend.create(heir, mine.encode()):
            left = self._backend.read(heir)
            if left is None:
                return False
            other = Holder.decode(left)
            if other is None or other.owner != mine.owner:
                if other is None or not other.dead(mine.process, self._utc()):
                    raise locked(self._where, other)
                if not self._claim(heir, left):
                    return False
        try:
            if self._backend.read(name) != content:
                return False
            self._backend.write(name, self.holder.encode())
        finally:
            self._backend.delete(heir)
        return True


def takeover_claim_name(name: str, content: bytes) -> str:
    """The name under which one process claims what a dead one has left."""
    return f"{name}.heir-{sha256(content).hexdigest()[:16]}"


def locked(where: str, holder: Holder | None) -> LockedError:
    """The error for the second comer."""
    if holder is None:
        return LockedError(
            f"the stack is locked, and its lock {where} does not say by whom",
            hint="if no other gwlbfw is at work on it, break the lock with `gwlbfw unlock FILE`",
        )
    until = holder.until.astimezone(UTC)
    return LockedError(
        f"the stack is locked by {holder}",
        hint=f"wait until it is done; if it no longer runs, break the lock with `gwlbfw unlock "
        f"FILE`, or wait for its lease ({until + SKEW:%H:%M:%S} UTC unless renewed)",
    )


def _taken(where: str, holder: Holder | None) -> StateError:
    if holder is None:
        return LockedError(
            f"the lock {where} was broken while this command was at work",
            hint="see that no other command runs, and run this one again: it goes on",
        )
    return LockedError(
        f"the lock {where} was broken while this command was at work; it is now held by {holder}",
        hint="wait until that is done, and run this one again: it goes on",
    )
