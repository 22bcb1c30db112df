"""The demo's seed for containers, as a job of its own: windows, duty periods for two weeks ahead, and units."""

import asyncio
import sys
from datetime import timedelta

from bancheng.demo.seed import seed
from shared import clock
from shared.settings import Settings


class Containers:
    """Addresses inside docker compose: every service under its name."""

    issuer_url = "http://issuer:8000"

    def url(self, service: str) -> str:
        """Where a service answers."""
        return f"http://{service}:8000"


def main() -> None:
    """Seed the containers around us; may be run again at any time."""
    if Settings().env == "production":
        sys.exit("the demo's seed refuses to start when BANCHENG_ENV=production")
    asyncio.run(seed(Containers(), clock.now().date() + timedelta(days=14)))


if __name__ == "__main__":
    main()
