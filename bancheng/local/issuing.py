"""The local issuer as a process of its own, for containers; `bancheng up` has it inside."""

import sys
import tempfile
from pathlib import Path

import uvicorn

from bancheng.demo.identities import identities
from bancheng.local.issuer import Issuer, key_file
from shared.settings import Settings


def main() -> None:
    """Serve tokens of the demo identities under BANCHENG_OIDC_ISSUER, with a key of this start."""
    settings = Settings()
    with tempfile.TemporaryDirectory() as made:
        key = key_file(Path(made) / "issuer.json")
    try:
        app = Issuer(key, settings.oidc_issuer, identities(), settings.env).app()
    except RuntimeError as refusal:
        sys.exit(str(refusal))

    @app.get("/readyz")
    async def readyz() -> dict[str, bool]:
        return {"ready": True}

    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
