"""A year's file, read and checked before anybody is asked."""

from pathlib import Path
from typing import Any

import orjson

from bancheng.client.problems import WrongInput
from shared.workdays import parse_year

MOST_BYTES = 1 << 20


def read_file(path: Path) -> dict[str, Any]:
    """What stands in the file; WrongInput where it is no year or contradicts itself."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise WrongInput(f"{path.name} has more than {MOST_BYTES >> 20} MB: this is no year of a calendar")
        content = orjson.loads(path.read_bytes())
        if not isinstance(content, dict):
            raise WrongInput(f"{path.name} must hold one JSON object, like those in shared/workdays/calendars")
        parse_year(content)
    except OSError as error:
        raise WrongInput(f"cannot read {path}: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise WrongInput(f"{path.name} is no JSON in UTF-8: {error}") from error
    except ValueError as error:
        raise WrongInput(f"{path.name}: {error}") from error
    return content
