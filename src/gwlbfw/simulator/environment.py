"""The environment variables that lead other programs to a simulator."""

from pathlib import Path
from urllib.parse import urlsplit

from gwlbfw.cloud.sdk import Keys
from gwlbfw.sim.server.certificates import TRUST
from gwlbfw.sim.services import registry

URL = "GWLBFW_ENDPOINT_URL"
"""The variable by which gwlbfw itself is told."""


def environment(url: str, ca_file: Path, keys: Keys, region: str) -> dict[str, str]:
    """The variables of Terraform's provider, the vendor's command line and SDKs, and gwlbfw.

    An endpoint for each product is read by the provider (terraform-provider-alicloud,
    connectivity/endpoint.go), which speaks HTTPS to it; with the type of account it need not ask.
    One for all products, and REGION_ID, is read by the CLI (aliyun-cli, config/profile.go).
    """
    registry.load_services()
    host = urlsplit(url).netloc
    return {
        **{f"ALIBABA_CLOUD_ENDPOINT_{each.upper()}": host for each in registry.versions()},
        "ALIBABA_CLOUD_ENDPOINT": host,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": keys.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": keys.access_key_secret,
        "ALIBABA_CLOUD_ACCOUNT_TYPE": "Domestic",
        "ALIBABA_CLOUD_REGION": region,
        "ALIBABA_CLOUD_REGION_ID": region,
        URL: url,
        **dict.fromkeys(TRUST, str(ca_file.absolute())),
    }
