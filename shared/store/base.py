"""Tables of one service: its own registry and metadata, with the chassis' tables already in it."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.store.tables import add_chassis_tables

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def service_base() -> type[SQLModel]:
    """A base class for one service's tables; `Base.metadata` is what its migrations are compared with."""
    own = MetaData(naming_convention=NAMES)
    add_chassis_tables(own)

    class Base(SQLModel, registry=registry(metadata=own)):
        metadata = own

    return Base
