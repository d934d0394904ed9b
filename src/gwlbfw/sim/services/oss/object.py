"""OSS objects: put, read, listed, deleted; as much of OSS as a state backend needs.

A bucket is there as soon as it is named, is not versioned, and belongs to everybody. Objects are no
resources of the simulated region: they are not counted, but last as long as its state.

Source: OSS API, PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2.
"""

import base64
import re
from binascii import Error as NotBase64
from dataclasses import dataclass

from gwlbfw.sim.auth.identity import Session
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.oss import wire as oss_wire
from gwlbfw.sim.services.oss.signature import access_key, verify
from gwlbfw.sim.services.oss.wire import ObjectSummary, OssRequest
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.state import State
from gwlbfw.sim.wire import HttpReply

_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_PAGE = 100
_LONGEST_PAGE = 1000
"""OSS API, ListObjectsV2, max-keys: default and limit."""


@dataclass(kw_only=True, eq=False)
class OssObject(Record, kind="oss_object", prefix="oss", product="oss"):
    """An object of a bucket; `content` is what was put, in Base64."""

    bucket: str = ""
    key: str = ""
    content: str = ""
    modified: float = 0.0

    @property
    def implicit(self) -> bool:
        return True

    @property
    def body(self) -> bytes:
        """The content as bytes."""
        return base64.b64decode(self.content)


def handle(state: State, request: OssRequest, request_id: str, now: float) -> HttpReply:
    """The reply to a call. Raises ApiError if it is refused."""
    _authenticate(state, request, now)
    if not _BUCKET.fullmatch(request.bucket):
        raise ApiError("InvalidBucketName", "The specified bucket is not valid.")
    match request.action:
        case "PutObject":
            return _put(state, request, request_id, now)
        case "GetObject":
            found = _require(state, request)
            head = oss_wire.object_headers(found.body, found.modified)
            return oss_wire.success(request_id, found.body, head)
        case "HeadObject":
            found = _require(state, request)
            head = oss_wire.object_headers(found.body, found.modified)
            return oss_wire.success(request_id, b"", head)
        case "DeleteObject":
            if (gone := state.find(_id(request))) is not None:
                state.remove(gone)
            return oss_wire.success(request_id, status=204)
        case _:
            return _list(state, request, request_id)


def _authenticate(state: State, request: OssRequest, now: float) -> None:
    """Authenticate the caller, if keys are configured. Raises ApiError."""
    settings = state.settings
    session = state.find(access_key(request.http))
    if isinstance(session, Session):
        token = request.header("x-oss-security-token")
        if token != session.token or now >= session.expires:
            raise ApiError(
                "InvalidSecurityToken", "The security token you provided is invalid.", 403
            )
    if settings.credentials:
        secret = session.secret if isinstance(session, Session) else None
        path = f"/{request.bucket}/{request.key}"
        verify(request.http, path, lambda key: settings.credentials.get(key, secret))


def _id(request: OssRequest) -> str:
    return f"oss:{request.bucket}/{request.key}"


def _require(state: State, request: OssRequest) -> OssObject:
    found = state.find(_id(request))
    if not isinstance(found, OssObject):
        raise ApiError("NoSuchKey", "The specified key does not exist.", 404)
    return found


def _put(state: State, request: OssRequest, request_id: str, now: float) -> HttpReply:
    content = base64.b64encode(request.http.body).decode()
    found = state.find(_id(request))
    if isinstance(found, OssObject):
        if request.header("x-oss-forbid-overwrite").lower() == "true":
            message = "The object you specified already exists and can not be overwritten."
            raise ApiError("FileAlreadyExists", message, 409)
        found.content, found.modified = content, now
    else:
        made = OssObject(
            id=_id(request),
            region=state.settings.region,
            serial=state.next_serial(),
            created=now,
            bucket=request.bucket,
            key=request.key,
            content=content,
            modified=now,
        )
        state.add(made)
    return oss_wire.success(request_id, headers={"ETag": oss_wire.etag(request.http.body)})


def _list(state: State, request: OssRequest, request_id: str) -> HttpReply:
    query = request.query
    after = max(query.get("start-after", ""), _token(query.get("continuation-token", "")))
    keys = sorted(
        (each.key, each)
        for each in state
        if isinstance(each, OssObject)
        and each.bucket == request.bucket
        and each.key.startswith(query.get("prefix", ""))
        and each.key > after
    )
    length = _length(query.get("max-keys", ""))
    objects = [
        ObjectSummary(key, oss_wire.etag(each.body), len(each.body), each.modified)
        for key, each in keys[:length]
    ]
    more = objects[-1].key if objects and len(keys) > length else ""
    return oss_wire.page(request, request_id, objects, more)


def _length(text: str) -> int:
    if not text:
        return _PAGE
    if not text.isdecimal() or not 1 <= int(text) <= _LONGEST_PAGE:
        raise ApiError("InvalidArgument", "Argument max-keys must be an integer from 1 to 1000.")
    return int(text)


def _token(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (NotBase64, UnicodeDecodeError):
        raise ApiError("InvalidArgument", "The continuation token is not valid.") from None
