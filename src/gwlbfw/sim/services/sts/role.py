"""Role: who may assume it, by which external id and for how long.

It is made by RAM's CreateRole, or declared to the simulator. To STS, any other role exists all the
same, and everybody may assume it. Sources: RAM API, CreateRole (trust policy, MaxSessionDuration);
STS API 2015-04-01, AssumeRole; "FAQ about RAM roles and STS tokens" (the message of a refusal).
That a wrong external id is refused like a wrong caller is UNVERIFIED, as is that chains of roles
have no limit of their own: no page names one.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gwlbfw.sim.auth.identity import Session
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.store.state import State

ARN = re.compile(r"acs:ram::(\d+):role/([\w.\-]{1,64})")
SHORTEST_S, DEFAULT_S, LONGEST_S = 900, 3600, 43200
"""Durations of sessions: the shortest, that of a role by default, the longest of any role."""
_PRINCIPAL = re.compile(r"\*|acs:ram::\d+:(root|(role|user)/[\w.@\-]{1,64})")
_FIELDS = frozenset({"arn", "trust", "external_id", "max_session"})


@dataclass(kw_only=True, eq=False)
class Role(
    Record,
    kind="role",
    prefix="role",
    product="ram",
    not_found=("EntityNotExist.Role", 404),
):
    """A role; its id is derived from its ARN."""

    name: str = ""
    description: str = ""
    policy: str = ""
    """The trust policy in JSON, as CreateRole gave it; none of a role that was declared."""
    services: tuple[str, ...] = ()
    """The services that may take it on, such as ecs.aliyuncs.com."""
    updated: float = 0.0
    trust: tuple[str, ...] = ("*",)
    """The principals that may assume it: `*`, accounts (`…:root`), roles, and users.

    The simulator knows no users: every key of an account counts as any of them.
    """
    external_id: str = ""
    max_session: int = DEFAULT_S

    @property
    def implicit(self) -> bool:
        return not self.policy

    @property
    def arn(self) -> str:
        """The role's name across accounts."""
        return f"acs:ram::{self.account}:role/{self.name.lower()}"

    @property
    def number(self) -> str:
        """What RAM calls the role's id."""
        return role_number(f"{self.arn.replace(':role/', ':assumed-role/')}/")

    def trusts_service(self, service: str) -> bool:
        """True if a service may take the role on; every one may where everybody may."""
        return "*" in self.trust or service in self.services


def find_role(state: State, arn: str) -> Role | None:
    """The declared role with an ARN, whose letter case doesn't count."""
    found = state.find(role_id(arn))
    return found if isinstance(found, Role) else None


def declare_role(state: State, data: object, now: float) -> None:
    """Declare a role, in place of an earlier one. Raises ValueError that says what is wrong."""
    if not isinstance(data, Mapping) or not data.keys() <= _FIELDS:
        raise ValueError(f"an object with the fields {', '.join(sorted(_FIELDS))} is expected")
    for problem in _problems(data):
        raise ValueError(problem)
    arn = str(data["arn"])
    region = Region(state, arn.split(":")[3], state.settings.region, now)
    if (old := find_role(state, arn)) is not None:
        region.remove(old)
    region.add(
        Role(
            id=role_id(arn),
            name=arn.rpartition("/")[2],
            trust=tuple(data.get("trust", ("*",))),
            external_id=data.get("external_id", ""),
            max_session=data.get("max_session", DEFAULT_S),
        )
    )


def _problems(data: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with the declaration of a role."""
    arn, trust = data.get("arn"), data.get("trust", [])
    external_id, longest = data.get("external_id", ""), data.get("max_session", DEFAULT_S)
    if not isinstance(arn, str) or not ARN.fullmatch(arn):
        yield f"arn is that of a role, acs:ram::ACCOUNT:role/NAME, not {arn!r}"
    if not isinstance(trust, list) or not all(
        isinstance(each, str) and _PRINCIPAL.fullmatch(each) for each in trust
    ):
        yield "trust is a list of *, acs:ram::ACCOUNT:root, …:role/NAME and …:user/NAME"
    if not isinstance(external_id, str):
        yield "external_id is a text"
    if type(longest) is not int or not DEFAULT_S <= longest <= LONGEST_S:
        yield f"max_session is a number of seconds from {DEFAULT_S} to {LONGEST_S}"


def check_caller(role: Role, account: str, session: Session | None, external_id: str) -> None:
    """Refuse a caller that the role does not trust, or that does not know its external id."""
    trusted = any(_covers(each, account, session) for each in role.trust)
    if not trusted or (role.external_id and external_id != role.external_id):
        why = "You are not authorized to do this action. You should be authorized by RAM."
        raise ApiError("NoPermission", why, 403)


def _covers(principal: str, account: str, session: Session | None) -> bool:
    """True if a principal stands for a key of an account, or for one of its sessions."""
    if principal in ("*", f"acs:ram::{account}:root"):
        return True
    if session is None:
        return principal.startswith(f"acs:ram::{account}:user/")
    assumed = session.arn.replace(":assumed-role/", ":role/").rpartition("/")[0]
    return principal.lower() == assumed.lower()


def role_id(arn: str) -> str:
    """The id of the role with an ARN."""
    return f"role:{arn.lower()}"


def role_number(session_arn: str) -> str:
    """The number of the role of a session, which RAM calls its id."""
    role = session_arn.rpartition("/")[0]
    return str(int(hashlib.sha256(role.encode()).hexdigest(), 16))[:18]
