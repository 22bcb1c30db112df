"""Alembic's entry for this service."""

from services.console.store.tables import METADATA
from shared.store.migrate import run_env

run_env(METADATA)
