"""Verification of both request signatures, ACS3-HMAC-SHA256 and version 1.0 (HMAC-SHA1).

Everything is canonicalised again from decoded pairs: the SDK's two HTTP clients quote the same
query differently.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.wire import HttpRequest

ACS3 = "ACS3-HMAC-SHA256"

SecretOf = Callable[[str], str | None]
"""The secret of an access key; None for a key that is not known."""


def access_key(http: HttpRequest, flat: Mapping[str, str]) -> str:
    """The access key that a request names; empty where it names none."""
    authorization = _authorization(http)
    return authorization.get("Credential") or flat.get("AccessKeyId", "")


def unknown_key() -> ApiError:
    """The error for an access key that nobody has."""
    return ApiError("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)


def verify(http: HttpRequest, flat: Mapping[str, str], secret_of: SecretOf) -> None:
    """Refuse a request that is not signed, or not by the secret of the key it names."""
    key = access_key(http, flat)
    if not key and "authorization" in http.headers:
        raise _incomplete(f"{ACS3} with Credential, SignedHeaders and Signature is expected")
    if not key:
        raise ApiError("MissingAccessKeyId", "The request is not signed: AccessKeyId is mandatory.")
    secret = secret_of(key)
    if secret is None:
        raise unknown_key()
    if "authorization" in http.headers:
        _verify_acs3(http, secret)
    else:
        _verify_version_1(http, flat, secret)


def _authorization(http: HttpRequest) -> dict[str, str]:
    _, _, rest = http.headers.get("authorization", "").partition(" ")
    pairs = (each.strip().partition("=") for each in rest.split(","))
    return {name: value for name, _, value in pairs if name}


def _incomplete(why: str) -> ApiError:
    return ApiError("IncompleteSignature", f"The request signature does not conform: {why}.")


def _verify_acs3(http: HttpRequest, secret: str) -> None:
    algorithm = http.headers["authorization"].partition(" ")[0]
    fields = _authorization(http)
    if algorithm != ACS3 or not {"SignedHeaders", "Signature"} <= fields.keys():
        raise _incomplete(f"{ACS3} with Credential, SignedHeaders and Signature is expected")
    names = fields["SignedHeaders"].split(";")
    payload = hashlib.sha256(http.body).hexdigest()
    _check_signed(http, names, payload)
    canonical = "\n".join(
        [
            http.method,
            "/",
            _canonical(dict(parse_qsl(http.query, keep_blank_values=True))),
            *(f"{name}:{http.headers[name].strip()}" for name in names),
            "",
            fields["SignedHeaders"],
            payload,
        ]
    )
    text = f"{ACS3}\n{hashlib.sha256(_bytes(canonical)).hexdigest()}"
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not _same(fields["Signature"], expected):
        # As users report it; no page of the cloud has it.
        echo = f" server StringToSign is [{text}] server CanonicalRequest is [{canonical}]"
        why = "Specified signature does not match our calculation."
        raise ApiError("SignatureDoesNotMatch", why, echo=echo)


def _check_signed(http: HttpRequest, names: list[str], payload: str) -> None:
    required = {name for name in http.headers if name.startswith("x-acs-")} | {"host"}
    if http.body:
        required.add("content-type")
    if unsigned := sorted(required - set(names)):
        raise _incomplete(f"{unsigned[0]} is not signed")
    if absent := sorted(set(names) - http.headers.keys()):
        raise _incomplete(f"the signed header {absent[0]} is absent")
    if http.headers.get("x-acs-content-sha256") != payload:
        raise _incomplete("x-acs-content-sha256 is not the digest of the body")


def _verify_version_1(http: HttpRequest, flat: Mapping[str, str], secret: str) -> None:
    if flat.get("SignatureMethod") != "HMAC-SHA1" or flat.get("SignatureVersion") != "1.0":
        raise _incomplete("SignatureMethod HMAC-SHA1 and SignatureVersion 1.0 are expected")
    signed = {name: value for name, value in flat.items() if name != "Signature"}
    text = f"{http.method}&%2F&{_encode(_canonical(signed))}"
    # The protocol prescribes SHA-1 here.
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    if not _same(flat.get("Signature", ""), base64.b64encode(digest).decode()):
        # The vendor's SDKs for Go, Java, .NET and Python compare what is behind the colon.
        why = "Specified signature is not matched with our calculation. server string to sign is:"
        raise ApiError("SignatureDoesNotMatch", why, echo=text)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(_bytes(given), _bytes(expected))


def _bytes(text: str) -> bytes:
    """The bytes of a part of a request, also where they were no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def _canonical(pairs: Mapping[str, str]) -> str:
    return "&".join(f"{_encode(name)}={_encode(pairs[name])}" for name in sorted(pairs))


def _encode(text: str) -> str:
    return quote(_bytes(text), safe="-_.~")
