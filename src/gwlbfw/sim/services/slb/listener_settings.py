"""Settings of a Classic Load Balancer's listeners: what each protocol takes, and how it reads.

Source: the request models of CreateLoadBalancerTCPListener and its kin, and the response model of
DescribeLoadBalancerListeners (alibabacloud_slb20140515 3.3.31).
"""

from collections.abc import Mapping

from gwlbfw.sim.services.request import Request
from gwlbfw.sim.wire import Json

_EVERY = (
    *("AclId", "AclStatus", "AclType", "Bandwidth", "Scheduler"),
    *("HealthCheckConnectPort", "HealthyThreshold", "UnhealthyThreshold"),
)
_TRANSPORT = (
    *("HealthCheckConnectTimeout", "HealthCheckSwitch", "healthCheckInterval"),
    "ProxyProtocolV2Enabled",
)
_FORWARDED = (
    *("XForwardedFor", "XForwardedFor_ClientSrcPort", "XForwardedFor_SLBID"),
    *("XForwardedFor_SLBIP", "XForwardedFor_SLBPORT", "XForwardedFor_proto"),
)
_APPLICATION = (
    *("Cookie", "CookieTimeout", "StickySession", "StickySessionType", "Gzip"),
    *("HealthCheck", "HealthCheckDomain", "HealthCheckHttpCode", "HealthCheckInterval"),
    *("HealthCheckMethod", "HealthCheckTimeout", "HealthCheckURI", "IdleTimeout"),
    *("RequestTimeout", *_FORWARDED),
)
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "tcp": (
        *(*_EVERY, *_TRANSPORT, "ConnectionDrain", "ConnectionDrainTimeout"),
        *("EstablishedTimeout", "PersistenceTimeout", "HealthCheckDomain"),
        *("HealthCheckHttpCode", "HealthCheckType", "HealthCheckURI"),
    ),
    "udp": (*_EVERY, *_TRANSPORT, "healthCheckExp", "healthCheckReq"),
    "http": (*_EVERY, *_APPLICATION),
    "https": (
        *(*_EVERY, *_APPLICATION, "CACertificateId", "EnableHttp2"),
        *("ServerCertificateId", "TLSCipherPolicy"),
    ),
}
"""The parameters of each protocol's listeners that are kept as they are given."""
NOT_SIMULATED: Mapping[str, tuple[str, ...]] = {
    "tcp": ("VServerGroupId", "MasterSlaveServerGroupId"),
    "udp": ("VServerGroupId", "MasterSlaveServerGroupId"),
    "http": ("VServerGroupId", "ListenerForward", "ForwardPort"),
    "https": ("VServerGroupId",),
}
_NUMBERS = frozenset(
    {
        *("ConnectionDrainTimeout", "CookieTimeout", "EstablishedTimeout", "ForwardPort"),
        *("HealthCheckConnectPort", "HealthCheckConnectTimeout", "HealthCheckInterval"),
        *("HealthCheckTimeout", "HealthyThreshold", "IdleTimeout", "PersistenceTimeout"),
        *("RequestTimeout", "UnhealthyThreshold"),
    }
)
_READ_AS = {
    "HealthCheckSwitch": "HealthCheck",
    "healthCheckInterval": "HealthCheckInterval",
    "healthCheckExp": "HealthCheckExp",
    "healthCheckReq": "HealthCheckReq",
}
_CERTIFICATE_FIELDS = tuple(
    f"XForwardedFor_ClientCert{each}"
    for each in ("ClientVerify", "Fingerprint", "IssuerDN", "SubjectDN")
)
_READ_ALONE: Mapping[str, tuple[str, ...]] = {
    "tcp": ("HealthCheckMethod", "MasterSlaveServerGroupId"),
    "udp": ("ConnectionDrain", "ConnectionDrainTimeout", "MasterSlaveServerGroupId"),
    "http": ("ForwardPort", "ListenerForward", "HealthCheckHttpVersion", "HealthCheckType"),
    "https": ("HealthCheckHttpVersion", "HealthCheckType", *_CERTIFICATE_FIELDS),
}
"""What replies have beside the parameters."""
_OF_LISTENER = ("AclId", "AclStatus", "AclType", "Bandwidth", "Scheduler")
"""What replies have of every listener, outside of its configuration."""
_LEAST = -520
"""HealthCheckConnectPort for the port of the server itself."""


def requested_settings(request: Request, protocol: str) -> Mapping[str, str]:
    """The settings that a call gives."""
    given = {name: text for name in SETTINGS[protocol] if (text := request.text(name))}
    for name in given:
        if _READ_AS.get(name, name) in _NUMBERS:
            request.number(name, 0, _LEAST)
    return given


def configurations(protocol: str, settings: Mapping[str, str]) -> dict[str, Json]:
    """The configuration of each protocol, of which all but the listener's own are empty."""
    return {
        f"{each.upper()}ListenerConfig": _configuration(each, settings if each == protocol else {})
        for each in SETTINGS
    }


def _configuration(protocol: str, settings: Mapping[str, str]) -> Json:
    given = {_READ_AS.get(name, name): text for name, text in settings.items()}
    names = {_READ_AS.get(name, name) for name in SETTINGS[protocol]} - set(_OF_LISTENER)
    return {
        name: int(given.get(name, "0")) if name in _NUMBERS else given.get(name, "")
        for name in sorted(names | set(_READ_ALONE[protocol]))
    }
