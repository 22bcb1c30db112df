"""What a column of bytes holds, said where its table is declared: changing the master key goes by it.

`Column("data_key", LargeBinary, info=WRAPPED_KEY)`; a gate sees to it that every column of bytes says one of these.
"""

from typing import Any

from sqlalchemy import Column, MetaData

Holding = dict[str, str]
HOLDS, CONTEXT = "holds", "context"

WRAPPED_KEY: Holding = {HOLDS: "a key wrapped by the master key"}
UNDER_WRAPPED_KEY: Holding = {HOLDS: "a text under a wrapped key"}  # another wrapping leaves it as it is
KEYED_HASH: Holding = {HOLDS: "a keyed hash"}


def under_own_key(context: str) -> Holding:
    """Sealed by `Vault.seal_own` in this context, which names columns of the primary key in braces."""
    return {HOLDS: "a text under the service's own key", CONTEXT: context}


def no_secret(what: str) -> Holding:
    """Bytes that are under no key, by what they are."""
    return {HOLDS: what}


def context_of(column: Column[Any], **key: Any) -> str:
    """The context of what is sealed in a column under the service's own key, in the row with this key."""
    return str(column.info[CONTEXT]).format(**key)


def under_master_key(tables: MetaData) -> list[Column[Any]]:
    """The columns that have to be written anew when the master key changes, table by table."""
    columns = [column for table in tables.sorted_tables for column in table.columns]
    return [column for column in columns if column.info.get(HOLDS) == WRAPPED_KEY[HOLDS] or CONTEXT in column.info]
