"""A model: everything between what a user has and what is predicted.

Conventions: rows come in raw units; missing values are filled and rows scaled as in training.
*Outputs* are (n_rows, n_outputs): one column per class (one in all for two classes), one per
label, or one per target. Arithmetic is float64.
"""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._text import list_text, show_text
from gradatim.collection import Collection, Task
from gradatim.errors import SpecError
from gradatim.models.calibration import Calibration
from gradatim.models.folding import average, fold_scaler, side_by_side
from gradatim.models.learners import AveragedNetworks, Learner, Perceptrons
from gradatim.models.ranges import InputRanges
from gradatim.models.records import save_model
from gradatim.models.rows import count_rows, read_rows, require_present, require_recipe
from gradatim.models.training_rows import TrainingRows
from gradatim.network.graph import Network
from gradatim.scalers import Scaler, blocks
from gradatim.training.targets import both_tails, decide, probabilities

__all__ = ["Model"]


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A fitted model, from raw rows to predictions.

    Parameters
    ----------
    rung : str
        Kind of model, such as ``"logistic"``.
    input : str
        Name of the input that it reads; ``""`` for a constant, which reads none.
    task : {"classification", "multilabel", "regression"}
        What is predicted.
    learner : Learner
        What was learnt of scaled rows: networks, a kernel machine, perceptrons or a constant.
    scaler : Scaler or None
        What fills missing values and scales rows; None for a constant.
    classes : array of shape (n_classes,) or None
        Class labels, sorted; None unless the task is classification.
    target_names : tuple of str
        Names of the labels or targets, where they have any.
    units : tuple of str
        Units of the targets, empty where none is known.
    flat : bool
        Whether predictions are one-dimensional.
    feature_names : tuple of str
        Names of the columns of the input, where they have any.
    recipe : mapping or None
        How the input is computed from audio, where it is.
    setting : str
        What was chosen, in words.
    about : mapping of str to plain values
        Where it comes from: version, seed, protocol, hash of the data, score.
    calibration : Calibration or None
        How far it was off on rows held out, for prediction sets and intervals.
    ranges : InputRanges or None
        Where the rows lie that it learnt from.
    training_rows : TrainingRows or None
        Rows that it has learnt from, or a sample of them; None where none are kept.
    """

    rung: str
    input: str
    task: Task
    learner: Learner
    scaler: Scaler | None = None
    classes: np.ndarray | None = None
    target_names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    flat: bool = True
    feature_names: tuple[str, ...] = ()
    recipe: Mapping[str, Any] | None = None
    setting: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    calibration: Calibration | None = None
    ranges: InputRanges | None = None
    training_rows: TrainingRows | None = None

    @property
    def n_features(self) -> int | None:
        """Columns of the input; None if it reads none."""
        return None if self.scaler is None else len(self.scaler.center)

    @property
    def n_parameters(self) -> int:
        """Numbers that were learnt, those of the scaler apart."""
        return self.learner.n_parameters

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs; of two classes the second has the only one."""
        if self.classes is None:
            return self.target_names
        names = tuple(str(label) for label in self.classes)
        return names[1:] if len(names) == 2 else names

    def outputs(self, X: Any) -> np.ndarray:
        """Compute the outputs (n_rows, n_outputs), which predictions are read off.

        They are probabilities, decisions as 0 and 1, or real values.
        """
        # What a damaged file or an absurd row makes too large is infinite, and shown so.
        with np.errstate(over="ignore", invalid="ignore"):
            return self._said(self.learner.outputs, X)

    def predict(self, X: Any) -> np.ndarray:
        """Predict.

        Parameters
        ----------
        X : array, mapping, data frame or Collection of n_rows rows
            An array of shape (n_rows, n_features), NaN where a value is missing; named inputs, of
            which the model takes its own; a data frame (pandas, polars, Arrow), whose columns are
            taken by name and in any order; or a collection.

        Returns
        -------
        array of shape (n_rows,) or (n_rows, n_targets)
            Class labels; 0 or 1 per label; or numbers in the targets' own units.

        Raises
        ------
        ShapeError
            If `X` does not have the model's columns.
        InputError
            If the model's input or one of its columns is not there, a value is no number, or a
            collection was computed from audio in another way than the model's.
        """
        return decide(self.outputs(X), self.classes, self.task, self.flat)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Estimate probabilities.

        Parameters
        ----------
        X : array, mapping, data frame or Collection of n_rows rows
            See `predict`.

        Returns
        -------
        array of shape (n_rows, n_classes) or (n_rows, n_labels)
            Of every class in the order of `classes`, or of every label.

        Raises
        ------
        SpecError
            If the model is of a kind that has none, or predicts real values.
        """
        if self.task == "regression":
            raise SpecError("a model of real values has no probabilities; use predict")
        if not self.learner.probabilistic:
            raise SpecError(
                f"the {self.rung} model gives no probabilities; use decision_function, or save a "
                "rung that has them (logistic, shallow, deep)"
            )
        two = self.classes is not None and len(self.classes) == 2
        if two and isinstance(self.learner, AveragedNetworks):
            return both_tails(self._said(self.learner.scores, X))
        return probabilities(self.outputs(X), self.classes)

    def decision_function(self, X: Any) -> np.ndarray:
        """Compute how clearly rows are on one side, as scikit-learn's classifiers do.

        Parameters
        ----------
        X : array, mapping, data frame or Collection of n_rows rows
            See `predict`.

        Returns
        -------
        array of shape (n_rows,) or (n_rows, n_classes) or (n_rows, n_labels)
            Of two classes, above 0 for the second; of more, largest for the one chosen (a kernel
            machine's votes, in which distances only order equal ones); of labels, above 0 for
            those that hold.

        Raises
        ------
        SpecError
            If the model predicts real values.
        """
        if self.task == "regression":
            raise SpecError("a model of real values decides nothing; use predict")
        scores = self._said(self.learner.scores, X)
        return scores[:, 0] if self.classes is not None and scores.shape[1] == 1 else scores

    def _said(self, say: Callable[[np.ndarray], np.ndarray], X: Any) -> np.ndarray:
        """Ask the learner about scaled rows, of which some at a time are in double precision."""
        if isinstance(X, Collection):
            require_recipe(X, self.input, self.recipe)
        if self.scaler is None:
            return say(np.empty((count_rows(X), 0)))
        rows = read_rows(X, self.input, self.n_features, self.feature_names)
        require_present(rows, self.scaler.fill, self.feature_names)
        parts = (rows[part] for part in blocks(*rows.shape))
        return np.concatenate([say(self.scaler.transform(part, np.float64)) for part in parts])

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks that were learnt, on scaled inputs; none for kernel machines and constants.

        Their outputs are averaged, or stand side by side for the labels of perceptrons. What was
        averaged over shifts of a cycle is here once for each shift.
        """
        return tuple(self._named(network) for network in self.learner.networks)

    @property
    def network(self) -> Network | None:
        """The model as one network on raw inputs, within 1e-9 of its outputs; or None.

        It is None for a constant, which reads no input; for a kernel machine; where the scaler
        clips (shallow and deep rungs: no layer does that to single inputs); where inputs lie so far
        from zero that sums of raw values are rounded too much (times); where softmax outputs
        are averaged (no layer has two softmaxes); where outputs are averaged over shifts of a row;
        and for a perceptron that some class never reached. Missing values are not its business. The
        outputs of a perceptron of several classes are its scores.
        """
        found = self._folded()
        return None if found is None else self._named(found)

    def _folded(self) -> Network | None:
        if self.scaler is None:
            return None
        if isinstance(self.learner, AveragedNetworks):
            # Over shifts, most of the one network would be edges that are not there: gigabytes.
            one = None if self.learner.n_shifts else average(self.learner.members)
        elif isinstance(self.learner, Perceptrons):
            n_codes = max(2, self.learner.n_outputs) if len(self.learner.units) == 1 else 2
            whole = all(n is not None and len(c) == n_codes for n, c in self.learner.units)
            one = side_by_side(self.learner.networks) if whole else None
        else:
            return None
        return None if one is None else fold_scaler(one, self.scaler)

    def _named(self, network: Network) -> Network:
        if len(self.output_names) == network.n_outputs:
            network = replace(network, output_names=self.output_names)
        if self.feature_names:
            network = replace(network, input_names=self.feature_names)
        return network

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Save the model.

        Parameters
        ----------
        path : path-like
            A file ending in ``.gradatim``.

        Returns
        -------
        pathlib.Path
            The absolute path of the written file.

        Raises
        ------
        OutputError
            If the name ends otherwise, or the file cannot be written.
        """
        return save_model(self, path)

    def _summary(self) -> list[tuple[str, str]]:
        lines = [("rung", self.rung), ("learner", self.learner.describe())]
        if self.input:
            lines.append(("input", f"{self.input}, {self.n_features} columns"))
        if self.classes is not None:
            lines.append(("classes", list_text(self.classes)))
        elif self.target_names:
            units = self.units or ("",) * len(self.target_names)
            named = [_with_unit(*pair) for pair in zip(self.target_names, units, strict=True)]
            lines.append(("targets", list_text(named)))
        score = self.about.get("score")
        if isinstance(score, Mapping) and score["mean"] is not None:
            low, high = score["interval"]
            # One group that is scored has no interval.
            about = "" if None in (low, high) else f" ({low:.3f} to {high:.3f})"
            lines.append((str(score["metric"]), f"{score['mean']:.3f}{about}"))
        return lines

    def __repr__(self) -> str:
        reads = f" on {self.input!r} ({self.n_features} columns)" if self.input else ""
        n = "" if self.classes is None else f", {len(self.classes)} classes"
        return f"Model({self.rung}{reads}: {self.learner.describe()}{n})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(show_text(term))}</th>"
            f"<td style='text-align:left'>{html.escape(show_text(text))}</td></tr>"
            for term, text in self._summary()
        )
        return f"<table><caption>gradatim model</caption>{rows}</table>"


def _with_unit(name: str, unit: str) -> str:
    says_it = not unit or name.rstrip().endswith((f"[{unit}]", f"({unit})"))
    return name if says_it else f"{name} ({unit})"
