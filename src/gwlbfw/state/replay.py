"""The entries of a journal, and their replay: what earlier runs did, and what nobody knows of."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Json
from gwlbfw.cloud.transport import bind
from gwlbfw.errors import StateError
from gwlbfw.moves import Moves
from gwlbfw.resources.resource import kinds

FORMAT = 1
CallOutcome = Literal["done", "failed", "unknown"]
"""The outcome of a call: carried out, not carried out, or nobody knows."""


@dataclass(frozen=True)
class RunStart:
    """A run begins."""

    run: str
    command: str
    by: str
    at: str
    format_version: int = FORMAT
    source: str = ""
    """The digest of the topology that it is about."""


@dataclass(frozen=True)
class Intent:
    """A changing call is about to be sent: the digest of its parameters stands for them."""

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
    """The call with this token has come to an end."""

    token: str
    outcome: CallOutcome
    id: str = ""
    request_id: str = ""
    at: str = ""
    """The time of the result; the intent's where it is empty."""


Entry = RunStart | Intent | CallResult
_TYPES: Mapping[str, type[Entry]] = {"run": RunStart, "intent": Intent, "outcome": CallResult}
_KEYS = {"outcome": "came"}
"""Attributes that have another name in the file."""
_ATTRIBUTES = {key: attribute for attribute, key in _KEYS.items()}


@dataclass(frozen=True)
class JournalReplay:
    """The runs that a journal's entries describe. A result belongs to the intent with its token."""

    starts: tuple[RunStart, ...] = ()
    intents: Mapping[str, Intent] = field(default_factory=dict)
    """By token, in order."""
    results: Mapping[str, CallResult] = field(default_factory=dict)
    """By token."""

    @property
    def open_intents(self) -> tuple[Intent, ...]:
        """The calls whose outcome nobody knows, and that may still matter.

        A create does not any more once a later call was to empty its address.
        """
        possible = {each.token for each in self.possible_creates()}
        unknown = (i for token, i in self.intents.items() if self._outcome(token) == "unknown")
        return tuple(each for each in unknown if not each.creates or each.token in possible)

    @property
    def ids(self) -> dict[str, Address]:
        """Addresses by the ids of what was created and not deleted since."""
        found: dict[str, Address] = {}
        for token, intent in self.intents.items():
            result = self.results.get(token)
            if result is None or result.outcome != "done":
                continue
            if intent.drops:
                found = {i: at for i, at in found.items() if at != intent.address}
            if intent.creates and result.id:
                found[result.id] = Address(intent.address)
        return found

    @property
    def removed(self) -> dict[Address, str]:
        """The times at which addresses were, or may have been, emptied and not filled again."""
        found: dict[Address, str] = {}
        for token, intent in self.intents.items():
            if self._outcome(token) == "failed":
                continue
            if intent.drops:
                found[Address(intent.address)] = intent.at
            elif intent.creates:
                found.pop(Address(intent.address), None)
        return found

    @property
    def dropped(self) -> frozenset[Address]:
        """The addresses that were, or may have been, emptied, whether or not filled again."""
        drops = (each for each in self.intents.values() if each.drops)
        return frozenset(
            Address(each.address) for each in drops if self._outcome(each.token) != "failed"
        )

    def since(self, time: datetime) -> "JournalReplay":
        """The same with only the calls that may have been carried out after `time`."""
        late = {t: i for t, i in self.intents.items() if self._latest(i) > time}
        return replace(self, intents=late)

    def _latest(self, intent: Intent) -> datetime:
        """The latest time at which a call is known to have been under way."""
        result = self.results.get(intent.token)
        return datetime.fromisoformat(result.at if result and result.at else intent.at)

    def moved(self, moves: Moves) -> "JournalReplay":
        """The same at the addresses that the file has now."""

        def at_target(intent: Intent) -> Intent:
            target = moves.target(Address(intent.address))
            step = f"{target}{intent.step.removeprefix(intent.address)}"
            return replace(intent, address=target, step=step)

        return replace(self, intents={t: at_target(each) for t, each in self.intents.items()})

    def possible_creates(self) -> tuple[Intent, ...]:
        """The creating calls of what is, or may be, there: made, and not emptied again since.

        What may have been deleted counts as deleted: the cloud answers the token of a create with
        the id that it had then, whether or not that still exists.
        """
        found: dict[str, list[Intent]] = {}
        for token, intent in self.intents.items():
            if self._outcome(token) == "failed":
                continue
            if intent.drops:
                found.pop(intent.address, None)
            if intent.creates:
                found.setdefault(intent.address, []).append(intent)
        return tuple(each for creates in found.values() for each in creates)

    def _outcome(self, token: str) -> CallOutcome:
        result = self.results.get(token)
        return result.outcome if result else "unknown"

    @property
    def interruption(self) -> str:
        """One line for people on the interrupted last run; empty if none was interrupted."""
        if not self.starts:
            return ""
        last = self.starts[-1]
        run = f"the last run (`gwlbfw {last.command}` of {last.by}, {last.at})"
        if not (unknown := self.open_intents):
            return f"{run} was interrupted between two calls; this one resumes"
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        first = f"{unknown[0].action} of {unknown[0].address}"
        return f"{run} was interrupted during {first}{more}; this one resumes"


