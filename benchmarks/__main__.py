"""``python -m benchmarks``: measure gradatim beside its peers on this machine.

Conventions: results are on standard output, progress on standard error. Files are written after
every bench, so that a stop leaves what was finished.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Group, Parameter
from cyclopts.validators import Number

from gradatim.cli import main as run_main

if TYPE_CHECKING:
    from benchmarks import Bench, Options, Result

__all__ = ["app", "bench", "main"]

BenchName = Literal["single", "w1", "w2", "w3", "ten-thousand", "cost", "verdict", "all"]

_MEASURE = Group("How it is measured", sort_key=1)
_TABLE = Group("A table for verdict to climb too", sort_key=2)
_OUTPUT = Group("What comes out", sort_key=3)
_Flag = Parameter(negative=(), show_default=False)


app = App(
    name="python -m benchmarks",
    help_format="plaintext",
    version_flags=(),
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)


@app.default
def bench(
    name: BenchName | None = None,
    /,
    *,
    rounds: Annotated[int, Parameter(group=_MEASURE, metavar="N", validator=Number(gte=1))] = 3,
    quick: Annotated[bool, _Flag, Parameter(group=_MEASURE)] = False,
    seed: Annotated[int, Parameter(group=_MEASURE, metavar="N", validator=Number(gte=0))] = 0,
    table: Annotated[Path | None, Parameter(group=_TABLE, metavar="FILE")] = None,
    target: Annotated[
        list[str] | None, Parameter(group=_TABLE, metavar="COLUMN", negative=())
    ] = None,
    drop: Annotated[
        list[str] | None,
        Parameter(group=_TABLE, metavar="COLUMN...", consume_multiple=(1, None), negative=()),
    ] = None,
    json: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
    output: Annotated[
        list[Path] | None,
        Parameter(name=("--output", "-o"), group=_OUTPUT, metavar="FILE", negative=()),
    ] = None,
    debug: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
) -> None:
    """Measure gradatim beside its peers, in turns and on generated data.

    Without a name, lists what can be measured and about how long it takes; all measures
    everything.

    Parameters
    ----------
    name
        What to measure.
    rounds
        Alternating rounds, over which medians are taken.
    quick
        A small form of each, to see that it works; its times mean nothing.
    seed
        Seed of the generated data and of the folds.
    table
        A table (csv, tsv, parquet).
    target
        Its column that is learnt.
    drop
        Its columns that are left out.
    json
        Print JSON instead of tables.
    output
        Write the results to a file too; may be repeated. A name in .json is all of them, in .md
        the marked sections of a document, in .svg, .png or .pdf the curves of cost.
    debug
        Show the warnings of libraries, and the traceback of an error.
    """
    from benchmarks.registry import BENCHES
    from benchmarks.result import Options
    from benchmarks.show import show_list

    options = Options(rounds, quick, seed, table, tuple(target or ()), tuple(drop or ()))
    if name is None:
        show_list(list(BENCHES.values()), options, json)
        return
    chosen = list(BENCHES.values()) if name == "all" else [BENCHES[name]]
    files = output or []
    if files:
        from benchmarks.document import check_document

        for file in files:
            check_document(file, [bench.name for bench in chosen])
    _run(chosen, options, files, json=json, debug=debug)


def _run(
    chosen: Sequence[Bench], options: Options, files: Sequence[Path], *, json: bool, debug: bool
) -> None:
    from json import dumps

    from benchmarks.document import to_document, write_document
    from gradatim.cli._silence import silent_libraries

    with silent_libraries(debug):
        from benchmarks.show import announce, progress, show_machine, show_result

        results: list[Result] = []
        announce(chosen, options)
        for bench in chosen:
            with progress(bench.name) as report:
                results.append(bench.run(options, report))
            if not json:
                show_result(results[-1])
            for file in files:
                write_document(file, results, options)
        document = to_document(results, options)
        if json:
            print(dumps(document, indent=2, allow_nan=False, ensure_ascii=False))
        else:
            show_machine(document)


def main(argv: Sequence[str] | None = None) -> int:
    """Run with the arguments given, or the process's; errors and exit status as `gradatim`'s."""
    return run_main(argv, app)


if __name__ == "__main__":
    sys.exit(main())
