"""The journal: what a run is about to do, made durable before it does it.

One JSON object a line. Before a changing call is sent, its intent is made durable; its result is
added afterwards, and may be lost, since the next run then takes the call for open. Once the state
that includes all of it is saved, the journal is removed.

Intents that are due at the same time are written together: one synchronisation of a disk, or one
request to a bucket, for all of them. A bucket has no append that is as safe as a put, so there
the whole journal is put again: at most one PUT for each changing call of a run, of some hundred
bytes for each call so far, and no further ones to read or to remove it.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from gwlbfw.cloud.randomness import random_token
from gwlbfw.errors import StateError
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.replay import CallResult, Entry, Intent, RunStart, decode, encode, replay

TOKEN_LIFE = timedelta(hours=1)
"""The time for which an interrupted create is sent again with its token.

Far longer than the cloud takes to list what it made, after which no token is needed; and short,
as the cloud answers an old token with the id of what may have been deleted since. How long the
cloud itself remembers tokens is UNVERIFIED.
"""


def new_client_token() -> str:
    """A new ClientToken: the cloud carries out calls with the same one once."""
    return f"gwlbfw-{random_token()}"


class Journal:
    """The journal of one stack: what earlier runs left in it, and what this one adds.

    Without a backend it is stored nowhere, for runs that need no memory. `guard` is called before
    each intent, and raises where the stack's lock is no longer held.
    """

    def __init__(
        self,
        backend: StateBackend | None = None,
        name: str = "",
        *,
        guard: Callable[[], None] = lambda: None,
        new_token: Callable[[], str] = new_client_token,
    ) -> None:
        self._backend, self._name, self._guard, self.new_token = backend, name, guard, new_token
        content = (backend.read(name) if backend else None) or b""
        entries, self._content = decode(content, backend.location(name) if backend else "")
        self.previous_runs = replay(entries)
        """The runs that have left entries."""
        self._entries: list[Entry] = []
        """Those of this run."""
        self._unwritten: list[tuple[str, bool]] = []
        """Lines, and True where a caller waits for the line to be durable."""
        self._unwritten_lock = threading.Lock()
        self._writing = threading.Lock()
        self._broken: StateError | None = None

    def set_aside(self) -> None:
        """Forget what earlier runs did: it was in a cloud that is no more."""
        self.previous_runs, self._content = replay(()), b""

    def start_run(self, start: RunStart) -> None:
        """Write that a run begins, and cut off an incomplete last line.

        Only the holder of the stack's lock may call it.
        """
        self._entries = [start]
        self._content += encode(start).encode()
        if self._backend:
            self._backend.write(self._name, self._content)

    def token_for(self, intent: Intent, now: datetime) -> str:
        """The token for a call: that of the same create in an interrupted run, or a new one.

        A create whose address was, or may have been, emptied since gives none again.
        """
        for earlier in self.previous_runs.possible_creates():
            same = replace(earlier, token=intent.token, at=intent.at) == intent
            if same and now - datetime.fromisoformat(earlier.at) < TOKEN_LIFE:
                return earlier.token
        return self.new_token()

    def write_intent(self, intent: Intent) -> None:
        """Make the intent durable. Raises StateError; then the call must not be sent."""
        self._guard()
        self._enqueue(intent, durable=True)
        self._write()
        if self._broken is not None:
            raise self._broken

    def write_result(self, result: CallResult) -> None:
        """Add the result of a call. It never raises: the call has been made."""
        self._enqueue(result, durable=False)
        self._write()

    def close(self) -> None:
        """Forget all but the calls that are still open: the saved state has the rest."""
        mine = replay(self._entries)
        if self._backend is None:
            return
        if mine.open_intents:
            lines = [*map(encode, mine.starts), *map(encode, mine.open_intents)]
            self._backend.write(self._name, "".join(lines).encode())
        else:
            self._backend.delete(self._name)

    def _enqueue(self, entry: Entry, *, durable: bool) -> None:
        with self._unwritten_lock:
            self._entries.append(entry)
            self._unwritten.append((encode(entry), durable))

    def _write(self) -> None:
        """Write the lines that wait, other threads' too; after a failure nothing more."""
        with self._writing:
            with self._unwritten_lock:
                taken, self._unwritten = self._unwritten, []
            added = "".join(line for line, _ in taken).encode()
            durable = any(awaited for _, awaited in taken)
            if not added or self._backend is None or self._broken is not None:
                return
            self._content += added
            try:
                self._backend.append(self._name, added, self._content, durable=durable)
            except StateError as problem:
                self._broken = problem
