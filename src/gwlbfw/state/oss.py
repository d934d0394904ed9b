# ruff: noqa: ANN401 - the vendor's package carries no types
"""The state backend in an OSS bucket, on the vendor's OSS SDK, imported when first needed.

The bucket must never have been versioned: where versioning is enabled or suspended,
x-oss-forbid-overwrite, which makes the lock exclusive, has no effect (OSS API, PutObject). So each
create is proven by a second one, which must be refused.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gwlbfw.cloud.endpoint import Endpoint
from gwlbfw.cloud.sdk.access_keys import CredentialsSource
from gwlbfw.cloud.sdk.credentials import default_source
from gwlbfw.errors import GwlbfwError, StateError
from gwlbfw.state.backend import BackendSettings

ENDPOINT_VARIABLE = "GWLBFW_OSS_ENDPOINT"
_URL = re.compile(r"oss://([a-z0-9][a-z0-9-]{1,61}[a-z0-9])(?:/([A-Za-z0-9._/-]*))?")
_NO_SUCH_KEY = "NoSuchKey"
_ALREADY_EXISTS = "FileAlreadyExists"


ATTEMPTS = 5
"""Attempts before a request fails: three seconds, where connections are refused."""


@dataclass(frozen=True)
class BucketPrefix:
    """A bucket, and the prefix of every name in it; empty, or with a slash at its end."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, url: str) -> "BucketPrefix":
        """The bucket and prefix of an `oss://BUCKET/PREFIX`. Raises StateError."""
        found = _URL.fullmatch(url)
        if found is None:
            shown = repr(url) if "@" not in url else "what holds an `@`"  # it may hold a key
            raise StateError(
                f"{shown} is no place for the state", hint="write it as oss://BUCKET/PREFIX"
            )
        prefix = (found[2] or "").strip("/")
        return cls(found[1], f"{prefix}/" if prefix else "")


def open_oss_backend(url: str, settings: BackendSettings) -> "OssBackend":
    """The backend at an `oss://BUCKET/PREFIX`, with the credentials of the APIs.

    Its endpoint is GWLBFW_OSS_ENDPOINT, else the server that speaks the APIs, else the region's.
    Raises StateError for an URL that names no bucket.
    """
    variable = settings.credentials.environment.get(ENDPOINT_VARIABLE)
    endpoint = variable or settings.endpoint_url
    source = default_source(settings.credentials, endpoint_given=endpoint is not None)
    root, times = BucketPrefix.parse(url), settings.timeouts_s
    return OssBackend(root, settings.region, source, endpoint, timeouts_s=times)


