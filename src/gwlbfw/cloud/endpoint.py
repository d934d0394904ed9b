"""An endpoint URL: where calls go instead of the cloud's own addresses."""

import ipaddress
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import urlsplit

from gwlbfw.cloud.backoff import CLOUD_BACKOFF, LOOPBACK_BACKOFF, Backoff
from gwlbfw.errors import GwlbfwError


class EndpointError(GwlbfwError):
    """The endpoint URL can't be used."""

    code = "endpoint"
    hint = "write it as http://HOST:PORT, without a path"


@dataclass(frozen=True)
class Endpoint:
    """Scheme, host and port of a server that speaks the APIs."""

    scheme: Literal["http", "https"]
    host: str
    port: int | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        """The endpoint of a URL; signatures cover `/` only, so a path is refused."""
        if "@" in url:
            raise EndpointError("the endpoint URL holds an `@`, and so more than host and port")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise EndpointError(f"{url!r} is no endpoint URL: {error}") from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise EndpointError(f"{url!r} is no endpoint URL")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise EndpointError(
                f"the endpoint URL of {parts.hostname} holds more than host and port"
            )
        return cls("https" if parts.scheme == "https" else "http", parts.hostname, port)

    @property
    def authority(self) -> str:
        """Host and port as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """True if it is this machine, to which no call goes through a proxy."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def backoff_for(url: str | None) -> Backoff:
    """The backoff for an endpoint URL; None is the cloud itself."""
    return LOOPBACK_BACKOFF if url and Endpoint.parse(url).is_loopback else CLOUD_BACKOFF
