"""Which column holds what: as `--map` says, else guessed from the names in the header."""

from collections.abc import Mapping, Sequence

from bancheng.client.problems import WrongInput

REQUIRED = ("title", "facts", "received_at", "source_ref")
OPTIONAL = ("reporter_name",)
LONGEST_NAME = 30

# Header names that exports of other systems are known to use; the first that is there is taken.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "subject", "留言主题", "主题", "标题", "事项标题", "事由", "诉求标题"),
    "facts": ("facts", "body", "content", "留言详情", "详情", "内容", "留言内容", "诉求内容", "事实经过", "反映内容"),
    "received_at": ("receivedat", "date", "time", "留言时间", "收到时间", "来件时间", "反映时间", "提交时间", "时间",
                    "日期"),
    "source_ref": ("sourceref", "ref", "id", "留言编号", "来源编号", "原编号", "流水号", "工单编号", "编号"),
    "reporter_name": ("reportername", "name", "反映人", "反映人姓名", "姓名"),
}  # fmt: skip


def columns_of(header: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """Field → place in the row. `wanted` holds `field=column` items, several by commas; raises WrongInput."""
    given = _parse(wanted)
    columns: dict[str, int] = {}
    for field in REQUIRED + OPTIONAL:
        if field in given:
            columns[field] = _place(header, field, given[field])
        elif (guessed := _guess(header, field)) is not None:
            columns[field] = guessed
    missing = [field for field in REQUIRED if field not in columns]
    if missing:
        raise WrongInput(
            f"no column for {', '.join(missing)}; {_there(header)}: name it with --map {missing[0]}=COLUMN"
        )
    used: dict[int, str] = {}
    for field, place in columns.items():
        if place in used:
            raise WrongInput(f"column {header[place]!r} is mapped to both {used[place]} and {field}")
        used[place] = field
    return columns


def _parse(wanted: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for item in (part for text in wanted for part in text.split(",")):
        field, equals, column = (part.strip() for part in item.partition("="))
        if not equals or not column:
            raise WrongInput(f"--map takes field=column, by commas, not {item!r}")
        if field not in REQUIRED + OPTIONAL:
            raise WrongInput(f"--map does not know the field {field!r}; there are {', '.join(REQUIRED + OPTIONAL)}")
        if field in given:
            raise WrongInput(f"--map names {field} twice")
        given[field] = column
    return given


def _place(header: Sequence[str], field: str, column: str) -> int:
    places = [place for place, name in enumerate(header) if name == column]
    if not places:
        raise WrongInput(f"there is no column {column!r} for {field}; {_there(header)}")
    if len(places) > 1:
        raise WrongInput(f"there are {len(places)} columns {column!r}, so {field} is not clear: rename one")
    return places[0]


def _guess(header: Sequence[str], field: str) -> int | None:
    plain = [name.casefold().replace(" ", "").replace("_", "").replace("-", "") for name in header]
    return next((plain.index(name) for name in KNOWN[field] if plain.count(name) == 1), None)


def _there(header: Sequence[str]) -> str:
    if len(header) == 1:
        return "only one column was found (delimiters are comma, semicolon and tab)"
    if any(len(name) > LONGEST_NAME for name in header):  # perhaps somebody's message: not to be shown
        return "the first row does not look like a header"
    return "the columns are " + ", ".join(header)
