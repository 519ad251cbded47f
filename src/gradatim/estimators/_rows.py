"""Rows of a training set: what each weighs, and which are kept for validation.

Conventions: weights are float64, not negative, not all zero; a row of weight 0 is as good as gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import LabelError, ShapeError, SpecError


def check_sample_weight(sample_weight: ArrayLike | None, n_samples: int) -> np.ndarray:
    """Return one weight per row, 1 where none were given.

    `sample_weight` (n_samples,); returns (n_samples,).
    """
    if sample_weight is None:
        return np.ones(n_samples)
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.shape != (n_samples,):
        raise ShapeError(f"sample_weight must be of shape ({n_samples},), not {weight.shape}")
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise SpecError("sample_weight must be finite and not negative")
    if not weight.any():
        raise SpecError("the sample weights are all zero; give some row a positive weight")
    return weight


def number_classes(y: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the number of each row's class. `y` (n_samples,); `classes` (n_classes,), sorted."""
    if len(classes) < 2:
        raise LabelError(f"all samples are of one class, {classes[0]!s}; give at least two")
    codes = np.minimum(np.searchsorted(classes, y), len(classes) - 1)
    if (unknown := classes[codes] != y).any():
        raise LabelError(f"y has the class {y[unknown][0]!s}, which is not among classes")
    return codes


def promised_classes(
    estimator: Any, classes: ArrayLike | None, new: bool, needed: bool = True
) -> np.ndarray | None:
    """Return the classes (n_classes,) that a call of `partial_fit` names, the same in each."""
    if isinstance(estimator.class_weight, str):
        raise SpecError(
            "partial_fit cannot balance classes it has not seen: give class_weight as a dict"
        )
    if classes is None:
        if new and needed:
            raise LabelError("the first call of partial_fit needs classes, all that there will be")
        return None
    given = np.unique(np.asarray(classes))
    if not new and not np.array_equal(given, estimator.classes_):
        raise LabelError("classes differ from those of the first call of partial_fit")
    return given


def weigh_classes(
    class_weight: Any, classes: np.ndarray, codes: np.ndarray, sample_weight: np.ndarray
) -> np.ndarray:
    """Multiply the weights of rows by those of their classes.

    `classes` (n_classes,); `codes` (n_samples,); `sample_weight` (n_samples,); returns
    (n_samples,).
    """
    if class_weight is None:
        return sample_weight
    if isinstance(class_weight, Mapping):
        known = classes.tolist()
        if strange := [label for label in class_weight if label not in known]:
            raise SpecError(f"class_weight names {strange[0]!r}, which is no class of y")
        factors = np.array([class_weight.get(label, 1.0) for label in known], dtype=np.float64)
        return check_sample_weight(sample_weight * factors[codes], len(codes))
    if not isinstance(class_weight, str) or class_weight != "balanced":
        raise SpecError(f"class_weight must be None, 'balanced' or a dict, not {class_weight!r}")
    totals = np.bincount(codes, weights=sample_weight, minlength=len(classes))
    share = sample_weight.sum() / np.count_nonzero(totals)
    return sample_weight * (share / np.where(totals > 0, totals, 1.0))[codes]


def hold_out(
    codes: np.ndarray | None, n_samples: int, fraction: float, rng: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows for validation, a like share of each class. `codes` (n_samples,)."""
    from sklearn.model_selection import train_test_split

    if not isinstance(fraction, Real) or not 0.0 < fraction < 1.0:
        raise SpecError(f"validation_fraction must be between 0 and 1, not {fraction!r}")
    training, validation = train_test_split(
        np.arange(n_samples), test_size=fraction, stratify=codes, random_state=rng
    )
    return np.sort(training), np.sort(validation)


def bucket(n_rows: int) -> int:
    """Round a number of rows up, so that data sets of about one size share a compiled program.

    Examples
    --------
    >>> [bucket(n) for n in (30, 256, 257, 5000, 5121)]
    [256, 256, 320, 5120, 6144]
    """
    # Up to 256 rows per step costs about the same; beyond, at most a quarter is added.
    grid = 1 << max(n_rows.bit_length() - 3, 0)
    return max(256, -(-n_rows // grid) * grid)
