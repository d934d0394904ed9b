"""The location of the state: from the value of `--state` to a store on its backend.

A new backend is one module like `local` or `oss`, and one entry in `BACKENDS`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from gwlbfw.state.backend import BackendSettings, StateBackend
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.lock import Notify
from gwlbfw.state.oss import open_oss_backend
from gwlbfw.state.store import Store

BACKENDS: Mapping[str, Callable[[str, BackendSettings], StateBackend]] = {"oss": open_oss_backend}
"""Openers of backends by the scheme of their URLs; anything else is the path of a folder."""


def open_store(
    location: Path | str,
    settings: BackendSettings,
    utc: Callable[[], datetime],
    notify: Notify = lambda _: None,
) -> Store:
    """The store in a folder or at an URL. Raises StateError for an URL that names no location."""
    scheme, colon, _ = str(location).partition(":")
    if colon and scheme in BACKENDS:
        return Store(BACKENDS[scheme](str(location), settings), utc, notify)
    return Store(LocalBackend(Path(location)), utc, notify)
