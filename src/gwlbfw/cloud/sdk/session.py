# ruff: noqa: ANN401 - the vendor's packages carry no types
"""The HTTP sessions of the SDK, guarded: no redirects, replies of a bounded size and time.

The SDK follows redirects, with the session's token in the headers and user data in the query, and
reads whatever comes to its end. It heeds HTTP_PROXY but not NO_PROXY.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gwlbfw.cloud.sdk.vendor import vendor_module

MAX_REPLY_BYTES = 100 * 1024 * 1024
"""The largest reply, decoded: the longest list of a region has some megabytes."""
_CHUNK = 64 * 1024
_HEEDED = ("http", "https")
"""The schemes of the proxies that the SDK takes from the environment: not `all`."""


@dataclass(frozen=True)
class Guard:
    """What the replies of a server are held to."""

    total_s: float
    """Seconds from the request to the end of the reply."""
    bypasses_proxies: bool = False
    now: Callable[[], float] = time.monotonic


def guard_session(protocol: str, host: str, pool_size: int, guard: Guard) -> None:
    """Hold the SDK's calls to `host`, and no other call of this process, to a guard.

    The SDK keeps one session per protocol, host and pool size; this one's adapter is replaced.
    """
    core = vendor_module("darabonba.core").DaraCore
    # As composed in DaraCore.do_action, where every request's port is 80.
    key = f"{protocol}://{host}:80:pool={pool_size}"
    session = _session(core, key, protocol, pool_size)
    prefix = f"{protocol}://"
    present = session.get_adapter(prefix)
    session.mount(prefix, _guarded(getattr(present, "guarded", present), guard))


def _session(core: Any, key: str, protocol: str, pool_size: int) -> Any:
    """The SDK's session; for plain HTTP without TLS settings.

    The SDK makes them for every session, of all authorities that the system trusts: 40 ms each.
    """
    if protocol == "http" and key not in core._sessions:  # noqa: SLF001
        requests = vendor_module("requests")
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=pool_size))
        core._sessions[key] = session  # noqa: SLF001
    return core._get_session(session_key=key, protocol=protocol, pool_size=pool_size)  # noqa: SLF001


def is_in_no_proxy(url: str) -> bool:
    """True if NO_PROXY names the URL's host."""
    return bool(vendor_module("requests.utils").should_bypass_proxies(url, no_proxy=None))


def proxy_of(url: str) -> str:
    """Host and port of the proxy to a URL, without user and password; empty if there is none."""
    utils = vendor_module("requests.utils")
    heeded = {name: value for name, value in utils.getproxies().items() if name in _HEEDED}
    proxy = utils.select_proxy(url, heeded) or ""
    return urlsplit(proxy if "://" in proxy else f"//{proxy}").netloc.rpartition("@")[2]


class Unusable(Exception):
    """A reply that is no answer of the API, whatever it says."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        """The HTTP status; 0 where that is not what is wrong."""


def _guarded(adapter: Any, guard: Guard) -> Any:
    base: Any = vendor_module("requests.adapters").BaseAdapter

    class GuardedAdapter(base):  # type: ignore[misc]
        """The present adapter, guarded."""

        guarded = adapter

        def send(self, request: Any, **options: Any) -> Any:
            if guard.bypasses_proxies:
                options["proxies"] = None
            end = guard.now() + guard.total_s
            response = adapter.send(request, **options)
            try:
                _read(response, guard, end)
            except BaseException:
                response.close()
                raise
            return response

        def close(self) -> None:
            adapter.close()

    return GuardedAdapter()


def _read(response: Any, guard: Guard, end: float) -> None:
    """Read a reply to its end. Raises Unusable for one that is no answer of the API."""
    status = response.status_code
    if 300 <= status < 400:
        raise Unusable(f"HTTP {status}, a redirect, which is not followed", status)
    chunks: list[bytes] = []
    size = 0
    for chunk in _chunks(response):
        size += len(chunk)
        if size > MAX_REPLY_BYTES:
            raise Unusable(f"the answer is longer than {MAX_REPLY_BYTES >> 20} MB")
        if guard.now() > end:
            raise Unusable(f"the answer was not complete within {guard.total_s:g} s")
        chunks.append(chunk)
    content = b"".join(chunks)
    if status >= 400 and not content.lstrip()[:1] == b"{":
        raise Unusable(f"HTTP {status} without an error code", status)
    response._content = content  # noqa: SLF001 - what `content` gives once all is read


def _chunks(response: Any) -> Iterator[bytes]:
    """The decoded content, as it comes in: one piece each time that something is there."""
    broken = vendor_module("urllib3.exceptions").HTTPError
    read = getattr(response.raw, "read1", None)
    if read is None:  # an older urllib3 waits for the whole piece
        yield from response.iter_content(_CHUNK)
        return
    try:
        while chunk := read(_CHUNK, decode_content=True):
            yield chunk
    except broken as problem:
        raise vendor_module("requests.exceptions").ConnectionError(problem) from problem
