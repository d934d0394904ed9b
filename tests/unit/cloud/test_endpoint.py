import pytest

from gwlbfw.cloud.backoff import CLOUD_BACKOFF, LOOPBACK_BACKOFF
from gwlbfw.cloud.endpoint import Endpoint, EndpointError, backoff_for


@pytest.mark.parametrize(
    ("url", "authority", "loopback"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("http://127.9.9.9:8080/", "127.9.9.9:8080", True),
        ("http://localhost:1", "localhost:1", True),
        ("http://sim.localhost:1", "sim.localhost:1", True),
        ("https://[::1]:8443", "[::1]:8443", True),
        ("https://sim.example.com", "sim.example.com", False),
        ("http://10.0.0.1:80", "10.0.0.1:80", False),
        ("http://localhost.example.com", "localhost.example.com", False),
    ],
)
def test_an_endpoint_knows_its_host_and_if_it_is_loopback(
    url: str, authority: str, loopback: bool
) -> None:
    endpoint = Endpoint.parse(url)
    assert (endpoint.authority, endpoint.is_loopback) == (authority, loopback)
    assert str(endpoint) == url.removesuffix("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8080",
        "ftp://h",
        "http://",
        "http://h/base",
        "http://h?x=1",
        "http://h:port",
        "http://user:pass@h",
        "http://user:pa/ss:pass@h",
        "user:pass@h",
        "http://user:pass@[::1",
        "http://[::1",
        "http://h:99999",
    ],
)
def test_an_unusable_endpoint_url_is_refused_with_a_hint(url: str) -> None:
    with pytest.raises(EndpointError) as caught:
        Endpoint.parse(url)
    assert "http://HOST:PORT" in (caught.value.diagnostics()[0].hint or "")
    assert "pass" not in str(caught.value)


def test_a_loopback_endpoint_has_shorter_delays() -> None:
    assert backoff_for("http://127.0.0.1:1") is LOOPBACK_BACKOFF
    assert backoff_for("http://sim.example.com") is CLOUD_BACKOFF
    assert backoff_for(None) is CLOUD_BACKOFF
