"""Verdicts and traces as text: a table per VPC, and the path of each class that is refuted."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from gwlbfw.diagnostics import one_line
from gwlbfw.reachability.appliances import Ability
from gwlbfw.reachability.flows import Flow
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.packets import Hop, PathTrace
from gwlbfw.reachability.prefixes import INTERNET, cidr_blocks, difference
from gwlbfw.reachability.trace import ENCAPSULATION, Trace
from gwlbfw.reachability.verdict import Verdict, key_of
from gwlbfw.resources.next_hop import LOCAL

_LONGEST = 60
"""The characters of a name that are shown."""
_ID = re.compile(r"(?<![\w./-])[a-z0-9]+-[a-z0-9][a-z0-9-]*")
"""An id that is no part of an address."""

_FEW = 3
"""The number of prefixes of a class that are shown; JSON has all."""


def verdict_text(verdict: Verdict, where: str = "") -> str:
    """The verdict for people, readable without colour; `where` says what it is about."""
    about = [_with_titles(verdict.network, where)] if where else []
    lines = [_headline(verdict), *about, ""]
    for _, flows in groupby(_in_sight(verdict), key=lambda each: each.subnet.vpc):
        lines += [*_table(verdict.network, list(flows)), ""]
    lines += _closed(verdict)
    for flow in sorted(verdict.refutations, key=lambda each: each not in verdict.exposed):
        lines += [*_refutation(verdict.network, flow), ""]
    lines += _findings(verdict)
    lines += _health(verdict.network)
    return "\n".join(lines).rstrip() + "\n"


def _headline(verdict: Verdict) -> str:
    if verdict.proven and verdict.exposure and not _in_sight(verdict):
        return "Proven: nothing here has Internet traffic."
    if verdict.proven:
        return "Proven: all Internet traffic is inspected, both ways, by the same endpoint."
    critical = [each for each in verdict.findings if each.severity == "critical"]
    exposed = len(verdict.exposed)
    counts = [
        *([f"{exposed} of {len(verdict.flows)} classes in use uninspected"] if exposed else []),
        *(["none in use uninspected"] if verdict.exposure and not exposed else []),
        f"{len(verdict.refutations)} of {len(verdict.flows)} classes of traffic refuted",
        *([f"{len(critical)} critical finding{'s'[: len(critical) - 1]}"] if critical else []),
    ]
    return f"Not proven: {', '.join(counts)}."


def _in_sight(verdict: Verdict) -> list[Flow]:
    """The flows but of those subnets that have no Internet traffic."""
    closed = verdict.exposure.closed if verdict.exposure else ()
    return [each for each in verdict.flows if each.subnet.id not in closed]


def _closed(verdict: Verdict) -> Iterator[str]:
    """The subnets that have no Internet traffic."""
    if verdict.exposure and verdict.exposure.closed:
        labels = ", ".join(sorted(map(verdict.network.label, verdict.exposure.closed)))
        said = f"No public address, SNAT, DNAT or way out, so no Internet traffic: {labels}"
        yield _with_titles(verdict.network, said)
        yield ""


def _table(network: Network, flows: list[Flow]) -> list[str]:
    """A table of one VPC's subnets."""
    head = ("subnet", "direction", "destinations", "verdict", "endpoint")
    rows = [head]
    for flow in flows:
        endpoint = network.label(flow.endpoint) if flow.endpoint else "-"
        where = key_of(network, flow.subnet.id)
        where, endpoint = (_with_titles(network, each) for each in (where, endpoint))
        rows.append((where, _direction(flow), _destinations(flow), flow.verdict, endpoint))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    title = _with_titles(network, key_of(network, flows[0].subnet.vpc))
    return [f"VPC {title}", *(f"  {each}" for each in lines)]


def _direction(flow: Flow) -> str:
    return f"{flow.direction} ({flow.source})" if flow.source else flow.direction


def _destinations(flow: Flow) -> str:
    """The class in few words: as it is, or as the Internet but for some prefixes."""
    own, rest = flow.destinations, cidr_blocks(difference(INTERNET, flow.space))
    if flow.direction == "inbound" or len(own) <= len(rest):
        return _in_short(own)
    return f"the Internet but {_in_short(rest)}" if rest else "the Internet"


