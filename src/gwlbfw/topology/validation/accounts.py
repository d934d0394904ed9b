"""Accounts: how to act in them, and who names them."""

import re
from collections.abc import Iterator

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.validation.traversal import vpcs
from gwlbfw.topology.wording import called, quoted, suggestion

_ROLE = re.compile(r"acs:ram::[0-9]{1,20}:role/[A-Za-z0-9._@-]{1,64}")
_ACCOUNT_ID = re.compile(r"[0-9]{1,20}")


def credentials(topology: Topology) -> Iterator[Finding]:
    """An account is reached by a role or by a profile."""
    for key, account in topology.accounts.items():
        path = ("accounts", key)
        if (account.role_arn is None) == (account.profile is None):
            message = f"{called(path)} needs either `role_arn` or `profile`"
            yield Finding("account", path, message, of_key=True)
        elif account.profile is not None and account.external_id is not None:
            message = "`external_id` goes with `role_arn`, not with `profile`"
            yield Finding("account", (*path, "external_id"), message, of_key=True)
        if account.role_arn is not None and not _ROLE.fullmatch(account.role_arn):
            message = f"{quoted(account.role_arn)} is no ARN of a RAM role"
            hint = "write it as acs:ram::123456789012:role/netops"
            yield Finding("role-arn", (*path, "role_arn"), message, hint)


def known(topology: Topology) -> Iterator[Finding]:
    """A VPC's account is one of `accounts`."""
    for path, vpc in vpcs(topology):
        if vpc.account is not None and vpc.account not in topology.accounts:
            message = f"there is no account {quoted(vpc.account)} in `accounts`"
            hint = suggestion(vpc.account, list(topology.accounts))
            yield Finding("no-account", (*path, "account"), message, hint, of_absence=True)


def allowed(topology: Topology) -> Iterator[Finding]:
    """Account ids are digits (PrivateLink API, AddUserToVpcEndpointService, UserId)."""
    for index, each in enumerate(topology.endpoint_service.allowed_accounts):
        if not _ACCOUNT_ID.fullmatch(each):
            path = ("endpoint_service", "allowed_accounts", index)
            yield Finding("account-id", path, f"{quoted(each)} is no account id", "digits only")
