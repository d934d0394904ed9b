"""The accounts that the endpoint service has to allow."""

from pathlib import Path

from gwlbfw.blueprint import blueprint
from gwlbfw.topology.models import Topology

ULANQAB = (Path(__file__).parents[3] / "examples" / "ulanqab.yaml").read_text(encoding="utf-8")
ELSEWHERE = """
accounts:
  sec: {role_arn: "acs:ram::2000000000000002:role/deploy"}
"""


def codes(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "hello-world.sh").write_text("true\n", encoding="utf-8")
    file = tmp_path / "topology.yaml"
    file.write_text(text, encoding="utf-8")
    return [each.code for each in blueprint(Topology.load(file)).diagnostics]


def of_another_account(text: str) -> str:
    return text.replace("security_vpc:\n", "security_vpc:\n  account: sec\n") + ELSEWHERE


def test_single_account_needs_no_allowed_accounts(tmp_path: Path) -> None:
    assert codes(tmp_path, ULANQAB) == []


def test_business_account_of_unknown_id_has_to_be_listed(tmp_path: Path) -> None:
    assert codes(tmp_path, of_another_account(ULANQAB)) == ["unlisted-account"]


def test_listed_business_account_is_allowed(tmp_path: Path) -> None:
    listed = ULANQAB.replace(
        "endpoint_service: {auto_accept: true}",
        'endpoint_service: {auto_accept: true, allowed_accounts: ["1000000000000001"]}',
    )
    assert listed != ULANQAB
    assert codes(tmp_path, of_another_account(listed)) == []
