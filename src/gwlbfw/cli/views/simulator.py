"""The simulated cloud: where it is, and what there is in it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gwlbfw.cli.views.screen import Screen


def show_status(screen: Screen, status: Mapping[str, Any], form: str) -> None:
    """How many of each kind there are."""
    if form == "json":
        screen.document({"resources": status["resources"], "empty": status["empty"]})
    elif status["empty"]:
        screen.result("empty: there is nothing in the simulated cloud")
    else:
        width = max(len(str(number)) for number in status["resources"].values())
        for kind, number in sorted(status["resources"].items()):
            screen.result(f"{number:>{width}}  {kind}")


def show_activity(screen: Screen, calls: Sequence[Mapping[str, Any]], form: str) -> None:
    """A line for each call, or, as JSON, the calls with their parameters."""
    if form == "json":
        screen.document({"calls": calls})
        return
    for each in calls:
        at = datetime.fromtimestamp(each["time"], UTC).strftime("%H:%M:%S.%f")[:-3]
        outcome = each["code"] or "no answer"
        fault = f"  ({each['fault']})" if each["fault"] else ""
        call = f"{each['product']}:{each['action']}"
        screen.result(f"{at}  {each['duration_ms']:>7.1f} ms  {call:<44}  {outcome}{fault}")
    if not calls:
        screen.result("no calls were answered")


def show_address(screen: Screen, url: str, folder: Path) -> None:
    """What to tell other programs, and where the state is."""
    screen.result(f"export GWLBFW_ENDPOINT_URL={url}")
    screen.say(f"the simulated cloud's state is in {folder}; Ctrl-C stops serving it")
    screen.flush()
