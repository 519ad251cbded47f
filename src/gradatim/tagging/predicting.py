"""A model at work: predictions for sounds and scores by its recipe, for tables by their columns.

Conventions: a sound that the recipe cuts into segments has the mean of their outputs, so that a
file is one row. What cannot be read is left out with a notice; if nothing can, it is an error. What
lies outside of the range of the training rows is counted in a notice.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradatim._progress import Progress
from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.errors import AudioError, SpecError
from gradatim.models.model import Model
from gradatim.music.cache import FeatureCache
from gradatim.music.listing import below_root, readable_path
from gradatim.tables.columns import Dialect
from gradatim.tagging.answers import Leaving, answer, leaving_notice
from gradatim.tagging.predictions import Predictions
from gradatim.tagging.samples import SampleRows, SoundFiles, find_samples, output_names, recipe_of
from gradatim.tagging.streaming import answer_files
from gradatim.training.store import Store
from gradatim.training.targets import decide

_SKIPPED_SHOWN = 5


@dataclass(frozen=True, eq=False)
class _Answered:
    """SampleRows, and what the model says of them."""

    outputs: np.ndarray  # (n_samples, n_outputs)
    probabilities: np.ndarray | None  # (n_samples, n_names)
    paths: Sequence[str]  # What each sample is called
    files: Sequence[Path] = ()
    notices: Sequence[Notice] = ()


def predict_path(
    model: Model,
    path: str | os.PathLike[str],
    *,
    abstain_below: float | None = None,
    coverage: float | None = None,
    id: str | None = None,
    dialect: Dialect | None = None,
    follow_links: bool = False,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
    cache: str | os.PathLike[str] | None = None,
) -> Predictions:
    """Predict for an audio file, a score, a folder of either, a table, or a dataset.

    Parameters
    ----------
    model : Model
        What predicts; audio is analyzed by the recipe inside it.
    path : path-like
        The file, folder or table. Sounds and scores need no labels and may lie at any depth;
        columns of a table are matched by name, in any order, and others are passed over. Each tune
        of a book is a row.
    abstain_below : float in [0, 1], optional
        Predict no class whose probability, which is the model's own, is below.
    coverage : float in (0, 1), optional
        Give each sample a set of classes, or each number an interval, that holds what is true for
        this share of the samples, averaged over groups like those that the climb held out (where
        it had none, of samples like those).
    id : str, optional
        Column by whose values the rows of a table are called.
    dialect : Dialect, optional
        How a table of text is written; found if None.
    follow_links : bool
        Also follow links that lead out of a folder.
    n_jobs : int, optional
        Worker processes that read sounds or scores, at most; one per core if None.
    progress : callable, optional
        Called with the share of the files that are done, and how many these are.
    store : Store, optional
        Where what is said of each file is kept and looked up, so that an interrupted run can go on.
    cache : path-like, optional
        Folder in which features of files are kept, so that they are computed once.

    Returns
    -------
    Predictions
        A row for each file or row of the table.

    Raises
    ------
    InputError
        If there is nothing at `path`, or the model reads columns of a table and gets audio.
    AudioError, ScoreError
        If there is no audio or score, or none of it can be read.
    MissingExtraError
        If scores are to be read and music21 is not installed.
    TableError
        If a column that the model reads is missing or has a gap that nothing fills.
    SpecError
        If the model gives no probabilities of classes to abstain by or to make sets of, or its
        climb had too few groups to promise the coverage.

    Examples
    --------
    >>> from gradatim import climb_collection, read_folder
    >>> drums = read_folder("examples/drums")
    >>> found = climb_collection(drums, rungs=["majority", "linear"], repeats=1, folds=3)
    >>> said = predict_path(found.find_model("linear"), "examples/drums/kick")
    >>> said.n_samples, said.values[0].item()
    (20, 'kick')
    """
    _check_abstention(model, abstain_below)
    thresholds = None if coverage is None else _thresholds(model, coverage)
    text = os.fspath(path)
    samples = find_samples(model, text, id, dialect, follow_links, n_jobs, progress)
    if isinstance(samples, SampleRows):
        found = _answer_rows(model, samples)
    else:
        found = _answer_sounds(
            model, samples, n_jobs, progress, store, None if cache is None else Path(cache)
        )
    return Predictions(
        source=readable_path(Path(text).name or text),
        task=model.task,
        names=output_names(model, found.outputs.shape[1]),
        paths=tuple(found.paths),
        values=decide(found.outputs, model.classes, model.task, model.flat),
        probabilities=found.probabilities,
        abstain_below=abstain_below,
        coverage=coverage,
        thresholds=thresholds,
        grouped=model.calibration is None or model.calibration.grouped,
        noun=samples.noun if isinstance(samples, SampleRows) else "file",
        files=tuple(found.files),
        notices=tuple(found.notices),
    )


def _check_abstention(model: Model, level: float | None) -> None:
    if level is None:
        return
    if not 0 <= level <= 1:
        raise SpecError(f"a model abstains below a probability from 0 to 1, not {level:g}")
    if model.task != "classification":
        raise SpecError(f"only a model of classes abstains; this one is for {model.task}")
    if not model.learner.probabilistic:
        raise _no_probabilities(model, "to abstain by")


def _no_probabilities(model: Model, purpose: str) -> SpecError:
    return SpecError(
        f"the {model.rung} model gives no probabilities {purpose}; save a rung that has them "
        "(logistic, shallow, deep), as with climb --save-rung logistic FILE"
    )


def _thresholds(model: Model, coverage: float) -> np.ndarray:
    if not 0 < coverage < 1:
        raise SpecError(f"a coverage is a share between 0 and 1, not {coverage:g}")
    if model.task == "multilabel":
        raise SpecError("a coverage is of one class or number, and this model is for labels")
    if model.task == "classification" and not model.learner.probabilistic:
        raise _no_probabilities(model, "to make sets of")
    found = model.calibration
    if found is None:
        raise SpecError(
            "the model does not hold how far its climb was off on held-out rows; climb again and "
            "save it anew"
        )
    if not found.promises(coverage):
        needed = math.ceil(1 / (1 - coverage) - 1e-9)
        held = plural(found.n_groups, "group" if found.grouped else "row")
        most = math.floor(1000 * found.highest) / 1000
        less = f"ask for at most {most:g}, or climb" if most > 0 else "climb"
        raise SpecError(
            f"the model cannot promise a coverage of {coverage:g}: its climb held out {held}, "
            f"fewer than 1 / (1 - {coverage:g}) = {needed:,}; {less} with more"
        )
    return found.thresholds(coverage)


def _answer_rows(model: Model, samples: SampleRows) -> _Answered:
    said, notices = answer(model, samples.X, samples.starts), samples.notices
    if said.outside is not None:
        notices = [*notices, *leaving_notice(model, Leaving.of(said.outside), samples.noun)]
    return _Answered(said.outputs, said.probabilities, samples.paths, notices=notices)


def _answer_sounds(
    model: Model,
    sounds: SoundFiles,
    n_jobs: int | None,
    progress: Progress | None,
    store: Store | None,
    cache: Path | None,
) -> _Answered:
    root, files, notices = sounds.root, sounds.listing.files, list(sounds.listing.notices)
    if model.scaler is None:
        # A constant answers without a look.
        said = answer(model, np.empty((len(files), 0)))
        named = [readable_path(file) for file in files]
        return _Answered(said.outputs, said.probabilities, named, sounds.paths, notices)
    found = answer_files(
        model,
        recipe_of(model, sounds.source),
        root,
        files,
        store=store,
        n_jobs=n_jobs or os.cpu_count() or 1,
        progress=progress,
        cache=None if cache is None else FeatureCache(cache, root),
    )
    errors = [found.errors[place] for place in sorted(found.errors)]
    read = [files[place] for place in found.places]
    if not read:
        if sounds.is_one_file:
            raise AudioError(below_root(root, errors[0]))
        raise AudioError(
            f"none of {plural(len(errors), 'audio file')} in {show_name(root)} can be read; the "
            f"first: {below_root(root, errors[0])}"
        )
    notices += [
        Notice("left-out", f"{below_root(root, e)}; it was skipped")
        for e in errors[:_SKIPPED_SHOWN]
    ]
    if more := len(errors) - min(len(errors), _SKIPPED_SHOWN):
        notices.append(Notice("left-out", f"{plural(more, 'more file')} skipped in the same way"))
    return _Answered(
        found.outputs,
        found.probabilities,
        paths=[readable_path(file) for file in read],
        files=[root / file for file in read],
        notices=[*notices, *leaving_notice(model, found.leaving, "file")],
    )
