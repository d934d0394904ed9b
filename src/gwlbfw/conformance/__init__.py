"""The conformance suite: what the simulator claims of the cloud, as calls with what must come back.

The same scripts run against the simulator and against a real account, so that whoever has one can
tell which claims are wrong. They are data, `scripts/PRODUCT/*.yaml`; each makes what it needs, says
before how long it takes and what it costs, and removes what it made whatever happens.
"""

from gwlbfw.conformance.run import Answer, Difference, Left, Outcome, Send, run_script
from gwlbfw.conformance.script import Script, Step, load_script, load_scripts, script_names

__all__ = [
    "Answer",
    "Difference",
    "Left",
    "Outcome",
    "Script",
    "Send",
    "Step",
    "load_script",
    "load_scripts",
    "run_script",
    "script_names",
]
