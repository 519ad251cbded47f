r"""Linear probes: how well a layer tells a concept, on samples that no part has learnt from.

A probe is ridge regression of the concept on a layer's activations, standardized on the rows that
it learns from [1]_; classes are one-hot targets, of which the largest wins. Its penalty is chosen
on another fold. The *control* is the same probe of targets dealt at random over the groups [2]_:
what it scores on held-out groups is chance, and what it *memorizes*, its score on its own training
rows, tells how much a probe of that layer can learn by heart. *Selectivity* is the score less the
control's, which of numbers counts as 0 where it is below.

Conventions: layers are (n_samples, n_units), one mapping for each fold that is scored, since the
network of a fold must not have learnt from the fold. Intervals are 95 %, by a jackknife over groups
(or samples).

References
----------
.. [1] G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier probes",
   ICLR workshop, 2017.
.. [2] J. Hewitt and P. Liang, "Designing and interpreting probes with control tasks", EMNLP 2019.
   There, words that are tested have been seen in training; here no group is, which is stricter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from gradatim.evaluation.evidence import difference_bounds, jackknife, score_bounds
from gradatim.evaluation.folds import Folds
from gradatim.evaluation.metrics import METRICS, Truth
from gradatim.evaluation.scores import Pooled, pool
from gradatim.models.axes import principal_axes, solve_ridge
from gradatim.probing.concepts import Concept
from gradatim.scalers import fit_scaler

__all__ = ["PENALTIES", "LayerProbe", "control_of", "probe"]

#: Penalties to choose from; of equally good ones that of the least squared error is taken.
PENALTIES = (1000.0, 100.0, 10.0, 1.0, 0.1, 0.01, 0.001)

_METRIC = {"classification": "accuracy", "multilabel": "macro_auc", "regression": "r2"}

Layers_ = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class LayerProbe:
    """How well one layer tells one concept.

    Parameters
    ----------
    layer, concept : str
        Their names.
    metric : str
        ``"accuracy"`` of classes, ``"macro_auc"`` of labels, ``"r2"`` of numbers.
    score : float
        Score on held-out samples.
    interval : tuple of float
        Its 95 % interval.
    control : float
        Score of the same probe on targets dealt at random, on held-out samples.
    memorized : float
        Score of that control on the samples that it has learnt from.
    selectivity : float
        Score less control, which of an R² counts as 0 where it is below.
    selectivity_interval : tuple of float
        Its 95 % interval.
    without : array of shape (n_groups,)
        The score without each group, for differences between layers.
    untrained : float, optional
        Score of a probe of the same layer with weights as they are before training, where the
        network is a model's own: what its shape gives alone.
    gain : float, optional
        What training adds: the score less the untrained one.
    gain_interval : tuple of float, optional
        Its 95 % interval.
    """

    layer: str
    concept: str
    metric: str
    score: float
    interval: tuple[float, float]
    control: float
    memorized: float
    selectivity: float
    selectivity_interval: tuple[float, float]
    without: np.ndarray
    untrained: float | None = None
    gain: float | None = None
    gain_interval: tuple[float, float] | None = None

    def beside(self, before: LayerProbe) -> LayerProbe:
        """Return the probe with what the same probe scores before training, and the gain."""
        gain = self.score - before.score
        df = max(1.0, len(self.without) - 1.0)
        ends = difference_bounds(gain, self.without - before.without, df)
        return replace(self, untrained=before.score, gain=gain, gain_interval=ends)


def control_of(concept: Concept, units: np.ndarray, rng: np.random.Generator) -> Concept:
    """Deal the values of a concept at random over units, all rows of a unit getting the same.

    A unit brings the value of its first row that has one. `units` (n_samples,) are numbers.

    Examples
    --------
    >>> y = np.array(["a", "a", "b", "b", "c"])
    >>> concept = Concept("label", "label", "classification", y, np.ones(5, dtype=bool))
    >>> dealt = control_of(concept, np.array([0, 0, 1, 1, 2]), np.random.default_rng(1)).y
    >>> dealt[0] == dealt[1], dealt[2] == dealt[3], sorted(dealt[[0, 2, 4]].tolist())
    (True, True, ['a', 'b', 'c'])
    """
    rows = np.flatnonzero(concept.there)
    _, first, codes = np.unique(units[rows], return_index=True, return_inverse=True)
    dealt = np.array(concept.y)
    dealt[rows] = concept.y[rows[first]][rng.permutation(len(first))][codes]
    return replace(concept, y=dealt)


def probe(
    layers: Sequence[Layers_],
    concepts: Sequence[Concept],
    folds: Folds,
    units: np.ndarray,
    *,
    seed: int = 0,
    n_jobs: int = 1,
) -> list[LayerProbe]:
    """Probe every layer for every concept; `units` (n_samples,) numbers what is independent."""
    rng = np.random.default_rng([seed, 2])
    pairs = [(one, control_of(one, units, rng)) for one in concepts]
    questions = [_ProbeTarget(one) for pair in pairs for one in pair]
    names = list(layers[0])

    asked = [(name, k) for name in names for k in range(len(layers))]

    def ask(one: tuple[str, int]) -> list[_ProbeAnswer]:
        name, k = one
        return _ask(layers[k][name], questions, folds, k)

    with ThreadPoolExecutor(n_jobs) as pool_:
        said = dict(zip(asked, pool_.map(ask, asked), strict=True))
    answers = {name: [said[name, k] for k in range(len(layers))] for name in names}
    found = []
    for c, (concept, _) in enumerate(pairs):
        for name in names:
            both = [[fold[2 * c + d] for fold in answers[name]] for d in (0, 1)]
            true, control = (
                _scored(q, one, units)
                for q, one in zip(questions[2 * c : 2 * c + 2], both, strict=True)
            )
            found.append(_probe(name, concept, true, control, both[1], units))
    return found


def _probe(
    layer: str,
    concept: Concept,
    true: Pooled,
    control: Pooled,
    answers: Sequence[_ProbeAnswer],
    units: np.ndarray,
) -> LayerProbe:
    name = _METRIC[concept.task]
    rows = np.concatenate([one.rows for one in answers])
    n_units = len(np.unique(units[rows]))
    variance = float(jackknife(true.without[None])[0, 0])
    df = max(1.0, n_units - 1.0)
    # Of numbers a control may be worse than their mean, and its probe is not better for that.
    least = 0.0 if name == "r2" else -np.inf
    chance, chances = max(control.value, least), np.maximum(control.without, least)
    away = true.value - chance
    return LayerProbe(
        layer,
        concept.name,
        name,
        true.value,
        score_bounds(true.value, variance, len(rows), df, METRICS[name].range),
        control.value,
        float(np.mean([one.memorized for one in answers])),
        away,
        difference_bounds(away, true.without - chances, df),
        true.without,
    )


class _ProbeTarget:
    """A concept as targets of a ridge regression."""

    def __init__(self, concept: Concept) -> None:
        y = concept.y[concept.there]
        self.concept = concept
        self.classes = np.unique(y) if concept.task == "classification" else np.array([])
        self.truth = Truth(concept.task, concept.y, self.classes)
        n = len(concept.y)
        if concept.task == "classification":
            self.matrix = (concept.y[:, None] == self.classes).astype(np.float64)
        else:
            self.matrix = np.asarray(concept.y, dtype=np.float64).reshape(n, -1)

    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """Turn outputs into classes, indicators or numbers."""
        task = self.concept.task
        if task == "classification":
            return self.classes[outputs.argmax(axis=1)]
        if task == "multilabel":
            return (outputs >= 0.5).astype(int)
        return outputs.reshape(len(outputs), *self.concept.y.shape[1:])

    def score(self, rows: np.ndarray, outputs: np.ndarray) -> float:
        """Score outputs for some rows; NaN if that is undefined."""
        one = np.zeros(len(rows), dtype=int)
        said = self.decide(outputs)[None]
        name = _METRIC[self.concept.task]
        return pool(name, self.truth.take(rows), said, outputs[None], one).value


@dataclass(frozen=True, eq=False)
class _ProbeAnswer:
    """What a probe said of the held-out rows of a fold."""

    rows: np.ndarray
    outputs: np.ndarray  # (n_rows, n_outputs), less what is so of all training rows: their mean
    means: np.ndarray  # (n_outputs,)
    memorized: float


def _ask(
    layer: np.ndarray, questions: list[_ProbeTarget], folds: Folds, k: int
) -> list[_ProbeAnswer]:
    """Fit all probes of a layer for a fold; those with the same rows share a factorization."""
    n_all = int(folds.fold_of.max()) + 1
    judge = 1 if folds.fixed else (k + 1) % n_all
    train, inner = folds.rows_without(0, k), folds.rows_without(0, k, judge)
    test, judged = folds.rows(0, k), folds.rows(0, judge)
    answers: dict[int, _ProbeAnswer] = {}
    for group in _by_rows(questions):
        own = [questions[i] for i in group]
        there = own[0].concept.there
        tried = _fit(layer, own, inner[there[inner]], judged[there[judged]])
        final = _fit(layer, own, train[there[train]], rows := test[there[test]], train)
        for i, question, candidates, solved in zip(group, own, tried, final, strict=True):
            seen = judged[there[judged]]
            scores = [question.score(seen, one.outputs) for one in candidates]
            errors = [np.mean((one.outputs - question.matrix[seen]) ** 2) for one in candidates]
            # Where few rows make equal scores, not the strongest: it may name nothing but the
            # larger class of its own training rows.
            best = np.lexsort((errors, -np.nan_to_num(scores, nan=-np.inf)))[0]
            chosen = solved[best]
            memorized = question.score(train[there[train]], chosen.own)
            answers[i] = _ProbeAnswer(rows, chosen.outputs, chosen.mean, memorized)
    return [answers[i] for i in range(len(questions))]


def _by_rows(questions: Sequence[_ProbeTarget]) -> list[list[int]]:
    groups: dict[bytes, list[int]] = {}
    for i, question in enumerate(questions):
        groups.setdefault(question.concept.there.tobytes(), []).append(i)
    return list(groups.values())


@dataclass(frozen=True, eq=False)
class _Solved:
    outputs: np.ndarray  # (n_test, n_outputs)
    own: np.ndarray  # (n_train, n_outputs), or none
    mean: np.ndarray  # (n_outputs,)


def _fit(
    layer: np.ndarray,
    questions: Sequence[_ProbeTarget],
    train: np.ndarray,
    test: np.ndarray,
    keep: np.ndarray | None = None,
) -> list[list[_Solved]]:
    """Solve every question for every penalty on some rows, and answer for others."""
    scaler = fit_scaler(layer[train])
    Z, judged = (scaler.transform(layer[rows], np.float64) for rows in (train, test))
    targets = np.concatenate([question.matrix[train] for question in questions], axis=1)
    ends = np.cumsum([0, *(question.matrix.shape[1] for question in questions)])
    axes, squares = principal_axes(Z)
    found: list[list[_Solved]] = [[] for _ in questions]
    bias = targets.mean(axis=0)
    for weight in solve_ridge(Z, targets - bias, PENALTIES, axes, squares):
        outputs = judged @ weight.T + bias
        own = np.empty((0, len(bias))) if keep is None else Z @ weight.T + bias
        for i in range(len(questions)):
            part = slice(ends[i], ends[i + 1])
            found[i].append(_Solved(outputs[:, part], own[:, part], bias[part]))
    return found


def _scored(question: _ProbeTarget, answers: Sequence[_ProbeAnswer], units: np.ndarray) -> Pooled:
    """Score all held-out rows together, and without each unit."""
    rows = np.concatenate([one.rows for one in answers])
    outputs = np.concatenate([one.outputs for one in answers])
    order = outputs - np.concatenate([np.tile(a.means, (len(a.rows), 1)) for a in answers])
    codes = np.unique(units[rows], return_inverse=True)[1]
    name = _METRIC[question.concept.task]
    said = question.decide(outputs)[None]
    return pool(name, question.truth.take(rows), said, order[None], codes)
