"""A collection: what was read from a folder, a table or the package, ready to be learnt from.

Conventions: samples are rows and keep their order in every array; an input is a matrix of floats
of shape (n_samples, n_features); class labels are strings; groups say which rows must stay on
one side of every split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, Protocol

import numpy as np

from gradatim._digest import sha256
from gradatim._pictures import Shown
from gradatim._text import plural, show_name
from gradatim.errors import ShapeError

__all__ = ["Collection", "CycleSound", "Notice", "Sound", "Task"]

Task = Literal["classification", "multilabel", "regression"]


@dataclass(frozen=True)
class Notice:
    """Something a person should know about a result, though it stopped nothing.

    Parameters
    ----------
    code : str
        Short stable name for programs, such as ``"left-out"``.
    message : str
        One sentence for people.
    """

    code: str
    message: str


class Sound(Protocol):
    """Anything that can be played: it reads itself when asked."""

    def read(self, max_seconds: float) -> tuple[np.ndarray, int]:
        """Return at most `max_seconds` seconds of mono float samples and their rate in Hz."""
        ...


@dataclass(frozen=True)
class CycleSound:
    """A single cycle of a waveform, played as a steady tone by repeating it."""

    cycle: np.ndarray  # (n_points,): One period, in [-1, 1]
    frequency: float = 220.0  # Pitch at which it is played, in Hz
    sr: int = 22050  # Sampling rate of what `read` returns, in Hz

    def read(self, max_seconds: float) -> tuple[np.ndarray, int]:
        """Repeat the cycle for `max_seconds` seconds, faded in and out over 10 ms."""
        time = np.arange(int(max_seconds * self.sr)) / self.sr
        phase = (time * self.frequency % 1.0) * len(self.cycle)
        closed = np.append(self.cycle, self.cycle[0])
        tone = np.interp(phase, np.arange(len(closed)), closed)
        fade = np.clip(np.minimum(time, time[::-1]) / 0.010, 0.0, 1.0)
        return (tone * fade).astype(np.float32), self.sr


@dataclass(frozen=True, eq=False, repr=False)
class Collection(Shown):
    """Samples with one or more named inputs, what is to be learnt, and which rows belong together.

    Parameters
    ----------
    name : str
        What to call it: the dataset's name, or the last part of the path it was read from.
    X : mapping of str to array of shape (n_samples, n_features)
        Named inputs, float32 or float64, in the order in which they are to be shown. Raw inputs
        come before hand-made features.
    y : array of shape (n_samples,) or (n_samples, n_targets)
        Class labels (str), label indicators (0/1, two-dimensional) or real targets.
    task : {"classification", "multilabel", "regression"}
        How `y` is to be read.
    ids : array of shape (n_samples,)
        A unique name per sample: a path below the folder, or a row number.
    groups : array of shape (n_samples,), optional
        Group of each sample (artist, kit, recording); a group is never split.
    media : sequence of Sound, optional
        One playable sound per sample.
    feature_names : mapping of str to sequence of str, optional
        Names of the columns of each input.
    target_names : sequence of str, optional
        Names of the columns of `y`, for regression and multi-label tasks.
    target_units : sequence of str, optional
        Unit of every target that is a number, empty where it has none or none is known.
    origin : str, optional
        Where the data come from and under which licence.
    notices : sequence of Notice, optional
        What happened while reading: skipped files, imputed values.
    recipes : mapping of str to mapping, optional
        How each input that was computed from audio was computed, as plain values.
    content_hashes : array of shape (n_samples,), optional
        Hash of what each sample was read from (the samples of a sound, the features of a row):
        those that agree are copies of each other.
    folds : array of shape (n_samples,), optional
        Name of the fold of each sample, where these are published; they are then the splits.
    texts : mapping of str to array of shape (n_samples,), optional
        What else is known of each sample, as texts, though nothing is learnt from it: columns that
        were dropped, tags. A name is what would be typed to make it the groups.
    fingerprints : array of shape (n_samples, n_numbers), optional
        What each sound is like whatever its level and the silence around it, in dB; near copies
        are near to each other in it.
    parts : array of shape (n_samples,), optional
        ``"train"`` or ``"test"`` for each sample, where one fixed split is published: what is
        learnt from, and what is scored, once.
    cycles : sequence of str, optional
        Inputs of which each row is one cycle of a wave that repeats: its first point follows its
        last, and where it begins does not matter. The strong preset has a recipe for these.
    weights : array of shape (n_samples,), optional
        How much each sample counts, in training and in scores: above 0, 1 on average.
    """

    name: str
    X: Mapping[str, np.ndarray]
    y: np.ndarray
    task: Task
    ids: np.ndarray
    groups: np.ndarray | None = None
    media: Sequence[Sound] | None = None
    feature_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    target_names: Sequence[str] = ()
    target_units: Sequence[str] = ()
    origin: str = ""
    notices: Sequence[Notice] = ()
    recipes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    content_hashes: np.ndarray | None = None
    folds: np.ndarray | None = None
    texts: Mapping[str, np.ndarray] = field(default_factory=dict)
    fingerprints: np.ndarray | None = None
    parts: np.ndarray | None = None
    cycles: Sequence[str] = ()
    weights: np.ndarray | None = None

    def __repr__(self) -> str:
        inputs = ", ".join(f"{show_name(name)} ({X.shape[1]:,})" for name, X in self.X.items())
        return f"Collection: {self.in_words}; inputs {inputs}"

    def __post_init__(self) -> None:
        inputs = {name: _as_floats(X) for name, X in self.X.items()}
        for name, X in inputs.items():
            if X.ndim != 2 or len(X) != self.n_samples:
                raise ShapeError(
                    f"input {name!r} has shape {X.shape}, but there are {self.n_samples} targets; "
                    "give one row of features per sample"
                )
        columns = {
            name: getattr(self, name)
            for name in (
                "ids",
                "groups",
                "media",
                "content_hashes",
                "folds",
                "parts",
                "fingerprints",
                "weights",
            )
        }
        columns |= {f"texts of {name!r}": texts for name, texts in self.texts.items()}
        for name, column in columns.items():
            if column is not None and len(column) != self.n_samples:
                raise ShapeError(f"{name} has {len(column)} entries for {self.n_samples} samples")
        if self.target_units and len(self.target_units) != len(self.target_names):
            raise ShapeError(
                f"there are {len(self.target_units)} units of {len(self.target_names)} targets"
            )
        if missing := [name for name in self.cycles if name not in inputs]:
            raise ShapeError(f"cycles names {missing[0]!r}, which is no input")
        object.__setattr__(self, "X", MappingProxyType(inputs))

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.y)

    @property
    def classes(self) -> np.ndarray:
        """Class labels in sorted order; empty unless the task is classification."""
        return np.unique(self.y) if self.task == "classification" else np.array([], dtype=str)

    @property
    def contents(self) -> tuple[str, ...]:
        """How many samples there are, and classes, labels or targets, and groups, in words."""
        samples = plural(self.n_samples, "sample")
        if self.task == "classification":
            learnt = plural(len(self.classes), "class", "classes")
        else:
            n_targets = 1 if self.y.ndim == 1 else self.y.shape[1]
            learnt = plural(n_targets, "label" if self.task == "multilabel" else "target")
        if self.groups is None:
            return samples, learnt
        return samples, learnt, plural(len(set(self.groups)), "group")

    @property
    def in_words(self) -> str:
        """What was read, in one line."""
        return f"{show_name(self.name)}: {', '.join(self.contents)}"

    @property
    def sha256(self) -> str:
        """Hash of the samples, targets and groups: two climbs with one hash saw the same data."""
        more = (part for part in (self.folds, self.parts, self.weights) if part is not None)
        known = (self.y, self.groups, *more)
        columns = [np.asarray([] if c is None else c) for c in known]
        texts = ["\x1f".join(map(str, c)) if c.dtype.kind in "USO" else c for c in columns]
        return sha256(*(part for named in self.X.items() for part in named), *texts)

    def to_dict(self) -> dict[str, Any]:
        """Return what a collection holds as a JSON object: counts, and no sample."""
        names = weights = None
        units = np.arange(self.n_samples)
        if self.groups is not None:
            labels, units, counts = np.unique(self.groups, return_inverse=True, return_counts=True)
            names = labels, counts
        if self.weights is not None:
            weights = np.bincount(units, self.weights)
        return {
            "name": self.name,
            "task": self.task,
            "n_samples": self.n_samples,
            "inputs": {name: X.shape[1] for name, X in self.X.items()},
            "classes": [str(label) for label in self.classes],
            "groups": None if names is None else len(names[0]),
            "group_names": None if names is None else [str(name) for name in names[0]],
            "group_sizes": None if names is None else names[1].tolist(),
            "unit_weights": None if weights is None else weights.tolist(),
            "sha256": self.sha256,
        }

    def take(self, rows: np.ndarray) -> Collection:
        """Return the collection of the given rows (indices or a mask), in that order."""
        index = np.arange(self.n_samples)[rows]
        return replace(
            self,
            X={name: X[index] for name, X in self.X.items()},
            y=self.y[index],
            ids=self.ids[index],
            groups=None if self.groups is None else self.groups[index],
            folds=None if self.folds is None else self.folds[index],
            parts=None if self.parts is None else self.parts[index],
            media=None if self.media is None else [self.media[i] for i in index],
            content_hashes=None if self.content_hashes is None else self.content_hashes[index],
            texts={name: texts[index] for name, texts in self.texts.items()},
            fingerprints=None if self.fingerprints is None else self.fingerprints[index],
            weights=None if self.weights is None else self.weights[index],
        )


def _as_floats(X: Any) -> np.ndarray:
    # float64 stays: times in milliseconds since 1970 are all the same float32.
    X = np.asarray(X)
    return X if X.dtype == np.float32 else X.astype(np.float64, copy=False)
