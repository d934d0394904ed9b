"""Refusals about an assumed role: of AssumeRole itself, and of a session that has ended."""

from gwlbfw.cloud.sdk.credentials import AccountAccess
from gwlbfw.errors import Busy, CloudError, Throttled

_ENDED = ("invalidsecuritytoken.expired", "securitytokenexpired")
"""Codes of a session that has ended (RPC gateway; OSS), in lower case."""
_CREDENTIALS = ("invalidaccesskeyid", "signaturedoesnotmatch", "incompletesignature", "invalidsec")
"""How codes begin that are about the credentials that ask for the role, not about the role."""


def has_ended(refusal: CloudError) -> bool:
    """True if the cloud refuses a call because the session that signs it has ended."""
    return refusal.cloud_code.lower().startswith(_ENDED)


def role_refusal(error: CloudError, account: str, access: AccountAccess) -> CloudError:
    """A refusal of AssumeRole, which says for which account of the topology and of which role.

    The causes are those of STS's AssumeRole page and of help page 42775; the code is the same for
    most of them.
    """
    named = error.about(f"account `{account}`, role {access.role_arn}")
    about_keys = error.cloud_code.lower().startswith(_CREDENTIALS)
    passing = isinstance(error, Busy | Throttled)
    named.hint = error.hint if about_keys or passing else _causes(account, access)
    return named


def _causes(account: str, access: AccountAccess) -> str:
    given = "is the one that" if access.external_id else "is given, if"
    return (
        f"look in this order: the role {access.role_arn} exists; its trust policy names the "
        f"account or user of these credentials; accounts.{account}.external_id {given} the trust "
        "policy asks for; these credentials have the RAM permission sts:AssumeRole on the role; "
        "they are not an account's own (root) key, which may assume no role"
    )
