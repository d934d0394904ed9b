"""A simulated cloud for anyone who tests code against these APIs.

    with simulated_cloud() as cloud:
        client = cloud.client("vpc")

    @simulated_cloud(clock="standing")
    def test_something(cloud): ...

    with SimulatorProcess() as simulator:
        subprocess.run(["terraform", "apply"], env={**os.environ, **simulator.environment()})

Each is a server of its own on a free loopback port, in this process or in another one.
"""

from gwlbfw.simulator.embedded import SimulatedCloud, simulated_cloud
from gwlbfw.simulator.process import SimulatorProcess

__all__ = ["SimulatedCloud", "SimulatorProcess", "simulated_cloud"]
