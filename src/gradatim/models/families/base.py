"""A family: a kind of model, with its candidates and how they are fitted.

Conventions: a *candidate* is one setting of a family's hyperparameters, simplest first; a *fit* is
one candidate learnt from some rows, with other rows on which it is to be judged. What a family
says of itself (title, tasks, time, memory) is all that the command line, the report and the
guide know of it: a new rung is one class and one entry of the registry.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim._digest import short_hash
from gradatim._progress import Progress
from gradatim.collection import Notice
from gradatim.models.learners import Learner
from gradatim.models.model import Model
from gradatim.models.training_set import Plan, TrainingSet
from gradatim.scalers import Scaler

#: Bytes per entry of an input while it is scaled: float64 copies and temporaries.
SCALING = 32

#: Bytes that scaling takes at most, as rows are scaled some at a time.
SCALING_AT_ONCE = 200_000_000

#: Bytes of scaled training rows that are there at once, unless as many splits as threads need more.
MOST_BYTES = 500_000_000


@dataclass(frozen=True)
class LearningCurve:
    """Loss by epoch of one network of a rung, trained on the training rows of one fold.

    Parameters
    ----------
    label : str
        What was trained, such as ``"256, rate 0.012"``.
    loss : array of shape (n_epochs,)
        Mean training loss.
    validation_loss : array of shape (n_epochs,), optional
        Loss on rows held out inside the training fold.
    """

    label: str
    loss: np.ndarray
    validation_loss: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit gave."""

    model: Model
    outputs: np.ndarray  # (n_test, n_outputs): the model's, on the rows to judge
    curve: LearningCurve | None = None  # for models that learn by epochs


@dataclass(frozen=True, eq=False)
class Fit:
    """A candidate to learn from some rows and to be judged on others."""

    candidate: Any  # One of the family's candidates
    train: np.ndarray  # Rows to learn from
    test: np.ndarray  # Rows to judge on; none where the model is asked later
    # Hears what the fit gave, as soon as it is there
    keep: Callable[[Fitted], None] = lambda fitted: None


class Family(ABC):
    """A kind of model: its candidates, and how they are fitted."""

    name: str
    title: str  # "logistic regression", as it stands in a sentence
    tasks: tuple[str, ...] = ("classification", "multilabel", "regression")
    needs_input: bool = True
    thorough: bool = True  # Whether every fold judges candidates once
    trains_networks: bool = False
    needs_engine: bool = False  # Whether networks are trained by epochs
    bytes_per_parameter: int = 8  # What a model takes in memory
    reference: bool = False  # Whether it stands beside the ladder, and no verdict stops on it

    def title_for(self, task: str) -> str:
        """Name the family as it is called for a task."""
        return self.title

    @abstractmethod
    def candidates(self, data: TrainingSet, input: str) -> Sequence[Any]:
        """List the settings to choose from, simplest first."""

    def rivals(self, data: TrainingSet, input: str) -> Sequence[Any] | None:
        """List what a candidate has to beat that is chosen instead of the first.

        Besides these it has to be better than one answer for all rows, beyond chance. None if
        candidates are equals.
        """
        return None

    @abstractmethod
    def describe(self, candidate: Any) -> str:
        """Put a candidate into a few words."""

    @abstractmethod
    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Carry out fits; `progress` hears how far they are."""

    def require(self) -> None:
        """Refuse where what the family needs is not installed."""
        return

    def notices(self, data: TrainingSet) -> Sequence[Notice]:
        """Say what a person should know of the family on a training set."""
        return ()

    @abstractmethod
    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess the time of the whole rung on two cores, for the estimate of time left."""

    def bytes(self, data: TrainingSet, input: str, plan: Plan) -> int:
        """Estimate what the rung holds besides its networks."""
        if not self.needs_input:
            return 0
        n, d = data.collection.X[input].shape
        # Every split is scaled by itself; as many are trained at once as there is room for.
        at_once = min(plan.n_scored * 8 * n * d, max(MOST_BYTES, data.n_jobs * 8 * n * d))
        return at_once + min(SCALING * n * d, SCALING_AT_ONCE) + 8 * n * d


def make_model(
    family: Family, data: TrainingSet, input: str, learner: Learner, scaler: Scaler | None
) -> Model:
    """Put a learner and its scaler into a model of a training set's targets."""
    collection, targets = data.collection, data.targets
    return Model(
        rung=family.name,
        input=input,
        task=collection.task,
        learner=learner,
        scaler=scaler,
        classes=targets.classes,
        target_names=tuple(map(str, collection.target_names)),
        units=tuple(map(str, collection.target_units)),
        flat=targets.flat,
        feature_names=tuple(map(str, collection.feature_names.get(input, ()))),
        recipe=collection.recipes.get(input),
    )


def by_rows(fits: Sequence[Fit]) -> list[list[int]]:
    """Group the places of fits that learn from the same rows and are judged on the same."""
    groups: dict[tuple[str, str], list[int]] = {}
    for i, fit in enumerate(fits):
        groups.setdefault((short_hash(fit.train), short_hash(fit.test)), []).append(i)
    return list(groups.values())
