"""The user data that makes an ordinary instance a simulated appliance, and digests of user data.

Packets reach an appliance as Geneve (UDP 6081) from the load balancer's address of a zone, any
zone, and must go back to that address with their source port and options untouched. One pair of
NAT rules per address does that, without unpacking anything.
"""

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence

from gwlbfw.resources.instance import Launch
from gwlbfw.resources.server_group import HealthCheck

MTU = 1568
"""The least MTU that carries a full packet: 1500 bytes and 68 of Geneve."""

_BOUNCE = """\
#!/bin/bash
# Sends every Geneve packet of the Gateway Load Balancer back to where it came from.
set -eu
sysctl -qw net.ipv4.ip_forward=1
link=$(ip -o route show default | awk '{print $5; exit}')
mtu=$(cat "/sys/class/net/$link/mtu")
[ "$mtu" -ge @MTU@ ] || ip link set dev "$link" mtu @MTU@
nat() { iptables -w -t nat -C "$@" 2>/dev/null || iptables -w -t nat -A "$@"; }
for gwlb in @ADDRESSES@; do
  nat PREROUTING -p udp -s "$gwlb" --dport 6081 -j DNAT --to-destination "$gwlb"
  nat POSTROUTING -p udp -d "$gwlb" --dport 6081 -j MASQUERADE
done
iptables -w -C FORWARD -p udp --dport 6081 -j ACCEPT 2>/dev/null ||
  iptables -w -I FORWARD 1 -p udp --dport 6081 -j ACCEPT
"""

_UNIT = """\
[Unit]
Description=Bounce of the Gateway Load Balancer's packets
After=network-online.target
Wants=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/gwlbfw-bounce
[Install]
WantedBy=multi-user.target
"""

_PROBE_UNIT = """\
[Unit]
Description=Answers the health check of the Gateway Load Balancer
After=network-online.target
[Service]
WorkingDirectory=/var/lib/gwlbfw-probe
ExecStart=/usr/bin/python3 -m http.server @PORT@
Restart=always
[Install]
WantedBy=multi-user.target
"""

_INSTALL = """\
#!/bin/bash
set -eu
cat > /usr/local/sbin/gwlbfw-bounce <<'BOUNCE'
@BOUNCE@BOUNCE
chmod 755 /usr/local/sbin/gwlbfw-bounce
cat > /etc/systemd/system/gwlbfw-bounce.service <<'UNIT'
@UNIT@UNIT
@PROBE@systemctl daemon-reload
systemctl enable --now gwlbfw-bounce.service
"""

_PROBE = """\
page=@PAGE@
page=${page%%[?#]*}
mkdir -p "${page%/*}"
[ -d "$page" ] || echo ok > "$page"
cat > /etc/systemd/system/gwlbfw-probe.service <<'PROBE'
@PROBE_UNIT@PROBE
systemctl enable gwlbfw-probe.service
systemctl start --no-block gwlbfw-probe.service
"""


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"@{name}@", value)
    return template


def bounce_script(addresses: Sequence[str], health_check: HealthCheck) -> str:
    """The user data of a simulated appliance behind these addresses; survives a reboot."""
    bounce = _filled(_BOUNCE, {"MTU": str(MTU), "ADDRESSES": " ".join(sorted(addresses))})
    values = {"BOUNCE": bounce, "UNIT": _UNIT, "PROBE": _probe(health_check)}
    return _filled(_INSTALL, values)


def _probe(check: HealthCheck) -> str:
    """The part that answers the health check; empty for port 22, where an SSH server listens."""
    if not check.enabled or (check.port == 22 and check.protocol == "TCP"):
        return ""
    unit = _filled(_PROBE_UNIT, {"PORT": str(check.port)})
    page = shlex.quote(f"/var/lib/gwlbfw-probe{check.path or '/'}")
    return _filled(_PROBE, {"PAGE": page, "PROBE_UNIT": unit})


def template_digest(user_data: bytes | str | None, launch: Launch) -> str:
    """The digest of user data's template and inputs, and of all else that is set at launch.

    The load balancer's addresses are no part of it: a new zone must not replace every appliance.
    """
    text = user_data.decode("utf-8", "replace") if isinstance(user_data, bytes) else user_data
    inputs = {"user_data": text, "launch": launch.model_dump(exclude_defaults=True)}
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:32]
