# ruff: noqa: ANN401 - the vendor's packages carry no types
"""Connections past every proxy: the SDK heeds HTTP_PROXY but not NO_PROXY."""

from importlib import import_module
from typing import Any


def bypass_proxies(protocol: str, host: str, pool_size: int) -> None:
    """Make the SDK's calls to `host`, and no other call of this process, bypass every proxy.

    The SDK keeps one session per protocol, host and pool size, and asks it to use the proxies of
    the environment. This one's adapter leaves them out.
    """
    core = import_module("darabonba.core").DaraCore
    # As composed in DaraCore.do_action, where every request's port is 80.
    key = f"{protocol}://{host}:80:pool={pool_size}"
    session = _session(core, key, protocol, pool_size)
    prefix = f"{protocol}://"
    present = session.get_adapter(prefix)
    if not getattr(present, "bypasses_proxies", False):
        session.mount(prefix, _proxyless(present))


def _session(core: Any, key: str, protocol: str, pool_size: int) -> Any:
    """The SDK's session; for plain HTTP without TLS settings.

    The SDK makes them for every session, of all authorities that the system trusts: 40 ms each.
    """
    if protocol == "http" and key not in core._sessions:  # noqa: SLF001
        requests = import_module("requests")
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=pool_size))
        core._sessions[key] = session  # noqa: SLF001
    return core._get_session(session_key=key, protocol=protocol, pool_size=pool_size)  # noqa: SLF001


def is_in_no_proxy(url: str) -> bool:
    """True if NO_PROXY names the URL's host."""
    return bool(import_module("requests.utils").should_bypass_proxies(url, no_proxy=None))


def _proxyless(adapter: Any) -> Any:
    base: Any = import_module("requests.adapters").BaseAdapter

    class ProxylessAdapter(base):  # type: ignore[misc]
        """The present adapter, without proxies."""

        bypasses_proxies = True

        def send(self, request: Any, **options: Any) -> Any:
            return adapter.send(request, **{**options, "proxies": None})

        def close(self) -> None:
            adapter.close()

    return ProxylessAdapter()
