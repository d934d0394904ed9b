"""Prefix lists, and rules of security groups that name them."""

from typing import Any

from tests.sim.services.ecs.calls import Ecs

RULE = {"IpProtocol": "TCP", "PortRange": "22/22"}


def made(ecs: Ecs, *blocks: str, **more: Any) -> str:
    parameters = {"PrefixListName": "offices", "AddressFamily": "IPv4", "MaxEntries": 2, **more}
    entries = [{"Cidr": each} for each in blocks]
    return str(ecs.call("create_prefix_list", **parameters, Entry=entries)["PrefixListId"])


def blocks(ecs: Ecs, prefix_list: str) -> list[str]:
    reply = ecs.call("describe_prefix_list_attributes", PrefixListId=prefix_list)
    return [each["Cidr"] for each in reply["Entries"]["Entry"]]


def names(ecs: Ecs, **filters: Any) -> list[str]:
    found = ecs.call("describe_prefix_lists", **filters)["PrefixLists"]["PrefixList"]
    return [each["PrefixListName"] for each in found]


def test_entries_read_back_as_blocks_in_their_usual_spelling(ecs: Ecs) -> None:
    assert blocks(ecs, made(ecs, "192.168.1.100", "10.0.0.0/8")) == [
        "192.168.1.100/32",
        "10.0.0.0/8",
    ]
    wide = made(ecs, "2001:0DB8:0000::/32", AddressFamily="IPv6")
    assert blocks(ecs, wide) == ["2001:db8::/32"]


def test_entries_are_changed_within_their_number(ecs: Ecs) -> None:
    which = {"PrefixListId": made(ecs, "10.0.0.0/8", "10.1.0.0/16")}
    more = [{"Cidr": "10.2.0.0/16"}]
    refused = ecs.refused("modify_prefix_list", **which, AddEntry=more)
    assert refused == (400, "LimitExceed.PrefixListEntry")
    ecs.call(
        "modify_prefix_list",
        **which,
        AddEntry=more,
        RemoveEntry=[{"Cidr": "10.0.0.0/8"}],
        PrefixListName="sites",
    )
    assert blocks(ecs, which["PrefixListId"]) == ["10.1.0.0/16", "10.2.0.0/16"]
    assert names(ecs) == ["sites"]
    assert names(ecs, PrefixListName="offices") == names(ecs, AddressFamily="IPv6") == []
    refused = ecs.refused("modify_prefix_list", **which, AddEntry=[{"Cidr": "::/0"}])
    assert refused[0] == 400


def test_prefix_list_that_a_rule_names_is_not_deleted(ecs: Ecs) -> None:
    prefix_list = made(ecs, "10.0.0.0/8")
    rule = {**RULE, "SourcePrefixListId": prefix_list}
    ecs.authorize(rule)
    (found,) = ecs.rules()
    assert (found["SourcePrefixListId"], found["SourcePrefixListName"]) == (prefix_list, "offices")
    refused = ecs.refused("delete_prefix_list", PrefixListId=prefix_list)
    assert refused == (400, "NotAllowed.AssociationExist")
    ecs.call("revoke_security_group", SecurityGroupId=ecs.group, Permissions=[rule])
    ecs.call("delete_prefix_list", PrefixListId=prefix_list)
    refused = ecs.refused("describe_prefix_list_attributes", PrefixListId=prefix_list)
    assert refused == (404, "InvalidPrefixListId.NotFound")


def test_prefix_list_gives_way_to_any_other_source(ecs: Ecs) -> None:
    ecs.authorize({**RULE, "SourcePrefixListId": "pl-none", "SourceCidrIp": "10.0.0.0/8"})
    assert ecs.rules()[0]["SourcePrefixListId"] == ""
