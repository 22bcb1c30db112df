"""Child processes that log to a file, die with their parent and are seen when they die."""

import asyncio
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class AsUser(TypedDict, total=False):
    """Arguments of `subprocess` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


class EngineFailed(RuntimeError):
    """An engine that did not start; the message ends with the last lines of its log."""


def spawn(
    args: Sequence[str],
    log: Path,
    *,
    death_signal: signal.Signals,
    user: pwd.struct_passwd | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session, so that Ctrl-C reaches only us; `death_signal` comes when our thread ends."""
    parent = os.getpid()

    def die_with_parent() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

    with log.open("ab") as out:
        return subprocess.Popen(
            args,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=env,
            cwd="/",
            preexec_fn=die_with_parent,
            **as_user(user),
        )


def as_user(user: pwd.struct_passwd | None) -> AsUser:
    """What runs a command as `user`; nothing when that is ourselves."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


async def stop(child: subprocess.Popen[bytes], how: signal.Signals, within: float) -> None:
    """Ask the child to end with the signal `how`; kill it after `within` seconds."""
    if child.poll() is None:
        child.send_signal(how)
    deadline = time.monotonic() + within
    while child.poll() is None:
        if time.monotonic() > deadline:
            child.kill()
        await asyncio.sleep(0.02)


async def until_ready(
    child: subprocess.Popen[bytes], ready: Callable[[], Awaitable[bool]], log: Path, within: float
) -> None:
    """Wait until `ready()`; raise EngineFailed when the child dies first or `within` seconds pass."""
    deadline = time.monotonic() + within
    while not await ready():
        if child.poll() is not None:
            raise EngineFailed(f"ended with status {child.returncode}\n{tail(log)}")
        if time.monotonic() > deadline:
            raise EngineFailed(f"not ready after {within:.0f} s\n{tail(log)}")
        await asyncio.sleep(0.05)


async def predecessor_gone(pid_file: Path, mark: str, within: float = 20) -> None:
    """Wait for an earlier server on the same data, which may still be shutting down, and clear away its pid file.

    `mark` is a word of the server's command line: the number in a stale file may belong to another process by now.
    """
    if sys.platform != "linux":
        return  # without /proc nobody can tell; the server's own lock decides
    deadline = time.monotonic() + within
    while (pid := _running_pid(pid_file, mark)) is not None:
        if time.monotonic() > deadline:
            raise EngineFailed(f"process {pid} already uses {pid_file.parent}")
        await asyncio.sleep(0.1)
    await asyncio.to_thread(pid_file.unlink, missing_ok=True)


def _running_pid(pid_file: Path, mark: str) -> int | None:
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if mark.encode() in words else None


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


async def port_open(port: int) -> bool:
    """Does anybody accept connections on this port of 127.0.0.1?"""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
