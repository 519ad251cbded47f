"""``gradatim score``: how good a kept model is on another labelled collection.

Conventions: it reads what ``climb`` reads and takes the same options for labels and groups; how
sounds are analyzed is the model's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gradatim._text import show_name
from gradatim.cli._interrupt import interruptible
from gradatim.cli._json import header, json_text, print_json
from gradatim.cli._options import Debug, Jobs, JsonFile
from gradatim.cli._output_files import check_files, deliver, ending
from gradatim.cli._reading import READING, Reading, TableOptions

__all__ = ["score"]

_READING = Reading()


def score(
    model: Annotated[Path, Parameter(group=READING)],
    path: Annotated[str, Parameter(group=READING)],
    /,
    *,
    reading: Reading = _READING,
    table: TableOptions | None = None,
    jobs: Jobs = None,
    json: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Score a saved model of classes on another labelled folder, table or dataset.

    Prints the accuracy with its interval and what is right of each class. A class of which the
    model has never heard is named, and its samples are wrong.

    Parameters
    ----------
    model
        A model (.gradatim) that climb saved.
    path
        A folder of audio or scores with a folder per class, a table (csv, tsv, parquet, arff), or a
        dataset's name.
    jobs
        Processor cores to use; all of them if left out.
    json
        Write the score as JSON; - is standard output, and nothing else goes there.
    debug
        Show the warnings of libraries, and the traceback of an error.
    """
    from gradatim._files import write_atomically
    from gradatim.cli._silence import silent_libraries
    from gradatim.models import load_model
    from gradatim.sources.registry import files_of

    how = reading.options(table, jobs)
    file = None if json in (None, "-") else Path(json)
    if file is not None:
        check_files([("--json", file, ending(".json"))], [*files_of(path, how), model])
    loaded = load_model(model)
    with silent_libraries(debug):
        from gradatim.cli._screen import Screen
        from gradatim.presentation.predictions import score_lines
        from gradatim.tagging import score_path

        screen = Screen(to_stderr=json == "-", quiet=False)
        with screen.reading(path) as progress:
            told = replace(how, progress=progress)
            found = interruptible(lambda: score_path(loaded, path, told))
        whole = {**header(), **found.to_dict()}

        def write() -> str:
            return f"json: {show_name(write_atomically(json or '', json_text(whole) + chr(10)))}"

        def show() -> None:
            if json == "-":
                print_json(whole)
            else:
                screen.show_lines(score_lines(found))

        deliver([write] if file is not None else [], show, screen.say)
