"""Whatever a topology file says: it is refused at places within it, or leads on to a plan.

GWLBFW_FUZZ says how many cases of each kind are tried.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.blueprint import blueprint
from gwlbfw.blueprint.user_data import source_digest
from gwlbfw.cli.views.diagnostics_text import render
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.diff import diff
from gwlbfw.errors import TopologyError
from gwlbfw.plan import Plan, build, plan_from_json, plan_to_json
from gwlbfw.policy import policy
from gwlbfw.resources.graph import Live
from gwlbfw.topology.load import LoadResult, load
from gwlbfw.topology.models import Topology
from tests.support.fuzzing import ODD_NUMBERS, ODD_TEXTS, corrupted_bytes, fuzz_settings

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = tuple(path.read_bytes() for path in sorted(EXAMPLES.glob("*.yaml")))
BREAKS = "\n\r\x85\u2028\u2029"
WHOLE_FILE = frozenset({"file", "file-size"})
"""Codes of what is wrong with a file as a whole, and so has no place in it."""


# --- what must hold ---


def read(folder: Path, content: bytes) -> LoadResult:
    """The file read twice, once with variables that have a value."""
    path = folder / "t.yaml"
    path.write_bytes(content)
    (folder / "hello-world.sh").write_bytes(b"#!/bin/sh\n")
    given_values = {"x": "10.0.0.0/8", "y": "${var:x}", "z": "1"}
    check_places(load(path, {}, {}), content)
    loaded = load(path, given_values, {"x": "no\nline"})
    check_places(loaded, content)
    if loaded.topology is not None:
        check_that_it_plans(loaded.topology)
    return loaded


def check_places(loaded: LoadResult, content: bytes) -> None:
    assert (loaded.topology is None) == bool(loaded.errors)
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    for mark in BREAKS:
        text = text.replace(mark, "\n")
    lines = text.split("\n")
    for each in loaded.diagnostics:
        one_line(each)
        if each.code not in WHOLE_FILE:
            assert each.place, each
            assert 1 <= each.place.line <= len(lines), each
            # After a byte that is no text, nothing more of the line is shown.
            assert 1 <= each.place.column <= len(lines[each.place.line - 1]) + 1, each
    assert render(loaded.diagnostics) or not loaded.diagnostics


def one_line(problem: Diagnostic) -> None:
    assert problem.message.strip()
    assert problem.message.isprintable(), problem
    assert problem.hint is None or problem.hint.isprintable(), problem


def check_that_it_plans(topology: Topology) -> None:
    """The way of `validate`, `policy` and `plan` without a cloud."""
    try:
        source_digest(topology)
        wanted = blueprint(topology, Live())
    except TopologyError as refused:  # a file that the topology names
        for each in refused.diagnostics():
            one_line(each)
        return
    policy(topology)
    for each in wanted.diagnostics:
        one_line(each)
    if wanted.diagnostics:
        return
    changes = diff(wanted.graph, Live(), {})
    steps = build(changes, wanted.graph, Live(), wanted.graph, topology.cutover, {})
    plan = Plan(topology.name, topology.region, changes, steps, Live().fingerprint)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))).steps


# --- files that say something else ---

Written: TypeAlias = "str | list[Written] | list[tuple[str, Written]]"
"""A node as it is written: text as it stands, a list, or the pairs of a mapping."""

PLAIN = (
    "~", "null", "[]", "{}", "[[]]", "{a: {b: c}}", "[1, 2]", "true", "False", "yes", "-1", "0x1F",
    "0o17", "1e999", ".inf", "-.NaN", "9" * 18, "9" * 30, "0.5", "22:80", "2026-01-01", "!!int 3",
    "&a x", "*a", "<<", "|", "'", '"', "? x", "- x", "a: b", "[" * 60, "{a: " * 60, "#", "@", "`",
    "10.0.0.0/8", "10.0.0.1/8", "0.0.0.0/0", "255.255.255.255/32", "1.2.3.4", "010.0.0.0/8",
    "10.0.0.0/0x8", "10.0.0.0/255.0.0.0", "::/0", "10.0.0.0/33", "192.168.1.0/24", "10.0.0.0/29",
    "cn-wulanchabu-b", "cn-wulanchabu-z", "cn-hangzhou", "ecs.g7.large", "app-b", "shop", "fw-1",
    "vpc-1", "vsw-existing-app-b", "i-1", "eip-1", "sg-1", "vtb-1", "iptables", "all-at-once",
    "per-subnet", "HTTP", "3TCH", "http_2xx", "0-65535", "80/80", "70000", "acs:ram::1:role/x",
    '"${env:X}"', '"${var:x}"', '"${var:y}"', '"${var:z}"', '"${var:nope}"', '"${var:}"', '"${"',
    '"${}"', '"${var:x:-1}"', '"$${var:x}"', '"${var:${var:x}}"', '"a${var:x}b${env:x}"', '"${x}"',
    '"' + "${var:x}" * 200 + '"',
)  # fmt: skip
KEYS = (
    "id", "cidr", "name", "tags", "protect", "adopt", "account", "accounts", "moved", "from", "to",
    "servers", "zones", "subnets", "route_table", "eip", "user_data", "user_data_file", "failover",
    "security_group", "ipv4_gateway", "gateway_route_table", "route_tables", "bystanders", "<<",
    "cutover", "endpoint_service", "allowed_accounts", "payer", "ingress", "key_pair", "bootstrap",
    "system_disk", "size_gb", "private_ip", "role_arn", "profile", "zone", "health_check", "path",
)  # fmt: skip


def written(node: Any) -> Written:
    if isinstance(node, dict):
        return [(json.dumps(str(key)), written(each)) for key, each in node.items()]
    if isinstance(node, list):
        return [written(each) for each in node]
    return json.dumps(node)


TREES = tuple(written(yaml.safe_load(each)) for each in FILES)


def text_of(node: Written) -> str:
    if isinstance(node, str):
        return node
    if node and isinstance(node[0], tuple):
        return "{" + ", ".join(f"{key}: {text_of(each)}" for key, each in _pairs(node)) + "}\n"
    return "[" + ", ".join(text_of(each) for each in _entries(node)) + "]"


def _pairs(node: Written) -> Iterator[tuple[str, Written]]:
    return (each for each in node if isinstance(each, tuple))


def _entries(node: Written) -> Iterator[Written]:
    return (each for each in node if not isinstance(each, tuple))


def any_text() -> st.SearchStrategy[str]:
    odd = st.sampled_from(ODD_TEXTS).map(lambda each: json.dumps(each, ensure_ascii=False))
    drawn = st.text(max_size=8).map(lambda each: json.dumps(each, ensure_ascii=False))
    return odd | drawn.filter(lambda each: each.isprintable())


@cache
def values() -> st.SearchStrategy[Written]:
    numbers = st.sampled_from([str(each) for each in ODD_NUMBERS])
    leaf = st.one_of(st.sampled_from(PLAIN), any_text(), numbers)
    keys = st.sampled_from(KEYS) | any_text()
    tree = st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(keys, inner), max_size=3),
        max_leaves=6,
    )
    return leaf | tree


def _misspelt(key: str, at: int) -> str:
    at %= max(1, len(key))
    return key[:at] + key[at + 1 :] if at % 2 else key[:at] + "x" + key[at:]


@st.composite
def edited(draw: st.DrawFn) -> bytes:
    """A valid topology of which keys are dropped, doubled or misspelt, and values are others."""
    tree = draw(st.sampled_from(TREES))
    for _ in range(draw(st.integers(1, 3))):
        tree = _edit(draw, tree) if isinstance(tree, list) and tree else tree
    return text_of(tree).encode("utf-8", "replace")


def _edit(draw: st.DrawFn, tree: Written) -> Written:
    """The tree with one thing in it edited, wherever that stands."""
    *above, at = draw(st.sampled_from(list(_places(tree))))
    return _at(tree, tuple(above), lambda entries: _edit_entry(draw, entries, at))


def _places(node: Written, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Where every entry of every mapping and list stands."""
    for number, each in enumerate(node if isinstance(node, list) else ()):
        yield (*path, number)
        yield from _places(each[1] if isinstance(each, tuple) else each, (*path, number))


