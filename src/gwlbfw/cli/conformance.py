"""The runs of `gwlbfw sim conform`: scripts against a simulated cloud or the real one."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from secrets import token_hex

from gwlbfw.cli.options import CloudOptions
from gwlbfw.cli.simulator import simulator_url
from gwlbfw.cli.views.conformance_text import outcome_text, summary_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cloud.clock import SystemClock
from gwlbfw.cloud.sdk import CredentialSettings, SdkTransport
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.conformance import Answer, Outcome, Script, Send, load_scripts, run_script
from gwlbfw.errors import CloudError
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.services import registry


def chosen_scripts(names: Collection[str]) -> list[Script]:
    """The scripts of these names, or all. Raises SimulatorError for a name that is none."""
    scripts = load_scripts()
    known = {each.name for each in scripts}
    for name in names:
        if name not in known:
            raise SimulatorError(f"There is no script {name}: `gwlbfw sim conform --list` has them")
    return [each for each in scripts if not names or each.name in names]


def run_scripts(
    scripts: Sequence[Script],
    options: CloudOptions,
    screen: Screen,
    *,
    region: str,
    cloud: bool,
) -> bool:
    """Run scripts one after the other; true if none found a difference.

    Raises TransportError, CredentialsError where the cloud can't be reached.
    """
    registry.load_services()
    if cloud:
        transport = SdkTransport(region, None, CredentialSettings(None, options.profile))
        return _run(scripts, sender(transport, region), screen)
    with simulator_url(options) as (url, keys):
        transport = SdkTransport(region, url, CredentialSettings(keys, options.profile))
        return _run(scripts, sender(transport, region), screen)


def sender(transport: SdkTransport, region: str) -> Send:
    """A sender of calls by the vendor's generic client, which adds and drops nothing."""
    versions = registry.versions()

    def send(product: str, action: str, params: Mapping[str, str]) -> Answer:
        call = BoundCall(product, action, params, region=region)
        try:
            return Answer(transport.send_untyped(call, versions[product]).body)
        except CloudError as refusal:
            return Answer(code=refusal.cloud_code, message=refusal.cloud_message)

    return send


def _run(scripts: Sequence[Script], send: Send, screen: Screen) -> bool:
    outcomes: list[Outcome] = []
    for script in scripts:
        run = f"gwlbfw-conform-{token_hex(3)}"
        outcome = asyncio.run(run_script(script, send, SystemClock(), run))
        screen.print_result(outcome_text(outcome))
        screen.flush()
        outcomes.append(outcome)
    screen.print_result(summary_text(outcomes))
    return all(each.is_same for each in outcomes)
