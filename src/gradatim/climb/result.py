"""What a climb found: the rungs with their scores, the verdict, and the winner.

Conventions: scores are the protocol's metric on rows that no part of the model has seen, pooled
over all rows; fold scores are ordered repeat by repeat, so rung A's k-th and rung B's k-th score
are of the same rows. Times are seconds of wall clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from gradatim._pictures import Shown
from gradatim._text import plural, show_name
from gradatim.climb.sensitivity import Importance, TrainingSize, json_number
from gradatim.collection import Collection, Notice
from gradatim.errors import SpecError
from gradatim.evaluation.scores import Pooled
from gradatim.models.families.base import LearningCurve
from gradatim.models.model import Model

__all__ = [
    "Climb",
    "Comparison",
    "EvaluationProtocol",
    "LearningCurve",
    "RungResult",
    "ShortLook",
    "Verdict",
]

#: Version of the JSON object: it grows when a key changes its meaning or goes.
SCHEMA = 2


@dataclass(frozen=True)
class EvaluationProtocol:
    """How the rungs were scored.

    Parameters
    ----------
    folds, repeats : int
        Folds per repeat that are scored, and repeats with fresh folds; 1 and 1 of a fixed split.
    grouped : bool
        Whether groups were kept on one side of every split.
    seed : int
        Seed of the folds and of every network.
    metric : str
        What a score is, such as ``"accuracy"``; see `climb_collection`.
    margin : float
        Difference in the metric that is held to be of no practical matter; of errors and losses a
        share of the majority's.
    preset : {"quick", "strong"}, default "quick"
        How shallow and deep networks were trained.
    tolerance : float, default 0.05
        Gap up to which a rung is good enough, on the scale of the margin.
    higher_is_better : bool, default True
        Whether larger scores are better.
    folds_sha256 : str
        Hash of the rows, their targets and their folds: scores of two climbs can be compared row by
        row if it is the same.
    split : {"folds", "fixed"}
        Whether every sample is scored, fold by fold, or those of one published part, once. Then
        intervals are a bootstrap over its groups (or samples).
    n_train : int, optional
        Samples of a fixed split that are learnt from.
    """

    folds: int
    repeats: int
    grouped: bool
    seed: int
    metric: str
    margin: float
    preset: str = "quick"
    tolerance: float = 0.05
    higher_is_better: bool = True
    folds_sha256: str = ""
    split: Literal["folds", "fixed"] = "folds"
    n_train: int | None = None


@dataclass(frozen=True, eq=False, repr=False)
class RungResult:
    """One row of the ladder: a kind of model on one input, with its scores.

    Parameters
    ----------
    rung : str
        ``majority``, ``linear``, ``logistic``, ``perceptron``, ``kernel``, ``shallow``, ``deep``.
    input : str
        Name of the input that it reads; ``""`` for the majority rung, which reads none.
    model : str
        What was chosen inside the training folds, in words.
    n_parameters : int
        Largest number of parameters among the models that made the scores.
    fold_scores : array of shape (repeats * folds,)
        Scores on the held-out folds; NaN where undefined.
    interval : tuple of float
        95 % interval of the pooled score.
    seconds : float
        Time taken by selection, training and scoring.
    predictions : array of shape (repeats, n_samples) or (repeats, n_samples, n_targets)
        Out-of-fold predictions: labels, or real values; of a fixed split those of the test part.
    curves : sequence of LearningCurve
        Learning curves, for rungs that learn by epochs.
    choice : int
        Number of the candidate that was chosen in most folds.
    outputs : array of shape (repeats, n_samples, n_outputs), optional
        Out-of-fold probabilities, or what else orders rows where scores read that.
    probabilistic : bool
        Whether outputs are probabilities.
    pooled : Pooled, optional
        Score over all rows, and without each group (or row).
    gate : Pooled, optional
        The same of the score by which it is judged whether anything was found.
    group_scores : array of shape (n_groups,), optional
        Score on each group by itself, in the order of their sorted names; NaN where undefined.
    choices : sequence of int
        Number of the candidate that was chosen for each fold, repeat by repeat.
    margins : array of shape (repeats, n_samples), optional
        Of classes without probabilities: how far the score of the best class is above that of the
        next (of two classes, from 0); NaN where a model had met one class only.
    reference : bool
        Whether it stands beside the ladder: what another tool reaches, on which no verdict stops.
    """

    rung: str
    input: str
    model: str
    n_parameters: int
    fold_scores: np.ndarray
    interval: tuple[float, float]
    seconds: float
    predictions: np.ndarray
    curves: Sequence[LearningCurve] = ()
    choice: int = 0
    outputs: np.ndarray | None = field(default=None, repr=False)
    probabilistic: bool = True
    pooled: Pooled | None = field(default=None, repr=False)
    gate: Pooled | None = field(default=None, repr=False)
    group_scores: np.ndarray | None = field(default=None, repr=False)
    choices: Sequence[int] = field(default=(), repr=False)
    margins: np.ndarray | None = field(default=None, repr=False)
    reference: bool = False

    def __repr__(self) -> str:
        low, high = self.interval
        where = f" on {show_name(self.input)}" if self.input else ""
        return f"RungResult: {self.rung}{where}: {self.mean:.3f} ({low:.3f} to {high:.3f})"

    @property
    def mean(self) -> float:
        """Score over all rows, averaged over repeats; NaN if undefined."""
        return float(np.mean(self.fold_scores)) if self.pooled is None else self.pooled.value


@dataclass(frozen=True)
class Comparison:
    """The best rung against a simpler one.

    Parameters
    ----------
    rung, input : str
        The simpler rung.
    difference : float
        How much better the best scores than this rung.
    interval : tuple of float
        95 % interval of the difference.
    p_better : float
        Probability that the best is better by more than the margin.
    upper : float
        The gap is below this with probability 0.95.
    """

    rung: str
    input: str
    difference: float
    interval: tuple[float, float]
    p_better: float
    upper: float


@dataclass(frozen=True)
class Verdict:
    """On which rung to stop, and how sure that is.

    Parameters
    ----------
    rung, input : str
        The rung to stop on; the majority where nothing is shown to be better than chance.
    answer : {"best", "equivalent", "good enough", "cannot decide", "nothing learnable"}
        It is the best itself; higher rungs could gain at most the margin; at most the tolerance;
        they could gain more than that, and these data do not tell; or chance may be as good as any
        rung, which could gain at most the tolerance over it.
    sentence : str
        The finding for people.
    comparisons : sequence of Comparison
        The best rung against each other one, in the order of the ladder.
    gap_at_most : float or None
        What a higher rung could gain at most, with a probability of 0.95, in the metric; over
        chance, in balanced accuracy, macro-AUC or R², where nothing was found. None where nothing
        was compared.
    margin, tolerance : float
        What the gap is held against, in the metric.
    level : sequence of (str, str)
        Rungs above, with their inputs, that are not shown to differ from it.
    more_units : int or None
        About how many more groups (or samples, where there are none) would settle what these data
        cannot decide, in four of five cases; None where it would take a thousand times as many.
    power : float or None
        Chance that such a climb says "equivalent" where there is no difference at all.
    p_chance : float or None
        Probability that chance alone finds as much in the best of all rungs.
    """

    rung: str
    input: str
    answer: str
    sentence: str
    comparisons: Sequence[Comparison] = ()
    gap_at_most: float | None = None
    margin: float = 0.01
    tolerance: float = 0.05
    level: Sequence[tuple[str, str]] = ()
    more_units: int | None = None
    power: float | None = None
    p_chance: float | None = None

    @property
    def found_nothing(self) -> bool:
        """Whether no rung is shown to be better than chance."""
        return self.rung == "majority"


@dataclass(frozen=True)
class ShortLook:
    """What some of the samples showed before all of them were climbed on.

    Parameters
    ----------
    n_samples : int
        Samples that were looked at.
    n_groups : int or None
        Groups of these; None without groups.
    n_all : int
        Samples of the collection.
    folds : int
        Folds, of one repeat.
    rungs : sequence of RungResult
        The ladder on these samples.
    verdict : Verdict
        What these samples alone would say; that of the climb is another.
    seconds : float
        How long it took.
    """

    n_samples: int
    n_groups: int | None
    n_all: int
    folds: int
    rungs: Sequence[RungResult] = field(repr=False)
    verdict: Verdict
    seconds: float

    @property
    def notice(self) -> Notice:
        """What it showed, and that it does not count."""
        return Notice(
            "short-look",
            f"a short look at {self.n_samples:,} of {self.n_all:,} samples ({self.folds} folds, "
            f"preset quick) showed: {self.verdict.sentence} The verdict is that of all samples",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object: scores and verdict, without what is known of each unit."""
        kept = ("rung", "input", "mean", "interval", "seconds")
        return {
            "n_samples": self.n_samples,
            "n_groups": self.n_groups,
            "folds": self.folds,
            "rungs": [{key: _rung_dict(row)[key] for key in kept} for row in self.rungs],
            "verdict": {
                key: getattr(self.verdict, key) for key in ("rung", "input", "answer", "sentence")
            },
            "seconds": self.seconds,
        }