class OssBackend:
    """Stores contents as the objects of one bucket."""

    def __init__(
        self,
        root: BucketPrefix,
        region: str,
        source: CredentialsSource,
        endpoint: str | None = None,
        *,
        attempts: int = ATTEMPTS,
        timeouts_s: tuple[float, float] = BackendSettings.timeouts_s,
    ) -> None:
        self._root = root
        self._region, self._source = region, source
        self._endpoint = Endpoint.parse(endpoint) if endpoint else None
        self._attempts, self._timeouts_s = attempts, timeouts_s
        self._cached_client: Any = None

    def location(self, name: str) -> str:
        return f"oss://{self._root.bucket}/{self._root.prefix}{name}"

    def read(self, name: str) -> bytes | None:
        def get() -> bytes:
            return bytes(
                self._client.get_object(self._build_request("GetObject", name)).body.content
            )

        found = self._request("read", name, get, none_for=_NO_SUCH_KEY)
        return found if isinstance(found, bytes) else None

    def write(self, name: str, content: bytes) -> None:
        request = self._build_request("PutObject", name, body=content)
        self._request("write", name, lambda: self._client.put_object(request))

    def create(self, name: str, content: bytes) -> bool:
        # The SDK repeats a put whose answer was lost, and then finds the name taken: by itself.
        if not self._put_new(name, content):
            return False
        try:
            if self._put_new(name, content):
                raise self._not_exclusive()
        except GwlbfwError:
            with suppress(GwlbfwError):
                self.delete(name)
            raise
        return True

    def _put_new(self, name: str, content: bytes) -> bool:
        """Put an object unless the name is taken; True if it was put."""
        request = self._build_request("PutObject", name, body=content, forbid_overwrite=True)

        def put() -> bool:
            self._client.put_object(request)
            return True

        return self._request("write", name, put, none_for=_ALREADY_EXISTS) is True

    def _not_exclusive(self) -> StateError:
        return StateError(
            f"the bucket {self._root.bucket} can't hold a lock: it took one name twice, though "
            "overwriting was forbidden, as a bucket does whose versioning is enabled or suspended",
            hint="give the state a bucket of its own that was never versioned",
        )

    def append(self, name: str, added: bytes, whole: bytes, *, durable: bool) -> None:
        del added
        if durable:
            self.write(name, whole)

    def delete(self, name: str) -> None:
        request = self._build_request("DeleteObject", name)
        self._request("remove", name, lambda: self._client.delete_object(request))

    def list_names(self, prefix: str) -> list[str]:
        start = f"{self._root.prefix}{prefix}"
        found = self._request("read", "", lambda: self._list_keys(start))
        keys = found if isinstance(found, list) else []
        return sorted(str(each)[len(self._root.prefix) :] for each in keys)

    def _list_keys(self, prefix: str) -> list[str]:
        keys: list[str] = []
        token = None
        while True:
            page = self._client.list_objects_v2(
                self._sdk.ListObjectsV2Request(
                    bucket=self._root.bucket, prefix=prefix, continuation_token=token
                )
            )
            keys += [each.key for each in page.contents or ()]
            if not page.is_truncated or token == page.next_continuation_token:
                return keys
            token = page.next_continuation_token

    def _build_request(self, action: str, name: str, **params: Any) -> Any:
        make = getattr(self._sdk, f"{action}Request")
        return make(bucket=self._root.bucket, key=self._root.prefix + name, **params)

    @property
    def _sdk(self) -> Any:
        try:
            return import_module("alibabacloud_oss_v2")
        except ImportError as problem:
            raise StateError(
                f"the state {self.location('')} needs the vendor's OSS SDK, which is not installed",
                hint="install it with: pip install 'gwlbfw[oss]'",
            ) from problem

    @property
    def _client(self) -> Any:
        if self._cached_client is None:
            self._cached_client = self._sdk.Client(self._config())
        return self._cached_client

    def _config(self) -> Any:
        sdk = self._sdk
        config = sdk.config.load_default()
        config.region = self._region
        config.credentials_provider = sdk.credentials.CredentialsProviderFunc(self._credentials)
        config.retry_max_attempts = self._attempts
        config.connect_timeout, config.readwrite_timeout = self._timeouts_s
        if self._endpoint is not None:
            config.endpoint, config.use_path_style = str(self._endpoint), True
            if self._endpoint.is_loopback:
                config.http_client = _proxyless_client(sdk, *self._timeouts_s)
        return config

    def _credentials(self) -> Any:
        keys = self._source.get_credential()
        return self._sdk.credentials.Credentials(
            keys.access_key_id, keys.access_key_secret, keys.security_token
        )

    def _request(
        self, verb: str, name: str, send: Callable[[], object], *, none_for: str = ""
    ) -> object:
        """The result of a request; None where OSS refuses it with the code `none_for`."""
        errors = import_module(f"{self._sdk.__name__}.exceptions")
        try:
            return send()
        except errors.BaseError as problem:
            cause = _cause(problem)
            if none_for and getattr(cause, "code", None) == none_for:
                return None
            translated = self._error(verb, name, cause)
        # Outside the handler: the SDK's exceptions hold the signed request.
        raise translated

    def _error(self, verb: str, name: str, cause: BaseException) -> GwlbfwError:
        if isinstance(cause, GwlbfwError):
            return cause  # our own credentials source failed inside the SDK
        code = getattr(cause, "code", None)
        if code:
            reason = f"{code}: {getattr(cause, 'message', '')} (RequestId {cause.request_id})"  # type: ignore[attr-defined]
        else:
            host = self._endpoint or f"oss-{self._region}.aliyuncs.com"
            reason = f"no answer from OSS at {host} ({type(cause).__name__})"
        return StateError(
            f"can't {verb} {self.location(name)}: {reason}", hint=_ADVICE.get(code or "")
        )


_ADVICE = {
    "NoSuchBucket": "make the bucket first, without versioning, in the topology's region",
    "AccessDenied": "allow oss:GetObject, oss:PutObject, oss:DeleteObject and oss:ListObjects",
    "InvalidBucketName": "write the state as oss://BUCKET/PREFIX",
    "": "see that the network and the endpoint work, and run the command again",
}


def _cause(problem: BaseException) -> BaseException:
    """The innermost error that the SDK's error wraps."""
    inner = getattr(problem, "kwargs", {}).get("error")
    return _cause(inner) if isinstance(inner, BaseException) else problem


def _proxyless_client(sdk: Any, connect_s: float, read_s: float) -> Any:
    """An HTTP client for the SDK that ignores the environment's proxies, for a loopback server."""
    session = import_module("requests").Session()
    session.trust_env = False
    transport = import_module(f"{sdk.__name__}.transport")
    return transport.RequestsHttpClient(
        session=session, connect_timeout=connect_s, readwrite_timeout=read_s
    )
