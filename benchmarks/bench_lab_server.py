"""Thirty pages on one collection: how long a control takes that the server answers.

Conventions: run as ``python -m benchmarks.bench_lab_server``; a server of its own on the loopback,
10,000 rows of 40 columns; every page chooses columns or other rows, on average every three seconds,
while kernel machines are fitted and a wall is trained. Times are those of the clock, so the
machine's load is said beside them.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2
import numpy as np

N_PAGES, SECONDS, PAUSE = 30, 30.0, 3.0
_N_ROWS, _N_COLUMNS = 10_000, 40


def write_table(path: Path) -> None:
    """Write the rows that the server has."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 6, _N_ROWS)
    X = rng.normal(0, 1, (_N_ROWS, _N_COLUMNS)) + 0.3 * y[:, None]
    head = ",".join([*(f"f{k}" for k in range(_N_COLUMNS)), "genre"])
    lines = (
        ",".join([*(f"{value:.4f}" for value in row), f"g{label}"])
        for row, label in zip(X, y, strict=True)
    )
    path.write_text("\n".join([head, *lines]))


async def page(address: str, number: int, until: float, times: list[float]) -> None:
    """Do what a pupil does."""
    rng = random.Random(number)
    async with httpx2.AsyncClient(base_url=address, timeout=60) as client:
        hello = await client.post("/ask", json={"ask": "hello"})
        session = hello.json()["session"]
        if number % 5 == 0:
            await client.post("/ask", json={**_points(number), "session": session})
        while time.monotonic() < until:
            await asyncio.sleep(rng.expovariate(1 / PAUSE))
            columns = rng.choice([[], [f"f{rng.randrange(_N_COLUMNS)}", "f0"]])
            seed = rng.randrange(1000)
            began = time.monotonic()
            asked = {"ask": "rows", "session": session, "columns": columns, "seed": seed}
            answer = await client.post("/ask", json=asked)
            times.append(time.monotonic() - began)
            assert answer.status_code == 200, answer.text


def _points(number: int) -> dict[str, object]:
    rng = np.random.default_rng(number)
    X, labels = rng.uniform(-1, 1, (200, 2)), rng.integers(0, 2, 200)
    points = {"X": X.ravel().tolist(), "labels": labels.tolist(), "held": [0] * 200, "dims": 2}
    if number == 0:
        return {"ask": "wall", **points, "seeds": 8}
    return {"ask": "kernel", **points, "window": [-1, 1]}


async def _measure(address: str) -> list[float]:
    times: list[float] = []
    until = time.monotonic() + SECONDS
    await asyncio.gather(*(page(address, k, until, times) for k in range(N_PAGES)))
    return times


def main() -> None:
    """Measure, and print the quantiles."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "rows.csv"
        write_table(table)
        command = [sys.executable, "-m", "gradatim", "lab", str(table), "--target", "genre"]
        command += ["--serve", "--port", "0", "--no-browser", "--questions", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            try:
                times = np.sort(asyncio.run(_measure(address)))
            finally:
                server.terminate()
    shown = " ".join(f"p{q} {1000 * np.quantile(times, q / 100):.0f} ms" for q in (50, 95, 99))
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"{N_PAGES} pages, {len(times)} answers in {SECONDS:.0f} s: {shown} (load {load})")


if __name__ == "__main__":
    main()
