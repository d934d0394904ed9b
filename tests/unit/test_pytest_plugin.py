"""What anyone's tests get from having gwlbfw installed."""

import pytest

TEST = """
from urllib.request import ProxyHandler, build_opener

def fill(cloud):
    query = "Action=CreateVpc&Version=2016-04-28&CidrBlock=10.0.0.0/16"
    return build_opener(ProxyHandler({})).open(f"{cloud.url}/?{query}").read().decode()

"""


def run(pytester: pytest.Pytester, *tests: str, ini: str = "") -> pytest.RunResult:
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makepyfile(TEST + "\n".join(tests))
    return pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider")


def test_each_test_has_a_simulated_cloud_of_its_own(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        "def test_it(simulated_cloud):",
        "    assert 'VpcId' in fill(simulated_cloud)",
        "    assert simulated_cloud.status().resources == {'vpc': 1}",
        "def test_another(simulated_cloud):",
        "    assert simulated_cloud.status().empty",
    )
    ran.assert_outcomes(passed=2)


def test_simulated_cloud_lasts_as_configured_and_is_fresh_for_tests_that_want_it(
    pytester: pytest.Pytester,
) -> None:
    ran = run(
        pytester,
        "from gwlbfw.sim.faults import Rule",
        "URLS = set()",
        "def test_it(simulated_cloud):",
        "    fill(simulated_cloud)",
        "    simulated_cloud.simulator.faults.add(Rule('throttle', match='ecs:*'))",
        "    URLS.add(simulated_cloud.url)",
        "def test_another(simulated_cloud):",
        "    assert simulated_cloud.status().resources == {'vpc': 1}",
        "    assert simulated_cloud.url in URLS",
        "def test_fresh(fresh_simulated_cloud):",
        "    assert fresh_simulated_cloud.url in URLS",
        "    assert fresh_simulated_cloud.status().empty",
        "    assert fresh_simulated_cloud.simulator.activity.entries() == []",
        "    assert fresh_simulated_cloud.simulator.faults.hits() == []",
        ini="simulated_cloud_scope = session",
    )
    ran.assert_outcomes(passed=3)


def test_unknown_scope_is_refused(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        "def test_it(simulated_cloud):",
        "    pass",
        ini="simulated_cloud_scope = forever",
    )
    assert ran.ret != 0
    assert "simulated_cloud_scope is one of function, class, module" in (
        ran.stdout.str() + ran.stderr.str()
    )
