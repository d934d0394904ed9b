"""Checks of the firewall: appliances, their health check, and the GWLB in front of them."""

import re
from collections.abc import Iterator

from gwlbfw.topology.gateway_load_balancer import HealthCheck
from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.wording import quote
from gwlbfw.topology.yaml.source import YamlPath

DEFAULT_IDLE_TIMEOUT = 350
"""Seconds; only 5TCH takes another value (GWLB user guide, idle time-outs)."""

_HTTP_ONLY = ("path", "domain", "http_codes")
_PATH = re.compile(r"/[A-Za-z0-9./%?#&=_;~!()*\[\]@$^:',+-]{0,79}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"\$SERVER_IP|(?=.{{1,80}}$){_LABEL}(?:\.{_LABEL})+")
"""Help page "Configure health checks" of GWLB: a closed set of characters, a dot in the domain."""


def appliances(topology: Topology) -> Iterator[Problem]:
    """There is an appliance, and preferably one in each zone."""
    security = topology.security_vpc
    if not security.appliances:
        message = "there is no appliance: all traffic would be lost"
        nowhere = ("security_vpc", "appliances")
        yield Problem("no-appliance", nowhere, message, at_key=True, about_absence=True)
        return
    if any(each.zone is None for each in security.appliances.values()):
        return  # The zone of an instance that exists is not in the file.
    used = {each.zone for each in security.appliances.values()}
    for zone in security.zones:
        if zone not in used:
            message = f"there is no appliance in zone {quote(zone)}"
            hint = "its traffic crosses to another zone, and fails with it"
            at = ("security_vpc", "zones", zone)
            yield Problem(
                "zone-without-appliance",
                at,
                message,
                hint,
                severity="warning",
                at_key=True,
                about_absence=True,
            )


def enough_appliances(topology: Topology) -> Iterator[Problem]:
    """There are as many appliances as must be healthy for the cut-over."""
    needed, count = topology.cutover.min_healthy_appliances, len(topology.security_vpc.appliances)
    if count and needed > count:
        message = (
            f"traffic would never cut over: {needed} appliances must be healthy, there are {count}"
        )
        at = ("cutover", "min_healthy_appliances")
        yield Problem("too-few-appliances", at, message, about_absence=True)


def health_check(topology: Topology) -> Iterator[Problem]:
    """Some fields are for HTTP alone (GWLB API, CreateServerGroup, HealthCheckConfig)."""
    path: YamlPath = ("gateway_load_balancer", "health_check")
    check = topology.gateway_load_balancer.health_check
    if not check.enabled:
        message = "without a health check a failed appliance is not detected"
        hint = "it keeps its share of the traffic"
        yield Problem("no-health-check", (*path, "enabled"), message, hint, severity="warning")
    yield from _http_only(check, path) if check.protocol != "HTTP" else _http(check, path)


def _http_only(check: HealthCheck, path: YamlPath) -> Iterator[Problem]:
    for field in _HTTP_ONLY:
        if field in check.model_fields_set:
            message = f"{quote(field)} is for HTTP checks, and this one is {check.protocol}"
            hint = "`protocol: HTTP`, or leave it out"
            yield Problem("http-only", (*path, field), message, hint, at_key=True)


def _http(check: HealthCheck, path: YamlPath) -> Iterator[Problem]:
    if check.path is not None and not _PATH.fullmatch(check.path):
        message = f"{quote(check.path)} can't be the path of a health check"
        hint = "1 to 80 letters, digits and characters that a URL has, a slash first"
        yield Problem("health-check", (*path, "path"), message, hint)
    if check.domain is not None and not _DOMAIN.fullmatch(check.domain):
        message = f"{quote(check.domain)} can't be the domain of a health check"
        hint = "a domain of 1 to 80 letters, digits, hyphens and dots, one at least, or $SERVER_IP"
        yield Problem("health-check", (*path, "domain"), message, hint)


def idle_timeout(topology: Topology) -> Iterator[Problem]:
    """The idle time-out is fixed for all schedulers but one."""
    balancer = topology.gateway_load_balancer
    if balancer.tcp_idle_timeout_s != DEFAULT_IDLE_TIMEOUT and balancer.scheduler != "5TCH":
        message = f"with {balancer.scheduler} the idle time-out is {DEFAULT_IDLE_TIMEOUT} s"
        at = ("gateway_load_balancer", "tcp_idle_timeout_s")
        yield Problem("idle-timeout", at, message, "only 5TCH takes another value")
