"""Verdicts and traces in each of their forms."""

import re
from dataclasses import dataclass
from functools import partial

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
"""The words that have a colour, by what stands around them."""


@dataclass(frozen=True)
class TrafficView:
    """Shows verdicts and traces in one form."""

    screen: Screen
    form: str

    def verdict(self, verdict: Verdict) -> None:
        """Show a verdict."""
        if self.form == "json":
            self.screen.document(verdict.to_json())
        else:
            self.screen.result(coloured(verdict_text(verdict), self.screen.out))

    def trace(self, trace: Trace) -> None:
        """Show a packet's way."""
        if self.form == "json":
            self.screen.document(trace.to_json())
        else:
            self.screen.result(coloured(trace_text(trace), self.screen.out))


def coloured(text: str, style: Style) -> str:
    """The text of a verdict or trace, its key words coloured where a terminal wants that."""
    for pattern, meaning in _PATTERNS:
        text = pattern.sub(partial(_in_colour, style, meaning), text)
    return text


def _in_colour(style: Style, meaning: str, found: re.Match[str]) -> str:
    return style(meaning, found[0])
