"""A stack's lock: a lease in the state backend, renewed by its holder, and taken over when dead."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Self

from gwlbfw.cloud.randomness import random_token
from gwlbfw.errors import LockedError, StateError
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.process import Process
from gwlbfw.state.replay import RunStart

LEASE = timedelta(seconds=120)
"""The time for which a lock holds without being renewed."""
RENEWED_EVERY_S = 20.0
LOOKED_AT_EVERY_S = 1.0
"""The pause between two looks at a lock that is waited for."""
SKEW = timedelta(seconds=60)
"""The most by which two machines' clocks may differ: an expired lease is respected as long."""
_CLAIM_LEASE = timedelta(seconds=10)
_TRIES = 5

Utc = Callable[[], datetime]
Notify = Callable[[str], None]


@dataclass(frozen=True)
class Holder:
    """The holder of a lock: its process and command, since when, and until when at least."""

    owner: str
    """Distinguishes this holding from every other one."""
    process: Process
    command: str
    since: datetime
    until: datetime

    def __str__(self) -> str:
        """The holder, for people."""
        at, since = self.process, self.since.astimezone(UTC)
        return (
            f"`gwlbfw {self.command}` of {at.user} on {at.host} (process {at.pid}), "
            f"since {since:%Y-%m-%d %H:%M:%S} UTC"
        )

    def takeover_reason(self, observer: Process, now: datetime) -> str | None:
        """The reason for which the lock may be taken over, for people; None where it may not."""
        if (proof := self.process.proof_of_exit(observer)) is not None:
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
        """The holder in a lock's content; None where the content names none."""
        try:
            found = json.loads(content)
            names = ("user", "host", "machine", "space", "boot", "start")
            texts = {each: _printable(str(found[each])) for each in names}
            process = Process(**texts, pid=int(found["pid"]))
            times = [datetime.fromisoformat(found[each]) for each in ("since", "until")]
            if any(each.tzinfo is None for each in times):
                return None
            command = _printable(str(found["command"]))
            return cls(_printable(str(found["owner"])), process, command, *times)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return None


def _printable(text: str) -> str:
    """The text without control characters: anybody may have written the lock."""
    return "".join(each if each.isprintable() else "?" for each in text)


