"""Filters of ECS lists by the time at which something was created or expires.

Source: ECS API, DescribeInstances and DescribeDisks, Filter.N.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import Record

R = TypeVar("R", bound=Record)
_EXPIRY = datetime(2099, 12, 31, 15, 59, tzinfo=UTC).timestamp()
"""When what is paid by use expires."""


def filter_by_time(request: Request, records: Sequence[R]) -> list[R]:
    """The records that were created, and expire, in the time that Filter.N names."""
    found = list(records)
    for each in request.objects("Filter"):
        key, text = each.text("Key"), each.text("Value")
        if not key:
            continue
        try:
            at = datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC).timestamp()
        except ValueError:
            raise ApiError(
                "InvalidFilterValue", f"{text} is no time of the form {key} needs."
            ) from (None)
        match key:
            case "CreationStartTime":
                found = [record for record in found if record.created >= at]
            case "CreationEndTime":
                found = [record for record in found if record.created <= at]
            case "ExpiredStartTime":
                found = found if at <= _EXPIRY else []
            case "ExpiredEndTime":
                found = found if at >= _EXPIRY else []
            case _:
                raise ApiError("InvalidFilterKey.NotFound", f"There is no filter {key}.", 404)
    return found
