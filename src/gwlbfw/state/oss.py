# ruff: noqa: ANN401 - the vendor's package carries no types
"""A backend in an OSS bucket, on the vendor's OSS SDK, which is imported when first needed.

The bucket must not be versioned: there x-oss-forbid-overwrite, which makes the lock exclusive, is
said to have no effect (OSS API, PutObject).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gwlbfw.cloud.endpoint import Endpoint
from gwlbfw.cloud.sdk.access_keys import CredentialsSource
from gwlbfw.errors import GwlbfwError, StateError

_URL = re.compile(r"oss://([a-z0-9][a-z0-9-]{1,61}[a-z0-9])(?:/([A-Za-z0-9._/-]*))?")
_NOT_THERE = "NoSuchKey"
_TAKEN = "FileAlreadyExists"


ATTEMPTS = 5
"""How often a request is sent until it is given up: three seconds, if nobody answers at once."""
CONNECT_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Location:
    """A bucket, and what the names in it begin with."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, url: str) -> "Location":
        """The location of an `oss://bucket/prefix`. Raises StateError."""
        found = _URL.fullmatch(url)
        if found is None:
            shown = repr(url) if "@" not in url else "what holds an `@`"  # keys come by another way
            raise StateError(
                f"{shown} is no place for the state", hint="write it as oss://BUCKET/PREFIX"
            )
        prefix = (found[2] or "").strip("/")
        return cls(found[1], f"{prefix}/" if prefix else "")


class OssBackend:
    """Keeps contents as objects of one bucket."""

    def __init__(
        self,
        location: Location,
        region: str,
        source: CredentialsSource,
        endpoint: str | None = None,
        *,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._location = location
        self._region, self._source = region, source
        self._endpoint = Endpoint.parse(endpoint) if endpoint else None
        self._attempts = attempts
        self._made: Any = None

    def where(self, name: str) -> str:
        return f"oss://{self._location.bucket}/{self._location.prefix}{name}"

    def read(self, name: str) -> bytes | None:
        def get() -> bytes:
            return bytes(self._client.get_object(self._request("GetObject", name)).body.content)

        found = self._do("read", name, get, otherwise=_NOT_THERE)
        return found if isinstance(found, bytes) else None

    def write(self, name: str, content: bytes) -> None:
        request = self._request("PutObject", name, body=content)
        self._do("write", name, lambda: self._client.put_object(request))

    def create(self, name: str, content: bytes) -> bool:
        request = self._request("PutObject", name, body=content, forbid_overwrite=True)

        def put() -> bool:
            self._client.put_object(request)
            return True

        # The SDK repeats a put whose answer was lost, and then finds the name taken: by itself.
        return self._do("write", name, put, otherwise=_TAKEN) is True

    def append(self, name: str, added: bytes, whole: bytes, *, durable: bool) -> None:
        del added
        if durable:
            self.write(name, whole)

    def delete(self, name: str) -> None:
        request = self._request("DeleteObject", name)
        self._do("remove", name, lambda: self._client.delete_object(request))

    def names(self, prefix: str) -> list[str]:
        start = f"{self._location.prefix}{prefix}"
        found = self._do("read", "", lambda: self._keys(start))
        keys = found if isinstance(found, list) else []
        return sorted(str(each)[len(self._location.prefix) :] for each in keys)

    def _keys(self, prefix: str) -> list[str]:
        keys: list[str] = []
        token = None
        while True:
            page = self._client.list_objects_v2(
                self._sdk.ListObjectsV2Request(
                    bucket=self._location.bucket, prefix=prefix, continuation_token=token
                )
            )
            keys += [each.key for each in page.contents or ()]
            if not page.is_truncated or token == page.next_continuation_token:
                return keys
            token = page.next_continuation_token

    def _request(self, action: str, name: str, **params: Any) -> Any:
        make = getattr(self._sdk, f"{action}Request")
        return make(bucket=self._location.bucket, key=self._location.prefix + name, **params)

    @property
    def _sdk(self) -> Any:
        try:
            return import_module("alibabacloud_oss_v2")
        except ImportError as problem:
            raise StateError(
                f"the state {self.where('')} needs the vendor's OSS SDK, which is not installed",
                hint="install it with: pip install 'gwlbfw[oss]'",
            ) from problem

    @property
    def _client(self) -> Any:
        if self._made is None:
            self._made = self._sdk.Client(self._config())
        return self._made

    def _config(self) -> Any:
        sdk = self._sdk
        config = sdk.config.load_default()
        config.region = self._region
        config.credentials_provider = sdk.credentials.CredentialsProviderFunc(self._credentials)
        config.retry_max_attempts = self._attempts
        config.connect_timeout = CONNECT_TIMEOUT_S
        if self._endpoint is not None:
            config.endpoint, config.use_path_style = str(self._endpoint), True
            if self._endpoint.is_loopback:
                config.http_client = _past_proxies(sdk)
        return config

    def _credentials(self) -> Any:
        keys = self._source.get_credential()
        return self._sdk.credentials.Credentials(
            keys.access_key_id, keys.access_key_secret, keys.security_token
        )

    def _do(
        self, verb: str, name: str, work: Callable[[], object], *, otherwise: str = ""
    ) -> object:
        """What the work gives; None where OSS refuses it with the code `otherwise`."""
        errors = import_module(f"{self._sdk.__name__}.exceptions")
        try:
            return work()
        except errors.BaseError as problem:
            cause = _cause(problem)
            if otherwise and getattr(cause, "code", None) == otherwise:
                return None
            ours = self._refused(verb, name, cause)
        # Outside the handler: the SDK's exceptions hold the signed request.
        raise ours

    def _refused(self, verb: str, name: str, cause: BaseException) -> GwlbfwError:
        if isinstance(cause, GwlbfwError):
            return cause  # our own credentials source failed inside the SDK
        code = getattr(cause, "code", None)
        if code:
            said = f"{code}: {getattr(cause, 'message', '')} (RequestId {cause.request_id})"  # type: ignore[attr-defined]
        else:
            said = f"no answer from OSS ({type(cause).__name__})"
        return StateError(f"can't {verb} {self.where(name)}: {said}", hint=_ADVICE.get(code or ""))


_ADVICE = {
    "NoSuchBucket": "make the bucket first, without versioning, in the topology's region",
    "AccessDenied": "allow oss:GetObject, oss:PutObject, oss:DeleteObject and oss:ListObjects",
    "InvalidBucketName": "write the state as oss://BUCKET/PREFIX",
    "": "see that the network and the endpoint work, and run the command again",
}


def _cause(problem: BaseException) -> BaseException:
    """What the SDK's errors are wrapped around."""
    inner = getattr(problem, "kwargs", {}).get("error")
    return _cause(inner) if isinstance(inner, BaseException) else problem


def _past_proxies(sdk: Any) -> Any:
    """A client of the SDK that heeds no proxy of the environment: loopback is nobody else's."""
    session = import_module("requests").Session()
    session.trust_env = False
    transport = import_module(f"{sdk.__name__}.transport")
    return transport.RequestsHttpClient(session=session)
