"""The simulated OSS, through the vendor's OSS SDK."""

from collections.abc import Callable
from typing import Any

import alibabacloud_oss_v2 as oss
import pytest

from gwlbfw.sim.faults import Rule
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator

BUCKET = "records"
Connect = Callable[..., Any]


@pytest.fixture
def simulator(settings: Settings) -> Simulator:
    return Simulator(settings=settings)


@pytest.fixture
def connect(simulator: Simulator) -> Any:
    with Server(simulator) as server:

        def client(key: str = "someone", secret: str = "its-secret", attempts: int = 1) -> Any:  # noqa: S107
            config = oss.config.load_default()
            config.region, config.endpoint = "cn-wulanchabu", server.url
            config.use_path_style, config.retry_max_attempts = True, attempts
            config.credentials_provider = oss.credentials.StaticCredentialsProvider(key, secret)
            return oss.Client(config)

        yield client


def put(client: Any, key: str, body: bytes = b"content", **more: Any) -> None:
    client.put_object(oss.PutObjectRequest(bucket=BUCKET, key=key, body=body, **more))


def get(client: Any, key: str) -> bytes:
    found = client.get_object(oss.GetObjectRequest(bucket=BUCKET, key=key))
    return bytes(found.body.content)


def keys(client: Any, **query: Any) -> list[str]:
    pages = client.list_objects_v2_paginator().iter_page(
        oss.ListObjectsV2Request(bucket=BUCKET, **query)
    )
    return [each.key for page in pages for each in page.contents or ()]


def code(problem: pytest.ExceptionInfo[Any]) -> tuple[int, str]:
    error = problem.value.unwrap()
    return error.status_code, error.code


def test_object_is_put_read_and_overwritten(connect: Connect) -> None:
    client = connect()
    put(client, "a/ü &<b>.json", b"\x00\xff")
    assert get(client, "a/ü &<b>.json") == b"\x00\xff"
    put(client, "a/ü &<b>.json", b"other")
    assert get(client, "a/ü &<b>.json") == b"other"


def test_existing_object_is_not_overwritten_if_forbidden(connect: Connect) -> None:
    client = connect()
    put(client, "lock", b"mine", forbid_overwrite=True)
    with pytest.raises(oss.exceptions.OperationError) as refused:
        put(client, "lock", b"theirs", forbid_overwrite=True)
    assert code(refused) == (409, "FileAlreadyExists")
    assert get(client, "lock") == b"mine"


def test_put_repeated_after_a_lost_reply_finds_its_object(
    connect: Connect, simulator: Simulator
) -> None:
    simulator.faults.add(Rule("lose_reply", match="oss:PutObject", nth=1))
    client = connect(attempts=2)
    with pytest.raises(oss.exceptions.OperationError) as refused:
        put(client, "lock", b"mine", forbid_overwrite=True)
    assert code(refused) == (409, "FileAlreadyExists")
    assert get(client, "lock") == b"mine"


def test_deleted_object_is_gone_and_repeated_deletion_succeeds(connect: Connect) -> None:
    client = connect()
    put(client, "a")
    for _ in range(2):
        gone = client.delete_object(oss.DeleteObjectRequest(bucket=BUCKET, key="a"))
        assert gone.status_code == 204
    with pytest.raises(oss.exceptions.OperationError) as refused:
        get(client, "a")
    assert code(refused) == (404, "NoSuchKey")
    assert not client.is_object_exist(BUCKET, "a")


def test_head_of_an_object_has_no_content(connect: Connect) -> None:
    client = connect()
    put(client, "a")
    head = client.head_object(oss.HeadObjectRequest(bucket=BUCKET, key="a"))
    assert head.etag == '"9A0364B9E99BB480DD25E1F0284C8555"'
    with pytest.raises(oss.exceptions.OperationError) as refused:
        client.head_object(oss.HeadObjectRequest(bucket=BUCKET, key="b"))
    assert code(refused) == (404, "NoSuchKey")


def test_objects_are_listed_in_order_by_prefix_and_page(connect: Connect) -> None:
    client = connect()
    names = [f"x/ä & {number:03}" for number in range(25)]
    for each in [*names, "y/other"]:
        put(client, each)
    assert keys(client, prefix="x/", max_keys=10) == names
    assert keys(client, prefix="x/", start_after=names[22]) == names[23:]
    assert keys(client, prefix="z/") == []


def test_status_counts_no_objects(connect: Connect, simulator: Simulator) -> None:
    put(connect(), "a")
    assert simulator.status().empty


def test_unsupported_oss_request_is_refused(connect: Connect) -> None:
    with pytest.raises(oss.exceptions.OperationError) as refused:
        connect().get_object_acl(oss.GetObjectAclRequest(bucket=BUCKET, key="a"))
    assert code(refused) == (501, "NotImplemented")


class TestWithCredentials:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(credentials={"key": "its-secret"})

    def test_object_is_put_with_the_right_secret(self, connect: Connect) -> None:
        client = connect("key", "its-secret")
        put(client, "a/ä b.json")
        assert keys(client, prefix="a/") == ["a/ä b.json"]

    @pytest.mark.parametrize(
        ("key", "secret", "expected"),
        [
            ("key", "another", "SignatureDoesNotMatch"),
            ("nobody", "its-secret", "InvalidAccessKeyId"),
        ],
    )
    def test_wrong_key_or_secret_is_refused_by_oss(
        self, connect: Connect, key: str, secret: str, expected: str
    ) -> None:
        with pytest.raises(oss.exceptions.OperationError) as refused:
            put(connect(key, secret), "a")
        assert code(refused) == (403, expected)
