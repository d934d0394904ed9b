"""`gwlbfw sim call PRODUCT ACTION Key=Value …`."""

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Options
from gwlbfw.cli.simulators import called
from gwlbfw.cli.views.screen import Screen

PRODUCTS = ("vpc", "ecs", "gwlb", "privatelink", "sts")


def _parameter(text: str) -> tuple[str, str]:
    """A name with its value, which may be a secret: the message repeats none of it."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise click.BadParameter("write a parameter as Key=Value")
    return name, value


@command("call")
@click.argument("product", type=click.Choice(PRODUCTS))
@click.argument("action")
@click.argument("parameters", metavar="[KEY=VALUE]...", nargs=-1, type=_parameter)
@click.option("--region", default="cn-wulanchabu", show_default=True, help="Region of the call.")
@click.option("--role-arn", metavar="ARN", help="Role to assume first: acts in its account.")
def call(
    options: Options,
    product: str,
    action: str,
    parameters: tuple[tuple[str, str], ...],
    region: str,
    role_arn: str | None,
) -> int:
    """Send any API action to the simulated cloud, and print what it answers as JSON.

    Lists and objects are written flat: Tag.1.Key=team Tag.1.Value=netsec.
    """
    values = dict(parameters)
    reply = called(options, product, action, values, region=region, role_arn=role_arn)
    Screen(colour=options.colour).document(reply)
    return DONE
