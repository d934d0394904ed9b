"""OSS on the wire: objects by path, parameters in head and query, errors and lists in XML.

Source: OSS API, common headers, errors, ListObjectsV2; the official Python SDK
(alibabacloud-oss-v2 1.4), observed on the wire. Buckets are named in the path, as the SDK does at
an endpoint that is an address.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, quote, unquote
from xml.sax.saxutils import escape

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.wire import HttpReply, HttpRequest

_ACTIONS = {
    ("PUT", True): "PutObject",
    ("GET", True): "GetObject",
    ("HEAD", True): "HeadObject",
    ("DELETE", True): "DeleteObject",
    ("GET", False): "ListObjectsV2",
}
_LISTING = frozenset(
    {
        *("list-type", "prefix", "max-keys", "start-after", "continuation-token"),
        *("encoding-type", "fetch-owner"),
    }
)
"""Parameters of a list; a delimiter is not simulated."""
_OF_OBJECT = frozenset({"objectMeta"})
"""GetObjectMeta, which is HeadObject with less in the head (OSS API)."""
_XML = {"Content-Type": "application/xml"}


@dataclass(frozen=True)
class OssRequest:
    """One call: an action on a bucket, and on an object of it where a key is given."""

    action: str
    bucket: str
    key: str
    query: Mapping[str, str]
    http: HttpRequest

    def header(self, name: str) -> str:
        return self.http.headers.get(name, "")


@dataclass(frozen=True)
class ObjectSummary:
    """An object as a list has it."""

    key: str
    etag: str
    size: int
    modified: float


def is_oss(http: HttpRequest) -> bool:
    """True for a request to OSS, which has a signature of its own kind."""
    return http.headers.get("authorization", "").startswith("OSS")


def read(http: HttpRequest) -> OssRequest:
    """The call in an HTTP request."""
    bucket, _, key = unquote(http.path).lstrip("/").partition("/")
    query = dict(parse_qsl(http.query, keep_blank_values=True))
    action = _ACTIONS.get((http.method, bool(key)))
    known = _OF_OBJECT if key else _LISTING
    if action is None or (not key and query.get("list-type") != "2") or not known >= set(query):
        raise ApiError("NotImplemented", "A header or query you provided is not implemented.", 501)
    if not bucket:
        raise ApiError("InvalidBucketName", "The specified bucket is not valid.")
    return OssRequest(action, bucket, key, query, http)


def etag(content: bytes) -> str:
    """An object's ETag: the MD5 of what was put (OSS API, PutObject)."""
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest().upper()}"'


def object_headers(content: bytes, modified: float) -> dict[str, str]:
    """The head of a reply that is about an object."""
    when = datetime.fromtimestamp(modified, UTC)
    return {
        "Content-Type": "application/octet-stream",
        "ETag": etag(content),
        "Last-Modified": format_datetime(when, usegmt=True),
    }


def success(
    request_id: str, body: bytes = b"", headers: Mapping[str, str] | None = None, status: int = 200
) -> HttpReply:
    """The reply to a call that was carried out."""
    return HttpReply(status, body, {"x-oss-request-id": request_id, **(headers or {})})


def failure(request_id: str, http: HttpRequest, error: ApiError) -> HttpReply:
    """The reply to a call that was refused; HEAD has no body, so there a header holds it."""
    fields = {
        "Code": error.code,
        "Message": error.message,
        "RequestId": request_id,
        "HostId": http.headers.get("host", ""),
    }
    body = _element("Error", "".join(_element(n, escape(v)) for n, v in fields.items()))
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()
    headers = {"x-oss-request-id": request_id, **_XML}
    if http.method == "HEAD":
        headers["x-oss-err"] = base64.b64encode(text).decode()
        text = b""
    return HttpReply(error.status, text, headers)


def page(
    request: OssRequest, request_id: str, objects: Sequence[ObjectSummary], after: str
) -> HttpReply:
    """A page of a list; `after` is the key that the next one begins behind, if there is one."""
    body = "".join(_page(request, objects, after))
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{_element("ListBucketResult", body)}'
    return success(request_id, text.encode(), _XML)


def _page(request: OssRequest, objects: Sequence[ObjectSummary], after: str) -> Iterator[str]:
    encode = quote if request.query.get("encoding-type") == "url" else escape
    yield _element("Name", request.bucket)
    yield _element("Prefix", encode(request.query.get("prefix", "")))
    yield _element("KeyCount", str(len(objects)))
    yield _element("IsTruncated", "true" if after else "false")
    if request.query.get("encoding-type"):
        yield _element("EncodingType", "url")
    if after:
        yield _element("NextContinuationToken", base64.b64encode(after.encode()).decode())
    for each in objects:
        when = datetime.fromtimestamp(each.modified, UTC)
        fields = {
            "Key": encode(each.key),
            "LastModified": f"{when:%Y-%m-%dT%H:%M:%S}.000Z",
            "ETag": escape(each.etag),
            "Type": "Normal",
            "Size": str(each.size),
            "StorageClass": "Standard",
        }
        yield _element("Contents", "".join(_element(n, v) for n, v in fields.items()))


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"
