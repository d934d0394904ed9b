# ruff: noqa: ANN401 - the vendor's packages carry no types
"""Calls through the vendor's typed clients, synchronous: the caller has the threads."""

import json
import os
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import import_module, metadata
from typing import Any

from gwlbfw.cloud.endpoint import Endpoint
from gwlbfw.cloud.sdk.access_keys import CredentialsSource, Keys
from gwlbfw.cloud.sdk.credential_chain import profile_source
from gwlbfw.cloud.sdk.credentials import AccountAccess, AssumedRole, Session, default_source
from gwlbfw.cloud.sdk.error_reply import (
    NOT_THE_FORM,
    sdk_exceptions,
    secret_values,
    translate_error,
)
from gwlbfw.cloud.sdk.no_proxy import bypass_proxies, is_in_no_proxy
from gwlbfw.cloud.sdk.typed import client_class, method_of, request_of
from gwlbfw.cloud.sdk.vendor_logging import silence_vendor_loggers
from gwlbfw.cloud.transport import BoundCall, Reply
from gwlbfw.errors import TransportError

POOL_SIZE = 40
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 10.0
STS_VERSION = "2015-04-01"
SESSION_SECONDS = 3600


def _now() -> datetime:
    return datetime.now(UTC)


class SdkTransport:
    """One client per product, account and region, made when first needed.

    `endpoint` is a URL that takes the place of every product's own address. `keys` or `profile`
    are the default account's credentials; without them the environment and the vendor's chain
    decide. `accounts` says how to reach the others. `timeouts_s` are for connect and read.
    """

    def __init__(  # noqa: PLR0913 - what it is made of is handed in
        self,
        region: str,
        endpoint: str | None = None,
        *,
        keys: Keys | None = None,
        profile: str | None = None,
        accounts: Mapping[str, AccountAccess] | None = None,
        timeouts_s: tuple[float, float] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        environment: Mapping[str, str] | None = None,
        utc: Callable[[], datetime] = _now,
    ) -> None:
        self._region = region
        self._endpoint = Endpoint.parse(endpoint) if endpoint else None
        self._environment = os.environ if environment is None else environment
        self._timeouts_ms = [int(each * 1000) for each in timeouts_s]
        self._utc = utc
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str, str], Any] = {}
        default = default_source(
            keys, profile, endpoint_given=endpoint is not None, environment=self._environment
        )
        self._sources: dict[str, CredentialsSource] = {"": default}
        for name, access in (accounts or {}).items():
            self._sources[name] = self._source(access)

    def send(self, call: BoundCall) -> Reply:
        """The reply; see `Transport`."""
        if call.product == "sts":  # none of the typed products
            return self.send_untyped(call, STS_VERSION)
        client = self._client(call.product, call.account, call.region or self._region)
        request = request_of(call)
        runtime = import_module("darabonba.runtime").RuntimeOptions()
        arguments = (runtime,) if request is None else (request, runtime)
        send = partial(method_of(client, call.action), *arguments)
        answer = self._answer(call.name, client, send, secret_values(call.params))
        if answer.body is None:
            raise TransportError(call.name, _address(client), NOT_THE_FORM)
        body = answer.body.to_map()
        if not _is_text(body):
            raise TransportError(call.name, _address(client), NOT_THE_FORM)
        return Reply(body, str(body.get("RequestId") or ""))

    def send_untyped(self, call: BoundCall, version: str) -> Reply:
        """Send any action of any RPC API; parameters are flat, and the answer is whole.

        For looking at things by hand: no typed model stands in between that could refuse or drop
        anything.
        """
        region = call.region or self._region
        key = (f"{call.product} as is", call.account, region)
        kind = import_module("alibabacloud_tea_openapi.client").Client
        with self._lock:
            if key not in self._clients:
                host = f"{call.product}.{region}.aliyuncs.com"
                source = self._sources[call.account]
                self._clients[key] = self._new_client(kind, source, region, host)
            client = self._clients[key]
        send = partial(_send_rpc, client, call.action, version, call.params)
        body = self._answer(call.name, client, send, secret_values(call.params))["body"]
        if not isinstance(body, Mapping):
            raise TransportError(call.name, _address(client), NOT_THE_FORM)
        return Reply(body, str(body.get("RequestId") or ""))

    def client(self, product: str, region: str) -> Any:
        """The vendor's typed client of a product in the default account, set up as for `send`."""
        return self._client(product, "", region)

    def _answer(
        self, action: str, client: Any, send: Callable[[], Any], secrets: Collection[str]
    ) -> Any:
        try:
            return send()
        except sdk_exceptions() as error:
            ours = translate_error(action, _address(client), error, secrets)
        except (AttributeError, TypeError):
            # The SDK takes answers and errors apart without a look at their form.
            ours = TransportError(action, _address(client), NOT_THE_FORM)
        # Outside the handler: the SDK's exception holds the signed request.
        raise ours

    def _client(self, product: str, account: str, region: str) -> Any:
        with self._lock:
            key = (product, account, region)
            if key not in self._clients:
                self._clients[key] = self._new_client(
                    client_class(product), self._sources[account], region
                )
            return self._clients[key]

    def _new_client(
        self, kind: Any, source: CredentialsSource, region: str, host: str | None = None
    ) -> Any:
        client = kind(self._config(source, region, host))
        silence_vendor_loggers()
        protocol = self._endpoint.scheme if self._endpoint else "https"
        address = _address(client)
        here = self._endpoint is not None and self._endpoint.is_loopback
        if here or is_in_no_proxy(f"{protocol}://{address}/"):
            bypass_proxies(protocol, address, POOL_SIZE)
        return client

    def _config(self, source: CredentialsSource, region: str, host: str | None) -> Any:
        models = import_module("alibabacloud_tea_openapi.utils_models")
        connect_ms, read_ms = self._timeouts_ms
        return models.Config(
            credential=source,
            region_id=region,
            endpoint=self._endpoint.authority if self._endpoint else host,
            protocol=self._endpoint.scheme if self._endpoint else "https",
            connect_timeout=connect_ms,
            read_timeout=read_ms,
            max_idle_conns=POOL_SIZE,
            user_agent=f"gwlbfw/{metadata.version('gwlbfw')}",
            # GWLB's models have no RegionId; a server behind one URL needs it on every call.
            global_parameters=models.GlobalParameters(queries={"RegionId": region}),
        )

    def _source(self, access: AccountAccess) -> CredentialsSource:
        if access.profile:
            return profile_source(access.profile, self._environment)
        return AssumedRole(partial(self._assume, access), self._utc)

    def _assume(self, access: AccountAccess) -> Session:
        """STS API 2015-04-01, AssumeRole: not in the typed products, so by the generic client."""
        kind = import_module("alibabacloud_tea_openapi.client").Client
        host = f"sts.{self._region}.aliyuncs.com"
        client = self._new_client(kind, self._sources[""], self._region, host)
        try:
            send = partial(_assume_role, client, access)
            answer = self._answer(
                "sts:AssumeRole", client, send, secret_values({"ExternalId": access.external_id})
            )
        except TransportError as error:
            # The call that needs the session was not sent, and assuming a role again does no harm.
            raise TransportError(error.action, error.endpoint, error.reason, sent=False) from None
        return _session(answer, _address(client))


