"""What only the demo in containers has: the local issuer, which is ready when it has seeded the services around it."""

import asyncio
import contextlib
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI, Response

from bancheng.demo.identities import identities
from bancheng.demo.player import Unexpected
from bancheng.demo.seed import seed
from bancheng.local.issuer import Issuer, key_file
from shared import clock
from shared.settings import Settings


class Containers:
    """Addresses inside docker compose: every service under its name, the issuer is here."""

    def __init__(self, port: int) -> None:
        self.issuer_url = f"http://127.0.0.1:{port}"

    def url(self, service: str) -> str:
        """Where a service answers."""
        return f"http://{service}:8000"


def main() -> None:
    """Serve tokens of the demo identities in the name of BANCHENG_OIDC_ISSUER, with a key of this start."""
    settings = Settings()
    with tempfile.TemporaryDirectory() as made:
        key = key_file(Path(made) / "issuer.json")
    try:
        file = settings.oidc_client_secret_file
        secret = file.read_text().strip() if file else None
        app = Issuer(key, settings.oidc_issuer, identities(), settings.env, secret).app()
    except RuntimeError as refusal:
        sys.exit(str(refusal))
    asyncio.run(_serve(app, settings))


async def _serve(app: FastAPI, settings: Settings) -> None:
    seeding = asyncio.create_task(_seed(Containers(settings.port)))

    @app.get("/readyz")
    async def readyz() -> Response:
        return Response(status_code=200 if seeding.done() and not seeding.exception() else 503)

    config = uvicorn.Config(app, settings.host, settings.port, log_config=None, access_log=False)
    await uvicorn.Server(config).serve()
    seeding.cancel()


async def _seed(around: Containers) -> None:
    """Enter windows, duty periods for two weeks ahead and units; what is there already stays."""
    while True:
        with contextlib.suppress(httpx.HTTPError, TimeoutError):
            try:
                return await seed(around, clock.now().date() + timedelta(days=14))
            except Unexpected as answer:
                print(answer, file=sys.stderr)
        await asyncio.sleep(2)


if __name__ == "__main__":
    main()
