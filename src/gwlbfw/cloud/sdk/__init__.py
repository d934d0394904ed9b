"""The vendor's SDK as a transport: the only package that imports it, when needed.

Importing this package loads nothing of the SDK; the first call does.
"""

from gwlbfw.cloud.sdk.access_keys import CredentialsError, Keys
from gwlbfw.cloud.sdk.credentials import AccountAccess, CredentialSettings
from gwlbfw.cloud.sdk.transport import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, SdkTransport

__all__ = [
    "CONNECT_TIMEOUT_S",
    "READ_TIMEOUT_S",
    "AccountAccess",
    "CredentialSettings",
    "CredentialsError",
    "Keys",
    "SdkTransport",
]
