#!/usr/bin/env bash
# The main job on the simulator: deploy, prove it, drift, mend, take it all away.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d "${TMPDIR:-/tmp}/gwlbfw-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
export GWLBFW_SIM=1 GWLBFW_SIM_DIR="$work/sim"
topology=examples/ulanqab.yaml
gwlbfw=(gwlbfw --state "$work/state")

step() { printf '\n\033[1m── %s\033[0m\n' "$1"; }
show() { printf '$ gwlbfw %s\n' "$*"; "${gwlbfw[@]}" "$@"; }
expect() { # a command that must end with this exit code
  local code=0
  show "${@:2}" || code=$?
  printf 'exit code %s\n\n' "$code"
  [ "$code" -eq "$1" ]
}

step "1. Check the topology: no cloud needed"
show validate "$topology"

step "2. Deploy the Internet boundary firewall on the simulated cloud"
show apply "$topology" --auto-approve

step "3. A second plan has nothing to do"
expect 0 plan "$topology" --detailed-exitcode

step "4. Live routes prove it: all Internet traffic is inspected, both ways"
expect 0 verify "$topology"

step "5. Someone turns the default route of a business subnet past the firewall"
table=$("${gwlbfw[@]}" sim call vpc DescribeRouteTableList --region cn-wulanchabu PageSize=50 |
  python3 -c 'import json, sys
tables = json.load(sys.stdin)["RouterTableList"]["RouterTableListType"]
print(next(t["RouteTableId"] for t in tables if "cn-wulanchabu-b" in t["RouteTableName"]))')
gateway=$("${gwlbfw[@]}" sim call vpc ListIpv4Gateways --region cn-wulanchabu |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["Ipv4GatewayModels"][0]["Ipv4GatewayId"])')
show sim call vpc ModifyRouteEntry --region cn-wulanchabu RouteTableId="$table" \
  DestinationCidrBlock=0.0.0.0/0 NewNextHopType=Ipv4Gateway NewNextHopId="$gateway"

step "6. Drift names it (exit code 2), and verify refutes it (exit code 3)"
expect 2 drift "$topology"
expect 3 verify "$topology"

step "7. Apply mends it, and there is no drift left"
show apply "$topology" --auto-approve
expect 0 drift "$topology"

step "8. Take everything away: the region is empty again"
show destroy "$topology" --auto-approve
show sim status
"${gwlbfw[@]}" sim status --format json | python3 -c 'import json, sys; sys.exit(not json.load(sys.stdin)["empty"])'
