"""`gwlbfw sim call PRODUCT ACTION Key=Value …`."""

from typing import Annotated, Literal

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import CloudOptions, Output


def _assignment(text: str) -> str:
    """A parameter's `Key=Value`; the value may be a secret, so no message repeats it."""
    name, equals, _ = text.partition("=")
    if not name or not equals:
        raise typer.BadParameter("write a parameter as Key=Value")
    return text


@command
def call(
    product: Annotated[
        Literal["vpc", "ecs", "gwlb", "privatelink", "sts"], typer.Argument(help="The product.")
    ],
    action: Annotated[str, typer.Argument(help="The action, such as DescribeVpcs.")],
    parameters: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", parser=_assignment, help="Its parameters."),
    ] = None,
    *,
    region: Annotated[str, typer.Option(help="Region of the call.")] = "cn-wulanchabu",
    role_arn: Annotated[
        str | None,
        typer.Option(metavar="ARN", help="Role to assume first: acts in its account."),
    ] = None,
    options: CloudOptions,
    output: Output,
) -> int:
    """Send any API action to the simulated cloud, and print its reply as JSON.

    Lists and objects are written flat: Tag.1.Key=team Tag.1.Value=netsec.

    Examples:
        gwlbfw sim call vpc DescribeVpcs
        gwlbfw sim call vpc CreateVpc CidrBlock=10.0.0.0/16 Tag.1.Key=team Tag.1.Value=netsec
    """
    from gwlbfw.cli.simulator import call_action

    values = dict(each.split("=", 1) for each in parameters or ())
    reply = call_action(options, product, action, values, region=region, role_arn=role_arn)
    output.screen.print_document(reply)
    return DONE
