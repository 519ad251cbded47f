"""Targets: labels and real values as the matrix that a loss reads, and back.

Conventions: classes are sorted; two classes take one logistic output, more take one softmax
output each; a two-dimensional 0/1 `y` in classification is one label per column. Real targets stay
in their own units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gradatim.activations import ACTIVATIONS
from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.losses import LOSSES, Loss


@dataclass(frozen=True, eq=False)
class Targets:
    """What a network is to output, and how to read its output."""

    matrix: np.ndarray  # (n_samples, n_outputs): float32 targets of the loss
    loss: Loss  # The loss that belongs to the task
    # (n_classes,): Sorted class labels; None for labels and real targets
    classes: np.ndarray | None
    flat: bool  # Whether `y` was one-dimensional

    @classmethod
    def from_y(cls, y: ArrayLike, task: str) -> Targets:
        """Read `y` for a task. `y` (n_samples,) or (n_samples, n_outputs).

        Examples
        --------
        >>> Targets.from_y(["b", "a", "b"], "classification").matrix.ravel()
        array([1., 0., 1.], dtype=float32)
        """
        y = np.asarray(y)
        if y.ndim not in (1, 2) or len(y) == 0:
            raise ShapeError(f"y must be (n_samples,) or (n_samples, n_outputs), not {y.shape}")
        if task == "regression":
            return cls._from_real(y)
        if task == "classification":
            return cls._from_labels(y) if y.ndim == 1 else cls._from_indicators(y)
        raise SpecError(f"task must be classification or regression, not {task!r}")

    @classmethod
    def _from_real(cls, y: np.ndarray) -> Targets:
        try:
            with np.errstate(over="ignore"):
                matrix = y.astype(np.float32).reshape(len(y), -1)
        except (TypeError, ValueError):
            raise LabelError("real targets must be numbers; text is for classification") from None
        if not np.isfinite(matrix).all():
            raise LabelError(
                "a target is missing or infinite (above 3.4e38); leave its row out, or take "
                "another unit"
            )
        return cls(matrix, LOSSES["squared"], None, y.ndim == 1)

    @classmethod
    def _from_labels(cls, y: np.ndarray) -> Targets:
        # A value that is not itself is NaN or NaT.
        missing = [label is None or label != label for label in y]
        if any(missing):
            raise LabelError(f"the class label is missing in row {missing.index(True)}")
        if y.dtype.kind == "f" and (y != np.floor(y)).any():
            raise LabelError(
                "unknown label type: continuous. These targets are real numbers, not classes: set "
                "task='regression', or give classes as text or whole numbers"
            )
        try:
            classes, codes = np.unique(y, return_inverse=True)
        except TypeError:
            raise LabelError("class labels must be of one kind, not text and numbers") from None
        if len(classes) < 2:
            only = classes.tolist()[0]
            raise LabelError(f"all samples are of one class, {only!r}; give at least two")
        if len(classes) == 2:
            return cls(codes[:, None].astype(np.float32), LOSSES["binary"], classes, True)
        return cls(
            np.eye(len(classes), dtype=np.float32)[codes], LOSSES["multiclass"], classes, True
        )

    @classmethod
    def _from_indicators(cls, y: np.ndarray) -> Targets:
        if not np.isin(y, (0, 1)).all():
            raise LabelError("a two-dimensional y has one column per label and holds only 0 and 1")
        return cls(y.astype(np.float32), LOSSES["binary"], None, False)

    @property
    def n_outputs(self) -> int:
        """Number of outputs of the network."""
        return self.matrix.shape[1]

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names for the network's outputs: the classes, or nothing."""
        if self.classes is None:
            return ()
        names = tuple(str(c) for c in self.classes)
        return names[1:] if len(names) == 2 else names

    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """Turn outputs into labels, 0/1 indicators (threshold 0.5), or real values."""
        kind = "multilabel" if self.loss.name == "binary" else "regression"
        return decide(outputs, self.classes, kind, self.flat)


def probabilities(outputs: np.ndarray, classes: np.ndarray | None) -> np.ndarray:
    """Turn outputs (n_rows, n_outputs) into one column per class, or per label."""
    if classes is not None and len(classes) == 2:
        return np.concatenate([1.0 - outputs, outputs], axis=1)
    return outputs


def both_tails(z: np.ndarray) -> np.ndarray:
    """Turn log-odds (n_rows, 1) into the probabilities of two classes, small ones with all digits.

    Examples
    --------
    >>> both_tails(np.array([[50.0]]))
    array([[1.92874985e-22, 1.00000000e+00]])
    """
    logistic = ACTIVATIONS["logistic"].function
    return np.concatenate([logistic(-z), logistic(z)], axis=1)


def decide(outputs: np.ndarray, classes: np.ndarray | None, task: str, flat: bool) -> np.ndarray:
    """Turn outputs (n_rows, n_outputs) into labels, 0/1 indicators, or real values."""
    if classes is not None:
        return classes[probabilities(outputs, classes).argmax(axis=1)]
    values = (outputs >= 0.5).astype(int) if task == "multilabel" else outputs
    return values[:, 0] if flat else values
