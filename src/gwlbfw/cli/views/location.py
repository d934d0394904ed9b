"""What a command is about and where that is: its name, the region, the cloud or the accounts."""

from gwlbfw.cli.views.markdown import code, escaped
from gwlbfw.diagnostics import printable


def location_text(name: str, region: str, place: str) -> str:
    """A stack or VPC with its region, and the cloud or the accounts where they are known."""
    return f"{printable(name)} in {printable(region)}{_behind(printable(place))}"


def location_markdown(name: str, region: str, place: str) -> str:
    """The same as Markdown."""
    return f"{code(name)} in {code(region)}{_behind(escaped(place))}"


def _behind(place: str) -> str:
    return f", {place.removeprefix('in ')}" if place else ""
