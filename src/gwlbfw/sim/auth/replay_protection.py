"""Replay protection: a signature is valid for a while, and once.

Source: common error codes of the APIs (InvalidTimeStamp.*: more than 15 minutes off,
SignatureNonceUsed). The answer to a request without date or nonce under ACS3 is UNVERIFIED.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from gwlbfw.sim.clock import Clock, RealClock
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.wire import HttpRequest

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_LIKE = "2026-04-21T08:15:00Z"


class ReplayProtection:
    """The nonces that were used, as long as the requests that carried them are valid.

    The clock is not the simulated cloud's, which may stand still or be ahead: clients date their
    requests by the time of day.
    """

    def __init__(self, age: float, clock: Clock | None = None) -> None:
        self._age = age
        self._clock = clock or RealClock()
        self._used: dict[tuple[str, str], float] = {}

    def check(self, http: HttpRequest, flat: Mapping[str, str], key: str) -> None:
        """Refuse a request whose date is too far off, or whose nonce was used before."""
        now = self._clock.now()
        self._check_date(http.headers.get("x-acs-date") or flat.get("Timestamp", ""), now)
        nonce = http.headers.get("x-acs-signature-nonce") or flat.get("SignatureNonce", "")
        if not nonce:
            raise ApiError("MissingSignatureNonce", "SignatureNonce is mandatory.")
        self._forget(now)
        if (key, nonce) in self._used:
            raise ApiError("SignatureNonceUsed", "Specified signature nonce was used already.")
        self._used[key, nonce] = now

    def _check_date(self, text: str, now: float) -> None:
        if not text:
            raise ApiError("MissingTimestamp", "Timestamp is mandatory.")
        try:
            date = datetime.strptime(text, _FORMAT).replace(tzinfo=UTC).timestamp()
        except ValueError:
            raise ApiError("InvalidTimeStamp.Format", f"{text} is not like {_LIKE}.") from None
        if abs(now - date) > self._age:
            raise ApiError("InvalidTimeStamp.Expired", f"The date {text} is too far from now.")

    def _forget(self, now: float) -> None:
        # A nonce is used at `now`, and its date may be as far off again; dicts keep their order.
        while self._used:
            oldest = next(iter(self._used))
            if now - self._used[oldest] <= 2 * self._age:
                return
            del self._used[oldest]
