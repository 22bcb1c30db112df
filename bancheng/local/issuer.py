"""A local OIDC provider for trying Bancheng out: whoever asks gets a token, so it never runs in production."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from joserfc import jwt
from joserfc.jwk import OKPKey

from bancheng.local import issuer_login

LIFETIME = 15 * 60  # seconds


class Issuer:
    """Signs tokens for a fixed list of identities (name → claims), with the first of its keys; it publishes them all.

    Without a client secret any client counts: programs and tests of this machine.
    """

    def __init__(
        self, key: OKPKey, url: str, identities: Mapping[str, Mapping[str, Any]], env: str, secret: str | None = None
    ) -> None:
        if env == "production":
            raise RuntimeError("the local issuer refuses to start when BANCHENG_ENV=production")
        self.keys, self.url, self.identities, self.secret = [key], url, identities, secret
        self.lifetime = LIFETIME

    def token(self, claims: Mapping[str, Any], lifetime: int | None = None) -> str:
        """A signed token with these claims."""
        issued, key = int(time.time()), self.keys[0]
        ends = issued + (self.lifetime if lifetime is None else lifetime)
        full = {"iss": self.url, "aud": "bancheng", "iat": issued, "exp": ends, **claims}
        header = {"alg": "Ed25519", "kid": key.thumbprint()}
        return jwt.encode(header, full, key, algorithms=["Ed25519"])

    def app(self) -> FastAPI:
        """Discovery, keys, sign-in and tokens over HTTP."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.include_router(issuer_login.routes(self))

        @app.get("/.well-known/openid-configuration")
        async def discovery(request: Request) -> dict[str, Any]:
            # Programs may reach this under another name than browsers do: they are sent to where they came.
            asked = str(request.base_url).rstrip("/")
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "end_session_endpoint": f"{self.url}/logout",
                "token_endpoint": f"{asked}/token",
                "jwks_uri": f"{asked}/jwks.json",
                "code_challenge_methods_supported": ["S256"],
            }

        @app.get("/jwks.json")
        async def jwks() -> dict[str, Any]:
            return {"keys": [key.as_dict(private=False) | {"kid": key.thumbprint(), "use": "sig"} for key in self.keys]}

        @app.get("/token")
        async def token(name: str) -> dict[str, Any]:
            if name not in self.identities:
                raise HTTPException(404, f"no such identity; there are: {', '.join(self.identities)}")
            return {
                "access_token": self.token(self.identities[name]), "token_type": "Bearer", "expires_in": self.lifetime
            }  # fmt: skip

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