def _in_short(blocks: tuple[str, ...]) -> str:
    shown = ", ".join(blocks[:_FEW])
    return f"{shown} and {len(blocks) - _FEW} more" if len(blocks) > _FEW else shown


def _refutation(network: Network, flow: Flow) -> list[str]:
    where = f"{key_of(network, flow.subnet.vpc)}/{key_of(network, flow.subnet.id)}"
    title = f"{flow.verdict}: {_direction(flow)} {where}, {_destinations(flow)}"
    return [
        _with_titles(network, title),
        *_both_paths(network, flow.forward_path, flow.return_path),
    ]


def _both_paths(network: Network, there: PathTrace, back: PathTrace) -> list[str]:
    lines = ["  forward path", *_path(network, there)]
    return [*lines, "  return path", *_path(network, back)] if there.arrives else lines


def _path(network: Network, walk: PathTrace) -> list[str]:
    hops = [f"    {number}. {_hop(network, hop)}" for number, hop in enumerate(walk.hops, 1)]
    lines = [*hops, f"    => {walk.disposition.replace('_', ' ')}: {walk.reason}"]
    return [_with_titles(network, each) for each in lines]


def _hop(network: Network, hop: Hop) -> str:
    text = network.label(hop.at)
    if hop.table:
        text += f", table {network.label(hop.table)}"
    if hop.entry:
        text += f": {hop.entry.prefix} ({hop.entry.origin})"
        text += f" and {hop.more_entries} more" if hop.more_entries else ""
    if hop.next_hop:
        text += f" -> {hop.next_hop.kind}"
        text += f" {network.label(hop.next_hop.id)}" if hop.next_hop.kind != LOCAL else ""
    return f"{text}: {hop.note}" if hop.note else text


def _findings(verdict: Verdict) -> Iterator[str]:
    if verdict.findings:
        lines = (f"  {e.severity:<8}  {e.subject}: {e.message}" for e in verdict.findings)
        yield from ("Findings", *(_with_titles(verdict.network, each) for each in lines), "")


_GETS: Mapping[Ability, str] = {
    "able": "gets traffic",
    "unable": "gets no new traffic",
    "closed": "gets traffic that its security groups drop",
    "unknown": "whether it gets traffic is not known",
}


def _health(network: Network) -> Iterator[str]:
    members = sorted(
        (network.label(member.server), member, able)
        for group in network.groups.values()
        for member, able in network.abilities(group)
    )
    if members:
        yield "Appliances"
    for label, member, able in members:
        gets = _GETS[able]
        reason = f" ({member.reason})" if member.reason else ""
        named = _with_titles(network, label)
        yield f"  {named}  {member.status}, {member.health or 'health unknown'}{reason}: {gets}"


def _with_titles(network: Network, text: str) -> str:
    """Text with the name that the cloud has behind the id of each thing."""
    return _ID.sub(lambda found: _with_title(network, found[0]), text)


def _with_title(network: Network, key: str) -> str:
    """An id with its name in quotes, which neither ends them nor makes a column of its own."""
    title = network.titles.get(key)
    if not title:
        return key
    shown = " ".join(one_line(title, _LONGEST).split())
    return f"{key} {json.dumps(shown, ensure_ascii=False)}"


def trace_text(trace: Trace) -> str:
    """A trace for people, hop by hop."""
    network = trace.network
    lines = [f"{trace.source.text} -> {trace.target.text}: {trace.verdict}"]
    lines += [f"  {each}" for each in trace.notes]
    lines += _both_paths(network, trace.forward_path, trace.return_path)
    for each in trace.forward_path.inspections:
        if each.appliances:
            to = ", ".join(f"{network.label(m.server)} {m.ip}".rstrip() for m in each.appliances)
            lines.append(f"  appliances: one of {to}, from {each.source or each.balancer}")
            lines.append(f"  encapsulation: {ENCAPSULATION}")
    if trace.other_paths:
        lines.append(f"  other paths: {trace.other_paths}, none worse")
    return "\n".join(lines) + "\n"
