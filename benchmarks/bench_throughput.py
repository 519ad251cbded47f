"""Folders through worker processes: gradatim beside librosa, joblib, and a decode as the limit.

Conventions: seconds of processor time of this process and those that it started, start-up included,
with one thread for BLAS; clips are 30 seconds of generated sound at 22,050 Hz in FLAC. The naive
side calls librosa once for each feature; joblib runs that in its processes. Wall time is printed
beside, and means something on a quiet machine only. Run as
``python -m benchmarks.bench_throughput [CLIPS [FILES]]``: with FILES, a second run over that many
finished files is timed too. ``30 20000`` takes two minutes on two quiet cores.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import soundfile

from benchmarks.bench_features import SR, clip, naive_features
from gradatim.executors.processes import end_workers
from gradatim.music.features import RECIPE
from gradatim.music.many_files import analyze_files
from gradatim.music.recipes import MusicnnRecipe, Recipe

__all__ = ["Cost", "main", "measure", "resumed"]

CLIPS = 60
SECONDS = 30.0


class Cost(NamedTuple):
    """What some work cost."""

    cpu: float  # Seconds of processor time, of children too
    wall: float


def measure(work: Callable[[], object]) -> Cost:
    """Return what some work costs whose child processes have ended when it returns."""

    def seconds() -> float:
        usage = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in usage)

    cpu, wall = seconds(), time.perf_counter()
    work()
    return Cost(seconds() - cpu, time.perf_counter() - wall)


def _naive(path: Path) -> np.ndarray:
    import librosa

    return naive_features(librosa.load(path, sr=SR)[0])


def _with_joblib(paths: Sequence[Path], n_jobs: int) -> None:
    from joblib.externals.loky import get_reusable_executor

    joblib.Parallel(n_jobs)(joblib.delayed(_naive)(path) for path in paths)
    get_reusable_executor().shutdown(wait=True)


def _with_gradatim(paths: Sequence[Path], n_jobs: int, recipe: Recipe = RECIPE) -> None:
    analyze_files(paths, recipe, n_jobs=n_jobs)
    end_workers()


def resumed(n_files: int, folder: Path) -> tuple[Cost, Cost]:
    """Return what a first and a second ``gradatim features`` cost over many short sounds."""
    rng = np.random.default_rng(0)
    for k in range(n_files):
        (folder / f"{k % 20:02d}").mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / f"{k % 20:02d}" / f"{k:06d}.wav", rng.normal(size=500) / 9, SR)
    environment = os.environ | {"GRADATIM_CACHE": str(folder.parent / "cache")}
    words = [sys.executable, "-m", "gradatim", "features", str(folder), "-o"]

    def run(name: str) -> Callable[[], object]:
        return lambda: subprocess.run(
            [*words, str(folder.parent / name)], env=environment, check=True, capture_output=True
        )

    found = measure(run("first.parquet")), measure(run("second.parquet"))
    first, second = ((folder.parent / f"{n}.parquet").read_bytes() for n in ("first", "second"))
    assert first == second
    return found


def _peaks() -> str:
    own, most = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"peak memory: this process {own:.0f} MB, the largest child {most:.0f} MB"


def main(n_clips: int = CLIPS, n_files: int = 0) -> int:
    """Print what each side costs per clip."""
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as name:
        folder, y = Path(name), clip(SECONDS)
        paths = [folder / f"{k:04d}.flac" for k in range(n_clips)]
        for k, path in enumerate(paths):
            soundfile.write(path, np.roll(y, 1000 * k), SR)
        sides: dict[str, Callable[[], object]] = {
            "decode, 1 process": lambda: [soundfile.read(path, dtype="float32") for path in paths],
            "gradatim, 1 worker": lambda: _with_gradatim(paths, 1),
            "gradatim, 2 workers": lambda: _with_gradatim(paths, 2),
            "musicnn, 1 worker": lambda: _with_gradatim(paths, 1, MusicnnRecipe()),
        }
        spent = {label: _told(label, measure(work), n_clips) for label, work in sides.items()}
        print(_peaks())
        naive: dict[str, Callable[[], object]] = {
            "librosa, 1 process": lambda: [_naive(path) for path in paths],
            "librosa in joblib, 2 processes": lambda: _with_joblib(paths, 2),
        }
        spent |= {label: _told(label, measure(work), n_clips) for label, work in naive.items()}
        classical, pretrained = spent["gradatim, 1 worker"], spent["musicnn, 1 worker"]
        print(
            f"per core: classical {spent['librosa, 1 process'] / classical:.1f} times as fast as "
            f"librosa, musicnn {n_clips * SECONDS / pretrained:.0f} times real time"
        )
        if n_files:
            first, second = resumed(n_files, folder / "short")
            print(f"{n_files:,} short files: {first.cpu:.1f} s of the processor, then, with all of")
            print(f"them finished, {second.cpu:.2f} s ({second.wall:.2f} s on the clock)")
    return 0


def _told(label: str, cost: Cost, n_clips: int) -> float:
    """Print what a side cost; return its seconds of processor time."""
    print(
        f"{label}: {1000 * cost.cpu / n_clips:.1f} ms of the processor per clip, "
        f"{n_clips / cost.cpu:.1f} clips per second of it; {cost.wall:.1f} s on the clock"
    )
    return cost.cpu


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
