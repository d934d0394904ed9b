"""Checks of accounts: their credentials, and the places that name them."""

import re
from collections.abc import Iterator

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.validation.traversal import vpcs
from gwlbfw.topology.wording import describe, quote, suggestion

_ROLE = re.compile(r"acs:ram::[0-9]{1,20}:role/[A-Za-z0-9._@-]{1,64}")
_ACCOUNT_ID = re.compile(r"[0-9]{1,20}")


def credentials(topology: Topology) -> Iterator[Problem]:
    """An account is reached by a role or by a profile."""
    for key, account in topology.accounts.items():
        path = ("accounts", key)
        if (account.role_arn is None) == (account.profile is None):
            message = f"{describe(path)} needs either `role_arn` or `profile`"
            yield Problem("account", path, message, at_key=True)
        elif account.profile is not None and account.external_id is not None:
            message = "`external_id` goes with `role_arn`, not with `profile`"
            yield Problem("account", (*path, "external_id"), message, at_key=True)
        if account.role_arn is not None and not _ROLE.fullmatch(account.role_arn):
            message = f"{quote(account.role_arn)} is not the ARN of a RAM role"
            hint = "write it as acs:ram::123456789012:role/netops"
            yield Problem("role-arn", (*path, "role_arn"), message, hint)


def account_keys(topology: Topology) -> Iterator[Problem]:
    """A VPC's account is one of `accounts`."""
    for path, vpc in vpcs(topology):
        if vpc.account is not None and vpc.account not in topology.accounts:
            message = f"there is no account {quote(vpc.account)} in `accounts`"
            hint = suggestion(vpc.account, list(topology.accounts))
            yield Problem("no-account", (*path, "account"), message, hint, about_absence=True)


USUAL_LENGTH = 16
"""Digits of an account id. UNVERIFIED: so are all in the vendor's examples, but no page says it."""


def allowed_accounts(topology: Topology) -> Iterator[Problem]:
    """Account ids are digits (PrivateLink API, AddUserToVpcEndpointService, UserId)."""
    for index, each in enumerate(topology.endpoint_service.allowed_accounts):
        if not _ACCOUNT_ID.fullmatch(each):
            path = ("endpoint_service", "allowed_accounts", index)
            yield Problem("account-id", path, f"{quote(each)} is not an account id", "digits only")
        elif len(each) != USUAL_LENGTH:
            path = ("endpoint_service", "allowed_accounts", index)
            message = f"{quote(each)} has {len(each)} digits; ids of accounts have {USUAL_LENGTH}"
            yield Problem("account-id", path, message, severity="warning")
