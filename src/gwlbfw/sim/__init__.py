"""A simulator of the cloud APIs, as awkward as the cloud, written from their documentation.

It knows nothing of the tool: both read the same API catalogue and nothing else in common.

- `simulator`: the cloud without HTTP, requests in, replies out; `server` puts it on a loopback
  port, and lets several processes share one folder of state.
- `wire`, `validation`, `auth`, `tokens`, `faults`, `latency`: what happens to every call.
- `services`: the actions, by product and resource; `store`: the records that they work on.
- `clock`, `randomness`, `settings`: the one home each of time, random values and options.
"""
