"""``gradatim predict``: a saved model names the classes of sounds or rows.

Conventions: it asks for no labels; columns of a table are matched by name. Without a file the
predictions are shown as a table, with one their counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._text import show_name
from gradatim.cli._interrupt import interruptible
from gradatim.cli._json import header, json_text, print_json
from gradatim.cli._output_files import Writer, check_files, deliver, ending
from gradatim.cli._reading import READING, TextOptions, feature_folder

if TYPE_CHECKING:
    from gradatim.models.model import Model
    from gradatim.tagging import Predictions

__all__ = ["predict"]

_OUTPUT = Group("What comes out", sort_key=2)
_Flag = Parameter(negative=(), show_default=False)


def predict(
    model: Annotated[Path, Parameter(group=READING)],
    path: Annotated[str, Parameter(group=READING)],
    /,
    *,
    id: Annotated[str | None, Parameter(group=READING, metavar="COLUMN")] = None,
    follow_links: Annotated[bool, _Flag, Parameter(group=READING)] = False,
    text: TextOptions | None = None,
    abstain_below: Annotated[
        float | None, Parameter(group=_OUTPUT, metavar="P", validator=Number(gte=0, lte=1))
    ] = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], group=_OUTPUT, metavar="FILE|FOLDER")
    ] = None,
    json: Annotated[
        str | None, Parameter(group=_OUTPUT, metavar="FILE", allow_leading_hyphen=True)
    ] = None,
    jobs: Annotated[
        int | None, Parameter(group=READING, metavar="N", validator=Number(gte=1))
    ] = None,
    debug: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
) -> None:
    """Let a saved model name the classes of audio files or of the rows of a table.

    Sounds are analyzed by the recipe inside the model and need no labels; columns of a table are
    matched by name. Each row has its path, prediction, probability, and the probability of each
    class.

    Parameters
    ----------
    model
        A model (.gradatim) that climb saved.
    path
        An audio file, a folder of audio, a table (csv, tsv, parquet, arff), or a dataset's name.
    id
        Column by whose values the rows of a table are called.
    follow_links
        Follow links that lead out of a folder.
    abstain_below
        Predict no class whose probability is below P.
    output
        Write a table (.csv, .parquet, .json), a playlist in the order of classes (.m3u8), or a
        playlist of each class into a folder that is there.
    json
        Write everything as one JSON object; - is standard output, and nothing else goes there.
    jobs
        Processor cores to use; all of them if left out.
    debug
        Show the warnings of libraries, and the traceback of an error.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.models import load_model

    loaded = load_model(model)
    _check(loaded, model, path, output, json)
    given = {} if text is None else text.given()
    with silent_libraries(debug):
        from gradatim.cli._screen import Screen
        from gradatim.presentation.predictions import prediction_lines, summary_lines
        from gradatim.tables.columns import Dialect
        from gradatim.tagging import predict_path

        screen = Screen(to_stderr=json == "-", quiet=False)
        with screen.reading(path) as progress:
            found = interruptible(
                lambda: predict_path(
                    loaded,
                    path,
                    abstain_below=abstain_below,
                    id=id,
                    dialect=Dialect(**given) if given else None,
                    follow_links=follow_links,
                    n_jobs=jobs,
                    progress=progress,
                    cache=feature_folder(),
                )
            )
        about = {"rung": loaded.rung, "input": loaded.input, "setting": loaded.setting}
        whole = {**header(), "model": about, **found.to_dict()}

        def show() -> None:
            if json == "-":
                print_json(whole)
            elif output is None:
                screen.show_lines(prediction_lines(found))
            else:
                screen.show_lines(summary_lines(found))

        deliver(_writers(found, whole, output, json), show, screen.say)


def _check(model: Model, file: Path, path: str, output: Path | None, json: str | None) -> None:
    """Refuse, before the work, what could not be written."""
    from gradatim.tagging.files import PLAYLIST, check_format, playlist_names

    wanted = []
    if output is not None and output.is_dir():
        wanted += [("-o", output / name, ending(PLAYLIST)) for name in playlist_names(model)]
    elif output is not None:
        wanted.append(("-o", output, check_format))
        if output.suffix.lower() == PLAYLIST:
            playlist_names(model)
    if json is not None and json != "-":
        wanted.append(("--json", Path(json), ending(".json")))
    check_files(wanted, [Path(path), file])


def _writers(
    found: Predictions, whole: dict[str, object], output: Path | None, json: str | None
) -> list[Writer]:
    from gradatim._files import write_atomically
    from gradatim._text import plural
    from gradatim.tagging import write_predictions

    def write_output(target: Path) -> str:
        written = write_predictions(found, target)
        if target.is_dir():
            return f"wrote {plural(len(written), 'playlist')} into {show_name(target)}"
        return f"wrote {show_name(written[0])}"

    writers: list[Writer] = []
    if output is not None:
        writers.append(lambda: write_output(output))
    if json is not None and json != "-":
        text = json_text(whole) + "\n"
        writers.append(lambda: f"json: {show_name(write_atomically(json, text))}")
    return writers
