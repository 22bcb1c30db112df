"""Files on their way between a browser and the service that keeps them."""

from dataclasses import replace

import httpx
from fastapi.responses import Response

from services.console.desk.owners import Declined

PASSED_ON = ("content-type", "content-disposition")


def passed_on(answer: httpx.Response) -> Response:
    """A file as its owner gave it out."""
    return Response(answer.content, headers={name: answer.headers[name] for name in PASSED_ON})


def to_choose_again(declined: Declined) -> Declined:
    """A refusal of an upload: a browser fills in again everything but the file."""
    return replace(declined, detail=f"{declined.detail}(文件须重新选择)")
