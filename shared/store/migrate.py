"""Migrations of one service's database (Alembic): apply, compare, and write a new revision.

python -m shared.store.migrate upgrade SERVICE        (database from BANCHENG_DATABASE_URL)
python -m shared.store.migrate revision SERVICE -m "what changes"
python -m shared.store.migrate check SERVICE          (tables in code = tables after migrating)
"""

import argparse
import asyncio
import importlib
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine

from shared.settings import Settings, with_driver

LOCK = 0x6D696772  # two migrate jobs at once: the second waits


def config(service: str, url: str) -> Config:
    """Alembic's configuration without a file."""
    made = Config()
    folder = Path(importlib.import_module(f"services.{service}").__path__[0]) / "migrations"
    made.set_main_option("script_location", str(folder))
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = url
    return made


def upgrade(service: str, url: str) -> None:
    """Bring the database to the newest revision; call it from a thread where an event loop is running."""
    command.upgrade(config(service, url), "head")


def run_env(metadata: MetaData) -> None:
    """What every `migrations/env.py` calls."""

    async def connect() -> None:
        engine = create_async_engine(with_driver(context.config.attributes["url"]), poolclass=pool.NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(_run, metadata)

    asyncio.run(connect())


def _run(connection: Connection, metadata: MetaData) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["upgrade", "revision", "check"])
    parser.add_argument("service")
    parser.add_argument("-m", "--message", default="change")
    given = parser.parse_args()
    url = Settings().postgres_url
    if given.what == "upgrade":
        upgrade(given.service, url)
    elif given.what == "check":
        command.check(config(given.service, url))
    else:
        made = config(given.service, url)
        upgrade(given.service, url)
        count = len(list(Path(made.get_main_option("script_location") or "").glob("versions/*.py")))
        command.revision(made, given.message, autogenerate=True, rev_id=f"{count + 1:04d}")


if __name__ == "__main__":
    main()
