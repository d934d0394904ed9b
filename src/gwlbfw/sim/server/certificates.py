"""Certificates of an authority of the simulator's own, for clients that speak HTTPS alone."""

import ssl
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from gwlbfw.sim.clock import RealClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.folder import make_private

if TYPE_CHECKING:
    from trustme import CA

TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""The variables by which clients learn of an authority: Go's and Python's, requests', Node.js'."""
_NAMES = ("localhost", "127.0.0.1", "::1")
"""What every server's certificate is for."""
_LIFETIME = timedelta(days=397)
"""Of a server's certificate; clients of some vendors refuse longer ones."""


class Authority:
    """A certificate authority in a folder, made when it is first needed.

    Where there is no folder, it is another one each time, in a temporary folder until closed. Only
    who needs it pays for the libraries.
    """

    def __init__(self, folder: Path | None, names: Iterable[str] = ()) -> None:
        self._folder = folder
        self._names = tuple(dict.fromkeys((*_NAMES, *names)))
        self._temporary: TemporaryDirectory[str] | None = None
        self._lock = Lock()
        self._authority: CA | None = None
        self._context: ssl.SSLContext | None = None

    @property
    def ca_file(self) -> Path:
        """The file with the authority's certificate, by which clients trust the server."""
        with self._lock:
            self._load()
            return self._place / "ca.pem"

    def context(self) -> ssl.SSLContext:
        """The TLS settings of the server. Raises SimulatorError where there can be none."""
        with self._lock:
            if self._context is None:
                self._context = self._issue(self._load())
            return self._context

    def close(self) -> None:
        """Remove the temporary folder, if there is one."""
        with self._lock:
            if self._temporary is not None:
                self._temporary.cleanup()
                self._temporary = self._authority = self._context = None

    @property
    def _place(self) -> Path:
        if self._folder is not None:
            return self._folder
        if self._temporary is None:
            self._temporary = TemporaryDirectory(prefix="gwlbfw-")
        return Path(self._temporary.name)

    def _load(self) -> "CA":
        """The authority: that of the folder, or a new one where that can't be used."""
        if self._authority is None:
            try:
                make_private(self._place)
                self._authority = _find(self._place / "authority.pem") or _make(self._place)
            except OSError as problem:
                raise SimulatorError(
                    f"The simulator's certificates can't be kept in {self._place}: {problem}"
                ) from problem
        return self._authority

    def _issue(self, authority: "CA") -> ssl.SSLContext:
        """The TLS settings with a certificate for the names of this server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            leaf = authority.issue_cert(*self._names, not_after=_now() + _LIFETIME)
        except ValueError as problem:
            raise SimulatorError(f"There is no certificate for {self._names}: {problem}") from (
                problem
            )
        leaf.configure_cert(context)
        return context


def _now() -> datetime:
    return datetime.fromtimestamp(RealClock().now(), UTC)


def _find(kept: Path) -> "CA | None":
    """The authority whose key and certificate are in a file; None if they can't be used."""
    import trustme  # noqa: PLC0415
    from cryptography import x509  # noqa: PLC0415

    with suppress(FileNotFoundError, ValueError, TypeError):
        content = kept.read_bytes()
        certificate = x509.load_pem_x509_certificate(content)
        if certificate.not_valid_before_utc <= _now() < certificate.not_valid_after_utc:
            authority = trustme.CA.from_pem(content, content)
            _write(kept.with_name("ca.pem"), authority.cert_pem.bytes())
            return authority
    return None


def _make(folder: Path) -> "CA":
    """A new authority, kept in a folder."""
    import trustme  # noqa: PLC0415

    authority = trustme.CA(organization_name="gwlbfw simulator")
    # Key and certificate in one file, since one without the other is worth nothing.
    both = authority.private_key_pem.bytes() + authority.cert_pem.bytes()
    _write(folder / "authority.pem", both)
    _write(folder / "ca.pem", authority.cert_pem.bytes())
    return authority


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, unless it holds just that."""
    if path.is_file() and path.read_bytes() == content:
        return
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
