"""Alembic's entry for this service."""

from services.referral.store import Base
from shared.store.migrate import run_env

run_env(Base.metadata)
