"""Random values of the simulator: the few that do not follow from its seed."""

from secrets import token_hex
from uuid import uuid4


def new_request_id() -> str:
    """A request id in the cloud's form: a UUID in capitals."""
    return str(uuid4()).upper()


def new_state_name() -> str:
    """The name of a new state, which no other has."""
    return token_hex(8)
