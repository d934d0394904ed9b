"""What a plan does to traffic, in words: its report read back, and a sentence for each line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import Change
from gwlbfw.plan.model import Outlook, Plan
from gwlbfw.resources import Eip, Instance

MOST_NAMED = 5
"""How many flows or moments a message names; the plan has all."""
_FEW = 3
"""Up to how many prefixes are named."""

_WORDS = {
    "bypass": "bypasses the firewall",
    "black_hole": "is lost in a black hole",
    "loop": "loops and is lost",
    "no_route": "is lost for want of a route",
    "unknown": "can't be judged",
    "asymmetric": "is asymmetric",
    "inspected": "is inspected",
}
_LOST = ("black_hole", "loop", "no_route")
_GONE = {"delete": "deleted", "replace": "deleted and made anew"}
_WAYS = {"inbound": "inbound to", "outbound": "outbound from"}


@dataclass(frozen=True)
class SeenFlow:
    """A class of traffic with its verdict, without most of its addresses."""

    where: str
    """VPC and subnet, such as `shop/app-b`."""
    direction: str
    verdict: str
    only: tuple[str, ...] = ()
    """The few prefixes of the Internet that it is about, where it is not about the rest."""

    @property
    def way(self) -> str:
        """Such as `inbound`, or `outbound to 8.8.8.0/24`."""
        return f"{self.direction} to {', '.join(self.only)}" if self.only else self.direction

    def __str__(self) -> str:
        to = f" to {', '.join(self.only)}" if self.only else ""
        return f"{_WAYS[self.direction]} {self.where}{to} {_word(self.verdict)}"


@dataclass(frozen=True)
class SeenMoment:
    """What a class of traffic is between two calls, where it is not as before or at the end."""

    flow: SeenFlow
    before: str
    black_hole: bool
    after: tuple[str, ...]
    until: tuple[str, ...]
    turns_over: bool
    """Whether it is inspected before and at the end, by other endpoints."""

    def __str__(self) -> str:
        if self.flow.verdict != "asymmetric":
            return str(self.flow)
        reply = "passes another endpoint" if self.turns_over else "does not"
        return f"{self.flow}: the request passes the firewall, the reply {reply}"


def _word(verdict: str) -> str:
    return _WORDS.get(verdict, verdict)


def uninspected(verdict: Mapping[str, Any]) -> list[SeenFlow]:
    """The classes of a verdict that are not inspected, each subnet and direction once."""
    found = (_flow(each) for each in verdict["flows"])
    return list(dict.fromkeys(each for each in found if each.verdict != "inspected"))


def _flow(row: Mapping[str, Any]) -> SeenFlow:
    where = f"{row['vpc']}/{row['subnet']}"
    return SeenFlow(where, row["direction"], row["verdict"], _only(row))


def _only(row: Mapping[str, Any]) -> tuple[str, ...]:
    few = row["direction"] == "outbound" and len(row["destinations"]) <= _FEW
    return tuple(row["destinations"]) if few else ()


def objections(verdict: Mapping[str, Any]) -> list[str]:
    """Everything that stands against a verdict's proof: a short sentence each."""
    ways: dict[tuple[str, str], list[str]] = {}
    for flow in uninspected(verdict):
        ways.setdefault((flow.where, _word(flow.verdict)), []).append(flow.way)
    flows = [
        f"{where} {word}, {'both ways' if each == [*_WAYS] else ' and '.join(each)}"
        for (where, word), each in ways.items()
    ]
    critical = [e for e in verdict["findings"] if e["severity"] == "critical"]
    return [*flows, *(f"{each['subject']}: {each['message']}" for each in critical)]


def moments(outlook: Outlook, kind: str = "transitions") -> list[SeenMoment]:
    """The moments of an outlook, or those that a refusal adds (`if_refused`), each once."""
    report: Mapping[str, Any] = outlook.report
    return list(dict.fromkeys(_moment(row, outlook) for row in report.get(kind, ())))


def _moment(row: Mapping[str, Any], outlook: Outlook) -> SeenMoment:
    where = _keys(row["subnet"]) or str(row["subnet"])
    return SeenMoment(
        SeenFlow(where, row["direction"], row["verdict"], _only(row)),
        row["before"],
        row["black_hole"],
        tuple(row["after"]),
        tuple(row["until"]),
        row["before"] == "inspected" and outlook.proven,
    )


