"""Files with invented messages, and a small intake over real HTTP, for the tests of the import."""

import csv
import io
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from bancheng.importing.command import import_file

HEADER = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情")
app = typer.Typer()
app.command()(import_file)


def message(number: int, **changed: str) -> dict[str, str]:
    """An invented message; keys are the header's names."""
    facts = f'\n\t\t李某反映:第{number}号楼的路灯\n“坏了”三周,"报修"两次,没有人来。'
    values = (f"B{number}", f"U{number:06}", f"第{number}号楼路灯不亮,请求维修", "2019/12/30 17:06:14", facts)
    return dict(zip(HEADER, values, strict=True)) | changed


def text_of(rows: Sequence[dict[str, str]], delimiter: str = ",") -> str:
    """The rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, rows: Sequence[dict[str, str]], encoding: str = "utf-8") -> Path:
    """The rows as a CSV file."""
    path.write_bytes(text_of(rows).encode(encoding))
    return path


def run(*arguments: object) -> Result:
    """`bancheng import …`, without anything from the environment."""
    nothing = {"BANCHENG_INTAKE_URL": None, "BANCHENG_TOKEN": None}
    return CliRunner(env=nothing).invoke(app, [str(each) for each in arguments])


def report_of(path: Path) -> list[list[str]]:
    """The lines of a report without its header."""
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))[1:]


@dataclass
class Intake:
    """Takes batches in as intake does, and issues tokens; `answers` are given instead, first come, as
    (status, headers, body).
    """

    url: str = ""
    tokens: set[str] = field(default_factory=lambda: {"good"})
    answers: list[tuple[int, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    breaks_after: int | None = None
    issued: int = 0
    windows: list[dict[str, str]] = field(
        default_factory=lambda: [{"window_id": "Z1-W1", "level": "ZONE"}, {"window_id": "C-W1", "level": "CITY"}]
    )
    rows: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, token: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, str], dict[str, Any]]:
        with self.lock:
            self.keys.append(key)
            if self.answers:
                return self.answers.pop(0)
            if token not in self.tokens:
                return 401, {}, {"code": "auth.expired", "detail": "登录已过期,请重新登录"}
            if body["window_id"] != "C-W1":
                return (
                    403,
                    {},
                    {"code": "window.unknown", "detail": "请指明接收的窗口(window_id),且须为本窗口或下级窗口"},
                )
            if any(row["source_ref"] in self.unreadable for row in body["rows"]):
                return 422, {}, {"code": "form.invalid", "detail": "提交的内容有误"}
            if self.breaks_after is not None and len(self.kept) >= self.breaks_after:
                return 500, {}, {"code": "internal", "detail": "系统内部错误"}
            if key not in self.kept:
                self.kept[key] = {"results": [self._one(row) for row in body["rows"]]}
            return 200, {}, self.kept[key]

    def issue(self) -> str:
        """A new token; those before it are no longer good."""
        with self.lock:
            self.issued += 1
            self.tokens = {f"issued-{self.issued}"}
            return f"issued-{self.issued}"

    def _one(self, row: dict[str, str]) -> dict[str, str]:
        ref = (row["channel"], row["source_ref"])
        if ref in self.rows:
            return {"status": "DUPLICATE"}
        if ref[1] in self.refuse:
            return {"status": "REFUSED", "code": "title.personal_data", "detail": self.refuse[ref[1]]}
        self.rows[ref] = row
        return {"status": "ACCEPTED"}


@contextmanager
def intake() -> Iterator[Intake]:
    """An intake that listens."""
    taking = Intake()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/received-matters/batch"
            token = self.headers["Authorization"].removeprefix("Bearer ")
            status, headers, body = taking.take(token, self.headers["Idempotency-Key"], json.loads(content))
            self.answer(status, headers, body)

        def do_GET(self) -> None:
            if self.path == "/windows":
                return self.answer(200, {}, {"items": taking.windows})
            assert self.path == "/token?name=supervision_dept"
            self.answer(200, {}, {"access_token": taking.issue()})

        def answer(self, status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
            answer = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    taking.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield taking
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
