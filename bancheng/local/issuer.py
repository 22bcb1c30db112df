"""A local OIDC issuer for trying Bancheng out: whoever asks gets a token, so it never runs in production."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException
from joserfc import jwt
from joserfc.jwk import OKPKey

LIFETIME = 15 * 60  # seconds


class Issuer:
    """Signs tokens for a fixed list of identities (name → claims)."""

    def __init__(self, key: OKPKey, url: str, identities: Mapping[str, Mapping[str, Any]], env: str) -> None:
        if env == "production":
            raise RuntimeError("the local issuer refuses to start when BANCHENG_ENV=production")
        self._key, self.url, self.identities = key, url, identities

    def token(self, claims: Mapping[str, Any], lifetime: int = LIFETIME) -> str:
        """A signed token with these claims."""
        issued = int(time.time())
        full = {"iss": self.url, "aud": "bancheng", "iat": issued, "exp": issued + lifetime, **claims}
        header = {"alg": "Ed25519", "kid": self._key.thumbprint()}
        return jwt.encode(header, full, self._key, algorithms=["Ed25519"])

    def app(self) -> FastAPI:
        """Discovery, keys and tokens over HTTP."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

        @app.get("/.well-known/openid-configuration")
        async def discovery() -> dict[str, Any]:
            return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks.json", "token_endpoint": f"{self.url}/token"}

        @app.get("/jwks.json")
        async def jwks() -> dict[str, Any]:
            public = self._key.as_dict(private=False) | {"kid": self._key.thumbprint(), "use": "sig"}
            return {"keys": [public]}

        @app.get("/identities")
        async def identities() -> list[dict[str, Any]]:
            return [{"as": name, "title": claims.get("title", name)} for name, claims in self.identities.items()]

        @app.get("/token")
        async def token(name: str) -> dict[str, Any]:
            if name not in self.identities:
                raise HTTPException(404, f"no such identity; there are: {', '.join(self.identities)}")
            return {"access_token": self.token(self.identities[name]), "token_type": "Bearer", "expires_in": LIFETIME}

        return app


def key_file(path: Path) -> OKPKey:
    """The Ed25519 key kept in a file, made on first use, readable by its owner only."""
    if not path.exists():
        made = OKPKey.generate_key("Ed25519")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made.as_dict(private=True), file)
        public = path.with_suffix(".public.json")
        public.write_text(json.dumps(made.as_dict(private=False)))
    return OKPKey.import_key(json.loads(path.read_text()))
