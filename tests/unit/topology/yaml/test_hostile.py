"""Files that are wrong as files, or made to hurt: refused at once, and never by a traceback."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwlbfw.cli.views.diagnostics_text import render
from gwlbfw.errors import TopologyError
from gwlbfw.topology.load import LoadResult, load
from gwlbfw.topology.models import Topology

EXAMPLE = (Path(__file__).parents[4] / "examples" / "ulanqab.yaml").read_bytes()


def _load(tmp_path: Path, content: bytes) -> LoadResult:
    path = tmp_path / "t.yaml"
    path.write_bytes(content)
    return load(path, {}, {})


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        (b"", "the file is empty", (1, 1)),
        (b"# only a comment\n", "the file is empty", (1, 1)),
        (b"version: 1\nname: \xff\n", "byte 0xff is not UTF-8", (2, 7)),
        ("name: é\n".encode("latin-1"), "byte 0xe9 is not UTF-8", (1, 7)),
        ("name: x\n".encode("utf-16"), "byte 0xff is not UTF-8", (1, 1)),
        (b"name: a\x00b\n", "control character U+0000 in the file", (1, 8)),
        (b"name: \x1b[31m\n", "control character U+001B in the file", (1, 7)),
        (b"a: {b: " + b"[" * 60, "more than 50 levels of nesting", (1, 57)),
        (b"x" * (1024 * 1024 + 1), "t.yaml is larger than 1 MiB", None),
        (b"a: [" + b"1," * 20_000 + b"1]", "the file has more than 20000 values", (1, 40001)),
    ],
    ids=lambda each: each[:30] if isinstance(each, str) else "",
)
def test_file_that_is_no_topology_is_refused_in_one_message(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    message: str,
    place: tuple[int, int] | None,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_bytes(content)
    loaded = load("t.yaml")
    (only,) = loaded.errors
    assert loaded.topology is None
    assert only.message == message
    assert (only.place and (only.place.line, only.place.column)) == place


def test_unreadable_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match=r"can't read .*: No such file or directory"):
        Topology.load(tmp_path / "none.yaml")
    with pytest.raises(TopologyError, match=r"can't read .*: Is a directory"):
        Topology.load(tmp_path)


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "hello-world.sh").write_text("")
    assert _load(tmp_path, b"\xef\xbb\xbf" + EXAMPLE).topology is not None


def test_windows_line_ends_change_no_place(tmp_path: Path) -> None:
    wrong = EXAMPLE.replace(b"version: 1", b"version: 2").replace(b"\n", b"\r\n")
    (tmp_path / "hello-world.sh").write_text("")
    (only,) = _load(tmp_path, wrong).errors
    assert only.place is not None
    assert (only.place.line, only.place.text) == (3, "version: 2")


@pytest.mark.parametrize(
    "content",
    [
        b"a: &a [x]\n" + b"".join(b"b%d: &b%d [%s]\n" % (i, i, b"*a," * 10) for i in range(30)),
        b"a: " + b"[" * 500_000,
        b"a: " + b"{b: " * 200_000,
        b"? " * 100_000,
        b"- " * 100_000,
        b"a: [" + b"1," * 500_000,
        b"k" * 900_000 + b": 1",
        b"{" + b"".join(b"k%d: 1," % i for i in range(19_000)) + b"}",
        b"moved: [" + b"{from: a, to: a}," * 6_000 + b"]",
        b'a: "' + b"${env:X}" * 100_000 + b'"',
        b"!!python/object/apply:os.system ['touch owned']",
    ],
    ids=["laughs", "lists", "maps", "keys", "dashes", "long", "key", "wide", "moved", "vars", "py"],
)
def test_hostile_file_costs_little_more_than_a_large_honest_one(
    tmp_path: Path, large: float, content: bytes
) -> None:
    assert _seconds(tmp_path, content, wrong=True) < 3 * large


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> float:
    """The seconds in which about as large a topology as may be is read."""
    server = (
        b"{subnet: wide, instance_type: ecs.g7.large, image_id: m-1, tags: {team: a, env: b},"
        b" system_disk: {category: cloud_essd, size_gb: 40}, eip: {bandwidth_mbps: 5}}"
    )
    servers = b"".join(b"      s%d: %s\n" % (number, server) for number in range(1_200))
    topology = EXAMPLE.replace(b"    servers:\n", b"    servers:\n" + servers)
    subnet = b"app-b: {cidr: 192.168.1.0/24}\n"
    topology = topology.replace(subnet, subnet + b"          wide: {cidr: 192.168.128.0/18}\n")
    folder = tmp_path_factory.mktemp("large")
    (folder / "hello-world.sh").write_text("")
    return _seconds(folder, topology, wrong=False)


def _seconds(folder: Path, content: bytes, *, wrong: bool) -> float:
    """The time of the processor in which a file is read, and what is wrong with it is shown."""
    start = time.process_time()
    loaded = _load(folder, content)
    render(loaded.diagnostics)
    spent = time.process_time() - start
    assert bool(loaded.errors) == wrong
    return spent


def _mutated() -> st.SearchStrategy[bytes]:
    lines = EXAMPLE.splitlines(keepends=True)
    words = EXAMPLE.split(b" ")
    garbage = st.binary(max_size=12) | st.text(max_size=8).map(lambda each: each.encode())
    odd = st.sampled_from(
        [b"null", b"[]", b"{}", b"-1", b"1e999", b"true", b"'", b"&a", b"*a", b"|", b"${var:x}",
         b"${env:x}", b"9" * 30, b"10.0.0.0/33", b"!!int", b"0x", b"\t", b"? ", b"- ", b": "]
    )  # fmt: skip

    def without_line(at: int) -> bytes:
        return b"".join(lines[:at] + lines[at + 1 :])

    def other_word(at: int, word: bytes) -> bytes:
        return b" ".join([*words[:at], word, *words[at + 1 :]])

    def inserted(at: int, what: bytes) -> bytes:
        return EXAMPLE[:at] + what + EXAMPLE[at:]

    line, word = st.integers(0, len(lines) - 1), st.integers(0, len(words) - 1)
    return st.one_of(
        st.builds(without_line, line),
        st.builds(other_word, word, odd | garbage),
        st.builds(inserted, st.integers(0, len(EXAMPLE)), odd | garbage),
        st.builds(lambda end: EXAMPLE[:end], st.integers(0, len(EXAMPLE))),
        garbage,
    )


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_mutated())
def test_changed_file_loads_or_raises_a_topology_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hello-world.sh").write_text("#!/bin/sh\n")
    path = tmp_path / "t.yaml"
    path.write_bytes(content)
    loaded = load(path)
    assert render(loaded.diagnostics) or loaded.topology is not None
    if loaded.topology is None:
        with pytest.raises(TopologyError):
            Topology.load(path)
