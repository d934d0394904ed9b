"""The second-by-second monitoring of an EIP, which is written to a log store.

Sources: VPC API, SetHighDefinitionMonitorLogStatus and DescribeHighDefinitionMonitorLogAttribute.
"""

from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.eip.record import Eip
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action(
    "vpc", "SetHighDefinitionMonitorLogStatus", not_simulated="logs, and whether a store exists"
)
def set_high_definition_monitor_log_status(region: Region, request: Request) -> Reply:
    """Switch the monitoring on or off, and say where it is written."""
    request.one_of("InstanceType", ("EIP",), "EIP")
    eip = region.require(Eip, request.text("InstanceId"))
    eip.monitor_status = request.one_of("Status", ("ON", "OFF"))
    eip.log_project, eip.log_store = request.text("LogProject"), request.text("LogStore")
    return {"Success": "true"}


@action("vpc", "DescribeHighDefinitionMonitorLogAttribute")
def describe_high_definition_monitor_log_attribute(region: Region, request: Request) -> Reply:
    """The place to which the monitoring of an EIP is written."""
    kind = request.one_of("InstanceType", ("EIP",), "EIP")
    eip = region.require(Eip, request.text("InstanceId"))
    return {
        "InstanceId": eip.id,
        "InstanceType": kind,
        "LogProject": eip.log_project,
        "LogStore": eip.log_store,
        "Success": "true",
    }
