"""Verification of OSS's signature V4, OSS4-HMAC-SHA256.

Source: OSS API, "Signature version 4"; the official Python SDK (alibabacloud-oss-v2 1.4).
"""

import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import quote

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.wire import HttpRequest

ALGORITHM = "OSS4-HMAC-SHA256"
_ENDING = "aliyun_v4_request"
SecretOf = Callable[[str], str | None]
"""The secret of an access key; None for a key that is not known."""


def access_key(http: HttpRequest) -> str:
    """The access key that a request names; empty where it names none."""
    return _fields(http).get("Credential", "").partition("/")[0]


def verify(http: HttpRequest, path: str, secret_of: SecretOf) -> None:
    """Refuse a request that is not signed by the secret of the key it names."""
    fields = _fields(http)
    scope = fields.get("Credential", "").split("/")
    if len(scope) != 5 or scope[4] != _ENDING or "Signature" not in fields:
        raise ApiError("InvalidArgument", f"A signature of {ALGORITHM} is expected.")
    key, day, region, product, _ = scope
    secret = secret_of(key)
    if secret is None:
        message = "The OSS Access Key Id you provided does not exist in our records."
        raise ApiError("InvalidAccessKeyId", message, 403)
    text = "\n".join(
        [
            ALGORITHM,
            http.headers.get("x-oss-date", ""),
            "/".join(scope[1:]),
            hashlib.sha256(_canonical(http, path, fields).encode()).hexdigest(),
        ]
    )
    signing = f"aliyun_v4{secret}".encode()
    for part in (day, region, product, _ENDING):
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    expected = hmac.new(signing, text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(fields["Signature"], expected):
        message = "The request signature we calculated does not match the signature you provided."
        raise ApiError("SignatureDoesNotMatch", message, 403)


def _fields(http: HttpRequest) -> dict[str, str]:
    _, _, rest = http.headers.get("authorization", "").partition(" ")
    pairs = (each.strip().partition("=") for each in rest.split(","))
    return {name: value for name, _, value in pairs if name}


def _canonical(http: HttpRequest, path: str, fields: dict[str, str]) -> str:
    additional = [each for each in fields.get("AdditionalHeaders", "").split(";") if each]
    signed = {"content-type", "content-md5", *additional}
    headers = sorted(
        (name, value)
        for name, value in http.headers.items()
        if name.startswith("x-oss-") or name in signed
    )
    pairs = sorted(each.partition("=") for each in http.query.split("&") if each)
    return "\n".join(
        [
            http.method,
            quote(path, safe="/"),
            "&".join(f"{name}={value}" if value else name for name, _, value in pairs),
            *(f"{name}:{value}" for name, value in headers),
            "",
            ";".join(additional),
            http.headers.get("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ]
    )
