"""Templates into pages: autoescape on, labels and moments as filters."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console import words
from services.console.domain import SHAPES, StageMark
from services.console.store.views import COUNTED
from shared.contracts.codes import MatterState, label

FOLDER = Path(__file__).parent.parent

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {
    "label": lambda code: "" if code is None else label(code),
    "moment": words.moment,
    "due": words.due,
    "rule": words.rule,
}
_templates.globals |= {"COUNTED": COUNTED, "SHAPES": SHAPES, "STATES": tuple(MatterState), "StageMark": StageMark}


def page(template: str, status: int = 200, **what: Any) -> HTMLResponse:
    """A page or a part of one."""
    return HTMLResponse(_templates.get_template(template).render(**what), status)
