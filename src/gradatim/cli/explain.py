"""``gradatim explain``: which inputs moved a model's decision, and the nearest training sounds.

Conventions: contributions are relative to the center of the training rows, which is said. Files
are written before anything is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from gradatim.cli._interrupt import interruptible
from gradatim.cli._json import header
from gradatim.cli._options import OUTPUT, DebugLibraries, JsonFile, Output
from gradatim.cli._output_files import (
    PAGE_ENDINGS,
    Writer,
    check_files,
    deliver_object,
    json_file,
    page,
    plot_writer,
    writer,
)
from gradatim.cli._reading import READING, TextOptions
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.collection import Sound
    from gradatim.tagging import Explanation


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
    sounds: Annotated[Path | None, Parameter(group=READING, metavar="FOLDER")] = None,
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
        Write a page with the contributions and the nearest training sounds (.html), or draw the
        contributions (.svg, .pdf, .png).
    sounds
        Folder of the training sounds, so that the page plays those that are nearest. A dataset of
        the package needs none.
    json
        Write everything as one JSON object; - is standard output, and nothing else goes there.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.models import load_model
    from gradatim.sources.registry import Options, files_of

    pages = [] if output is None else [("-o", output, page)]
    is_page = output is not None and output.suffix.lower() in PAGE_ENDINGS
    if sounds is not None and not is_page:
        raise SpecError("--sounds needs a page that plays them; add -o FILE.html")
    loaded = load_model(model)
    check_files([*pages, *json_file(json)], [*files_of(file, Options()), model])
    given = {} if text is None else text.given()
    with silent_libraries(debug):
        from gradatim.cli._screen import Screen
        from gradatim.presentation.explanations import explanation_lines
        from gradatim.tables.columns import Dialect
        from gradatim.tagging import explain_path
        from gradatim.tagging.training_sounds import find_sounds

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
        heard = find_sounds(loaded, found, file, sounds) if is_page else (None, [])
        about = {"rung": loaded.rung, "input": loaded.input, "setting": loaded.setting}
        whole = {**header(), "model": about, **found.to_dict()}
        writers = _picture(found, output, top, *heard)
        deliver_object(json, lambda: whole, lambda: explanation_lines(found, top), screen, writers)


def _picture(
    found: Explanation,
    output: Path | None,
    top: int,
    sound: Sound | None,
    nearest: Sequence[Sound | None],
) -> list[Writer]:
    from gradatim.presentation.pictures import plot_explanation

    if output is None or output.suffix.lower() not in PAGE_ENDINGS:
        return plot_writer(output, lambda: plot_explanation(found, top))

    def save(path: Path) -> Path:
        from gradatim.reports import write_explanation

        return write_explanation(found, path, sound=sound, nearest=nearest, top=top)

    return writer(output, save)
