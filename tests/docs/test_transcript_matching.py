"""The comparison of transcripts lets pass what differs from run to run, and nothing else."""

import pytest

from tests.docs.transcript import Exchange, TranscriptMatcher, exchanges

ID, OTHER = "vpc-6iqvz6lcuumn8ylak0gg", "vpc-3pidl8tcrdk6ip731l7o"


def test_transcript_is_split_into_commands_and_answers() -> None:
    text = "```console\n$ a \\\n  b\none\n\ntwo\n$ c\n```\nprose\n```console\n$ d\nthree\n```\n"
    assert list(exchanges(text)) == [
        Exchange("a \\\n  b", "one\n\ntwo"),
        Exchange("c", ""),
        Exchange("d", "three"),
    ]


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ("Applied: 41 created in 1.4 s", "Applied: 41 created in 12.0 s"),
        (f"vpc  {ID}", f"vpc      {OTHER}"),
        ("first\n…\nlast", "first\nand\nmuch more\nlast"),
        ("first\n…\nlast", "first\nlast"),
        ("port … is taken", "port 8080 is taken"),
        ("EIP 8.130.0.2", "EIP 8.130.0.15"),
    ],
)
def test_ids_times_and_addresses_of_another_run_match(expected: str, seen: str) -> None:
    assert TranscriptMatcher().matches(expected, seen)


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ("Applied: 41 created in 1.4 s", "Applied: 40 created in 1.4 s"),
        ("first\nlast", "first\nand more\nlast"),
        (f"vpc {ID}", "vsw-6iqvz6lcuumn8ylak0gg"),
        (f"{ID} {ID}", f"{ID} {OTHER}"),
        ("", "something"),
        ("something", ""),
    ],
)
def test_any_other_difference_does_not_match(expected: str, seen: str) -> None:
    assert not TranscriptMatcher().matches(expected, seen)


def test_typed_id_is_replaced_by_the_one_seen_before() -> None:
    matcher = TranscriptMatcher()
    assert matcher.matches(f"made {ID}", f"made {OTHER}")
    assert matcher.with_current_ids(f"delete {ID}") == f"delete {OTHER}"
    assert not matcher.matches(f"deleted {ID}", f"deleted {ID}")
