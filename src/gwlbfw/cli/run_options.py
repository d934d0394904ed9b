"""The options of the commands that carry out a plan."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Parallelism: TypeAlias = Annotated[
    int,
    typer.Option("--parallelism", min=1, max=100, metavar="N", help="API calls in flight at once."),
]
Report: TypeAlias = Annotated[
    Path | None,
    typer.Option("--report", metavar="PATH", help="Write a report of the run, as JSON."),
]
AllowTrafficLoss: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-traffic-loss",
        help="Go ahead even if traffic that works is lost meanwhile, or can't be judged.",
    ),
]


@dataclass(frozen=True)
class Consent:
    """The options that consent to effects of a plan on traffic."""

    accept_uninspected: Annotated[
        bool,
        typer.Option("--accept-uninspected", help="Apply even if the end is not proven inspected."),
    ] = False
    allow_traffic_loss: AllowTrafficLoss = False
