"""The credentials that sign a call: fixed keys, a profile, the vendor's chain, an assumed role.

A source has the one method that the SDK's clients call, `get_credential`.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gwlbfw.cloud.environment import process_environment
from gwlbfw.cloud.sdk.access_keys import CredentialsSource, Keys
from gwlbfw.cloud.sdk.credential_chain import chain_source, profile_source

ANY_KEY = "gwlbfw-sim"
"""The key for an endpoint URL where the environment has none: a simulator accepts any."""

RENEW_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class AccountAccess:
    """The access to another account: a role to assume there, or a profile of the CLI's file."""

    role_arn: str | None = None
    external_id: str | None = field(default=None, repr=False)
    profile: str | None = None


@dataclass(frozen=True)
class CredentialSettings:
    """The credentials to use: keys or a profile for the default account, else the environment's.

    `accounts` says how to reach the others, by their key in the topology.
    """

    keys: Keys | None = None
    profile: str | None = None
    accounts: Mapping[str, AccountAccess] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=process_environment, repr=False)
    limit_s: float = 15.0
    """The longest time for which files, commands and servers are asked for keys."""


@dataclass(frozen=True)
class Session:
    """The keys of an assumed role, and when they expire."""

    keys: Keys
    until: datetime


class AssumedRole:
    """The keys of a role, assumed when first needed and again shortly before they expire.

    A session may end sooner than it says: where it is revoked, or this machine's clock is off.
    """

    def __init__(self, assume: Callable[[], Session], utc: Callable[[], datetime]) -> None:
        self._assume = assume
        self._utc = utc
        self._session: Session | None = None
        self._lock = threading.Lock()
        self.sessions = 0
        """The number of sessions so far."""

    def get_credential(self) -> Keys:
        with self._lock:
            if self._session is None or self._utc() >= self._session.until - RENEW_BEFORE:
                self._session = self._assume()
                self.sessions += 1
            return self._session.keys

    def forget(self, session: int) -> None:
        """Forget the session of that number, which has ended; no later one."""
        with self._lock:
            if self.sessions == session:
                self._session = None


def default_source(settings: CredentialSettings, *, endpoint_given: bool) -> CredentialsSource:
    """The source of the default account's credentials.

    In order: the keys, the profile, the environment's keys; then for an endpoint URL any key, so
    that a real one found elsewhere is never sent to it; for the cloud the vendor's default chain
    (environment, OIDC, CLI profile, credentials file, instance role, URI).
    """
    if settings.keys:
        return settings.keys
    if settings.profile:
        return profile_source(settings.profile, settings.environment, settings.limit_s)
    if keys := _environment_keys(settings.environment):
        return keys
    if endpoint_given:
        return Keys(ANY_KEY, ANY_KEY)
    return chain_source(settings.environment, settings.limit_s)


def _environment_keys(environment: Mapping[str, str]) -> Keys | None:
    """The AccessKey of the environment as it is now; the vendor's package reads it on import."""
    key_id = environment.get("ALIBABA_CLOUD_ACCESS_KEY_ID")
    secret = environment.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET")
    if not key_id or not secret:
        return None
    token = environment.get("ALIBABA_CLOUD_SECURITY_TOKEN") or None
    return Keys(key_id, secret, token, "default/env")
