"""``gradatim score``: how good a kept model is on another labelled collection.

Conventions: it reads what ``climb`` reads and takes the same options for labels and groups; how
sounds are analyzed is the model's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gradatim.cli._interrupt import interruptible
from gradatim.cli._json import header
from gradatim.cli._options import DebugLibraries, Jobs, JsonFile
from gradatim.cli._output_files import check_files, deliver_object, json_file
from gradatim.cli._reading import READING, Reading, TableOptions

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
    debug: DebugLibraries = False,
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
    json
        Write the score as JSON; - is standard output, and nothing else goes there.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.models import load_model
    from gradatim.sources.registry import files_of

    how = reading.options(table, jobs)
    check_files(json_file(json), [*files_of(path, how), model])
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
        deliver_object(json, lambda: whole, lambda: score_lines(found), screen)
