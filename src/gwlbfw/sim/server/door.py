"""Whom the server answers: no page of a browser, under whatever name it calls.

A page of another site can send a browser to any port of this machine, and by a name of its own
that resolves to the loopback address (DNS rebinding) it could read the answers too. A browser says
where a request comes from in `Origin` and `Sec-Fetch-Site` (Fetch Metadata), which no page can
change or leave out; programs send neither.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from gwlbfw.sim.server.binding import Binding

_OWN_SITE = ("same-origin", "none")
"""What a browser says of a request by the server's own pages, or by its user."""


def objection(binding: Binding, headers: Mapping[str, str]) -> str | None:
    """Why a request with these headers is refused, at any path; None where nothing is wrong."""
    host = headers.get("Host", "")
    if not binding.allows(host):
        return "the Host is neither loopback nor allowed by --allow-host"
    origin = headers.get("Origin")
    if origin is not None and not _is_of(host, origin):
        return "the request comes from a page of another origin"
    if headers.get("Sec-Fetch-Site", "none").strip().lower() not in _OWN_SITE:
        return "the request comes from a page of another site"
    return None


def _is_of(host: str, origin: str) -> bool:
    """True if an origin is that of this Host; `null` is nobody's."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False