@dataclass(frozen=True, eq=False, repr=False)
class Climb(Shown):
    """Everything that a climb found.

    Parameters
    ----------
    collection : Collection
        What was climbed.
    protocol : EvaluationProtocol
        How rungs were scored.
    rungs : sequence of RungResult
        The ladder, simplest first.
    verdict : Verdict
        On which rung to stop.
    models : mapping of (str, str) to Model
        Models of rungs by rung and input, all trained on every row (of a fixed split, on its
        training part): the winner's and those that were asked for.
    notices : sequence of Notice
        What a person should know.
    seconds : float
        Time of the whole climb.
    version : str
        Version of gradatim.
    fold_of : array of shape (repeats, n_samples), optional
        Fold in which each row was scored, from 0.
    command : str, optional
        Command line, or call in Python, that repeats the climb on the same data.
    importance : Importance, optional
        Which inputs the verdict's rung goes by; None where it reads none, or it takes too long.
    sizes : sequence of TrainingSize
        How the score of the verdict's rung grows with what it learns from, if that was asked for.
    fold_models : sequence of Model
        The models of the verdict's rung that made the scores of the first repeat, fold by fold;
        empty where they take too much memory.
    references : sequence of RungResult
        What was climbed beside the ladder; the verdict knows nothing of it.
    reference_comparisons : sequence of Comparison
        How much better than each reference the verdict's rung is.
    short_look : ShortLook, optional
        What some of the samples showed first, where there are many.
    """

    collection: Collection
    protocol: EvaluationProtocol
    rungs: Sequence[RungResult]
    verdict: Verdict
    models: Mapping[tuple[str, str], Model] = field(default_factory=dict, repr=False)
    notices: Sequence[Notice] = ()
    seconds: float = 0.0
    version: str = field(default="")
    fold_of: np.ndarray | None = field(default=None, repr=False)
    command: str = ""
    importance: Importance | None = field(default=None, repr=False)
    sizes: Sequence[TrainingSize] = field(default=(), repr=False)
    fold_models: Sequence[Model] = field(default=(), repr=False)
    references: Sequence[RungResult] = ()
    reference_comparisons: Sequence[Comparison] = field(default=(), repr=False)
    short_look: ShortLook | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        on = "/".join(filter(None, (self.verdict.rung, self.verdict.input)))
        said = f"{self.verdict.answer}: {on}, {plural(len(self.rungs), 'rung')} climbed"
        return f"Climb: {self.collection.in_words}; {said}"

    @property
    def scored(self) -> Collection:
        """The samples that were scored, in the order of predictions: all, or the test part."""
        parts = self.collection.parts
        return self.collection if parts is None else self.collection.take(parts == "test")

    @property
    def winner(self) -> RungResult:
        """The ladder's row on which the verdict stops."""
        return next(
            r for r in self.rungs if (r.rung, r.input) == (self.verdict.rung, self.verdict.input)
        )

    @property
    def model(self) -> Model:
        """The model of the verdict's rung, trained again on every row that may be learnt from."""
        return self.models[self.verdict.rung, self.verdict.input]

    def find_model(self, name: str) -> Model:
        """Return a model that was kept.

        Parameters
        ----------
        name : str
            A rung, or a rung and an input such as ``"linear/wave"``; without an input, the one of
            those kept on which it scored best.

        Returns
        -------
        Model
            Trained on every row that may be learnt from.

        Raises
        ------
        SpecError
            If the model of that rung was not kept.
        """
        rung, _, input = name.partition("/")
        found = [
            row
            for row in self.rungs
            if row.rung == rung and input in ("", row.input) and (rung, row.input) in self.models
        ]
        if not found:
            kept = ", ".join("/".join(filter(None, pair)) for pair in self.models)
            raise SpecError(f"the model of {name!r} was not kept; there are {kept}")
        sign = 1.0 if self.protocol.higher_is_better else -1.0
        best = max(found, key=lambda row: sign * row.mean)
        return self.models[best.rung, best.input]

    def to_dict(self) -> dict[str, Any]:
        """Return the climb as a JSON object, whose keys ``docs/guides/json.md`` documents.

        Their meaning changes only together with ``"schema"``.
        """
        return {
            "gradatim": self.version,
            "schema": SCHEMA,
            "command": self.command or None,
            "collection": self.collection.to_dict(),
            "protocol": asdict(self.protocol),
            "scored": None if self.collection.parts is None else _scored_dict(self.scored),
            "rungs": [_rung_dict(row) for row in self.rungs],
            "references": [_rung_dict(row) for row in self.references],
            "reference_comparisons": [asdict(one) for one in self.reference_comparisons],
            "verdict": _verdict_dict(self.verdict),
            "importance": None if self.importance is None else self.importance.to_dict(),
            "learning_curve": [size.to_dict() for size in self.sizes] or None,
            "short_look": None if self.short_look is None else self.short_look.to_dict(),
            "warnings": [asdict(notice) for notice in self.notices],
            "seconds": self.seconds,
        }


