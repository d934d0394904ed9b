"""From what `--state` says to a store."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from gwlbfw.cloud.sdk.access_keys import Keys
from gwlbfw.cloud.sdk.credentials import default_source
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.oss import Location, OssBackend
from gwlbfw.state.store import Store

ENDPOINT_VARIABLE = "GWLBFW_OSS_ENDPOINT"


def open_store(
    state: Path | str,
    region: str,
    utc: Callable[[], datetime],
    *,
    endpoint_url: str | None,
    keys: Keys | None,
    profile: str | None,
    environment: Mapping[str, str],
) -> Store:
    """The store in a folder, or at an `oss://bucket/prefix` with the credentials of the APIs.

    OSS is asked at GWLBFW_OSS_ENDPOINT, else where the APIs are (`endpoint_url`), else in the
    region. Raises StateError for an URL that names no such place.
    """
    if not str(state).startswith("oss:"):
        return Store(LocalBackend(Path(state)), utc)
    endpoint = environment.get(ENDPOINT_VARIABLE) or endpoint_url
    source = default_source(
        keys, profile, endpoint_given=endpoint is not None, environment=environment
    )
    backend: StateBackend = OssBackend(Location.parse(str(state)), region, source, endpoint)
    return Store(backend, utc)
