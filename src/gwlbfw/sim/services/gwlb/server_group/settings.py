"""Health check and connection draining of a server group.

Source: GWLB API, CreateServerGroup (HealthCheckConfig, ConnectionDrainConfig: defaults, ranges).
UNVERIFIED: a number that is 0 counts as not given, since terraform-provider-alicloud sends one for
each that a configuration leaves out; HealthCheckReq and HealthCheckExp, which no page describes,
are kept and change no probe.
"""

import re
from dataclasses import dataclass, replace

from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.wire import Json

HTTP_CODES = ("http_2xx", "http_3xx", "http_4xx", "http_5xx")


@dataclass(frozen=True)
class HealthCheck:
    """The probe of a server group; times in seconds, the last three fields for HTTP."""

    enabled: bool = True
    protocol: str = "TCP"
    port: int = 80
    timeout: int = 5
    interval: int = 10
    healthy_threshold: int = 2
    unhealthy_threshold: int = 2
    path: str = "/"
    domain: str = "$SERVER_IP"
    http_codes: tuple[str, ...] = ("http_2xx",)
    request: str = ""
    expected: str = ""

    def with_changes(self, struct: Params) -> "HealthCheck":
        """The probe after a call: fields missing in a struct stay (UNVERIFIED)."""
        return replace(
            self,
            enabled=struct.flag("HealthCheckEnabled", default=self.enabled),
            protocol=struct.one_of("HealthCheckProtocol", ("TCP", "HTTP"), self.protocol),
            port=_number(struct, "HealthCheckConnectPort", self.port, (1, 65535)),
            timeout=_number(struct, "HealthCheckConnectTimeout", self.timeout, (1, 300)),
            interval=_number(struct, "HealthCheckInterval", self.interval, (1, 50)),
            healthy_threshold=_number(struct, "HealthyThreshold", self.healthy_threshold, (2, 10)),
            unhealthy_threshold=_number(
                struct, "UnhealthyThreshold", self.unhealthy_threshold, (2, 10)
            ),
            path=_path(struct, self.path),
            domain=_domain(struct, self.domain),
            http_codes=_codes(struct, self.http_codes),
            request=struct.text("HealthCheckReq", self.request),
            expected=struct.text("HealthCheckExp", self.expected),
        )

    def view(self) -> Json:
        """The probe as a reply shows it; what concerns HTTP is empty for TCP."""
        http = self.protocol == "HTTP"
        return {
            "HealthCheckEnabled": self.enabled,
            "HealthCheckProtocol": self.protocol,
            "HealthCheckConnectPort": self.port,
            "HealthCheckConnectTimeout": self.timeout,
            "HealthCheckInterval": self.interval,
            "HealthyThreshold": self.healthy_threshold,
            "UnhealthyThreshold": self.unhealthy_threshold,
            "HealthCheckPath": self.path if http else "",
            "HealthCheckDomain": self.domain if http else "",
            "HealthCheckHttpCode": list(self.http_codes) if http else [],
            "HealthCheckReq": self.request,
            "HealthCheckExp": self.expected,
        }


@dataclass(frozen=True)
class ConnectionDrain:
    """Connection draining: the seconds for which a removed server keeps its flows."""

    enabled: bool = False
    timeout: int = 300

    def with_changes(self, struct: Params) -> "ConnectionDrain":
        """The drain after a call: fields missing in a struct stay (UNVERIFIED)."""
        return ConnectionDrain(
            enabled=struct.flag("ConnectionDrainEnabled", default=self.enabled),
            timeout=_number(struct, "ConnectionDrainTimeout", self.timeout, (1, 3600)),
        )

    def view(self) -> Json:
        """The drain as a reply shows it."""
        return {
            "ConnectionDrainEnabled": self.enabled,
            "ConnectionDrainTimeout": self.timeout,
        }


def health_check(request: Request, was: HealthCheck) -> HealthCheck:
    """The probe that a call asks for, beginning with the one there was."""
    return was.with_changes(request.struct("HealthCheckConfig"))


def connection_drain(request: Request, was: ConnectionDrain) -> ConnectionDrain:
    """The drain that a call asks for, beginning with the one there was."""
    return was.with_changes(request.struct("ConnectionDrainConfig"))


def _number(struct: Params, name: str, default: int, bounds: tuple[int, int]) -> int:
    given = struct.number(name, 0)
    return struct.number(name, default, *bounds) if given else default


def _short(struct: Params, name: str, default: str) -> str:
    text = struct.text(name, default)
    if len(text) > 80:
        raise struct.invalid(name, "at most 80 characters")
    return text


def _path(struct: Params, default: str) -> str:
    text = _short(struct, "HealthCheckPath", default)
    if not text.startswith("/"):
        raise struct.invalid("HealthCheckPath", "a path begins with /")
    if not _PATH.fullmatch(text):
        raise struct.invalid("HealthCheckPath", "letters, digits and the characters of a URL")
    return text


def _domain(struct: Params, default: str) -> str:
    text = _short(struct, "HealthCheckDomain", default)
    if text and not _DOMAIN.fullmatch(text):
        raise struct.invalid("HealthCheckDomain", "$SERVER_IP, or a name with a dot")
    return text


_PATH = re.compile(r"/[A-Za-z0-9./%?#&=_;~!()*\[\]@$^:',+-]*")
_DOMAIN = re.compile(r"\$SERVER_IP|[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+")
"""Help page "Configure health checks" of GWLB."""


def _codes(struct: Params, default: tuple[str, ...]) -> tuple[str, ...]:
    codes = tuple(struct.texts("HealthCheckHttpCode"))
    if not set(codes) <= set(HTTP_CODES):
        raise struct.invalid("HealthCheckHttpCode", f"of {', '.join(HTTP_CODES)}")
    return codes or default
