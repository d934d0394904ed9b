# ruff: noqa: ANN401 - the vendor's packages carry no types
"""Calls through the vendor's typed clients, synchronous: the caller has the threads."""

import json
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from importlib import metadata
from typing import Any

from gwlbfw.cloud.clock import SystemClock
from gwlbfw.cloud.endpoint import Endpoint
from gwlbfw.cloud.sdk.access_keys import CredentialsSource, Keys
from gwlbfw.cloud.sdk.credential_chain import profile_source
from gwlbfw.cloud.sdk.credentials import (
    AccountAccess,
    AssumedRole,
    CredentialSettings,
    Session,
    default_source,
)
from gwlbfw.cloud.sdk.error_reply import (
    NOT_THE_FORM,
    sdk_exceptions,
    secret_values,
    translate_error,
)
from gwlbfw.cloud.sdk.role_refusal import has_ended, role_refusal
from gwlbfw.cloud.sdk.session import Guard, guard_session, is_in_no_proxy, proxy_of
from gwlbfw.cloud.sdk.typed import client_class, method_of, request_of
from gwlbfw.cloud.sdk.vendor import vendor_module
from gwlbfw.cloud.sdk.vendor_logging import silence_vendor_loggers
from gwlbfw.cloud.transport import BoundCall, Reply
from gwlbfw.errors import CloudError, TransportError

POOL_SIZE = 40
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 10.0
STS_VERSION = "2015-04-01"
SLB_VERSION = "2014-05-15"
RAM_VERSION = "2015-05-01"
_UNTYPED = {"sts": STS_VERSION, "slb": SLB_VERSION, "ram": RAM_VERSION}
"""The versions of the products that are called without a typed client: a single action of each."""
_CENTRAL_SLB = frozenset(
    {
        "ap-southeast-1",
        "cn-beijing",
        "cn-beijing-finance-1",
        "cn-hangzhou",
        "cn-hangzhou-finance",
        "cn-hongkong",
        "cn-qingdao",
        "cn-shanghai",
        "cn-shanghai-finance-1",
        "cn-shenzhen",
        "cn-shenzhen-finance-1",
        "us-east-1",
        "us-west-1",
    }
)
"""Regions whose load balancers are at the product's one address (aliyun-openapi-python-sdk,
aliyunsdkslb/endpoint.py, which names the regional address for all others)."""
SESSION_SECONDS = 3600


