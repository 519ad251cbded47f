"""How a climb grows with rows and columns: CPU seconds and peak memory, stage by stage.

Conventions: tables are generated (10 classes, 40 rows per group, single precision, Parquet) and
read, inspected and climbed on as ``gradatim climb FILE.parquet`` does it, one process per size.
Seconds are CPU seconds of the process, which other work on the machine moves little; two cores
that are quiet take about half. A peak is the largest resident set of a stage, shared pages of the
file included. Run as ``python -m benchmarks.bench_growth 2000x60 8000x60``: ``-o FILE.json`` keeps
the figures, ``--once`` climbs in three folds, once, instead of two times five, and ``--plot
FILE.json FILE.svg`` draws seconds by rows. ``20000x64x128`` are patches in an Arrow file that is
mapped: networks learn from them in three folds, for few steps, since memory is what is asked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from gradatim._files import write_atomically
from gradatim.climb import Observer, RungResult, ShortLook, climb_collection
from gradatim.drawing.axes import ChartAxis, Tone
from gradatim.drawing.chart import Chart, ChartPoint, Series, draw_chart

__all__ = ["draw_growth", "main", "measure", "write_generated"]

#: Rows by columns that are measured unless others are given.
SIZES = ("2000x60", "4000x60", "8000x60", "16000x60", "32000x60", "100000x100")

_ROWS_PER_GROUP = 40


def write_generated(path: Path, n_rows: int, n_columns: int) -> None:
    """Write a table of 10 classes, each of two clusters, with groups that differ a little."""
    import pyarrow as pa
    from pyarrow import parquet

    rng = np.random.default_rng(n_columns)
    n_groups = -(-n_rows // _ROWS_PER_GROUP)
    centers = rng.normal(size=(20, n_columns)).astype(np.float32)
    group = np.arange(n_rows) // _ROWS_PER_GROUP
    own = rng.normal(size=(n_groups, n_columns)).astype(np.float32)
    label = (np.arange(n_groups) % 10)[group]
    X = rng.normal(size=(n_rows, n_columns)).astype(np.float32)
    X *= 2.5
    X += centers[2 * label + rng.integers(0, 2, n_rows)] + own[group]
    columns: dict[str, Any] = {f"f{j}": X[:, j] for j in range(n_columns)}
    columns |= {"genre": [f"genre {k}" for k in label], "artist": [f"artist {k}" for k in group]}
    parquet.write_table(pa.table(columns), path)


def write_patches(path: Path, n_rows: int, *shape: int) -> None:
    """Write patches of noise and their classes to an Arrow file, as one batch."""
    import pyarrow as pa
    from pyarrow import feather

    length = int(np.prod(shape))
    label = np.arange(n_rows) % 10
    X = np.random.default_rng(0).normal(size=(n_rows, length)).astype(np.float32)
    X[np.arange(n_rows), label] += 3.0
    lists = pa.FixedSizeListArray.from_arrays(pa.array(X.ravel()), length)
    table = pa.table({"patch": lists, "genre": [f"genre {k}" for k in label]})
    songs = [f"song {k // _ROWS_PER_GROUP}" for k in range(n_rows)]
    table = table.append_column("song", [songs])
    feather.write_feather(table, str(path), compression="uncompressed")


def measure_patches(*size: int) -> dict[str, Any]:
    """Train networks on patches in this process, and say what each stage took."""
    from gradatim.climb import ladder
    from gradatim.inspection import duplicates
    from gradatim.sources.registry import Options, read_source
    from gradatim.training import recipes

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "patches.arrow")
        name = "x".join(map(str, size))
        words = [sys.executable, "-m", "benchmarks.bench_growth", "--write", str(path), name]
        subprocess.run(words, check=True)
        stages = _Stages()
        with stages.stage("reading"):
            collection = read_source(str(path), Options(target=["genre"], groups="song"))
        # Few steps, and no look for copies, which takes minutes: what networks hold is asked.
        with (
            mock.patch.object(recipes, "MOST_STEPS_ROWS", size[0] // 50),
            mock.patch.object(ladder, "inspected", lambda collection: collection),
            mock.patch.object(duplicates, "near_pairs", return_value=np.empty((0, 2), dtype=int)),
        ):
            climb_collection(
                collection,
                observer=stages,
                folds=3,
                repeats=1,
                short_look=False,
                rungs=["majority", "shallow", "deep"],
            )
        stages.end("verdict, importance, model")
    peak = max(one["peak_mb"] for one in stages.found)
    return {"cpu": sum(one["cpu"] for one in stages.found), "peak_mb": peak, "stages": stages.found}


class _Stages(Observer):
    """CPU seconds and peak memory of each stage, and how true the progress was."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self.told: list[tuple[float, float]] = []  # CPU seconds since the start, share told
        self._start = time.process_time()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.begin()
        yield
        self.end(name)

    def begin(self) -> None:
        # The kernel forgets the peak so far.
        Path("/proc/self/clear_refs").write_text("5")
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def end(self, name: str) -> None:
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        self.found.append({"stage": name, "cpu": cpu, "wall": wall, "peak_mb": _peak_mb()})
        print(f"  {name:20s} {cpu:8.1f} s {wall:8.1f} s wall {_peak_mb():8.0f} MB", flush=True)
        self.begin()

    def planned(self, rows: Any) -> None:
        if not self.told:
            self.end("inspection, folds")

    def looked(self, look: ShortLook) -> None:
        self.end("short look")

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        self.told.append((time.process_time() - self._start, total))

    def finished(self, result: RungResult, total: float) -> None:
        self.end(f"{result.rung} {result.input}".strip())
        self.told.append((time.process_time() - self._start, total))


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1e3 if found else 0.0


