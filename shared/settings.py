"""Settings of one service process, from the environment (`BANCHENG_*`); docs/operations.md lists them."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PostgresDsn, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.contracts import codes

Role = Literal["http", "relay", "consumer", "timers"]
ALL_ROLES: tuple[Role, ...] = ("http", "relay", "consumer", "timers")


class Settings(BaseSettings):
    """What a service needs to know about the world around it.

    The environment is `production` unless said otherwise: what is only for trying out refuses to start there.
    """

    model_config = SettingsConfigDict(env_prefix="BANCHENG_", extra="ignore")

    env: Literal["production", "local"] = "production"
    region: str = Field("410200", description="GB/T 2260 code of the city; first part of every ce_source")
    database_url: SecretStr = SecretStr("postgresql://bancheng@localhost/bancheng")
    database_pool: int = 16
    requests_at_once: int = Field(128, description="per process; more are answered 503 with Retry-After")
    kafka: str = Field("localhost:9092", description="addresses of brokers, by commas: some that are up suffice")
    topic_prefix: str = "bancheng"
    replication: int = 1
    instance: str | None = Field(None, description="static group member id: a restarted process takes its place again")

    oidc_issuer: str = ""
    oidc_audience: str = "bancheng"
    oidc_client_id: str = Field("bancheng-console", description="console: its name at the issuer")
    oidc_client_secret_file: Path | None = Field(None, description="console: its secret there, if it has one")
    oidc_scope: str = Field("openid", description="console: asked for when somebody signs in")
    oidc_discovery_url: str | None = Field(None, description="the discovery document, if elsewhere than usual")
    jwks_url: str | None = Field(None, description="where the keys are, if the issuer's discovery is not to be asked")
    token_minutes: int = Field(15, gt=0, description="tokens made out for longer are refused")
    claim_roles: str = Field("roles", description="where a token says this: a claim, or a path into one by dots")
    claim_org: str = "org"
    claim_org_type: str = "org_type"
    claim_window: str = "window"
    claim_unit: str = "unit"
    role_names: dict[str, codes.Role] = Field({}, description="the provider's names of roles → ours")

    master_key_file: Path | None = None
    receipt_key_file: Path | None = Field(None, description="intake: private Ed25519 JWK that signs text checks")
    receipt_public_key_file: Path | None = Field(None, description="referral: the public half")

    files_url: str = Field(
        "file:///var/lib/bancheng/files",
        pattern=r"^(file:///|s3://).",
        description="where sealed files are kept: a folder, or a bucket with its credentials in AWS_*",
    )

    clock_file: Path | None = Field(None, description="simulated time, never in production")
    host: str = "127.0.0.1"
    port: int = 8000

    trusted_proxies: str = Field(
        "127.0.0.1", description="addresses, by commas, whose X-Forwarded-For is believed: proxies, and the console"
    )

    intake_url: str = "http://localhost:8001"
    triage_url: str = "http://localhost:8002"
    referral_url: str = "http://localhost:8003"
    deadlines_url: str = "http://localhost:8004"
    audit_url: str = "http://localhost:8005"

    public_url: str = Field("http://localhost:8000", description="referral: where the QR codes of papers lead to")

    session_idle_minutes: int = Field(30, gt=0, description="console: after so long without a click a session ends")
    session_hours: int = Field(12, gt=0, description="console: after so long a session ends in any case")

    log_json: bool = True
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _nothing_simulated_in_production(self) -> "Settings":
        if self.env == "production" and self.clock_file:
            raise ValueError("BANCHENG_CLOCK_FILE is refused when BANCHENG_ENV=production")
        return self

    @property
    def brokers(self) -> list[str]:
        """The addresses of brokers one by one, as FastStream wants them."""
        return [address.strip() for address in self.kafka.split(",")]

    @property
    def sqlalchemy_url(self) -> str:
        """The database address with the asyncpg driver named."""
        return with_driver(self.database_url.get_secret_value())

    @property
    def postgres_url(self) -> str:
        """The database address as asyncpg itself takes it."""
        return self.database_url.get_secret_value()


def with_driver(url: str) -> str:
    """A PostgreSQL address as SQLAlchemy wants it."""
    return "postgresql+asyncpg://" + str(PostgresDsn(url)).split("://", 1)[1]
