"""A state backend: where named contents are stored, such as a folder or a bucket."""

from dataclasses import dataclass, field
from typing import Protocol

from gwlbfw.cloud.sdk.credentials import CredentialSettings


class StateBackend(Protocol):
    """Stores named contents. Every method raises StateError where it can't do what it says."""

    def location(self, name: str) -> str:
        """The path or URL of a name, for messages."""
        ...

    def read(self, name: str) -> bytes | None:
        """The content; None where there is none."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Replace the content as a whole or not at all; it is durable on return."""
        ...

    def create(self, name: str, content: bytes) -> bool:
        """Write the content unless the name is taken; True if it was written.

        Of any number of processes that try at once, one succeeds. Where an answer was lost, the
        winner may get False: after False, the content says who wrote it.
        """
        ...

    def append(self, name: str, added: bytes, whole: bytes, *, durable: bool) -> None:
        """Add to the content, which then is `whole`; nothing is left half-written.

        Without `durable` it has to outlive neither the machine nor, where each write has its
        price, this process.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove the content, if there is any."""
        ...

    def list_names(self, prefix: str) -> list[str]:
        """The names that begin with `prefix`, sorted."""
        ...


@dataclass(frozen=True)
class BackendSettings:
    """The region, endpoint and credentials with which a backend in the cloud is reached."""

    region: str
    endpoint_url: str | None = None
    """The server that speaks the APIs in place of the cloud, if there is one."""
    credentials: CredentialSettings = field(default_factory=CredentialSettings)
    timeouts_s: tuple[float, float] = (5.0, 10.0)
    """The longest times of one attempt of a request: to connect, and then to wait for more."""
