"""Alembic's entry for this service."""

from services.intake.store.tables import METADATA
from shared.store.migrate import run_env

run_env(METADATA)
