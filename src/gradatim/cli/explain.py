"""``gradatim explain``: which inputs moved a model's decision, and the nearest training sounds.

Conventions: contributions are relative to the center of the training rows, which is said. Files
are written before anything is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from gradatim.cli._interrupt import interruptible
from gradatim.cli._json import header
from gradatim.cli._options import OUTPUT, DebugLibraries, JsonFile, Output
from gradatim.cli._output_files import (
    check_files,
    deliver_object,
    json_file,
    plot,
    plot_writer,
)
from gradatim.cli._reading import READING, TextOptions

__all__ = ["explain"]


def explain(
    model: Annotated[Path, Parameter(group=READING)],
    file: Annotated[str, Parameter(group=READING)],
    /,
    *,
    id: Annotated[
        str | None, Parameter(group=READING, metavar="ID", allow_leading_hyphen=True)
    ] = None,
    row: Annotated[int | None, Parameter(group=READING, metavar="N")] = None,
    id_column: Annotated[str | None, Parameter(group=READING, metavar="COLUMN")] = None,
    text: TextOptions | None = None,
    class_: Annotated[
        str | None,
        Parameter(name="--class", group=OUTPUT, metavar="NAME", allow_leading_hyphen=True),
    ] = None,
    top: Annotated[int, Parameter(group=OUTPUT, metavar="N", validator=Number(gte=1))] = 12,
    nearest: Annotated[int, Parameter(group=OUTPUT, metavar="N", validator=Number(gte=0))] = 5,
    output: Output = None,
    json: JsonFile = None,
    debug: DebugLibraries = False,
) -> None:
    """Say which inputs moved what a saved model says of one sound or row.

    Each input has a contribution; together they lead from the output for the baseline (the mean
    of the training rows; for shallow and deep networks their median) to the output for the sound.
    A class is compared with the strongest other one. The nearest training sounds are named, too.

    Parameters
    ----------
    model
        A model (.gradatim) that climb saved.
    file
        An audio file, a score, or a table (csv, tsv, parquet, arff), book of tunes or dataset of
        which --id or --row names a row.
    id
        The row that is called ID, in --id-column or as predict calls it.
    row
        The row or score of this number, counted from 1.
    id_column
        Column of a table that holds what rows are called.
    class_
        Explain this class, label or target instead of what is predicted.
    top
        Inputs with a line of their own.
    nearest
        Training rows to name.
    output
        Draw the contributions (.svg, .pdf, .png).
    json
        Write everything as one JSON object; - is standard output, and nothing else goes there.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.models import load_model
    from gradatim.sources.registry import Options, files_of

    pictures = [] if output is None else [("-o", output, plot)]
    loaded = load_model(model)
    check_files([*pictures, *json_file(json)], [*files_of(file, Options()), model])
    given = {} if text is None else text.given()
    with silent_libraries(debug):
        from gradatim.cli._screen import Screen
        from gradatim.presentation.explanations import explanation_lines
        from gradatim.presentation.pictures import plot_explanation
        from gradatim.tables.columns import Dialect
        from gradatim.tagging import explain_path

        screen = Screen(to_stderr=json == "-", quiet=False)
        with screen.reading(file) as progress:
            found = interruptible(
                lambda: explain_path(
                    loaded,
                    file,
                    id=id,
                    row=row,
                    id_column=id_column,
                    class_name=class_,
                    n_nearest=nearest,
                    dialect=Dialect(**given) if given else None,
                    progress=progress,
                )
            )
        about = {"rung": loaded.rung, "input": loaded.input, "setting": loaded.setting}
        whole = {**header(), "model": about, **found.to_dict()}
        writers = plot_writer(output, lambda: plot_explanation(found, top))
        deliver_object(json, lambda: whole, lambda: explanation_lines(found, top), screen, writers)
