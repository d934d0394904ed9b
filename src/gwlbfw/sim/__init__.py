"""A simulator of the four cloud APIs, as awkward as the cloud, written from their documentation.

It knows nothing of the tool: both read the same API catalogue and nothing else in common.
`simulator.Simulator` is the cloud without HTTP, `server.Server` puts it on a loopback port, and
`attach.attach_or_serve` lets several processes share one folder of state.
"""