class SdkTransport:
    """Sends calls with one client per product, account and region, made when first needed.

    `endpoint` is a URL that takes the place of every product's own address. `timeouts_s` are for
    connect and read; no call takes longer than both of them.
    """

    def __init__(
        self,
        region: str,
        endpoint: str | None = None,
        credentials: CredentialSettings | None = None,
        *,
        timeouts_s: tuple[float, float] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        utc: Callable[[], datetime] | None = None,
    ) -> None:
        self._region = region
        self._endpoint = Endpoint.parse(endpoint) if endpoint else None
        credentials = credentials or CredentialSettings()
        self._credentials = credentials
        self._timeouts_ms = [int(each * 1000) for each in timeouts_s]
        self._total_s = sum(timeouts_s)
        self._utc = utc or SystemClock().utc
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str, str], Any] = {}
        default = default_source(credentials, endpoint_given=endpoint is not None)
        self._sources: dict[str, CredentialsSource] = {"": default}
        for name, access in credentials.accounts.items():
            self._sources[name] = self._source(name, access)

    def send(self, call: BoundCall) -> Reply:
        """The reply. Raises CloudError, TransportError, CredentialsError.

        A role whose session the cloud says to have ended is assumed again, once.
        """
        source = self._sources[call.account]
        session = source.sessions if isinstance(source, AssumedRole) else 0
        try:
            return self._send(call)
        except CloudError as refusal:
            if not isinstance(source, AssumedRole) or not has_ended(refusal):
                raise
            source.forget(session or 1)  # the first call has just begun the first one
        return self._send(call)

    def _send(self, call: BoundCall) -> Reply:
        if (version := _UNTYPED.get(call.product)) is not None:
            return self.send_untyped(call, version)
        client = self._client(call.product, call.account, call.region or self._region)
        request = request_of(call)
        runtime = vendor_module("darabonba.runtime").RuntimeOptions()
        arguments = (runtime,) if request is None else (request, runtime)
        send = partial(method_of(client, call.action), *arguments)
        answer = self._call(call.name, client, send, secret_values(call.params))
        if answer.body is None:
            raise TransportError(call.name, _host(client), NOT_THE_FORM)
        body = answer.body.to_map()
        if not _is_encodable(body):
            raise TransportError(call.name, _host(client), NOT_THE_FORM)
        return Reply(body, str(body.get("RequestId") or ""))

    def send_untyped(self, call: BoundCall, version: str) -> Reply:
        """The reply of any action of any RPC API, without a typed model; parameters are flat.

        For calls by hand: a typed model might refuse a parameter, or drop a part of the reply.
        """
        region = call.region or self._region
        key = (f"{call.product} untyped", call.account, region)
        kind = vendor_module("alibabacloud_tea_openapi.client").Client
        with self._lock:
            if key not in self._clients:
                host = untyped_host(call.product, region)
                source = self._sources[call.account]
                self._clients[key] = self._new_client(kind, source, region, host)
            client = self._clients[key]
        send = partial(_send_rpc, client, call.action, version, call.params)
        body = self._call(call.name, client, send, secret_values(call.params))["body"]
        if not isinstance(body, Mapping):
            raise TransportError(call.name, _host(client), NOT_THE_FORM)
        return Reply(body, str(body.get("RequestId") or ""))

    def client(self, product: str, region: str) -> Any:
        """The vendor's typed client of a product in the default account, set up as for `send`."""
        return self._client(product, "", region)

    def _call(
        self, action: str, client: Any, send: Callable[[], Any], secrets: Collection[str]
    ) -> Any:
        try:
            return send()
        except sdk_exceptions() as error:
            ours = translate_error(action, self._way(client), error, secrets)
        except (AttributeError, TypeError):
            # The SDK takes answers and errors apart without a look at their form.
            ours = TransportError(action, self._way(client), NOT_THE_FORM)
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
        address = _host(client)
        guard = Guard(self._total_s, bypasses_proxies=not self._proxy(client))
        guard_session(protocol, address, POOL_SIZE, guard)
        return client

    def _proxy(self, client: Any) -> str:
        """The proxy by which the client reaches its server; empty if it needs none."""
        if self._endpoint is not None and self._endpoint.is_loopback:
            return ""
        protocol = self._endpoint.scheme if self._endpoint else "https"
        url = f"{protocol}://{_host(client)}/"
        return "" if is_in_no_proxy(url) else proxy_of(url)

    def _way(self, client: Any) -> str:
        """The server of a client, and the proxy on the way to it, for messages."""
        proxy = self._proxy(client)
        return f"{_host(client)} by way of the proxy {proxy}" if proxy else _host(client)

    def _config(self, source: CredentialsSource, region: str, host: str | None) -> Any:
        models = vendor_module("alibabacloud_tea_openapi.utils_models")
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

    def _source(self, account: str, access: AccountAccess) -> CredentialsSource:
        if access.profile:
            return profile_source(
                access.profile, self._credentials.environment, self._credentials.limit_s
            )
        return AssumedRole(partial(self._assume, account, access), self._utc)

    def _assume(self, account: str, access: AccountAccess) -> Session:
        """STS API 2015-04-01, AssumeRole: not in the typed products, so by the generic client."""
        kind = vendor_module("alibabacloud_tea_openapi.client").Client
        host = f"sts.{self._region}.aliyuncs.com"
        client = self._new_client(kind, self._sources[""], self._region, host)
        try:
            send = partial(_assume_role, client, access)
            answer = self._call(
                "sts:AssumeRole", client, send, secret_values({"ExternalId": access.external_id})
            )
        except TransportError as error:
            # The call that needs the session was not sent, and assuming a role again does no harm.
            raise TransportError(error.action, error.endpoint, error.reason, sent=False) from None
        except CloudError as error:
            raise role_refusal(error, account, access) from None
        return _session_of(answer, _host(client))


def _is_encodable(body: Mapping[str, Any]) -> bool:
    """True if all of a reply can be encoded as UTF-8: lone surrogates can't."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _host(client: Any) -> str:
    """The host that the client has chosen."""
    return str(client._endpoint)  # noqa: SLF001


def untyped_host(product: str, region: str) -> str:
    """The host of a product that has no typed client to choose it."""
    # RAM and Resource Manager have one address for all regions (endpoints of their APIs).
    central = product in ("ram", "resourcemanager") or (product == "slb" and region in _CENTRAL_SLB)
    return f"{product}.aliyuncs.com" if central else f"{product}.{region}.aliyuncs.com"


def _send_rpc(client: Any, action: str, version: str, query: Mapping[str, Any]) -> Any:
    """Send one RPC call with the generic client; its reply, unparsed."""
    models = vendor_module("alibabacloud_tea_openapi.utils_models")
    params = models.Params(
        action=action, version=version, protocol="HTTPS", pathname="/", method="POST",
        auth_type="AK", style="RPC", req_body_type="formData", body_type="json",
    )  # fmt: skip
    request = models.OpenApiRequest(query=dict(query))
    return client.call_api(params, request, vendor_module("darabonba.runtime").RuntimeOptions())


def _assume_role(client: Any, access: AccountAccess) -> Any:
    query = {
        "RoleArn": access.role_arn,
        "RoleSessionName": "gwlbfw",
        "DurationSeconds": str(SESSION_SECONDS),
    }
    if access.external_id:
        query["ExternalId"] = access.external_id
    return _send_rpc(client, "AssumeRole", STS_VERSION, query)


def _session_of(answer: Any, endpoint: str) -> Session:
    try:
        got = answer["body"]["Credentials"]
        keys = Keys(
            got["AccessKeyId"], got["AccessKeySecret"], got["SecurityToken"], "ram_role_arn"
        )
        return Session(keys, datetime.fromisoformat(got["Expiration"]))
    except (KeyError, TypeError, ValueError):
        pass
    raise TransportError("sts:AssumeRole", endpoint, "the answer holds no session", sent=False)
