"""TCP ports for what runs on one machine: given, or free ones."""

import os
import random
import socket
from collections.abc import Collection

# Below the range of outgoing connections: else one of those may hold the port while an engine restarts.
USUAL = "20000-32000"
_given: set[int] = set()


class WrongPorts(ValueError):
    """The ports as given cannot be used; the message says which and why."""


def given_ports(text: str, names: Collection[str]) -> dict[str, int]:
    """`NAME=PORT,…` as name → port; raises WrongPorts for what is unknown, given twice or taken."""
    ports: dict[str, int] = {}
    for part in filter(None, text.split(",")):
        name, _, number = (each.strip() for each in part.partition("="))
        if name not in names:
            raise WrongPorts(f"no port is called {name!r}; there are {', '.join(names)}")
        if not number.isascii() or not number.isdigit() or not 0 < int(number) < 65536:
            raise WrongPorts(f"{name} takes a port from 1 to 65535, not {number!r}")
        if name in ports or int(number) in ports.values():
            raise WrongPorts(f"{name}={number}: the name or the port is given twice")
        ports[name] = int(number)
    for name, port in ports.items():
        if not is_free(port):
            raise WrongPorts(f"port {port} for {name} is taken or not allowed: choose another")
    _given.update(ports.values())
    return ports


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on; never the same twice in one process."""
    # What runs beside another on one machine may be given a range of its own.
    first, last = map(int, os.environ.get("BANCHENG_PORT_RANGE", USUAL).split("-"))
    while True:
        port = random.randrange(first, last)
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