class Lock:
    """One holding of a lock, from `acquire` to `release`; a thread renews its lease meanwhile.

    Of the processes that find a dead holder's lock, only one may take it over, and no backend can
    replace a content on condition that it is unchanged. So a process first creates a takeover
    claim, whose name is made of the dead lock's content: of any number that try, one creates it.
    The claimant checks that the lock is unchanged (else somebody has taken it over already),
    replaces it by its own, and deletes the claim.
    """

    def __init__(
        self,
        backend: StateBackend,
        name: str,
        command: str,
        *,
        utc: Utc,
        notify: Notify,
        process: Process | None = None,
    ) -> None:
        self._backend, self._name, self._utc, self._notify = backend, name, utc, notify
        now = utc()
        self.holder = Holder(random_token(), process or Process.this(), command, now, now + LEASE)
        self._lost: StateError | None = None
        self._released = threading.Event()
        self._renewer = threading.Thread(target=self._keep_renewed, name="gwlbfw-lock", daemon=True)
        self._renewing = threading.Lock()
        self._use = threading.Lock()

    def acquire(
        self, patience_s: float = 0.0, pause: Callable[[float], object] | None = None
    ) -> Self:
        """Take the lock. Raises LockedError where a holder that is alive has it all that time."""
        for seconds in self.attempts(patience_s):
            (pause or self._released.wait)(seconds)
        return self

    def attempts(self, patience_s: float = 0.0) -> Iterator[float]:
        """Acquire the lock; yield the seconds to pause before each further attempt."""
        end = self._utc() + timedelta(seconds=patience_s)
        waiting = False
        while True:
            try:
                return self._acquire_now()
            except LockedError as held:
                if self._utc() >= end:
                    raise
                if not waiting:
                    self._notify(f"waiting: {held}")
                waiting = True
            yield LOOKED_AT_EVERY_S

    def _acquire_now(self) -> None:
        now = self._utc()
        self.holder = replace(self.holder, since=now, until=now + LEASE)
        for _ in range(_TRIES):
            created = self._backend.create(self._name, self.holder.encode())
            message = "" if created else self._take_over()
            if message is not None:
                return self._begin(message)
        raise StateError(f"the lock {self._location} changes hands all the time", hint="try again")

    def _begin(self, message: str) -> None:
        """Keep the lock that was just taken, and say how; let go of it where that fails."""
        try:
            self._renewer.start()
            if message:
                self._notify(message)
        except BaseException:
            self.release()
            raise

    def run_start(self) -> RunStart:
        """The journal's entry for the run that holds the lock."""
        at, now = self.holder.process, self.holder.since.astimezone(UTC)
        by = f"{at.user} on {at.host}"
        return RunStart(self.holder.owner, self.holder.command, by, f"{now:%Y-%m-%d %H:%M:%S} UTC")

    @property
    def is_held(self) -> bool:
        """False once it was released, or is known to be lost."""
        return self._lost is None and not self._released.is_set()

    def check(self) -> None:
        """Raise the reason if the lock is no longer held; called before each changing call."""
        if self._released.is_set():
            raise LockedError(f"the lock {self._location} was released while a run was at work")
        if self._lost is None and self._utc() >= self.holder.until:
            self._lost = self._expired("could not be renewed")
        if self._lost is not None:
            raise self._lost

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Be the one run under this lock. Raises LockedError where another task or thread is."""
        if not self._use.acquire(blocking=False):
            raise locked_error(self._location, self.holder)
        try:
            yield
        finally:
            self._use.release()

    def release(self) -> None:
        """Delete the lock, unless someone else holds it by now."""
        self._released.set()
        if self._renewer.is_alive():
            self._renewer.join()
        found = self._read_holder()
        if found is not None and found.owner == self.holder.owner:
            self._backend.delete(self._name)

    def renew(self) -> None:
        """Extend the lease; a lock that is lost stays lost."""
        with self._renewing:
            now = self._utc()
            if self._lost is not None or now >= self.holder.until:
                self._lost = self._lost or self._expired("ran out before it was renewed")
                return
            found = self._read_holder()
            if found is None or found.owner != self.holder.owner:
                self._lost = _broken(self._location, found)
                return
            renewed = replace(self.holder, until=now + LEASE)
            self._backend.write(self._name, renewed.encode())
            self.holder = renewed

    @property
    def _location(self) -> str:
        return self._backend.location(self._name)

    def _expired(self, why: str) -> StateError:
        return StateError(
            f"the lock {self._location} {why}, so someone else may be at work on the stack",
            hint="see that no other command runs, and run this one again: it resumes",
        )

    def _keep_renewed(self) -> None:
        while not self._released.wait(RENEWED_EVERY_S):
            try:
                self.renew()
            except StateError:
                continue  # the next renewal may work; if none does in time, `check` raises

    def _read_holder(self) -> Holder | None:
        content = self._backend.read(self._name)
        return None if content is None else Holder.decode(content)

    def _take_over(self) -> str | None:
        """Take over the lock of a dead holder; what to say, None where it is worth another try."""
        content = self._backend.read(self._name)
        if content is None:
            return None  # just released
        theirs = Holder.decode(content)
        if theirs is not None and theirs.owner == self.holder.owner:
            return ""  # we created it, only the answer was lost
        reason = theirs and theirs.takeover_reason(self.holder.process, self._utc())
        if not reason:
            raise locked_error(self._location, theirs)
        claimed = self._claim(self._name, content)
        return f"took over the lock of {theirs}: {reason}" if claimed else None

    def _claim(self, name: str, content: bytes) -> bool:
        """Replace what a dead process has left under a name; True if it was this one that did."""
        claim = takeover_claim_name(name, content)
        mine = replace(self.holder, until=self._utc() + _CLAIM_LEASE)
        if not self._backend.create(claim, mine.encode()):
            left = self._backend.read(claim)
            if left is None:
                return False
            other = Holder.decode(left)
            if other is None or other.owner != mine.owner:
                if other is None or not other.takeover_reason(mine.process, self._utc()):
                    raise locked_error(self._location, other)
                if not self._claim(claim, left):
                    return False
        try:
            if self._backend.read(name) != content:
                return False
            self._backend.write(name, self.holder.encode())
        finally:
            self._backend.delete(claim)
        return True


def takeover_claim_name(name: str, content: bytes) -> str:
    """The name under which one process claims what a dead one has left under `name`."""
    return f"{name}.heir-{sha256(content).hexdigest()[:16]}"


def locked_error(location: str, holder: Holder | None) -> LockedError:
    """The error for a process that finds the lock held; None is a holder that can't be read."""
    if holder is None:
        return LockedError(
            f"the stack is locked, and its lock {location} does not say by whom",
            hint="if no other gwlbfw is at work on it, break the lock with `gwlbfw unlock FILE`",
        )
    until = holder.until.astimezone(UTC)
    return LockedError(
        f"the stack is locked by {holder}",
        hint=f"wait until it is done; if it no longer runs, break the lock with `gwlbfw unlock "
        f"FILE`, or wait for its lease ({until + SKEW:%H:%M:%S} UTC unless renewed)",
    )


def _broken(location: str, holder: Holder | None) -> LockedError:
    message = f"the lock {location} was broken while this command was at work"
    if holder is None:
        return LockedError(
            message, hint="see that no other command runs, and run this one again: it resumes"
        )
    return LockedError(
        f"{message}; it is now held by {holder}",
        hint="wait until that is done, and run this one again: it resumes",
    )
