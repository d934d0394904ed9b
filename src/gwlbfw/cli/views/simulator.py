"""The simulated cloud: its address, its resources, its calls."""

import shlex
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gwlbfw.cli.views.screen import Screen
from gwlbfw.sim.server.certificates import TRUST


def show_status(screen: Screen, status: Mapping[str, Any], form: str) -> None:
    """Show the number of resources by kind."""
    if form == "json":
        screen.print_document({"resources": status["resources"], "empty": status["empty"]})
    elif status["empty"]:
        screen.print_result("empty: there is nothing in the simulated cloud")
    else:
        width = max(len(str(number)) for number in status["resources"].values())
        for kind, number in sorted(status["resources"].items()):
            screen.print_result(f"{number:>{width}}  {kind}")


def show_activity(screen: Screen, calls: Sequence[Mapping[str, Any]], form: str) -> None:
    """Show a line for each call, or, as JSON, the calls with their parameters."""
    if form == "json":
        screen.print_document({"calls": calls})
        return
    for each in calls:
        at = datetime.fromtimestamp(each["time"], UTC).strftime("%H:%M:%S.%f")[:-3]
        outcome = each["code"] or "no answer"
        fault = f"  ({each['fault']})" if each["fault"] else ""
        call = f"{each['product']}:{each['action']}"
        unknown = f"  ignored: {', '.join(each['ignored'])}" if each["ignored"] else ""
        took = f"{each['duration_ms']:>7.1f} ms"
        screen.print_result(f"{at}  {took}  {call:<44}  {outcome}{fault}{unknown}")
    if not calls:
        screen.print_result("no calls were answered")


def show_address(screen: Screen, url: str, folder: Path, ca_file: Path) -> None:
    """Show the URL and the authority, as assignments for a shell, and the folder of the state."""
    screen.print_result(f"export GWLBFW_ENDPOINT_URL={url}")
    for each in TRUST:
        screen.print_result(f"export {each}={shlex.quote(str(ca_file.absolute()))}")
    screen.print_message(f"the simulated cloud's state is in {folder}; Ctrl-C stops serving it")
    screen.flush()
