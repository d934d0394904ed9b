"""A simulated cloud that this process serves."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from inspect import iscoroutinefunction, signature
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from gwlbfw.cloud.clock import ManualClock as ToolsClock
from gwlbfw.cloud.sdk import CredentialSettings, Keys, SdkTransport
from gwlbfw.sim.clock import Clock, RealClock, TurnedClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.fixture import play
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator, Status
from gwlbfw.simulator.environment import environment
from gwlbfw.stack.cloud import Cloud

F = TypeVar("F", bound=Callable[..., Any])

KEYS = Keys("simulated", "simulated")
"""Any key will do where the settings name none."""
ARGUMENT = "cloud"
"""The parameter by which a decorated function takes the simulated cloud."""


class SimulatedCloud:
    """A simulated cloud that is being served."""

    def __init__(self, server: Server, clock: Clock, keys: Keys) -> None:
        self._server = server
        self.simulator = server.simulator
        """The simulator itself: its faults, its activity."""
        self.clock = clock
        self.url = server.url
        """The URL: an endpoint for any SDK, with https instead of http too."""
        self.keys = keys
        self._start = self.simulator.export()

    @property
    def ca_file(self) -> Path:
        """The certificate by which clients trust the server's HTTPS, as long as it is served."""
        return self._server.ca_file

    def environment(self) -> dict[str, str]:
        """The variables that lead other programs to it: Terraform, SDKs, the vendor's tools."""
        return environment(self.url, self.ca_file, self.keys, self.simulator.settings.region)

    def advance(self, seconds: float) -> None:
        """Advance the clock: transitions that are due by then take place."""
        self.clock.advance(seconds)

    def status(self, region: str | None = None) -> Status:
        """Number of resources by kind, in one region or in all."""
        return self.simulator.status(region)

    def reset(self) -> None:
        """Remove every resource."""
        self.simulator.reset()

    def restore(self) -> None:
        """Have all as it was at the start, but for the clock: state, faults and activity log."""
        self.simulator.load(self._start)
        self.simulator.faults.clear()
        self.simulator.activity.clear()

    @cached_property
    def cloud(self) -> Cloud:
        """The cloud for `Stack`; its waits advance a standing clock."""
        cloud = Cloud(endpoint_url=self.url, keys=self.keys)
        if isinstance(self.clock, TurnedClock):
            cloud = replace(cloud, clock=ToolsClock(on_sleep=self.clock.advance))
        return cloud

    def client(self, product: str, region: str | None = None) -> Any:  # noqa: ANN401 - untyped SDK
        """The vendor's typed client of `vpc`, `ecs`, `gwlb` or `privatelink`, ready to be used."""
        return self._transport.client(product, region or self.simulator.settings.region)

    @cached_property
    def _transport(self) -> SdkTransport:
        return SdkTransport(self.simulator.settings.region, self.url, CredentialSettings(self.keys))


@dataclass
class simulated_cloud:  # noqa: N801 - used like a function
    """Serves a simulated cloud for a `with` block, or for each call of a decorated function.

    With `clock="standing"` time passes only by `advance` (and by the waits of `cloud`). A decorated
    function that has a parameter `cloud` is given the simulated cloud.
    """

    settings: Settings = field(default_factory=Settings)
    clock: Literal["running", "standing"] = "running"
    folder: Path | None = None
    """The folder of the state; in memory only if None."""
    fixture: Path | str | None = None
    """A file of calls that an empty cloud begins with; `FILE#LABEL` stops at a label."""
    _running: list[tuple[Server, Simulator]] = field(default_factory=list, init=False, repr=False)

    def __enter__(self) -> SimulatedCloud:
        clock: Clock = TurnedClock() if self.clock == "standing" else RealClock()
        more = (Path(self.fixture),) if self.fixture else ()
        settings = replace(self.settings, fixtures=(*self.settings.fixtures, *more))
        simulator = Simulator(self.folder, settings, clock)
        try:
            play(simulator)
            server = Server(simulator)
            server.start()
        except SimulatorError:
            simulator.close()
            raise
        self._running.append((server, simulator))
        pair = next(iter(self.settings.credentials.items()), None)
        return SimulatedCloud(server, clock, Keys(*pair) if pair else KEYS)

    def __exit__(self, *_: object) -> None:
        server, simulator = self._running.pop()
        server.stop()
        simulator.close()

    def __call__(self, function: F) -> F:
        """The function with a simulated cloud of its own for every call."""
        shape = signature(function)
        takes_cloud = ARGUMENT in shape.parameters

        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the function is
            with self._copy() as cloud:
                return function(*args, **kwargs, **({ARGUMENT: cloud} if takes_cloud else {}))

        @wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as above
            with self._copy() as cloud:
                return await function(*args, **kwargs, **({ARGUMENT: cloud} if takes_cloud else {}))

        decorated: Any = run_async if iscoroutinefunction(function) else run
        others = [each for name, each in shape.parameters.items() if name != ARGUMENT]
        # What runs tests looks for fixtures by the names of the parameters.
        decorated.__signature__ = shape.replace(parameters=others)
        return decorated  # type: ignore[no-any-return]

    def _copy(self) -> Self:
        return replace(self)