def measure(n_rows: int, n_columns: int, *, once: bool = False) -> dict[str, Any]:
    """Climb a generated table in this process, and say what each stage took."""
    from gradatim.reports import write_report
    from gradatim.sources.registry import Options, read_source

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "songs.parquet")
        subprocess.run(
            [
                sys.executable,
                "-m",
                "benchmarks.bench_growth",
                "--write",
                str(path),
                f"{n_rows}x{n_columns}",
            ],
            check=True,
        )
        stages = _Stages()
        with stages.stage("reading"):
            collection = read_source(str(path), Options(target=["genre"], groups="artist"))
        folds = {"folds": 3, "repeats": 1, "short_look": False} if once else {}
        found = climb_collection(collection, observer=stages, **folds)
        stages.end("verdict, importance, model")
        with stages.stage("JSON"):
            text = json.dumps(found.to_dict())
        with stages.stage("report"):
            write_report(found, Path(folder, "report.html"))
        size = Path(folder, "report.html").stat().st_size
    return {
        "rows": n_rows,
        "columns": n_columns,
        "fits": found.protocol.folds * found.protocol.repeats,
        "stages": stages.found,
        "cpu": sum(one["cpu"] for one in stages.found),
        "peak_mb": max(one["peak_mb"] for one in stages.found),
        "json_mb": len(text) / 1e6,
        "report_mb": size / 1e6,
        "scores": {f"{row.rung} {row.input}".strip(): row.mean for row in found.rungs},
        "progress": stages.told[:: max(1, len(stages.told) // 200)],
    }


def draw_growth(found: Sequence[dict[str, Any]]) -> str:
    """Draw the CPU seconds of stages by rows, where each was measured: an SVG."""
    stages: dict[str, tuple[str, Tone, bool]] = {
        "kernel features": ("kernel", "accent", False),
        "deep features": ("deep", "accent", True),
        "shallow features": ("shallow", "other", False),
        "inspection, folds": ("inspect", "muted", False),
    }
    rows = [one["rows"] for one in found]
    series = [
        Series(
            [ChartPoint(n, n / 200.0) for n in (min(rows), max(rows))],
            "as the rows",
            "muted",
            line=True,
            dots=False,
            dashed=True,
        )
    ]
    for stage, (name, tone, hollow) in stages.items():
        points = [ChartPoint(one["rows"], _seconds(one, stage)) for one in found]
        measured = [point for point in points if point.y > 0]
        series.append(Series(measured, name, tone, line=True, hollow=hollow, dashed=hollow))
    chart = Chart(
        "How a climb grows",
        ChartAxis("rows", log=True),
        ChartAxis("CPU seconds", log=True),
        series,
        description="CPU seconds of the parts of a climb by rows, on logarithmic axes",
    )
    return draw_chart(chart)


def _seconds(one: dict[str, Any], stage: str) -> float:
    return sum(part["cpu"] for part in one["stages"] if part["stage"] == stage)


def main() -> None:
    """Measure sizes, each in a process of its own."""
    given = sys.argv[1:]
    if given[:1] == ["--write"]:
        rows, *shape = _size(given[2])
        (write_patches if len(shape) > 1 else write_generated)(Path(given[1]), rows, *shape)
        return
    if given[:1] == ["--one"]:
        rows, *shape = _size(given[1])
        found = (
            measure_patches(rows, *shape)
            if len(shape) > 1
            else measure(rows, *shape, once="--once" in given)
        )
        print(json.dumps(found))
        return
    if given[:1] == ["--plot"]:
        write_atomically(Path(given[2]), draw_growth(json.loads(Path(given[1]).read_text())))
        return
    keep = Path(given.pop(given.index("-o") + 1)) if "-o" in given else None
    if "-o" in given:
        given.remove("-o")
    options = [text for text in given if text == "--once"]
    sizes = [text for text in given if text != "--once"] or SIZES
    found = [_alone(size, *options) for size in sizes]
    if keep:
        write_atomically(keep, json.dumps(found, indent=1) + "\n")


def _size(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("x")))


def _alone(size: str, *options: str) -> dict[str, Any]:
    """Measure a size in another process, passing on what it prints."""
    print(size, flush=True)
    command = [sys.executable, "-m", "benchmarks.bench_growth", "--one", size, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = ""
        for line in process.stdout:
            if not line.startswith("{"):
                print(line, end="", flush=True)
    found = json.loads(line)
    print(f"  in all {found['cpu']:.0f} s of CPU, peak {found['peak_mb']:,.0f} MB", flush=True)
    return found


if __name__ == "__main__":
    main()
