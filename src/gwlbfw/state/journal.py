"""The journal: what a run is about to do, on the disk before it does it.

One JSON object a line. Before a changing call is sent, its intent is made durable; what came of
it is added afterwards, and may be lost, since the next run then takes the call for open. Once the
record that includes all of it is saved, the journal is gone.

Intents that are due at the same time go out together: one synchronisation of a disk, or one
request to a bucket, for all of them. A bucket has no appending that is as safe as a put, so there
the journal is put anew as a whole: at most one PUT for each changing call of a run, of some
hundred bytes for each call so far, and no further ones to read or to remove it.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex

from gwlbfw.errors import StateError
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.replay import (
    CallResult,
    Entry,
    Intent,
    JournalReplay,
    RunStart,
    decode,
    encode,
    replay,
)

TOKEN_LIFE = timedelta(hours=1)
"""How long an interrupted create is sent again with its token.

Far longer than the cloud takes to list what it made, after which no token is needed; and short,
as the cloud answers an old token with the id of what may have been deleted since. How long the
cloud itself remembers tokens is UNVERIFIED.
"""


def new_token() -> str:
    """A ClientToken: the cloud carries out calls with the same one once."""
    return f"gwlbfw-{token_hex(16)}"


class Journal:
    """The journal of one stack: what earlier runs left in it, and what this one adds.

    Without a backend it is kept nowhere, for what needs no memory. `guard` is asked before each
    intent, and raises where the stack's lock is no longer held.
    """

    def __init__(
        self,
        backend: StateBackend | None = None,
        name: str = "",
        *,
        guard: Callable[[], None] = lambda: None,
        token: Callable[[], str] = new_token,
    ) -> None:
        self._backend, self._name, self._guard, self._new_token = backend, name, guard, token
        content = (backend.read(name) if backend else None) or b""
        entries, self._whole = decode(content, backend.where(name) if backend else "")
        self.story: JournalReplay = replay(iter(entries))
        """What earlier runs left."""
        self._mine: list[Entry] = []
        self._waiting: list[tuple[str, bool]] = []
        """Lines, and whether somebody waits for them to be durable."""
        self._listed = threading.Lock()
        self._writing = threading.Lock()
        self._broken: StateError | None = None

    def begin(self, run: RunStart) -> None:
        """Start a run. Only who holds the stack's lock may; a torn last line is cut off."""
        self._mine = [run]
        self._whole += encode(run).encode()
        if self._backend:
            self._backend.write(self._name, self._whole)

    def token(self, intent: Intent, now: datetime) -> str:
        """The token for a call: that of the same create in an interrupted run, or a new one."""
        for earlier in self.story.creates():
            same = replace(earlier, token=intent.token, at=intent.at) == intent
            if same and now - datetime.fromisoformat(earlier.at) < TOKEN_LIFE:
                return earlier.token
        return self._new_token()

    def intend(self, intent: Intent) -> None:
        """Have the intent on the disk. Raises StateError; then the call must not be sent."""
        self._guard()
        self._note(intent, durable=True)
        self._write()
        if self._broken is not None:
            raise self._broken

    def settle(self, outcome: CallResult) -> None:
        """Add what came of a call. It never raises: the call has been made."""
        self._note(outcome, durable=False)
        self._write()

    def close(self) -> None:
        """All that is known is in the saved record: forget it, but for calls still open."""
        left = replay(iter(self._mine))
        if self._backend is None:
            return
        if left.open:
            self._backend.write(
                self._name, "".join([*map(encode, left.begins), *map(encode, left.open)]).encode()
            )
        else:
            self._backend.delete(self._name)

    def _note(self, entry: Entry, *, durable: bool) -> None:
        with self._listed:
            self._mine.append(entry)
            self._waiting.append((encode(entry), durable))

    def _write(self) -> None:
        """Write what waits, that of other threads too; after a failure nothing more."""
        with self._writing:
            with self._listed:
                taken, self._waiting = self._waiting, []
            added = "".join(line for line, _ in taken).encode()
            durable = any(awaited for _, awaited in taken)
            if not added or self._backend is None or self._broken is not None:
                return
            self._whole += added
            try:
                self._backend.append(self._name, added, self._whole, durable=durable)
            except StateError as problem:
                self._broken = problem
