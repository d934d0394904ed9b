"""Who a stack's accounts are, and how that is said."""

import pytest

from gwlbfw.cloud.backoff import LOOPBACK_BACKOFF
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.identity import CloudIdentity, fetch_identity
from gwlbfw.errors import ReplyError
from tests.unit.execute.fake_transport import FakeTransport

OWN, BIZ = "1000000000000001", "2000000000000002"


def client(transport: FakeTransport) -> ApiClient:
    return ApiClient(transport, ManualClock(), LOOPBACK_BACKOFF, "cn-wulanchabu")


async def test_each_account_is_asked_for_once() -> None:
    transport = FakeTransport(
        GetCallerIdentity=lambda call: {"AccountId": BIZ if call.account else OWN}
    )
    identity = await fetch_identity(client(transport), {"", "biz"})
    assert identity == CloudIdentity({"": OWN, "biz": BIZ})
    assert sorted(each.account for each in transport.calls) == ["", "biz"]


async def test_a_reply_without_an_account_is_none() -> None:
    transport = FakeTransport(GetCallerIdentity=lambda _: {"Arn": "acs:ram::1:root"})
    with pytest.raises(ReplyError, match="sts:GetCallerIdentity"):
        await fetch_identity(client(transport), {""})


@pytest.mark.parametrize(
    ("identity", "profiles", "place"),
    [
        (CloudIdentity({"": OWN}), {}, f"in account {OWN}"),
        (CloudIdentity({"": OWN}), {"": "prod"}, f"in account {OWN} (profile prod)"),
        (CloudIdentity({"": OWN, "biz": BIZ}), {}, f"in accounts {OWN}, {BIZ} (`biz`)"),
        (CloudIdentity({"": OWN}, "name.content"), {"": "prod"}, "on the simulator"),
    ],
)
def test_place_names_cloud_and_accounts(
    identity: CloudIdentity, profiles: dict[str, str], place: str
) -> None:
    assert identity.place(profiles) == place
