"""The subscription of an account to PrivateLink."""

import pytest

from gwlbfw.sim.settings import Settings
from tests.sim.cloud import TRANSITION
from tests.sim.services.gwlb.calls import OTHER_ACCOUNT, Firewall


class TestUnopenedPrivatelink:
    """An account that has not opened PrivateLink."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(transition=TRANSITION, privatelink_open=False)

    def test_privatelink_must_be_opened_first(self, fw: Firewall) -> None:
        assert fw.link.refused("CheckProductOpen") == (400, "NeedOpenProduct")
        refused = fw.link.refused("CreateVpcEndpointService", ServiceResourceType="gwlb")
        assert refused == (400, "NeedOpenProduct")
        assert fw.link("OpenPrivateLinkService")["OrderId"]
        assert fw.link("CheckProductOpen") == {"Success": True}
        fw.service()

    def test_privatelink_is_opened_for_one_account(self, fw: Firewall) -> None:
        fw.link("OpenPrivateLinkService")
        other = fw.as_account(OTHER_ACCOUNT)
        assert other.link.refused("CheckProductOpen") == (400, "NeedOpenProduct")


def test_repeated_opening_of_privatelink_is_refused(fw: Firewall) -> None:
    assert fw.link("CheckProductOpen") == {"Success": True}
    assert fw.link.refused("OpenPrivateLinkService") == (400, "OrderOpend")
