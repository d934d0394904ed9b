"""What anyone's tests get from having gwlbfw installed."""

import pytest

TEST = """
def test_it(simulated_cloud):
    vpc = simulated_cloud.client("vpc")
    from alibabacloud_vpc20160428 import models
    made = vpc.create_vpc(models.CreateVpcRequest(
        region_id="cn-wulanchabu", cidr_block="10.0.0.0/16"))
    assert simulated_cloud.status().resources == {"vpc": 1}
    assert made.body.vpc_id.startswith("vpc-")

def test_another(simulated_cloud):
    assert simulated_cloud.status().empty
"""


def test_each_test_has_a_simulated_cloud_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST)
    pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider").assert_outcomes(passed=2)
