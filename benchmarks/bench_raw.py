"""Raw, made by hand, pretrained: what each input of the same cycles is worth to each rung.

Conventions: `timbre`, 2 x 5 folds by recording session, the same for all. *pretrained* is what
MSD_musicnn makes of each cycle, played for three seconds at 220 Hz. Quick climbs have all inputs
and their unions; strong ones wave and harmonics, with the recipe of cycles, and the mean of what
both deep rungs say. Run as ``python -m benchmarks.bench_raw FOLDER``; ``--seed N`` takes other
folds, ``--only quick`` or ``deep`` one part. Finished climbs are kept in the folder and printed
from there. Seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim import climb_collection, load_timbre
from gradatim.climb.verdict import FACTORS
from gradatim.collection import Collection
from gradatim.evaluation.evidence import Evidence, jackknife, score_bounds, t_quantile
from gradatim.music import musicnn_features

__all__ = ["difference", "inputs", "mean_of_two", "table"]

RUNGS = ("linear", "logistic", "shallow", "deep")


def inputs(timbre: Collection) -> Collection:
    """Return the collection with what the pretrained net hears, and with unions."""
    heard = np.stack([musicnn_features(*sound.read(3.0)) for sound in timbre.media or ()])
    wave, harmonics = timbre.X["wave"], timbre.X["harmonics"]
    X = {
        "wave": wave,
        "harmonics": harmonics,
        "pretrained": heard,
        "wave+harmonics": np.concatenate([wave, harmonics], axis=1),
        "harmonics+pretrained": np.concatenate([harmonics, heard], axis=1),
    }
    return replace(timbre, X=X, feature_names={})


def mean_of_two(climb: Any, rung: str, first: str, second: str) -> dict[str, Any]:
    """Score the mean of what a rung says of two inputs, as a row of the climb's JSON object."""
    outputs = [row.outputs for row in climb.rungs if row.rung == rung and row.input in
               (first, second)]  # fmt: skip
    y, groups = climb.collection.y, climb.collection.groups
    said = climb.collection.classes[np.mean(outputs, axis=0).argmax(axis=2)]
    _, codes = np.unique(groups, return_inverse=True)
    sums = np.bincount(codes, (said == y).mean(axis=0))
    sizes = np.bincount(codes)
    value = float(sums.sum() / sizes.sum())
    without = (sums.sum() - sums) / (sizes.sum() - sizes)
    variance = float(jackknife(without[None])[0, 0])
    ends = score_bounds(value, variance, len(codes), len(sizes) - 1.0, "share")
    return {
        "rung": rung,
        "input": f"mean of {first} and {second}",
        "mean": value,
        "interval": list(ends),
        "unit_sums": sums.tolist(),
    }


def difference(climb: Mapping[str, Any], a: Mapping, b: Mapping) -> tuple[float, float]:
    """Return how much better row b is than row a, and the half width of its 95 % interval."""
    sizes = np.array(climb["collection"]["group_sizes"])
    sums = np.array([a["unit_sums"], b["unit_sums"]])
    without = (sums.sum(axis=1, keepdims=True) - sums) / (sizes.sum() - sizes)
    evidence = Evidence(sums.sum(axis=1) / sizes.sum(), without, sizes)
    d, error, _ = evidence.differences(0, np.array([1]), FACTORS["classification"].bound)
    return float(d[0]), t_quantile(0.975, evidence.df) * float(error[0])


def table(climb: Mapping[str, Any], base: str = "harmonics") -> str:
    """Write a climb as tables: scores by input and rung, and what each has above one input."""
    rows = {(row["rung"], row["input"]): row for row in climb["rungs"] if row["rung"] != "majority"}
    rungs = list(dict.fromkeys(rung for rung, _ in rows))
    names = list(dict.fromkeys(name for _, name in rows))
    above = [name for name in names if name != base]

    def lines(head: str, inputs: list[str], cell: Callable[[str, str], str]) -> Iterator[str]:
        yield f"| {head} | " + " | ".join(rungs) + " |"
        yield "|---|" + "---|" * len(rungs)
        for name in inputs:
            yield f"| `{name}` | " + " | ".join(cell(rung, name) for rung in rungs) + " |"

    def gain(rung: str, name: str) -> str:
        if (rung, name) not in rows or (rung, base) not in rows:
            return ""
        d, half = difference(climb, rows[rung, base], rows[rung, name])
        return f"{d:+.3f} ± {half:.3f}".replace("-", "\N{MINUS SIGN}")

    scores = lines("input", names, lambda *pair: _cell(rows.get(pair)))
    return "\n".join([*scores, "", *lines(f"minus `{base}`", above, gain)])


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    low, high = row["interval"]
    return f"{row['mean']:.3f} ({low:.3f} to {high:.3f})"


def _climb(kind: str, seed: int) -> dict[str, Any]:
    began = time.process_time()
    timbre = load_timbre()
    if kind == "quick":
        climb = climb_collection(inputs(timbre), rungs=["majority", *RUNGS], seed=seed)
        extra = []
    else:
        climb = climb_collection(timbre, rungs=["majority", "deep"], seed=seed, preset="strong")
        extra = [mean_of_two(climb, "deep", "wave", "harmonics")]
    found = climb.to_dict()
    found["rungs"] = [*found["rungs"], *extra]
    found["cpu_seconds"] = time.process_time() - began
    return found


def main() -> None:
    """Climb what is missing, and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_raw")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=2000)
    parser.add_argument("--only", choices=("quick", "deep"))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for kind in (chosen.only,) if chosen.only else ("quick", "deep"):
        path = chosen.folder / f"{kind}-{chosen.seed}.json"
        if not path.exists():
            path.write_text(json.dumps(_climb(kind, chosen.seed)))
        found = json.loads(path.read_text())
        print(f"{kind}, seed {chosen.seed}, {found['cpu_seconds']:.0f} s of the processor\n")
        print(table(found), "\n")


if __name__ == "__main__":
    main()
