"""SSH key pairs."""

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.sim.services.ecs.calls import PUBLIC_KEY, Ecs

FINGERPRINT = "f4:34:40:4d:db:06:44:2e:87:03:e3:73:53:83:06:65"


def names(ecs: Ecs, **filters: object) -> list[str]:
    pairs = ecs.call("describe_key_pairs", **filters)["KeyPairs"]["KeyPair"]
    return [each["KeyPairName"] for each in pairs]


def test_created_key_pair_has_a_private_key_that_its_reply_alone_tells(ecs: Ecs) -> None:
    made = ecs.call("create_key_pair", KeyPairName="ops")
    assert load_pem_private_key(made["PrivateKeyBody"].encode(), None)
    (listed,) = ecs.call("describe_key_pairs", IncludePublicKey=True)["KeyPairs"]["KeyPair"]
    assert listed["KeyPairFingerPrint"] == made["KeyPairFingerPrint"]
    assert listed["PublicKey"].startswith("ssh-rsa ")
    assert ecs.refused("create_key_pair", KeyPairName="ops") == (400, "KeyPair.AlreadyExist")


def test_imported_key_pair_has_the_fingerprint_of_its_public_key(ecs: Ecs) -> None:
    made = ecs.call("import_key_pair", KeyPairName="ops", PublicKeyBody=PUBLIC_KEY)
    assert made["KeyPairFingerPrint"] == FINGERPRINT
    assert names(ecs, KeyPairFingerPrint=FINGERPRINT) == ["ops"]
    assert names(ecs, KeyPairFingerPrint="00:11") == []


def test_public_key_that_is_cut_off_is_imported(ecs: Ecs) -> None:
    ecs.call("import_key_pair", KeyPairName="ops", PublicKeyBody=PUBLIC_KEY.split("=")[0])
    assert names(ecs) == ["ops"]


@pytest.mark.parametrize("text", ["ssh-rsa", "ssh-rsa ???", "BEGIN PUBLIC KEY"])
def test_what_is_no_public_key_is_not_imported(ecs: Ecs, text: str) -> None:
    refused = ecs.refused("import_key_pair", KeyPairName="ops", PublicKeyBody=text)
    assert refused == (400, "InvalidPublicKeyBody.Malformed")
    assert names(ecs) == []


def test_key_pairs_are_filtered_by_name_and_tag(ecs: Ecs) -> None:
    tag = {"Key": "a", "Value": "b"}
    ecs.call("import_key_pair", KeyPairName="blue", PublicKeyBody=PUBLIC_KEY, Tag=[tag])
    ecs.call("import_key_pair", KeyPairName="black", PublicKeyBody=PUBLIC_KEY)
    assert names(ecs, KeyPairName="bl*e") == ["blue"]
    assert names(ecs, KeyPairName="bl*") == ["blue", "black"]
    assert names(ecs, Tag=[tag]) == ["blue"]
    assert names(ecs, ResourceGroupId="rg-none") == []


def test_key_pair_is_attached_detached_and_then_deleted(ecs: Ecs) -> None:
    ecs.call("import_key_pair", KeyPairName="ops", PublicKeyBody=PUBLIC_KEY)
    instance = ecs.instance()
    ids = f'["{instance}", "i-none"]'
    reply = ecs.call("attach_key_pair", KeyPairName="ops", InstanceIds=ids)
    assert (reply["TotalCount"], reply["FailCount"]) == ("2", "1")
    results = {each["InstanceId"]: each["Code"] for each in reply["Results"]["Result"]}
    assert results == {instance: "200", "i-none": "InvalidInstanceId.NotFound"}
    assert ecs.ids(KeyPairName="ops") == [instance]
    attached = ecs.refused("delete_key_pairs", KeyPairNames='["ops"]')
    assert attached == (400, "InvalidParameter.KeypairAlreadyAttachedInstance")
    ecs.call("detach_key_pair", KeyPairName="ops", InstanceIds=f'["{instance}"]')
    assert ecs.one(instance)["KeyPairName"] == ""
    ecs.call("delete_key_pairs", KeyPairNames='["ops", "none"]')
    assert names(ecs) == []


def test_key_pair_is_tagged_by_its_name(ecs: Ecs) -> None:
    ecs.call("import_key_pair", KeyPairName="ops", PublicKeyBody=PUBLIC_KEY)
    named = {"ResourceType": "keypair", "ResourceId": ["ops"]}
    ecs.call("tag_resources", **named, Tag=[{"Key": "a", "Value": "b"}])
    (tag,) = ecs.call("list_tag_resources", **named)["TagResources"]["TagResource"]
    assert (tag["ResourceId"], tag["TagKey"]) == ("ops", "a")
    assert names(ecs, Tag=[{"Key": "a"}]) == ["ops"]


def test_unknown_key_pair_is_not_attached(ecs: Ecs) -> None:
    refused = ecs.refused("attach_key_pair", KeyPairName="none", InstanceIds="[]")
    assert refused == (404, "InvalidKeyPair.NotFound")
