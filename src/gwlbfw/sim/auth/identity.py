"""Identity of a caller: access keys, their accounts, and sessions of AssumeRole."""

from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.sim.auth.signature import unknown_key, verify
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.state import State
from gwlbfw.sim.wire import HttpRequest


@dataclass(kw_only=True, eq=False)
class Session(Record, kind="session", prefix="STS", product="sts"):
    """Temporary credentials; the id is the access key, `caller` the account they act for."""

    caller: str = ""
    arn: str = ""
    """The assumed role and the session's name, as GetCallerIdentity returns them."""
    secret: str = ""
    token: str = ""
    expires: float = 0.0

    @property
    def implicit(self) -> bool:
        return True


def authenticate(
    state: State, http: HttpRequest, flat: Mapping[str, str], key: str, now: float
) -> str:
    """The account that a request acts for, by the access key that it names.

    Raises ApiError if its key or token is refused.
    """
    settings = state.settings
    session = state.find(key) if key else None
    if settings.credentials:
        secret = session.secret if isinstance(session, Session) else None
        verify(http, flat, lambda each: settings.credentials.get(each, secret))
    if not isinstance(session, Session):
        if key.startswith(f"{Session.prefix}."):
            # No session of this state, or one that is long over: not a key like any other.
            raise unknown_key()
        return settings.account
    token = http.headers.get("x-acs-security-token") or flat.get("SecurityToken", "")
    if not token:
        raise ApiError("MissingSecurityToken", "SecurityToken is mandatory for this action.")
    if token != session.token:
        raise ApiError("InvalidSecurityToken.MismatchWithAccessKey", "The token is another key's.")
    if now >= session.expires:
        raise ApiError("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
    return session.caller