def _scored_dict(scored: Collection) -> dict[str, Any]:
    kept = ("n_samples", "groups", "group_names", "group_sizes", "unit_weights")
    return {key: value for key, value in scored.to_dict().items() if key in kept}


def _rung_dict(row: RungResult) -> dict[str, Any]:
    sums = without = None
    if row.pooled is not None:
        without = [json_number(value) for value in row.pooled.without.tolist()]
        if row.pooled.sums is not None:
            sums, without = row.pooled.sums.tolist(), None
    return {
        "rung": row.rung,
        "input": row.input,
        "model": row.model,
        "n_parameters": row.n_parameters,
        "fold_scores": [json_number(score) for score in row.fold_scores],
        "mean": json_number(row.mean),
        "interval": [json_number(end) for end in row.interval],
        "unit_sums": sums,
        "means_without_unit": without,
        "group_scores": None
        if row.group_scores is None
        else [json_number(value) for value in row.group_scores],
        "seconds": row.seconds,
    }


def _verdict_dict(verdict: Verdict) -> dict[str, Any]:
    gap = verdict.gap_at_most
    return {
        **asdict(verdict),
        "gap_at_most": None if gap is None else json_number(gap),
        "level": [list(pair) for pair in verdict.level],
        "comparisons": [asdict(one) for one in verdict.comparisons],
    }
