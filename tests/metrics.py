"""What a service process tells of itself at /metrics."""

import httpx


async def metric(port: int, name: str, label: str = "") -> float:
    """The sum of a metric's samples in the process at this port, with this label where asked; 0 where there is none."""
    async with httpx.AsyncClient(timeout=20) as client:
        text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    return sum(
        float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name) and label in line
    )  # fmt: skip
