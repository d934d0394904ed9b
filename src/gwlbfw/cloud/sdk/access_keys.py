"""AccessKeys that sign calls, and the protocol of their sources."""

from dataclasses import dataclass, field
from typing import Protocol

from gwlbfw.errors import GwlbfwError


class CredentialsError(GwlbfwError):
    """There are no credentials, or they can't be loaded."""

    code = "credentials"
    hint = (
        "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or name a profile of "
        "~/.aliyun/config.json with --profile, or run on an instance with a RAM role"
    )


@dataclass(frozen=True)
class Keys:
    """An AccessKey or a session, with the names under which the SDK reads a credential."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    provider_name: str | None = None

    @property
    def type(self) -> str:
        """The SDK's name for the kind of credential."""
        return "sts" if self.security_token else "access_key"

    def get_credential(self) -> "Keys":
        """These keys themselves: they are a source."""
        return self


class CredentialsSource(Protocol):
    """A source of credentials; called from many threads, before every call."""

    def get_credential(self) -> Keys: ...
