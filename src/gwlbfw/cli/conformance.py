"""The runs of `gwlbfw sim conform`: scripts against a simulated cloud or the real one."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from secrets import token_hex

import typer

from gwlbfw.cli.options import CloudOptions
from gwlbfw.cli.simulator import simulator_url
from gwlbfw.cli.views.conformance_text import outcome_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cloud.clock import SystemClock
from gwlbfw.cloud.sdk import CredentialSettings, SdkTransport
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.conformance import Answer, Outcome, Script, Send, load_scripts, run_script
from gwlbfw.errors import CloudError
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.services import registry


@dataclass(frozen=True)
class Target:
    """The cloud that is compared. Raises BadParameter where two are chosen."""

    options: CloudOptions
    region: str
    cloud: bool
    """The real one."""

    def __post_init__(self) -> None:
        if self.cloud and (self.options.sim or self.options.endpoint_url):
            raise typer.BadParameter(
                "--cloud excludes --sim and --endpoint-url (or GWLBFW_SIM and GWLBFW_ENDPOINT_URL)"
            )


def chosen_scripts(patterns: Collection[str]) -> list[Script]:
    """The scripts that match a name or pattern, or all.

    Raises SimulatorError for a pattern that none matches.
    """
    scripts = load_scripts()
    chosen = set()
    for pattern in patterns:
        found = [each.name for each in scripts if fnmatchcase(each.name, pattern)]
        if not found:
            raise SimulatorError(
                f"There is no script {pattern}: `gwlbfw sim conform --list` has them"
            )
        chosen.update(found)
    return [each for each in scripts if not patterns or each.name in chosen]


def run_scripts(
    scripts: Sequence[Script], target: Target, screen: Screen, *, quiet: bool
) -> list[Outcome]:
    """Run scripts one after the other, until one is interrupted or has no answer.

    Each is named on stderr when it begins, and told on stdout when it has ended, unless `quiet`.
    Raises CredentialsError where there are no credentials.
    """
    registry.load_services()
    options, region = target.options, target.region
    if target.cloud:
        transport = SdkTransport(region, None, CredentialSettings(None, options.profile))
        return _Run(sender(transport, region), screen, quiet).outcomes_of(scripts)
    with simulator_url(options) as (url, keys):
        transport = SdkTransport(region, url, CredentialSettings(keys, options.profile))
        return _Run(sender(transport, region), screen, quiet).outcomes_of(scripts)


def sender(transport: SdkTransport, region: str) -> Send:
    """A sender of calls by the vendor's generic client, which adds the region and drops nothing."""
    versions = registry.versions()

    def send(product: str, action: str, params: Mapping[str, str]) -> Answer:
        call = BoundCall(product, action, params, region=region)
        try:
            return Answer(transport.send_untyped(call, versions[product]).body)
        except CloudError as refusal:
            return Answer(code=refusal.cloud_code, message=refusal.cloud_message)

    return send


class _Run:
    """Scripts that are run one after the other, and what came of those that have ended."""

    def __init__(self, send: Send, screen: Screen, quiet: bool) -> None:  # noqa: FBT001 - internal
        self._send = send
        self._screen = screen
        self._quiet = quiet
        self._outcomes: list[Outcome] = []
        self._begun: tuple[Script, str] | None = None

    def outcomes_of(self, scripts: Sequence[Script]) -> list[Outcome]:
        """What came of each script that was begun."""
        try:
            asyncio.run(self._run_all(scripts))
        except KeyboardInterrupt:
            if self._begun:  # interrupted once more, while it was removing
                script, run = self._begun
                why = f"interrupted: what {script.name} made and was not removed is named {run}"
                self._end(Outcome(script, (), (), 0.0, why, interrupted=True))
        return self._outcomes

    async def _run_all(self, scripts: Sequence[Script]) -> None:
        for number, script in enumerate(scripts, 1):
            run = f"gwlbfw-conform-{token_hex(3)}"
            self._begun = script, run
            self._screen.print_message(f"[{number}/{len(scripts)}] {script.name} ({run})")
            outcome = await run_script(
                script, self._send, SystemClock(), run, self._screen.print_message
            )
            self._end(outcome)
            if outcome.problem:
                return

    def _end(self, outcome: Outcome) -> None:
        self._begun = None
        self._outcomes.append(outcome)
        if not self._quiet:
            self._screen.print_result(outcome_text(outcome))
            self._screen.flush()
