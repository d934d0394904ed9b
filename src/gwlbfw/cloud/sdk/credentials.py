# ruff: noqa: ANN401 - the vendor's packages carry no types
"""Whose credentials sign a call: fixed keys, a profile, the vendor's chain, an assumed role.

A source has the one method the SDK's clients ask for, `get_credential`.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from gwlbfw.errors import GwlbfwError

ANY_KEY = "gwlbfw-sim"
"""The key for an endpoint URL when the environment has none; a simulator accepts any."""

RENEW_BEFORE = timedelta(minutes=5)


class CredentialsError(GwlbfwError):
    """There are no credentials, or they can't be loaded."""

    code = "credentials"
    hint = (
        "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or name a profile of "
        "~/.aliyun/config.json with --profile, or run on an instance with a RAM role"
    )


@dataclass(frozen=True)
class AccountAccess:
    """How to reach another account: a role to assume there, or a profile of the CLI's file."""

    role_arn: str | None = None
    external_id: str | None = None
    profile: str | None = None


@dataclass(frozen=True)
class Keys:
    """An AccessKey, or a session's three parts. What the SDK reads off a credential stands here."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    provider_name: str | None = None

    @property
    def type(self) -> str:
        """The SDK's word for it."""
        return "sts" if self.security_token else "access_key"

    def get_credential(self) -> "Keys":
        """These keys themselves."""
        return self


class Source(Protocol):
    """Gives the credentials of the moment; called from many threads, before every call."""

    def get_credential(self) -> Keys: ...


class Chain:
    """A provider of the vendor's credentials package."""

    def __init__(self, make: Callable[[], Any], what: str) -> None:
        self._make = make
        self._what = what
        self._provider: Any = None
        self._lock = threading.Lock()

    def get_credential(self) -> Keys:
        vendor = import_module("alibabacloud_credentials.exceptions")
        try:
            with self._lock:
                self._provider = self._provider or self._make()
            got = self._provider.get_credentials()
        except (vendor.CredentialException, ValueError, OSError) as error:
            reason = _without_queries(str(error))
        else:
            return Keys(
                got.get_access_key_id(),
                got.get_access_key_secret(),
                got.get_security_token() or None,
                got.get_provider_name(),
            )
        raise CredentialsError(f"no credentials from {self._what}: {reason}")


@dataclass(frozen=True)
class Session:
    """An assumed role's keys and their end."""

    keys: Keys
    until: datetime


class AssumedRole:
    """The keys of a role, assumed when first needed and again shortly before they expire."""

    def __init__(self, assume: Callable[[], Session], utc: Callable[[], datetime]) -> None:
        self._assume = assume
        self._utc = utc
        self._session: Session | None = None
        self._lock = threading.Lock()

    def get_credential(self) -> Keys:
        with self._lock:
            if self._session is None or self._utc() >= self._session.until - RENEW_BEFORE:
                self._session = self._assume()
            return self._session.keys


def default_source(
    keys: Keys | None,
    profile: str | None,
    *,
    endpoint_given: bool,
    environment: Mapping[str, str],
) -> Source:
    """The default account's credentials.

    In order: what was handed in, the profile, the environment's keys; then for an endpoint URL
    any key, so that a real one found elsewhere never goes to it; for the cloud the vendor's
    default chain (environment, OIDC, CLI profile, credentials file, instance role, URI).
    """
    if keys:
        return keys
    if profile:
        return profile_source(profile, environment)
    from_environment = _environment_keys(environment)
    if from_environment:
        return from_environment
    if endpoint_given:
        return Keys(ANY_KEY, ANY_KEY)
    return Chain(_default_provider, "the default chain")


def profile_source(profile: str, environment: Mapping[str, str]) -> Source:
    """A profile of the CLI's file."""
    home = environment.get("HOME") or str(Path.home())
    file = str(Path(home) / ".aliyun" / "config.json")

    def provider() -> Any:
        vendor = import_module("alibabacloud_credentials.provider")
        return vendor.CLIProfileCredentialsProvider(profile_name=profile, profile_file=file)

    return Chain(provider, f"profile {profile!r} of {file}")


def _environment_keys(environment: Mapping[str, str]) -> Keys | None:
    """The environment's keys, read now: the vendor's package reads them when it is imported."""
    key_id = environment.get("ALIBABA_CLOUD_ACCESS_KEY_ID")
    secret = environment.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET")
    if not key_id or not secret:
        return None
    token = environment.get("ALIBABA_CLOUD_SECURITY_TOKEN") or None
    return Keys(key_id, secret, token, "default/env")


def _default_provider() -> Any:
    settings: Any = import_module("alibabacloud_credentials.utils.auth_util")
    # The package takes an empty variable for the name of a profile.
    settings.client_type = settings.client_type or "default"
    return import_module("alibabacloud_credentials.provider").DefaultCredentialsProvider()


def _without_queries(text: str) -> str:
    """The text without the query strings of URLs, which are signed."""
    return re.sub(r"\?[^\s'\")>]*", "?…", text)
