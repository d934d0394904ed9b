"""`gwlbfw sim call PRODUCT ACTION Key=Value …`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import CloudOptions, Output


def _assignment(text: str) -> str:
    """A parameter's `Key=Value`, with the content of a file in the place of `@FILE`.

    The value may be a secret, so no message repeats it.
    """
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise typer.BadParameter("write a parameter as Key=Value")
    if not value.startswith("@"):
        return text
    try:
        content = sys.stdin.read() if value == "@-" else Path(value[1:]).read_text("utf-8")
    except (OSError, ValueError) as problem:
        raise typer.BadParameter(f"the file of {name} can't be read: {problem}") from None
    return f"{name}={content}"


def _products(incomplete: str) -> list[str]:
    from gwlbfw.sim.services import registry

    registry.load_services()
    return [each for each in registry.versions() if each.startswith(incomplete)]


def _actions(context: typer.Context, incomplete: str) -> list[str]:
    from gwlbfw.sim.services import registry

    registry.load_services()
    names = registry.actions_of(context.params.get("product") or "")
    return [each for each in names if each.startswith(incomplete)]


@command
def call(
    product: Annotated[
        str,
        typer.Argument(
            metavar="PRODUCT", help="The product, such as vpc.", autocompletion=_products
        ),
    ],
    action: Annotated[
        str,
        typer.Argument(
            metavar="ACTION", help="The action, such as DescribeVpcs.", autocompletion=_actions
        ),
    ],
    parameters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE",
            parser=_assignment,
            help="Its parameters; KEY=@FILE takes a file's content, KEY=@- that of stdin.",
        ),
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
        gwlbfw sim call ecs RunCommand InstanceId.1=i-… Type=RunShellScript CommandContent=@run.b64
    """
    from gwlbfw.cli.simulator import call_action

    values = dict(each.split("=", 1) for each in parameters or ())
    reply = call_action(options, product.lower(), action, values, region=region, role_arn=role_arn)
    output.screen.print_document(reply)
    return DONE
