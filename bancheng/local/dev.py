"""Both engines for several test runs: `python -m bancheng.local.dev --dir DIR`, until Ctrl-C."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from bancheng.local.kafka import LocalKafka
from bancheng.local.ports import free_port
from bancheng.local.postgres import LocalPostgres


async def run(kafka: LocalKafka, postgres: LocalPostgres) -> int:
    """Start both, print where they are, and stop them when asked to or when one of them dies."""
    asked = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, asked.set)
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(kafka.start())
            both.create_task(postgres.start())
        print(f"export BANCHENG_TEST_KAFKA={kafka.bootstrap}")
        print(f"export BANCHENG_TEST_POSTGRES={postgres.admin_url}", flush=True)
        while kafka.running() and postgres.running():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), 0.5)
                return 0
        print(f"died: see {postgres.log if kafka.running() else kafka.log}", file=sys.stderr)
        return 1
    finally:
        await asyncio.gather(kafka.stop(), postgres.stop())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--kafka-port", type=int, default=0, help="0: a free one")
    parser.add_argument("--postgres-port", type=int, default=0, help="0: a free one")
    given = parser.parse_args()
    kafka = LocalKafka(given.dir / "kafka", given.kafka_port or free_port(), free_port())
    postgres = LocalPostgres(given.dir / "postgres", given.postgres_port or free_port())
    sys.exit(asyncio.run(run(kafka, postgres)))


if __name__ == "__main__":
    main()