def _is_text(body: Mapping[str, Any]) -> bool:
    """Whether all of an answer can be written down: halves of characters can't."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _address(client: Any) -> str:
    """The host the client has settled on."""
    return str(client._endpoint)  # noqa: SLF001


def _send_rpc(client: Any, action: str, version: str, query: Mapping[str, Any]) -> Any:
    """One RPC call by the generic client."""
    models = import_module("alibabacloud_tea_openapi.utils_models")
    params = models.Params(
        action=action, version=version, protocol="HTTPS", pathname="/", method="POST",
        auth_type="AK", style="RPC", req_body_type="formData", body_type="json",
    )  # fmt: skip
    request = models.OpenApiRequest(query=dict(query))
    return client.call_api(params, request, import_module("darabonba.runtime").RuntimeOptions())


def _assume_role(client: Any, access: AccountAccess) -> Any:
    query = {
        "RoleArn": access.role_arn,
        "RoleSessionName": "gwlbfw",
        "DurationSeconds": str(SESSION_SECONDS),
    }
    if access.external_id:
        query["ExternalId"] = access.external_id
    return _send_rpc(client, "AssumeRole", STS_VERSION, query)


def _session(answer: Any, endpoint: str) -> Session:
    try:
        got = answer["body"]["Credentials"]
        keys = Keys(
            got["AccessKeyId"], got["AccessKeySecret"], got["SecurityToken"], "ram_role_arn"
        )
        return Session(keys, datetime.fromisoformat(got["Expiration"]))
    except (KeyError, TypeError, ValueError):
        pass
    raise TransportError("sts:AssumeRole", endpoint, "the answer holds no session", sent=False)
