"""What each set of features is worth on drum hits: hand-made, mel, pretrained, raw, unions.

Conventions: 2 x 5 folds, groups kept together, `quick` networks; every input on the same folds.
`examples/drums` by the groups of `examples/kits.csv`, and with ``--data DATA`` the hits of
`DATA/drums_hydrogen` by kit, which are no part of this package. Run as
``python -m benchmarks.bench_inputs [--data DATA]``; it prints tables in Markdown: accuracy with
95 % intervals, differences from `classical` with half their 95 % interval, and seconds of the
processor.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from benchmarks import bench_raw
from gradatim.climb import Observer, RungResult, climb_collection
from gradatim.collection import Collection
from gradatim.music.recipes import apply_recipe, read_recipe
from gradatim.sources.registry import Options, read_source

__all__ = ["INPUTS", "RUNGS", "app", "climb", "tables"]

INPUTS = ("classical", "mel", "classical+mel", "musicnn", "classical+musicnn", "raw")
RUNGS = ("majority", "logistic", "kernel", "shallow", "deep")

app = App(name="python -m benchmarks.bench_inputs", help_format="plaintext", version_flags=())


class _Seconds(Observer):
    """Seconds of the processor that each row of the ladder took."""

    def __init__(self) -> None:
        self.spent: list[float] = []
        self._began = time.process_time()

    def finished(self, result: RungResult, total: float) -> None:
        now = time.process_time()
        self.spent.append(now - self._began)
        self._began = now


def climb(collection: Collection, rungs: Sequence[str] = RUNGS, **options: Any) -> dict[str, Any]:
    """Climb on all inputs, as a JSON object whose seconds are those of the processor."""
    observer = _Seconds()
    found = climb_collection(collection, rungs=rungs, observer=observer, **options).to_dict()
    for row, seconds in zip(found["rungs"], observer.spent, strict=True):
        row["seconds"] = seconds
    return found


def extraction(collection: Collection, n_sounds: int = 40) -> dict[str, float]:
    """Return the seconds that each input takes of the processor for a sound, once warm."""
    spent = {}
    for name, constants in collection.recipes.items():
        recipe = read_recipe(constants)
        sounds = (collection.media or ())[:n_sounds]
        samples = [sound.read(recipe.max_seconds)[0] for sound in sounds]
        apply_recipe(samples[0], recipe)
        began = time.process_time()
        for y in samples:
            apply_recipe(y, recipe)
        spent[name] = (time.process_time() - began) / len(samples)
    return spent


def tables(found: Mapping[str, Any], extracted: Mapping[str, float]) -> str:
    """Write scores, differences from `classical`, and seconds by input and rung."""
    rows = [row for row in found["rungs"] if row["rung"] != "majority"]
    rungs = list(dict.fromkeys(row["rung"] for row in rows))
    lines = [
        bench_raw.table(found, "classical"),
        "",
        "| seconds | a sound | " + " | ".join(rungs) + " |",
        "|---|" + "---:|" * (1 + len(rungs)),
    ]
    for name in dict.fromkeys(row["input"] for row in rows):
        cells = [f"{row['seconds']:.1f}" for row in rows if row["input"] == name]
        lines.append(f"| `{name}` | {extracted[name]:.4f} | {' | '.join(cells)} |")
    return "\n".join(lines)


@app.default
def main(*, data: Annotated[Path | None, Parameter(metavar="FOLDER")] = None) -> None:
    """Climb drum hits on every input, and print what each is worth.

    Parameters
    ----------
    data
        Folder in which drums_hydrogen lies.
    """
    sources = [(Path("examples/drums"), Path("examples/kits.csv"))]
    if data is not None:
        sources.append((data / "drums_hydrogen", data / "drums_hydrogen" / "groups.csv"))
    for folder, groups in sources:
        collection = read_source(str(folder), Options(groups=str(groups), features=INPUTS))
        found = climb(replace(collection, X={name: collection.X[name] for name in INPUTS}))
        print(f"**{found['collection']['name']}**, {found['collection']['n_samples']} sounds\n")
        print(tables(found, extraction(collection)), "\n", flush=True)


if __name__ == "__main__":
    app()
