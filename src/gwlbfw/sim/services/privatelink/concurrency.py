"""Concurrency: one call at a time on a service, an endpoint or an account.

Source: PrivateLink API, the actions' descriptions ("you cannot repeatedly call … within the
specified period of time") and terraform-provider-alicloud, which retries
ConcurrentCallNotSupported. How long a call is under way is UNVERIFIED: here, as long as the
status that it brings about.
"""

from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region


@dataclass(kw_only=True, eq=False)
class CallInProgress(Record, kind="privatelink_call", prefix="call", product=""):
    """A call in progress on a service, an endpoint or an account, which the id names."""

    @property
    def implicit(self) -> bool:
        return True


def account_subject(region: Region) -> str:
    """The subject of calls of which an account makes one at a time."""
    return f"{region.account}/{region.name}"


def refuse_if_busy(region: Region, *subjects: str) -> None:
    """Refuse a call while another one works on one of these."""
    for subject in subjects:
        if region.state.find(_id(subject)) is not None:
            raise ApiError(
                "ConcurrentCallNotSupported",
                f"Another call for {subject} is being processed. Try again later.",
            )


def claim(region: Region, *subjects: str, transitions: int = 1) -> None:
    """Refuse a call while another one works on one of these; if none does, this one does now."""
    refuse_if_busy(region, *subjects)
    for subject in subjects:
        record = region.add(CallInProgress(id=_id(subject)))
        lasts = region.status_duration(record.kind, "Processing", record.id) * transitions
        region.transition(record, "Processing", DELETED, after=lasts)


def _id(subject: str) -> str:
    return f"call:{subject}"
