"""What a journal says of a run: its beginning, each intent, and what came of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Json
from gwlbfw.cloud.transport import bind
from gwlbfw.errors import StateError
from gwlbfw.resources.resource import kinds

FORMAT = 1
CallOutcome = Literal["done", "failed", "unknown"]
"""What came of a call: carried out, not carried out, or nobody knows."""


@dataclass(frozen=True)
class RunStart:
    """A run begins."""

    run: str
    command: str
    by: str
    at: str
    format_version: int = FORMAT


@dataclass(frozen=True)
class Intent:
    """A changing call is about to be sent. Its parameters are not told, only their digest."""

    step: str
    address: str
    action: str
    token: str
    digest: str
    at: str
    creates: bool = False
    drops: bool = False


@dataclass(frozen=True)
class CallResult:
    """What came of the call with this token."""

    token: str
    came: CallOutcome
    id: str = ""
    request_id: str = ""


Entry = RunStart | Intent | CallResult
_TYPES: Mapping[str, type[Entry]] = {"run": RunStart, "intent": Intent, "outcome": CallResult}


@dataclass(frozen=True)
class JournalReplay:
    """What a journal tells. An outcome belongs to the intent with its token."""

    begins: tuple[RunStart, ...] = ()
    intents: Mapping[str, Intent] = field(default_factory=dict)
    """By token, in order."""
    outcomes: Mapping[str, CallResult] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Intent, ...]:
        """The calls of which nobody knows what came."""
        return tuple(i for token, i in self.intents.items() if self._came(token) == "unknown")

    @property
    def ids(self) -> dict[str, Address]:
        """Addresses by the ids of what was created and not deleted since."""
        found: dict[str, Address] = {}
        for token, intent in self.intents.items():
            outcome = self.outcomes.get(token)
            if outcome is None or outcome.came != "done":
                continue
            if intent.drops:
                found = {i: at for i, at in found.items() if at != intent.address}
            if intent.creates and outcome.id:
                found[outcome.id] = Address(intent.address)
        return found

    def since(self, time: datetime) -> "JournalReplay":
        """What was begun after a moment."""
        late = {t: i for t, i in self.intents.items() if datetime.fromisoformat(i.at) > time}
        return replace(self, intents=late)

    def creates(self) -> Iterator[Intent]:
        """The creating calls that were, or may have been, carried out."""
        for token, intent in self.intents.items():
            if intent.creates and self._came(token) != "failed":
                yield intent

    def _came(self, token: str) -> CallOutcome:
        outcome = self.outcomes.get(token)
        return outcome.came if outcome else "unknown"

    @property
    def interrupted(self) -> str:
        """In one line, what the last run was doing when it ended early; empty if it did not."""
        if not self.begins:
            return ""
        last = self.begins[-1]
        said = f"the last run (`gwlbfw {last.command}` of {last.by}, {last.at}) was interrupted"
        if not (left := self.open):
            return f"{said} between two calls; this one goes on"
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        return f"{said} during {left[0].action} of {left[0].address}{more}; this one goes on"


def replay(entries: Iterator[Entry]) -> JournalReplay:
    """The story that entries tell."""
    begins: list[RunStart] = []
    intents: dict[str, Intent] = {}
    outcomes: dict[str, CallResult] = {}
    for entry in entries:
        match entry:
            case RunStart():
                begins.append(entry)
            case Intent():
                intents[entry.token] = entry
            case CallResult():
                outcomes[entry.token] = entry
    return JournalReplay(tuple(begins), intents, outcomes)


def digest(call: Call) -> str:
    """The digest of a call that has all its parameters: the same for the same call."""
    ready = bind(call, "")
    said = [ready.product, ready.action, ready.account, ready.params]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def encode(entry: Entry) -> str:
    """The entry as one line."""
    name = next(name for name, kind in _TYPES.items() if isinstance(entry, kind))
    return json.dumps({name: asdict(entry)}, separators=(",", ":")) + "\n"


def decode(content: bytes, where: str) -> tuple[tuple[Entry, ...], bytes]:
    """The entries of a journal, and its content without a last line that is not whole.

    A crash may tear the last line; a machine that loses its power may leave zeroes in its place.
    Anything else is a StateError.
    """
    lines = content.splitlines(keepends=True)
    entries: list[Entry] = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(_entry(line))
        except (ValueError, TypeError, KeyError, RecursionError) as problem:
            if number == len(lines):
                return tuple(entries), b"".join(lines[:-1])
            raise StateError(
                f"line {number} of the journal {where} can't be read: {problem}",
                hint="move the file away and run the command again: what is live tells all but "
                "what the cloud does not list yet",
            ) from problem
    return tuple(entries), content


def _entry(line: bytes) -> Entry:
    if not line.endswith(b"\n"):
        raise ValueError("it is not whole")
    found: Json = json.loads(line)
    if not isinstance(found, dict) or len(found) != 1:
        raise ValueError("it is no entry")
    [(name, content)] = found.items()
    kind = _TYPES.get(name)
    if kind is None or not isinstance(content, dict):
        raise ValueError(f"there is no entry {name!r}")
    entry = kind(**content)
    for each in fields(entry):
        wanted = each.type if each.type in (bool, int) else str
        if type(getattr(entry, each.name)) is not wanted:
            raise TypeError(f"`{each.name}` is of the wrong type")
    _check(entry)
    return entry


def _check(entry: Entry) -> None:
    """Raise ValueError for what no journal of ours says."""
    match entry:
        case RunStart(format_version=version) if version != FORMAT:
            raise ValueError(f"it has format {version}; this version reads {FORMAT}")
        case Intent(at=at, address=address):
            if datetime.fromisoformat(at).tzinfo is None:
                raise ValueError(f"{at} has no time zone")
            if Address(address).kind not in kinds():
                raise ValueError(f"there is no kind of {address}")
        case CallResult(came=came) if came not in ("done", "failed", "unknown"):
            raise ValueError(f"there is no outcome {came!r}")
        case _:
            pass
