"""Where records lie: named contents, in a local folder or in a bucket."""

from typing import Protocol


class StateBackend(Protocol):
    """Keeps named contents. Every method raises StateError where it can't do what it says."""

    def where(self, name: str) -> str:
        """The place of a name in words, for messages: a path or an URL."""
        ...

    def read(self, name: str) -> bytes | None:
        """The content; None where there is none."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Replace the content as a whole or not at all; it is durable on return."""
        ...

    def create(self, name: str, content: bytes) -> bool:
        """Write the content unless the name is taken; whether it was written.

        Of any number who try at once, one succeeds. Where an answer was lost the winner may be
        told False: whoever is told so reads who it was.
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

    def names(self, prefix: str) -> list[str]:
        """The names that begin with `prefix`, sorted."""
        ...
