"""The command `bancheng import FILE`.

Leaves with 0 when every row is in, 1 when some were refused, 2 for a wrong file or argument, 3 when intake could not
be reached to the end; running it again adds only what is missing.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bancheng.client.access import Tokens, find_service
from bancheng.client.calling import Caller
from bancheng.client.problems import Stopped, WrongInput, fail
from bancheng.importing.mapping import columns_of
from bancheng.importing.progress import Counts, showing
from bancheng.importing.reading import Source, open_source
from bancheng.importing.report import Report
from bancheng.importing.rows import Checker, Received, RefusedRow
from bancheng.importing.sending import BATCH, Answered, Sender, find_window
from shared import clock
from shared.contracts.codes import Channel
from shared.ids import new_id

SAMPLE = 5
AGAIN = "what was sent stays in: run again to complete"
MOST_AT_ONCE = 16
MAP_HELP = (
    "field=column by commas; the fields are title, facts, received_at, source_ref and reporter_name. "
    "What is not given is guessed from the header."
)


def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV (UTF-8 or GB 18030) or XLSX file with a header row.")],
    mapping: Annotated[list[str] | None, typer.Option("--map", help=MAP_HELP)] = None,
    channel: Annotated[str, typer.Option(help=f"Where the rows came from: {', '.join(Channel)}.")] = Channel.ONLINE,
    window: Annotated[
        str | None, typer.Option(help="The window that takes the rows in. [default: the highest that the account sees]")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row here and send nothing.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Where the refused rows are listed. [default: ./FILE.report.csv]")
    ] = None,
    url: Annotated[str | None, typer.Option(envvar="BANCHENG_INTAKE_URL", help="Intake's address.")] = None,
    token: Annotated[str | None, typer.Option(envvar="BANCHENG_TOKEN", help="A token that may import.")] = None,
    data: Annotated[
        Path, typer.Option(help="The folder of the local system to ask where no address or token is given.")
    ] = Path(".bancheng"),
    concurrency: Annotated[int, typer.Option(help=f"Batches under way at once, 1 to {MOST_AT_ONCE}.")] = 2,
) -> None:
    """Take the rows of FILE in as received matters that wait for registration; run again, it adds nothing."""
    try:
        if channel not in Channel.__members__:
            raise WrongInput(f"unknown channel {channel!r}; there are {', '.join(Channel)}")
        if not 1 <= concurrency <= MOST_AT_ONCE:
            raise WrongInput(f"--concurrency takes 1 to {MOST_AT_ONCE}, not {concurrency}")
        source = open_source(file)
        columns = columns_of(source.header, mapping or [])
        intake = None if dry_run else find_service("intake", url, token, data)
        job = _Job(source, columns, _report(file, report), channel)
        if intake:
            job.send(*intake, window, concurrency)
        else:
            job.check_only()
    except WrongInput as error:
        fail(str(error), 2)
    except Stopped as error:
        fail(f"{error}; {AGAIN}", 3)
    except KeyboardInterrupt:
        fail(f"interrupted; {AGAIN}", 130)
    if job.counts.refused:
        raise typer.Exit(1)


class _Job:
    """One run over one file."""

    def __init__(self, source: Source, columns: dict[str, int], report: Report, channel: str) -> None:
        self._source, self._columns, self._report, self._channel = source, columns, report, channel
        self._checker = Checker(columns, len(source.header), clock.now())
        self.counts = Counts(source.total)
        named = ", ".join(f"{field} = {source.header[place]}" for field, place in columns.items())
        typer.echo(f"{source.form}, {source.total} rows; {named}")

    def check_only(self) -> None:
        """Check every row; show counts and, of the first rows, how long their texts are."""
        good = 0
        for row in self._rows():
            good += 1
            if good <= SAMPLE:
                name = f", reporter_name {len(row.reporter_name)}" if row.reporter_name else ""
                typer.echo(f"row {row.number}: {row.received_at:%Y-%m-%d %H:%M:%S}, characters: source_ref "
                           f"{len(row.source_ref)}, title {len(row.title)}, facts {len(row.facts)}{name}")  # fmt: skip
        self._report.write()
        again = f", repeated {self._checker.repeated}" if self._checker.repeated else ""
        typer.echo(f"dry run, nothing sent: rows {self._source.total}, good {good}{again}, "
                   f"refused {self.counts.refused}; report: {self._report.path}")  # fmt: skip

    def send(self, url: str, tokens: Tokens, window: str | None, concurrency: int) -> None:
        """Send what is good; report what is not, however it ends."""
        try:
            asyncio.run(self._send(url, tokens, window, concurrency))
        finally:
            with suppress(WrongInput):
                self._report.write()
            typer.echo(f"{self.counts.line()}; report: {self._report.path}")

    async def _send(self, url: str, tokens: Tokens, window: str | None, concurrency: int) -> None:
        async with httpx.AsyncClient(timeout=60) as http:
            caller = Caller(http, url, tokens)
            window = window or await find_window(caller)
            typer.echo(f"to window {window}")
            # A key of this run: a later run asks afresh and is told what is there, not what was answered before.
            sender = Sender(caller, window, self._channel, self._source.digest, run=str(new_id()))
            with showing(self.counts) as show:

                def done(answers: list[Answered]) -> None:
                    self._count(answers)
                    show()

                await sender.send_all(self._batches(), concurrency, done)

    def _batches(self) -> Iterator[list[Received]]:
        rows = self._rows()
        while batch := list(islice(rows, BATCH)):
            yield batch

    def _rows(self) -> Iterator[Received]:
        for record in self._source.records():
            row = self._checker.check(record)
            if isinstance(row, Received):
                yield row
            elif row is None:
                self.counts.already += 1
            else:
                self._refuse(row)

    def _refuse(self, row: RefusedRow) -> None:
        self.counts.refused += 1
        self._report.add(row)

    def _count(self, answers: list[Answered]) -> None:
        self.counts.sent += len(answers)
        for each in answers:
            if each.status == "ACCEPTED":
                self.counts.accepted += 1
            elif each.status == "DUPLICATE":
                self.counts.already += 1
            else:
                self._refuse(RefusedRow(each.row.number, each.row.source_ref, each.code, each.reason))


def _report(file: Path, wanted: Path | None) -> Report:
    path = wanted or Path.cwd() / f"{file.name}.report.csv"
    if path.exists() and path.samefile(file):
        raise WrongInput("--report names the file that is imported")
    return Report(path)
