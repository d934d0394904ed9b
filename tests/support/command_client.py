"""Ask the process that is forked for a command: `python command_client.py SOCKET WORD …`.

It imports little, so that a shell that runs it waits little; see `command_process`.
"""

import json
import os
import socket
import struct
import sys

NUMBER = struct.Struct("i")


def send_request(
    connection: socket.socket,
    words: list[str],
    folder: str,
    environment: dict[str, str],
    streams: list[int],
) -> None:
    """Ask for a command in a folder; the streams are the numbers of stdin, stdout and stderr."""
    asked = json.dumps([words, folder, environment]).encode()
    socket.send_fds(connection, [NUMBER.pack(len(asked))], streams)
    connection.sendall(asked)


def receive_number(connection: socket.socket) -> int:
    """The id of the process, and the next time its exit code, or less than 0 for a signal."""
    received = connection.recv(NUMBER.size, socket.MSG_WAITALL)
    if len(received) < NUMBER.size:
        raise ConnectionError("the process that is forked has ended")
    number: int
    (number,) = NUMBER.unpack(received)
    return number


def main() -> None:
    """Run a command in this process's folder, environment and streams, and end as it ends."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(sys.argv[1])
        send_request(connection, sys.argv[2:], os.getcwd(), dict(os.environ), [0, 1, 2])  # noqa: PTH109
        receive_number(connection)
        code = receive_number(connection)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