def losses(outlook: Outlook) -> list[SeenMoment]:
    """The moments in which traffic that works before is lost, whatever the cloud answers."""
    return [each for each in moments(outlook) if each.black_hole]


def carriers(plan: Plan) -> list[str]:
    """The servers and public addresses that carry traffic, and are deleted or made anew."""
    if plan.outlook is None or plan.destroys:
        return []
    report: Mapping[str, Any] = plan.outlook.report
    rows = report["before"]["flows"]
    served = {f"{row['vpc']}/{row['subnet']}" for row in rows if row["verdict"] not in _LOST}
    servers = _public_servers(plan.changes)
    names = {eip: server for server, (_, eips) in servers.items() for eip in eips}
    return [
        f"{change.address} carries traffic and is {_GONE[change.action]}"
        for change in plan.changes
        if change.action in _GONE
        and (server := names.get(change.address, change.address)) in servers
        and servers[server][0] in served
    ]


def _keys(subnet: str) -> str:
    """The keys of a business subnet and its VPC, such as `shop/app-b`; empty for another."""
    at = layout.parse(Address(subnet))
    return f"{at.vpc}/{at.name}" if layout.is_business_subnet(Address(subnet)) else ""


def _public_servers(changes: Sequence[Change]) -> dict[str, tuple[str, list[Address]]]:
    """The subnet and the EIPs of each server that has a public address now."""
    bound: dict[str, list[Address]] = {}
    for change in changes:
        if change.was is not None and isinstance(eip := change.was.resource, Eip) and eip.instance:
            bound.setdefault(eip.instance, []).append(change.address)
    return {
        change.address: (_keys(server.vswitch), bound[change.address])
        for change in changes
        if change.address in bound
        and change.was is not None
        and isinstance(server := change.was.resource, Instance)
        and server.vswitch is not None
    }


def spans(moment: SeenMoment) -> str:
    """Between which steps it is seen, by their ids."""
    if not moment.after and not moment.until:
        return "in some orders of the calls"
    until = " or ".join(moment.until) or "the end"
    return f"between {' and '.join(moment.after) or 'the start'} and {until}"


def in_short(sentences: Sequence[str]) -> Iterator[str]:
    """The first few of them, and how many more there are."""
    yield from sentences[:MOST_NAMED]
    if len(sentences) > MOST_NAMED:
        yield f"and {len(sentences) - MOST_NAMED} more"


def risky(plan: Plan) -> frozenset[str]:
    """The steps of a plan that lose traffic, needed only where the cloud refuses a better way.

    Whoever destroys wants the way back, as good as the cloud has it.
    """
    return plan.outlook.risky if plan.outlook and not plan.destroys else frozenset()


def unallowed(
    plan: Plan, *, accept_uninspected: bool = False, allow_traffic_loss: bool = False
) -> list[Diagnostic]:
    """What a plan does to traffic that nobody has allowed."""
    outlook = plan.outlook
    if outlook is None or plan.destroys or plan.is_empty:
        return []
    problems: list[Diagnostic] = []
    if not outlook.proven and not accept_uninspected:
        end: Mapping[str, Any] = outlook.report
        problems.append(_not_proven(objections(end["after"])))
    gone = carriers(plan)
    if (gone or outlook.worst == "black_hole") and not allow_traffic_loss:
        lost = [f"{each}, {spans(each)}" for each in losses(outlook)]
        problems.append(_traffic_loss([*gone, *lost]))
    return problems


def _not_proven(reasons: Sequence[str]) -> Diagnostic:
    message = "at the end of the plan not all Internet traffic would be inspected"
    return error(
        "not-proven",
        f"{message}: {'; '.join(in_short(reasons))}",
        hint="change the topology or what stands in its way, or accept it with "
        "`--accept-uninspected`",
    )


def _traffic_loss(reasons: Sequence[str]) -> Diagnostic:
    message = "while the plan is carried out, traffic that works now would be lost"
    return error(
        "traffic-loss",
        f"{message}: {'; '.join(in_short(reasons))}",
        hint="do it when that can be borne, with `--allow-traffic-loss`",
    )
