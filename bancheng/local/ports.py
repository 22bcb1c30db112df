"""Free TCP ports for the engines of one machine."""

import random
import socket

_given: set[int] = set()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on; never the same twice in one process."""
    while True:
        # Below the range of outgoing connections: else one of those may hold the port while an engine restarts.
        port = random.randrange(20_000, 32_000)
        if port not in _given and is_free(port):
            _given.add(port)
            return port


def is_free(port: int) -> bool:
    """Whether a port of 127.0.0.1 can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