def _at(node: Any, path: tuple[int, ...], edit: Callable[[list[Any]], None]) -> Written:
    entries = list(node)
    if not path:
        edit(entries)
        return entries
    inner = entries[path[0]]
    if isinstance(inner, tuple):
        entries[path[0]] = (inner[0], _at(inner[1], path[1:], edit))
    else:
        entries[path[0]] = _at(inner, path[1:], edit)
    return entries


def _edit_entry(draw: st.DrawFn, entries: list[Any], at: int) -> None:
    key, value = entries[at] if isinstance(entries[at], tuple) else (None, entries[at])
    match draw(st.sampled_from(("value", "value", "value", "drop", "double", "key", "new"))):
        case "drop":
            del entries[at]
        case "double":
            entries.insert(draw(st.integers(0, len(entries))), entries[at])
        case "key" if key is not None:
            misspelt = st.integers(0, 30).map(lambda i: json.dumps(_misspelt(key.strip('"'), i)))
            entries[at] = (draw(misspelt | st.sampled_from(KEYS) | any_text()), value)
        case "new" if key is not None:
            entries.insert(at, (draw(st.sampled_from(KEYS)), draw(values())))
        case _:
            entries[at] = draw(values()) if key is None else (key, draw(values()))


@fuzz_settings(sample=20)
@given(edited())
def test_edited_topology_is_refused_or_can_be_planned(tmp_path: Path, content: bytes) -> None:
    read(tmp_path, content)


