"""Verdicts and traces in each of their forms."""

import re
from dataclasses import dataclass
from functools import partial

from gwlbfw.cli.views.location import location_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.style import Style
from gwlbfw.cli.views.verdict_text import trace_text, verdict_text
from gwlbfw.reachability import Trace, Verdict

_BAD = "bypass|black_hole|loop|asymmetric|no_route|unknown"
_WORDS = (
    (r"^Proven(?=: )", "good"),
    (r"^Not proven(?=: )", "error"),
    (r"^(VPC .*|Findings|Appliances)$", "title"),
    (r"(?<= {2})(inspected)(?= {2})", "good"),
    (rf"(?<= {{2}})({_BAD})(?= {{2}})", "error"),
    (rf"^({_BAD})(?=: )", "error"),
    (r"(?<=: )(inspected|local)$", "good"),
    (rf"(?<=: )({_BAD})$", "error"),
    (r"(?<=: )gets traffic$", "good"),
    (r"(?<=: )gets no new traffic$", "error"),
    (r"(?<=^ {2})critical(?= )", "error"),
    (r"(?<=^ {2})(high|warning)(?= )", "warning"),
    (r"^ +=> .*$", "title"),
)
_PATTERNS = tuple((re.compile(pattern, re.MULTILINE), meaning) for pattern, meaning in _WORDS)
"""The words that have a colour, by their surroundings."""


@dataclass(frozen=True)
class VerdictView:
    """Shows verdicts and traces in one form."""

    screen: Screen
    form: str

    def verdict(self, verdict: Verdict, name: str, region: str) -> None:
        """Show the verdict on a stack or a VPC of this name."""
        if self.form == "json":
            self.screen.print_document(verdict.to_json())
        else:
            text = verdict_text(verdict, location_text(name, region, verdict.place))
            self.screen.print_result(with_colours(text, self.screen.out))

    def trace(self, trace: Trace) -> None:
        """Show the trace of a packet."""
        if self.form == "json":
            self.screen.print_document(trace.to_json())
        else:
            self.screen.print_result(with_colours(trace_text(trace), self.screen.out))


def with_colours(text: str, style: Style) -> str:
    """The text of a verdict or trace with its key words in colour."""
    for pattern, meaning in _PATTERNS:
        text = pattern.sub(partial(_in_colour, style, meaning), text)
    return text


def _in_colour(style: Style, meaning: str, found: re.Match[str]) -> str:
    return style(meaning, found[0])
