"""Client tokens: the same call with the same token is carried out once.

Sources: "How to ensure idempotence" of the ECS API and of the VPC API; the products' ClientToken
parameters. The code for a token that returns with other parameters is documented for ECS and VPC
(IdempotentParameterMismatch) and the load balancers (IdempotenceSignatureMismatch).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.openapi import Action
from gwlbfw.sim.errors import ApiError, invalid_parameter
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Param, Reply

_MISMATCH = {"gwlb": "IdempotenceSignatureMismatch"}
# UNVERIFIED for PrivateLink, whose pages name no code.
_MISMATCH_ELSEWHERE = "IdempotentParameterMismatch"
READS = ("Describe", "List", "Get", "Check")
"""Beginnings of the names of actions that change nothing."""


_REMEMBERED_S = 86_400.0
"""Seconds after which a token is as good as new. UNVERIFIED: no page says how long it is kept."""


@dataclass(kw_only=True, eq=False)
class StoredReply(Record, kind="receipt", prefix="token", product=""):
    """The digest of a call with a client token, and its reply."""

    digest: str = ""
    reply: str = ""

    @property
    def implicit(self) -> bool:
        return True


@dataclass(frozen=True)
class IdempotencyToken:
    """The client token of a call, if it has one."""

    region: Region
    action: Action
    values: Mapping[str, Param]

    @property
    def _token(self) -> str:
        """The token, if the action takes tokens and changes resources."""
        action = self.action
        token = self.values.get("ClientToken", "")
        if "ClientToken" not in action.parameters or action.name.startswith(READS):
            return ""
        return token if isinstance(token, str) else ""

    @property
    def _id(self) -> str:
        parts = (self.region.account, self.region.name, self.action.product, self.action.name)
        return "token:" + "/".join((*parts, self._token))

    @property
    def _digest(self) -> str:
        text = json.dumps({**self.values, "ClientToken": ""}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def stored_reply(self) -> Reply | None:
        """The reply of an earlier call with the same token. Raises an ApiError if they differ."""
        token, product = self._token, self.action.product
        if not token:
            return None
        if len(token) > 64 or not token.isascii():
            raise invalid_parameter(product, "ClientToken", "at most 64 ASCII characters")
        receipt = self.region.state.find(self._id)
        if not isinstance(receipt, StoredReply):
            return None
        if receipt.digest != self._digest:
            code = _MISMATCH.get(product, _MISMATCH_ELSEWHERE)
            raise ApiError(code, "The ClientToken was used before with other parameters.")
        reply: Reply = json.loads(receipt.reply)
        return reply

    def store_reply(self, reply: Reply) -> None:
        """Store the reply for repetitions of the call."""
        if self._token:
            stored = StoredReply(id=self._id, digest=self._digest, reply=json.dumps(reply))
            self.region.add(stored)
            self.region.transition(stored, stored.status, DELETED, after=_REMEMBERED_S)
