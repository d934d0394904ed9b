"""Diagnostics as text."""

from gwlbfw.cli.views.diagnostics_text import render
from gwlbfw.diagnostics import Place, error, warning


def test_no_diagnostics_are_no_text() -> None:
    assert render([]) == ""


def test_diagnostic_shows_its_line_with_a_caret_and_its_hint() -> None:
    place = Place("topology.yaml", 14, 9, "        gwlbe_subnets: {}")
    text = render([error("x", "unknown key `gwlbe_subnets`", place=place, hint="did you mean?")])
    assert text == (
        "error: unknown key `gwlbe_subnets`\n"
        "  --> topology.yaml:14:9\n"
        "   |\n"
        "14 |         gwlbe_subnets: {}\n"
        "   |         ^\n"
        "   hint: did you mean?\n"
    )


def test_diagnostic_without_a_place_shows_its_subject() -> None:
    text = render([warning("x", "odd", subject="vpc.business/shop"), error("y", "bad", hint="h")])
    assert text == "warning: odd\n  --> vpc.business/shop\n\nerror: bad\n   hint: h\n"


def test_caret_stands_under_its_character_after_tabs() -> None:
    text = render([error("x", "m", place=Place("t", 1, 3, "\ta: b"))])
    assert text.splitlines()[3:] == ["1 | \ta: b", "  | \t ^"]


def test_long_line_is_cut_around_the_caret() -> None:
    line = "a" * 500 + "!" + "b" * 500
    _, _, _, shown, caret = render([error("x", "m", place=Place("t", 1, 501, line))]).splitlines()
    assert shown[caret.index("^")] == "!"
    assert len(shown) < 140


def test_control_sequence_of_the_file_does_not_reach_the_terminal() -> None:
    text = render([error("x", "m", place=Place("t", 1, 1, "\x1b[31m red"))])
    assert "\x1b" not in text
