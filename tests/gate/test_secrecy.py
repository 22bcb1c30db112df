"""Every column of bytes says what it holds, so that a change of the master key passes over none."""

from string import Formatter
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary

from bancheng.events_page import compositions
from shared.bus.topics import CONSUMERS
from shared.store.secrecy import CONTEXT, HOLDS, under_master_key


def columns_of_bytes(service: str) -> list[Column[Any]]:
    tables = compositions()[service].metadata.tables.values()
    return [column for table in tables for column in table.columns if isinstance(column.type, LargeBinary)]


@pytest.mark.parametrize("service", CONSUMERS)
def test_every_column_of_bytes_says_what_it_holds(service: str) -> None:
    silent = [str(column) for column in columns_of_bytes(service) if not column.info.get(HOLDS)]
    assert not silent, f"say what {silent} hold: shared/store/secrecy.py"


@pytest.mark.parametrize("service", CONSUMERS)
def test_what_is_sealed_under_the_services_own_key_can_be_opened_by_its_row_alone(service: str) -> None:
    for column in columns_of_bytes(service):
        named = {name for _, name, _, _ in Formatter().parse(column.info.get(CONTEXT, "")) if name}
        assert named <= {key.name for key in column.table.primary_key}, column


@pytest.mark.parametrize("service", CONSUMERS)
def test_what_is_called_sealed_or_a_key_is_not_declared_open(service: str) -> None:
    for column in columns_of_bytes(service):
        if column.name.startswith("sealed_") or column.name in ("words", "answer", "mark", "reasons_mark"):
            assert column.info[HOLDS].startswith(("a text under", "a keyed hash")), column
        if column.name.endswith("data_key"):
            assert column in under_master_key(column.table.metadata)
