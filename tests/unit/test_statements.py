"""Statements on their way to the driver, and the private doors of libraries that the chassis goes through."""

import inspect
from uuid import UUID, uuid4

import pytest
from aiokafka.consumer.fetcher import Fetcher
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, bindparam, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.bus import pace
from shared.store.statements import among, fixed, ready, together

THING = Table("thing", MetaData(), Column("id", Uuid, primary_key=True), Column("n", Integer), Column("j", JSONB),
              Column("t", Text))  # fmt: skip


def test_names_become_numbers_and_a_name_used_twice_keeps_its_number() -> None:
    sql, args = ready("SELECT :a::text, CAST(:b AS int) WHERE x = :a", {"a": "one", "b": 2})
    assert (sql, args) == ("SELECT $1::text, CAST($2 AS int) WHERE x = $1", ["one", 2])


def test_a_name_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        ready("SELECT :missing", {})


def test_a_core_statement_is_compiled_once_and_takes_its_own_values_each_time() -> None:
    one, two = uuid4(), uuid4()
    first, again = ready(select(THING).where(THING.c.id == one), {}), ready(select(THING).where(THING.c.id == two), {})
    assert first[0] == again[0]
    assert (first[1], again[1]) == ([one], [two])


def test_json_goes_as_text_and_lists_of_any_length_in_one_statement() -> None:
    sql, args = ready(insert(THING), {"id": UUID(int=1), "j": {"k": "值"}})
    assert "$2" in sql
    assert '{"k":"值"}' in args
    short, long = (ready(select(THING).where(among(THING.c.n, numbers)), {}) for numbers in ([1], [1, 2, 3]))
    assert short[0] == long[0]
    assert long[1] == [[1, 2, 3]]


def test_in_lists_still_work_where_nothing_is_hot() -> None:
    sql, args = ready(select(THING.c.n).where(THING.c.n.in_([4, 5]), THING.c.t == "x"), {})
    assert sorted(map(str, args)) == ["4", "5", "x"]
    assert all(f"${number}" in sql for number in (1, 2, 3))


def test_a_fixed_statement_keeps_its_names() -> None:
    text = fixed(select(THING.c.n).where(THING.c.t == bindparam("t"), THING.c.n == bindparam("n")).with_for_update())
    assert ready(text, {"t": "x", "n": 3})[1] == ["x", 3]


def test_writes_that_wait_together_become_one_statement_with_numbers_of_their_own() -> None:
    writes = [("INSERT INTO a VALUES ($1, $2)", [1, 2]), ("UPDATE b SET x = $1", [3])]
    sql, args = together(writes, ("WITH c AS (SELECT $1::int) INSERT INTO d SELECT * FROM c", [4]))
    assert args == [1, 2, 3, 4]
    assert "INSERT INTO a VALUES ($1, $2)" in sql
    assert "UPDATE b SET x = $3" in sql
    assert "SELECT $4::int" in sql
    assert sql.count("WITH") == 1


def test_the_fetcher_still_asks_for_its_actions_where_the_pace_is_set() -> None:
    asked = inspect.getsource(Fetcher._fetch_requests_routine)
    assert "self._get_actions_per_node(assignment)" in asked
    assert len(inspect.signature(Fetcher._get_actions_per_node).parameters) == 2
    assert pace.INTERVAL < 0.25, "an event may not wait longer than a person notices"
