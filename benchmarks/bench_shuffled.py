"""Climbs on shuffled labels, on which nothing should be found.

Conventions: a table or folder is climbed as ``gradatim climb PATH --shuffle-labels`` does, once for
each seed: labels are shuffled group by group where there are groups. Run as
``python -m benchmarks.bench_shuffled PATH [--target COLUMN] [--groups COLUMN] [--drop COLUMN...]``;
it prints a table in Markdown.
"""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gradatim.climb import Climb, climb_collection
from gradatim.presentation.climbs import best_of, score, score_range
from gradatim.sources.registry import Options, read_source

__all__ = ["app", "row"]

app = App(name="python -m benchmarks.bench_shuffled", help_format="plaintext", version_flags=())


def row(seed: int, climb: Climb) -> str:
    """Return what a climb said, as a row of the table."""
    best, verdict = best_of(climb), climb.verdict
    chance = "" if verdict.p_chance is None else f"{verdict.p_chance:.3f}"
    said = f"{best.rung} {score(best.mean)} ({score_range(best.interval)})"
    found = "no" if verdict.found_nothing else "**yes**"
    return f"| {seed} | {said} | {chance} | {verdict.answer} | {found} |"


@app.default
def main(
    path: str,
    /,
    *,
    target: Annotated[list[str] | None, Parameter(negative=())] = None,
    groups: str | None = None,
    drop: Annotated[list[str] | None, Parameter(consume_multiple=True, negative=())] = None,
    labels: str | None = None,
    seeds: int = 10,
) -> None:
    """Climb on shuffled labels and print what was found.

    Parameters
    ----------
    path
        A table, a folder or a dataset.
    target, groups, drop, labels
        As of ``gradatim climb``.
    seeds
        Climbs, with the seeds 0, 1, and so on.
    """
    options = Options(target=target or (), groups=groups, drop=drop or (), labels=labels)
    collection = read_source(path, options)
    print("| seed | best rung | p of chance | answer | found |\n|---|---|---:|---|---|")
    n_found = 0
    for seed in range(seeds):
        climb = climb_collection(collection, seed=seed, shuffle_labels=True)
        n_found += not climb.verdict.found_nothing
        print(row(seed, climb), flush=True)
    print(f"\nFound in {n_found} of {seeds} climbs.")


if __name__ == "__main__":
    app()
