"""Actions on SSH key pairs.

Sources: ECS API, CreateKeyPair, ImportKeyPair, DescribeKeyPairs, DeleteKeyPairs, AttachKeyPair and
DetachKeyPair, with their error tables; terraform-provider-alicloud,
resource_alicloud_ecs_key_pair.go.
"""

import re

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.ecs.key_pair.record import KeyPair, check_public_key
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_BITS = 2048
_NAME = re.compile(r"(?!https?://)[^\W\d_][\w:\-.]{1,127}")
_FILTERS: dict[str, TextGetter[KeyPair]] = {
    "KeyPairFingerPrint": lambda each: each.fingerprint,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


@action("ecs", "CreateKeyPair")
def create_key_pair(region: Region, request: Request) -> Reply:
    """A new RSA key pair, whose private key this reply alone has."""
    # Imported when it is needed: it takes longer than all the rest.
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

    key = rsa.generate_private_key(65537, _BITS)
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    pair = _add(region, request, public.decode())
    return {
        "KeyPairId": pair.id,
        "KeyPairName": pair.name,
        "KeyPairFingerPrint": pair.fingerprint,
        "PrivateKeyBody": private.decode(),
    }


@action("ecs", "ImportKeyPair")
def import_key_pair(region: Region, request: Request) -> Reply:
    """A key pair of a public key that exists."""
    pair = _add(region, request, check_public_key(request.require("PublicKeyBody")))
    return {"KeyPairName": pair.name, "KeyPairFingerPrint": pair.fingerprint}


@action("ecs", "DescribeKeyPairs")
def describe_key_pairs(region: Region, request: Request) -> Reply:
    """The key pairs that match; `*` in the name stands for any text."""
    pairs = filter_by_parameters(request, filter_by_tags(region.all(KeyPair), request), _FILTERS)
    if pattern := request.text("KeyPairName"):
        fits = re.compile(".*".join(map(re.escape, pattern.split("*"))))
        pairs = [each for each in pairs if fits.fullmatch(each.name)]
    page = page_by_number(request, pairs, default=10, maximum=50)
    with_key = request.flag("IncludePublicKey")
    views: Json = [_view(each, with_key=with_key) for each in page.items]
    return {**page.fields, "KeyPairs": {"KeyPair": views}}


@action("ecs", "DeleteKeyPairs")
def delete_key_pairs(region: Region, request: Request) -> Reply:
    """Delete the key pairs of these names, which no instance has; others are not missed.

    UNVERIFIED: that a name which isn't there is no error.
    """
    for name in request.json_texts("KeyPairNames"):
        if region.where(Instance, key_pair=name):
            raise ApiError(
                "InvalidParameter.KeypairAlreadyAttachedInstance",
                f"The key pair {name} is attached to instances.",
            )
        for pair in region.where(KeyPair, name=name):
            region.remove(pair)
    return {}


@action("ecs", "AttachKeyPair")
def attach_key_pair(region: Region, request: Request) -> Reply:
    """Bind a key pair to Linux instances, in the place of the one they have."""
    pair = region.require(KeyPair, request.require("KeyPairName"))
    return _for_each(region, request, pair.name)


@action("ecs", "DetachKeyPair")
def detach_key_pair(region: Region, request: Request) -> Reply:
    """Take a key pair from instances."""
    region.require(KeyPair, request.require("KeyPairName"))
    return _for_each(region, request, "")


def _add(region: Region, request: Request, public_key: str) -> KeyPair:
    name = request.require("KeyPairName")
    if not _NAME.fullmatch(name):
        raise ApiError("InvalidKeyPairName.Malformed", "Specified Key Pair name is not valid.")
    if region.where(KeyPair, name=name):
        raise ApiError("KeyPair.AlreadyExist", "The key pair already exist.")
    pair = KeyPair(
        name=name,
        public_key=public_key,
        resource_group_id=requested_group(region, request, ""),
        tags=requested_tags(request),
    )
    return region.add(pair)


def _for_each(region: Region, request: Request, key_pair: str) -> Reply:
    """Give instances a key pair or none; each has a result of its own."""
    named = request.text("KeyPairName")
    results: list[Json] = []
    failed = 0
    for instance_id in request.json_texts("InstanceIds"):
        instance = region.find(Instance, instance_id)
        code, message = "200", "successful"
        if instance is None:
            code, message = "InvalidInstanceId.NotFound", "The specified InstanceId does not exist."
        elif not key_pair and instance.key_pair != named:
            code, message = "InvalidKeyPair.NotAttached", f"{instance_id} has not this key pair."
        else:
            instance.key_pair = key_pair
        failed += code != "200"
        success = str(code == "200").lower()
        results.append(
            {"InstanceId": instance_id, "Success": success, "Code": code, "Message": message}
        )
    return {
        "KeyPairName": named,
        "TotalCount": str(len(results)),
        "FailCount": str(failed),
        "Results": {"Result": results},
    }


def _view(pair: KeyPair, *, with_key: bool) -> Json:
    return {
        "KeyPairName": pair.name,
        "KeyPairFingerPrint": pair.fingerprint,
        "PublicKey": pair.public_key if with_key else "",
        "CreationTime": timestamp(pair.created),
        "ResourceGroupId": pair.resource_group_id,
        "Tags": {"Tag": tag_list(pair.tags, "TagKey", "TagValue")},
    }
