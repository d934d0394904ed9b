"""Financial lock: a gateway load balancer whose account has not paid, and that therefore stops.

No action of the cloud does it. These two, of the product that only the simulator has, stand for the
bill that is not paid, and is paid later.
Source: help page "GWLB instances" (status Stopped, locked for overdue payment: neither deleted nor
updated, and in service again once it is unlocked) and GWLB API, GetLoadBalancerAttribute
(FinancialLocked; the listeners of an Inactive one forward nothing). That Stopped is the API's
Inactive, and that probes go on meanwhile, is UNVERIFIED.
"""

from gwlbfw.sim.services.gwlb.errors import require_status
from gwlbfw.sim.services.gwlb.load_balancer import FINANCIAL_LOCKED, NORMAL, LoadBalancer
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.sim.closed_port import PRODUCT, VERSION
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action(PRODUCT, "LockLoadBalancer", version=VERSION, required=("LoadBalancerId",))
def lock_load_balancer(region: Region, request: Request) -> Reply:
    """Lock a gateway load balancer for overdue payment."""
    balancer = region.require(LoadBalancer, request.text("LoadBalancerId"))
    if balancer.business_status == NORMAL:
        require_status(balancer, "Active")
        balancer.business_status = FINANCIAL_LOCKED
        region.transition(balancer, "Inactive")
    return {}


@action(PRODUCT, "UnlockLoadBalancer", version=VERSION, required=("LoadBalancerId",))
def unlock_load_balancer(region: Region, request: Request) -> Reply:
    """Unlock a gateway load balancer, whose account has paid."""
    balancer = region.require(LoadBalancer, request.text("LoadBalancerId"))
    if balancer.business_status == FINANCIAL_LOCKED:
        balancer.business_status = NORMAL
        region.transition(balancer, "Active")
    return {}