def replay(entries: Iterable[Entry]) -> JournalReplay:
    """The state of all runs after these entries."""
    starts: list[RunStart] = []
    intents: dict[str, Intent] = {}
    results: dict[str, CallResult] = {}
    for entry in entries:
        match entry:
            case RunStart():
                starts.append(entry)
            case Intent():
                intents[entry.token] = entry
            case CallResult():
                results[entry.token] = entry
    return JournalReplay(tuple(starts), intents, results)


def call_digest(call: Call) -> str:
    """The digest of a call whose parameters are all known: the same for the same call."""
    ready = bind(call, "")
    content = [ready.product, ready.action, ready.account, ready.params]
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def encode(entry: Entry) -> str:
    """The entry as one line of JSON."""
    name = next(name for name, kind in _TYPES.items() if isinstance(entry, kind))
    content = {_KEYS.get(key, key): value for key, value in asdict(entry).items()}
    return json.dumps({name: content}, separators=(",", ":")) + "\n"


def decode(content: bytes, location: str) -> tuple[tuple[Entry, ...], bytes]:
    """The entries of a journal, and its content without an incomplete last line.

    A crash may tear the last line; a machine that loses its power may leave zeroes in its place.
    Anything else is a StateError.
    """
    lines = content.splitlines(keepends=True)
    entries: list[Entry] = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(_decode_line(line))
        except (ValueError, TypeError, KeyError, RecursionError) as problem:
            if number == len(lines):
                return tuple(entries), b"".join(lines[:-1])
            raise StateError(
                f"line {number} of the journal {location} can't be read: {problem}",
                hint="move the file away and run the command again: all but what the cloud does "
                "not list yet is read from it",
            ) from problem
    return tuple(entries), content


def _decode_line(line: bytes) -> Entry:
    if not line.endswith(b"\n"):
        raise ValueError("it is not complete")
    found: Json = json.loads(line)
    if not isinstance(found, dict) or len(found) != 1:
        raise ValueError("it is no entry")
    [(name, content)] = found.items()
    kind = _TYPES.get(name)
    if kind is None or not isinstance(content, dict):
        raise ValueError(f"there is no entry {name!r}")
    entry = kind(**{_ATTRIBUTES.get(str(key), str(key)): value for key, value in content.items()})
    for each in fields(entry):
        wanted = each.type if each.type in (bool, int) else str
        if type(getattr(entry, each.name)) is not wanted:
            raise TypeError(f"`{_KEYS.get(each.name, each.name)}` is of the wrong type")
    _validate(entry)
    return entry


def _validate(entry: Entry) -> None:
    """Raise ValueError for an entry that gwlbfw never writes."""
    match entry:
        case RunStart(format_version=version) if version != FORMAT:
            raise ValueError(f"it has format {version}; this version reads {FORMAT}")
        case Intent(at=at, address=address):
            _validate_time(at)
            if Address(address).kind not in kinds():
                raise ValueError(f"there is no kind of {address}")
        case CallResult(outcome=outcome) if outcome not in ("done", "failed", "unknown"):
            raise ValueError(f"there is no outcome {outcome!r}")
        case CallResult(at=at) if at:
            _validate_time(at)
        case _:
            pass


def _validate_time(at: str) -> None:
    if datetime.fromisoformat(at).tzinfo is None:
        raise ValueError(f"{at} has no time zone")
