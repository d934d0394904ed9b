"""SSH key pair: a public key by name, of which the cloud keeps no private one.

Sources: ECS API, CreateKeyPair, ImportKeyPair and RunInstances, with their error tables.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region

_KEY = re.compile(r"(ssh|ecdsa)-\S+ +AAAA[A-Za-z0-9+/]{4,}={0,2}( |$)")
"""A public key's type, and its data, whose first four bytes are the length of the type's name."""


@dataclass(kw_only=True, eq=False)
class KeyPair(
    Record,
    kind="key_pair",
    prefix="ssh",
    product="ecs",
    tag_type="keypair",
    natural_key="name",
    not_found=("InvalidKeyPair.NotFound", 404),
):
    """One key pair."""

    name: str = ""
    public_key: str = ""
    """In the form of OpenSSH."""
    resource_group_id: str = ""

    @property
    def fingerprint(self) -> str:
        """The MD5 fingerprint of the public key (RFC 4716)."""
        digest = hashlib.md5(_blob(self.public_key), usedforsecurity=False).hexdigest()
        return ":".join(digest[each : each + 2] for each in range(0, len(digest), 2))


def require_key_pair(region: Region, name: str) -> str:
    """The name of a key pair that exists; none for none."""
    if name:
        region.require(KeyPair, name, "InvalidKeyPairName.NotFound", 404)
    return name


def check_public_key(text: str) -> str:
    """The text of a public key in the form of OpenSSH. Raises for any other.

    Only its beginning counts: terraform-provider-alicloud imports a key that is cut off
    (data_source_alicloud_ecs_key_pairs_test.go).
    """
    if not _KEY.match(text.strip()):
        raise ApiError(
            "InvalidPublicKeyBody.Malformed", "The PublicKeyBody format is not supported."
        )
    return text.strip()


def _blob(public_key: str) -> bytes:
    text = public_key.split()[1]
    return base64.b64decode(text[: len(text) // 4 * 4])
