# ruff: noqa: ANN401 - the vendor's packages carry no types
"""The SDK's exceptions translated, without the requests and signatures that they carry."""

import base64
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.sdk.session import Unusable
from gwlbfw.cloud.sdk.vendor import vendor_module
from gwlbfw.diagnostics import one_line
from gwlbfw.errors import CloudError, GwlbfwError, TransportError

RETRY_AFTER_UNIT_S = 0.001
"""The unit of the x-acs-retry-after header in seconds. UNVERIFIED: the SDK takes milliseconds."""

_LONGEST_PAUSE = 86_400_000
"""A day, which is longer than any call is tried: in that unit."""

NOT_THE_FORM = "the answer is not the API's form"
LONGEST, _LONGEST_CODE = 1000, 100
"""Characters of a message of the cloud that are shown."""

NEVER_SENT = {
    # requests' names, each of which also covers its subclasses
    "ConnectTimeout": "no connection in time",
    "ProxyError": "the proxy refused the connection",
    "SSLError": "TLS failed",
    "InvalidProxyURL": "the proxy's URL is wrong",
    "InvalidURL": "the endpoint's URL is wrong",
}


_PASSING = (0, 408, 425, 429)
"""The HTTP statuses below 500 of what is no answer of the API and may be one the next time."""

_SIGNED = re.compile(r"string[\s_-]?to[\s_-]?sign|canonical[\s_-]?request", re.IGNORECASE)
HIDDEN = "(sensitive)"
_SECRETS = ("UserData", "ExternalId", "Password")
"""Parameters whose values no message of the cloud may bring back."""


def sdk_exceptions() -> tuple[type[Exception], ...]:
    """The SDK's exceptions: API errors, and whatever failed below it."""
    return (
        vendor_module("alibabacloud_tea_openapi.exceptions").AlibabaCloudException,
        vendor_module("Tea.exceptions").UnretryableException,
    )


def translate_error(
    action: str, endpoint: str, error: Any, secrets: Collection[str] = ()
) -> GwlbfwError:
    """The exception of gwlbfw for one of the SDK's, without the secrets that were sent."""
    inner = getattr(error, "inner_exception", None)
    if isinstance(inner, GwlbfwError):
        return inner  # our own credentials source failed inside the SDK
    if inner is not None:
        return _transport_error(action, endpoint, inner)
    data = error.data if isinstance(error.data, dict) else {}
    status = int(getattr(error, "status_code", None) or 400)
    if error.code in {None, "", "None"}:
        return TransportError(action, endpoint, f"HTTP {status} without an error code")
    message = str(data.get("Message") or data.get("message") or error.message)
    return _cloud_error(action, error, data, status, _without_secrets(message, secrets))


def _cloud_error(
    action: str, error: Any, data: dict[str, Any], status: int, message: str
) -> CloudError:
    after = getattr(error, "retry_after", None)
    return cloud_error(
        action,
        one_line(error.code, _LONGEST_CODE),
        one_line(message, LONGEST),
        one_line(data.get("RequestId") or data.get("requestId") or "", _LONGEST_CODE),
        status=status,
        retry_after=min(after, _LONGEST_PAUSE) * RETRY_AFTER_UNIT_S if after else None,
    )


def _without_secrets(message: str, secrets: Collection[str]) -> str:
    """The message without secrets, and without the request that a signature error repeats."""
    signed = _SIGNED.search(message)
    if signed:
        return f"{message[: signed.end()]} was another one"
    for each in secrets:
        message = message.replace(each, HIDDEN)
    return message


def secret_values(params: Mapping[str, Any]) -> list[str]:
    """The secrets among a call's parameters, as they may stand in a message about it."""
    sent = [str(params[name]) for name in _SECRETS if params.get(name)]
    return [form for each in sent for form in (each, quote(each, safe=""), _decoded(each)) if form]


def _decoded(text: str) -> str:
    """The text decoded from Base64; empty where it is none."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _transport_error(action: str, endpoint: str, inner: Exception) -> TransportError:
    chain = list(_causes(inner))
    for each in chain:
        if isinstance(each, Unusable):
            final = each.status < 500 and each.status not in _PASSING
            return TransportError(action, endpoint, each.reason, final=final)
    names = {base.__name__ for each in chain for base in type(each).__mro__}
    reason = next(
        (e.strerror for e in reversed(chain) if isinstance(e, OSError) and e.strerror), ""
    )
    for name, text in NEVER_SENT.items():
        if name in names:
            return TransportError(action, endpoint, _joined(text, reason), sent=False)
    if "NewConnectionError" in names:
        return TransportError(action, endpoint, reason or "no connection", sent=False)
    if "ReadTimeout" in names:
        return TransportError(action, endpoint, "no answer in time")
    if "RequestException" in names:
        return TransportError(action, endpoint, _joined("the connection broke", reason))
    return TransportError(action, endpoint, f"{NOT_THE_FORM} (no JSON object)")


def _joined(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and its causes, also those that are only arguments of it."""
    seen: list[BaseException] = []
    pending = [error]
    while pending:
        each = pending.pop(0)
        if each is None or each in seen:
            continue
        seen.append(each)
        yield each
        inside = [each.args, (getattr(each, "reason", None),)]
        pending += [arg for args in inside for arg in args if isinstance(arg, BaseException)]
        pending += [each.__cause__, each.__context__]
