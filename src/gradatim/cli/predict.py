"""``gradatim predict``: a saved model names the classes of sounds or rows.

Conventions: it asks for no labels; columns of a table are matched by name. Without a file the
predictions are shown as a table, with one their counts. What was predicted for files of a folder is
kept in the cache until everything is written, so that the same command goes on after any end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._text import list_text, plural, show_name
from gradatim.cli._interrupt import Interrupted, interruptible
from gradatim.cli._json import header
from gradatim.cli._numbers import to_float
from gradatim.cli._options import FLAG, OUTPUT, DebugLibraries, Jobs, JsonFile
from gradatim.cli._output_files import Writer, check_files, deliver_object, ending, json_file
from gradatim.cli._reading import READING, TextOptions, dialect_of, feature_folder

if TYPE_CHECKING:
    from gradatim.models.model import Model
    from gradatim.presentation.lines import Grid, Line
    from gradatim.tagging import Predictions, TagChanges
    from gradatim.training.store import Store

_TAGS = Group("Tags", sort_key=3)


def predict(
    model: Annotated[Path, Parameter(group=READING)],
    path: Annotated[str, Parameter(group=READING)],
    /,
    *,
    id: Annotated[str | None, Parameter(group=READING, metavar="COLUMN")] = None,
    follow_links: Annotated[bool, FLAG, Parameter(group=READING)] = False,
    text: TextOptions | None = None,
    abstain_below: Annotated[
        float | None,
        Parameter(group=OUTPUT, metavar="P", validator=Number(gte=0, lte=1), converter=to_float),
    ] = None,
    coverage: Annotated[
        float | None,
        Parameter(group=OUTPUT, metavar="P", validator=Number(gt=0, lt=1), converter=to_float),
    ] = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], group=OUTPUT, metavar="FILE|FOLDER")
    ] = None,
    json: JsonFile = None,
    write_tags: Annotated[str | None, Parameter(group=_TAGS, metavar="FIELD")] = None,
    apply: Annotated[bool, FLAG, Parameter(group=_TAGS)] = False,
    jobs: Jobs = None,
    debug: DebugLibraries = False,
) -> None:
    """Let a saved model name the classes of audio files, scores or the rows of a table.

    Sounds and scores are analyzed by the recipe inside the model and need no labels; columns of a
    table are matched by name. Each row has its path, prediction, probability, and the probability
    of each class. What was predicted for a folder is kept until the end: the same command, given
    again after it was stopped, goes on.

    Parameters
    ----------
    model
        A model (.gradatim) that climb saved.
    path
        An audio file, a score, a folder of either, a table (csv, tsv, parquet, arff), or a
        dataset's name.
    id
        Column by whose values the rows of a table are called.
    follow_links
        Follow links that lead out of a folder.
    abstain_below
        Predict no class whose probability is below P; it is the model's own, and may be too sure.
    coverage
        Give each sample a set of classes (or each number an interval) that holds what is true for
        a share P of the samples, averaged over groups like those that the climb held out.
    output
        Write a table (.csv, .parquet, .json), a playlist in the order of classes (.m3u8), or a
        playlist of each class into a folder that is there.
    json
        Write everything as one JSON object; - is standard output, and nothing else goes there.
    write_tags
        Show which tags of the files would change: genre, mood, bpm, or a name of your own. Nothing
        is written unless --apply is given.
    apply
        Write the tags; those from before are kept, and untag takes them back.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.cli._tags import check_request, require_some, tag
    from gradatim.models import load_model

    loaded = load_model(model)
    _check(loaded, model, path, output, json)
    check_request(loaded, write_tags, apply)
    with silent_libraries(debug):
        from gradatim.cli._screen import Screen
        from gradatim.climb.checkpoint import open_checkpoint
        from gradatim.presentation.predictions import prediction_lines, summary_lines
        from gradatim.presentation.tags import tag_lines
        from gradatim.tagging import predict_path
        from gradatim.tagging.streaming import predictions_folder

        screen = Screen(to_stderr=json == "-", quiet=False)
        # It is removed when all is written: then there is nothing to go on with.
        with open_checkpoint(predictions_folder(loaded, path), resume=True) as store:
            with _until_interrupted(store), screen.reading(path) as progress:
                found = interruptible(
                    lambda: predict_path(
                        loaded,
                        path,
                        abstain_below=abstain_below,
                        coverage=coverage,
                        id=id,
                        dialect=dialect_of(text),
                        follow_links=follow_links,
                        n_jobs=jobs,
                        progress=progress,
                        store=store,
                        cache=feature_folder(),
                    )
                )
            tags = None if write_tags is None else tag(found, write_tags, apply, screen)
            whole = partial(_whole, loaded, found, tags)

            def lines() -> Iterator[Line | Grid]:
                alone = output is None and tags is None
                yield from prediction_lines(found) if alone else summary_lines(found)
                yield from () if tags is None else tag_lines(tags)

            deliver_object(json, whole, lines, screen, _writers(found, output))
        require_some(tags)


@contextmanager
def _until_interrupted(store: Store | None) -> Iterator[None]:
    """Say on Ctrl-C how much is kept, which the same command then finds."""
    try:
        yield
    except KeyboardInterrupt:
        if store is None:
            raise
        from gradatim.tagging.streaming import KIND

        store.flush()
        kept = plural(store.count()[KIND], "file")
        sentence = f"stopped by Ctrl-C with {kept} predicted and kept; the same command goes on"
        raise Interrupted(sentence, kept=False) from None


def _whole(model: Model, found: Predictions, tags: TagChanges | None) -> dict[str, object]:
    about = {"rung": model.rung, "input": model.input, "setting": model.setting}
    more = {} if tags is None else {"tags": tags.to_dict()}
    return {**header(), "model": about, **found.to_dict(), **more}


def _check(model: Model, file: Path, path: str, output: Path | None, json: str | None) -> None:
    """Refuse, before the work, what could not be written."""
    from gradatim.tagging.files import PLAYLIST, check_format, playlist_names, require_audio

    wanted = []
    if output is not None and (output.is_dir() or output.suffix.lower() == PLAYLIST):
        require_audio(path)
    if output is not None and output.is_dir():
        wanted += [("-o", output / name, ending(PLAYLIST)) for name in playlist_names(model)]
    elif output is not None:
        wanted.append(("-o", output, check_format))
        if output.suffix.lower() == PLAYLIST:
            playlist_names(model)
    check_files([*wanted, *json_file(json)], [Path(path), file])


def _writers(found: Predictions, output: Path | None) -> list[Writer]:
    from gradatim.tagging import write_predictions
    from gradatim.tagging.files import left_out_of_playlists

    def write(target: Path) -> str:
        written = write_predictions(found, target)
        without = ""
        if lost := left_out_of_playlists(found, target):
            n_files, named = plural(len(lost), "file"), list_text(file.name for file in lost)
            without = f", without {n_files} whose path has a line break: {named}"
        if target.is_dir():
            return f"wrote {plural(len(written), 'playlist')} into {show_name(target)}{without}"
        return f"wrote {show_name(written[0])}{without}"

    return [] if output is None else [partial(write, output)]
