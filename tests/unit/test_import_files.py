"""What files the import can read, and which it refuses with one clear line."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from bancheng.importing.mapping import columns_of
from bancheng.importing.reading import Source, open_source
from bancheng.importing.rows import Checker, Received
from shared.workdays import ZONE
from tests.unit.import_room import HEADER, message, report_of, run, text_of, write

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=ZONE)
STREAM = Path(__file__).parents[3] / "shared" / "data" / "messages_stream.csv"


def checked(source: Source) -> list[object]:
    checker = Checker(columns_of(source.header, []), len(source.header), NOW)
    return [checker.check(record) for record in source.records()]


@pytest.mark.parametrize(
    ("encoding", "label"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("gb18030", "GB 18030")]
)
def test_the_encoding_is_found_from_the_whole_file(tmp_path: Path, encoding: str, label: str) -> None:
    rows = [message(number) for number in range(1, 4)]
    source = open_source(write(tmp_path / "f.csv", rows, encoding))
    assert (source.form, source.total, source.header) == (label, 3, HEADER)
    first = checked(source)[0]
    assert isinstance(first, Received)
    assert first.title == rows[0]["留言主题"]
    assert first.facts == rows[0]["留言详情"].strip()
    assert first.received_at.isoformat() == "2019-12-30T17:06:14+08:00"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_from_the_header(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "f.csv").write_text(text_of([message(1)], delimiter))
    assert open_source(tmp_path / "f.csv").header == HEADER


def test_a_multibyte_character_may_lie_across_two_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bancheng.importing.encoding.CHUNK", 7)
    for encoding, label in (("utf-8", "UTF-8"), ("gb18030", "GB 18030")):
        assert open_source(write(tmp_path / "f.csv", [message(1)], encoding)).form == label


def test_an_xlsx_gives_dates_and_numbers_as_meant(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADER))
    facts = "贾某反映:小区门口积水,下雨天无法出行。"
    sheet.append([360114, "U1", "门口积水", datetime.fromisoformat("2020-01-06T13:15:56"), facts])
    sheet.append([])
    sheet.append([360115.0, "U1", "门口积水", 43836.5, facts])
    sheet.append([360116, "U1", "门口积水", "2020-01-06", facts])
    book.save(tmp_path / "f.xlsx")
    source = open_source(tmp_path / "f.xlsx")
    rows = [row for row in checked(source) if isinstance(row, Received)]
    assert source.form == "XLSX"
    assert [(row.number, row.source_ref, row.received_at.isoformat()) for row in rows] == [
        (2, "360114", "2020-01-06T13:15:56+08:00"),
        (4, "360115", "2020-01-06T12:00:00+08:00"),
        (5, "360116", "2020-01-06T00:00:00+08:00"),
    ]


def test_a_quote_that_does_not_close_costs_only_its_own_row(tmp_path: Path) -> None:
    facts = "雷某反映:路灯坏了三周没有人修。"
    lines = [",".join(HEADER), f'1,U,"路灯不亮,2020-01-06,{facts}', f"2,U,路灯不亮,2020-01-06,{facts}",
             f'3,U,"路灯,不亮",2020-01-06,{facts}', f'4,U,路灯不亮,2020-01-06,"{facts}']  # fmt: skip
    (tmp_path / "f.csv").write_text("\n".join(lines))
    found = checked(open_source(tmp_path / "f.csv"))
    assert [getattr(row, "code", "") for row in found] == ["row.quotes", "", "", "row.quotes"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no header"),
        (b"\n\n", "has no header"),
        (",".join(HEADER).encode() + b"\n", "has a header but no rows"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "neither XLSX nor text"),
        (bytes(range(1, 256)) * 9, "neither XLSX nor text"),
        (b"PK\x03\x04 and nothing more", "not a readable XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
        (text_of([message(1)]).replace("三周", "三\udc99周").encode(errors="surrogateescape"), "damaged at byte"),
        (text_of([message(1)]).replace(",", "|").encode(), "only one column"),
        (text_of([message(1)]).replace("留言详情", "别的").encode(), "no column for facts"),
        ("没有表头的一条很长的留言,里面的话不应该显示在屏幕上,因为它可能说出是谁\nx,y,z\n".encode(), "no column for"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_clear_line_and_status_2(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "f.csv").write_bytes(content)
    result = run(tmp_path / "f.csv", "--dry-run", "--report", tmp_path / "r.csv")
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    assert not (tmp_path / "r.csv").exists()


def test_a_missing_header_does_not_show_anybodys_message(tmp_path: Path) -> None:
    long = "这是一条没有表头的留言正文" * 5
    (tmp_path / "f.csv").write_text(f"{long},A\n{long},B\n")
    result = run(tmp_path / "f.csv", "--dry-run")
    assert "does not look like a header" in result.stderr
    assert "留言正文" not in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--map", "title=没有这列"], "there is no column '没有这列' for title"),
        (["--map", "subject=留言主题"], "does not know the field 'subject'"),
        (["--map", "title"], "takes field=column"),
        (["--map", "title=留言主题,facts=留言主题"], "is mapped to both"),
        (["--map", "title=留言主题", "--map", "title=留言详情"], "names title twice"),
        (["--channel", "FAX"], "unknown channel 'FAX'"),
        (["--concurrency", "0"], "--concurrency takes 1 to 16"),
        (["--url", "ftp://intake", "--token", "t"], "takes http://"),
    ],
)
def test_a_wrong_argument_is_one_clear_line_and_status_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    path = write(tmp_path / "f.csv", [message(1)])
    result = run(path, "--report", tmp_path / "r.csv", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_without_an_address_and_without_a_local_system_it_says_what_to_give(tmp_path: Path) -> None:
    result = run(write(tmp_path / "f.csv", [message(1)]), "--data", tmp_path / "nothing")
    assert result.exit_code == 2
    assert "give --url and --token" in result.stderr


def test_the_report_never_overwrites_the_file_itself(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", [message(1)])
    before = path.read_bytes()
    assert run(path, "--dry-run", "--report", path).exit_code == 2
    assert path.read_bytes() == before


def test_a_dry_run_shows_counts_and_lengths_and_sends_nothing(tmp_path: Path) -> None:
    rows = [message(1), message(2, 留言主题="短"), message(1)]
    result = run(write(tmp_path / "f.csv", rows), "--dry-run", "--report", tmp_path / "r.csv")
    assert result.exit_code == 1
    assert "rows 3, good 1, repeated 1, refused 1" in result.stdout
    assert "路灯" not in result.output
    assert report_of(tmp_path / "r.csv") == [["3", "B2", "title.length", "标题须为2至100个字符,现为1个"]]


@pytest.mark.skipif(not STREAM.exists(), reason="the shared messages are not here")
def test_the_real_messages_pass_whole(tmp_path: Path) -> None:
    result = run(STREAM, "--dry-run", "--report", tmp_path / "r.csv")
    assert result.exit_code == 0
    assert "rows 2801, good 2801, refused 0" in result.stdout


@pytest.mark.skipif(not STREAM.exists(), reason="the shared messages are not here")
def test_the_real_messages_read_the_same_in_gb_18030(tmp_path: Path) -> None:
    utf8 = open_source(STREAM)
    (tmp_path / "f.csv").write_bytes(STREAM.read_bytes().decode().encode("gb18030"))
    other = open_source(tmp_path / "f.csv")
    assert other.form == "GB 18030"
    same = all(ours == theirs for ours, theirs in zip(utf8.records(), other.records(), strict=True))
    assert same, "the rows differ"