# --- files that were spoilt ---

TOKENS = tuple(each.encode() for each in (*PLAIN, *KEYS, ": ", "- ", "\t", "\n", "\r", "---\n"))
TOKENS += (b"\x00", b"\xff", b"\x1b[31m", "\u2028".encode(), "\x85".encode(), b"\xef\xbb\xbf")


@fuzz_settings(sample=20)
@given(st.sampled_from(FILES).flatmap(lambda each: corrupted_bytes(each, TOKENS)))
def test_corrupted_topology_is_refused_or_can_be_planned(tmp_path: Path, content: bytes) -> None:
    read(tmp_path, content)


@st.composite
def with_exchanged_words(draw: st.DrawFn) -> bytes:
    """An example whose words are exchanged for others of the kind that stand in such a file."""
    words = draw(st.sampled_from(FILES)).split(b" ")
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(words) - 1))
        words[at] = draw(st.sampled_from(TOKENS) | st.sampled_from(words))
    return b" ".join(words)


@fuzz_settings(sample=20)
@given(with_exchanged_words())
def test_topology_with_exchanged_words_is_refused_or_can_be_planned(
    tmp_path: Path, content: bytes
) -> None:
    read(tmp_path, content)


@pytest.mark.parametrize("content", FILES, ids=range(len(FILES)))
def test_example_can_be_planned(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content).topology


@pytest.mark.parametrize(
    ("written", "instead", "message", "place"),
    [
        ("ports: 80", "ports: [1]", "`[1]` is not a port or a range of ports", (21, 31)),
        ("ports: 80", "ports: 1²", "`1²` is not a port or a range of ports", (21, 38)),
        ("ports: 80", f"ports: '{'9' * 5000}'", "is not a port or a range of ports", (21, 38)),
        ("cidr: 10.0.0.0/16", 'cidr: "1\\n2"', "`1�2` is not an IPv4 CIDR block", (27, 9)),
        ("cidr: 10.0.0.0/16", "cidr: \u202e", "`�` is not an IPv4 CIDR block", (27, 9)),
        ("min_healthy_appliances: 1}\n", "", "did not find expected node", (43, 35)),
    ],
)
def test_input_that_fuzzing_found_is_refused_at_its_place(
    tmp_path: Path, written: str, instead: str, message: str, place: tuple[int, int]
) -> None:
    content = (EXAMPLES / "ulanqab.yaml").read_text(encoding="utf-8").replace(written, instead)
    problem = read(tmp_path, content.encode()).errors[0]
    assert message in problem.message
    assert problem.place
    assert (problem.place.line, problem.place.column) == place
