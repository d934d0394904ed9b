"""The state as a value. What is live is the truth: losing the state loses no resource."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gwlbfw.address import Address
from gwlbfw.cloud.identity import CloudIdentity
from gwlbfw.errors import StateError
from gwlbfw.moves import Moves
from gwlbfw.resources import Instance
from gwlbfw.resources.graph import Live, OriginalState, ResourceGraph
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.serialization import decode, decode_node, encode_node, properties

FORMAT = 1


@dataclass(frozen=True)
class State:
    """The record of a stack: what was last applied, and what was found where it steers others'."""

    stack: str
    region: str
    applied: ResourceGraph = field(default_factory=dict)
    before: OriginalState = field(default_factory=dict)
    generation: int = 0
    """Counts the writes, from 1."""
    created: tuple[str, ...] = ()
    """Ids that the last run created, of those runs that created anything."""
    created_at: str = ""
    """The end of that run, in UTC; empty if there was none."""
    cloud: CloudIdentity = field(default_factory=CloudIdentity)
    """The cloud and the accounts in which it was applied."""
    removed: Mapping[Address, str] = field(default_factory=dict)
    """When runs that did not come to their end removed what they would have made anew, in UTC."""
    saved_plan: str = ""
    """Digest of the saved plan that the last run carried out and did not bring to its end."""

    @property
    def ids(self) -> Mapping[str, Address]:
        """Addresses by cloud id."""
        return {node.id: address for address, node in self.applied.items() if node.id}

    @property
    def owned(self) -> frozenset[Address]:
        """The addresses of what the stack owns."""
        return frozenset(address for address, node in self.applied.items() if node.owned)

    def moved(self, moves: Moves) -> "State":
        """The state at the addresses that the file has now."""
        return replace(
            self,
            applied=moves.graph(self.applied),
            before=moves.original(self.before),
            removed={moves.target(address): at for address, at in self.removed.items()},
        )

    def with_launch_templates(self, live: Live) -> Live:
        """Live state with the template that each instance was launched with, as recorded.

        Live, only a tag says so, and a tag that someone has edited must not replace an instance.
        """
        nodes = dict(live.nodes)
        for address, node in live.nodes.items():
            applied = self.applied.get(address)
            if (
                applied is None
                or applied.id != node.id
                or not isinstance(applied.resource, Instance)
            ):
                continue
            template = {"template": applied.resource.template}
            nodes[address] = replace(node, resource=node.resource.model_copy(update=template))
        return replace(live, nodes=nodes)

    def to_json(self) -> str:
        """The state as JSON text."""
        before: dict[Address, Any] = {
            address: None if was is None else properties(was)
            for address, was in self.before.items()
        }
        content = {
            "format_version": FORMAT,
            "stack": self.stack,
            "region": self.region,
            "generation": self.generation,
            "applied": {a: encode_node(n) for a, n in sorted(self.applied.items())},
            "before": dict(sorted(before.items())),
            "made": list(self.created),
            "made_at": self.created_at,
            "removed": dict(sorted(self.removed.items())),
            "accounts": dict(sorted(self.cloud.accounts.items())),
            "simulator": self.cloud.simulator,
            **({"saved_plan": self.saved_plan} if self.saved_plan else {}),
        }
        return json.dumps(content, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, name: str) -> "State":
        """The state in a text. Raises StateError, naming `name`, where the text is none."""
        try:
            content = json.loads(text)
            if content["format_version"] != FORMAT:
                raise StateError(
                    f"{name} has format {content['format_version']}; this version reads {FORMAT}"
                )
            return cls(
                stack=str(content["stack"]),
                region=str(content["region"]),
                generation=int(content["generation"]),
                applied={
                    Address(a): decode_node(Address(a), n) for a, n in content["applied"].items()
                },
                before={Address(a): _original(Address(a), w) for a, w in content["before"].items()},
                created=tuple(str(each) for each in content.get("made", ())),
                created_at=_instant(content.get("made_at", "")),
                removed={Address(a): _instant(at) for a, at in content.get("removed", {}).items()},
                cloud=_cloud(content.get("accounts", {}), content.get("simulator", "")),
                saved_plan=str(content.get("saved_plan", "")),
            )
        except (
            *(ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError),
        ) as problem:
            raise StateError(f"{name} is no record of a stack: {problem!s}") from problem


def _cloud(accounts: Mapping[str, str], simulator: str) -> CloudIdentity:
    """The cloud of a record; what an earlier version wrote names none."""
    return CloudIdentity({str(key): str(each) for key, each in accounts.items()}, str(simulator))


def _instant(text: str) -> str:
    """The text, if it is an instant or empty; else a ValueError."""
    if text and datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return text


def _original(address: Address, value: Any) -> Resource | None:  # noqa: ANN401 - JSON from a file
    return None if value is None else decode(address, value)
