r"""Linear separability: how wide a hyperplane's margin is, and what a perceptron makes of it.

Conventions: hyperplanes pass through the origin, so a bias is the weight of a column of ones that
the caller appends to ``X``. Two classes are labelled -1 and +1 and share one weight vector; K
classes are labelled 0 to K - 1 and have one each, the largest :math:`w_k \cdot x` winning. A sample
on the boundary counts as misclassified. NumPy, float64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import InputError, LabelError, NotSeparableError, ShapeError

__all__ = ["margin", "mistake_bound", "multiclass_margin", "multiclass_mistake_bound"]


def margin(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> float:
    r"""Measure the distance from a hyperplane to the nearest sample, or to the worst error.

    The margin is :math:`\gamma = \min_i y_i (w \cdot x_i) / \lVert w \rVert`: positive if and only
    if `w` separates the two classes.

    `X` (n_samples, n_features), `y` (n_samples,) of -1 and +1, `w` (n_features,) of any length but
    zero; the margin is in the units of `X`.

    Examples
    --------
    >>> margin([[3.0, 0.0], [-1.0, 0.0]], [1, -1], w=[2.0, 0.0])
    1.0
    >>> margin([[3.0, 0.0], [-1.0, 0.0]], [1, -1], w=[-1.0, 0.0])
    -3.0
    """
    X, y, w = _arrays(X, y, w)
    if w.shape != X.shape[1:]:
        raise ShapeError(f"w must have one entry for each of {X.shape[1]} columns, not {w.shape}")
    if not np.isin(y, (-1, 1)).all():
        raise LabelError("labels must be -1 or +1")
    return float(np.min(y * (X @ w)) / np.linalg.norm(w))


def mistake_bound(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> float:
    r"""Bound how often a perceptron errs before it separates the samples.

    Whatever their order, a perceptron that starts at zero and adds :math:`y_i x_i` after every
    error errs at most :math:`(R / \gamma)^2` times [1]_; :math:`R` is the length of the longest
    sample and :math:`\gamma` the margin of `w`.

    Arrays are as in `margin`; `w` has to separate the samples, and the widest margin gives the
    tightest bound.

    References
    ----------
    .. [1] A. B. J. Novikoff, "On convergence proofs on perceptrons", Symposium on the Mathematical
       Theory of Automata, vol. 12, pp. 615-622, 1962.

    Examples
    --------
    >>> mistake_bound([[3.0, 0.0], [-1.0, 0.0]], [1, -1], w=[1.0, 0.0])
    9.0
    """
    return (_radius(X) / _positive(margin(X, y, w))) ** 2


def multiclass_margin(X: ArrayLike, y: ArrayLike, W: ArrayLike) -> float:
    r"""Measure by how much the right class wins, in the worst case.

    The margin is :math:`\gamma = \min_{i, k \ne y_i} (w_{y_i} - w_k) \cdot x_i / \lVert W \rVert`
    with the Frobenius norm. It is `margin` of the stacked weights over Kesler's vectors, which for
    every sample and every wrong class hold :math:`x_i` in the place of the right class,
    :math:`-x_i` in that of the wrong one, and 0 elsewhere [1]_.

    `X` (n_samples, n_features); `y` (n_samples,) from 0 to n_classes - 1; `W` (n_classes,
    n_features). The margin is in the units of `X`, and positive if and only if every sample's class
    wins.

    References
    ----------
    .. [1] R. O. Duda, P. E. Hart, "Pattern Classification and Scene Analysis", Wiley, 1973,
       section 5.12.

    Examples
    --------
    >>> X = [[4.0, 0.0], [0.0, 2.0]]
    >>> round(multiclass_margin(X, [0, 1], [[1.0, 0.0], [0.0, 1.0]]), 4)
    1.4142
    """
    X, y, W = _arrays(X, y, W)
    if W.ndim != 2 or len(W) < 2 or W.shape[1] != X.shape[1]:
        raise ShapeError(f"W must be (n_classes, {X.shape[1]}) of two or more, not {W.shape}")
    if not np.isin(y, np.arange(len(W))).all():
        raise LabelError(f"labels must be whole numbers from 0 to {len(W) - 1}")
    scores, rows, codes = X @ W.T, np.arange(len(X)), y.astype(int)
    right = scores[rows, codes]
    scores[rows, codes] = -np.inf
    return float(np.min(right - scores.max(axis=1)) / np.linalg.norm(W))


def multiclass_mistake_bound(X: ArrayLike, y: ArrayLike, W: ArrayLike) -> float:
    r"""Bound how often a perceptron of several classes errs before it separates the samples.

    After an error such a perceptron adds the sample to the weights of its class and takes it from
    those of the class that won: one of Kesler's vectors, no longer than :math:`\sqrt2 R`.
    Novikoff's proof then gives at most :math:`2 R^2 / \gamma^2` errors, :math:`\gamma` being
    `multiclass_margin` [1]_.

    Arrays are as in `multiclass_margin`; by `W` every sample's class has to win.

    References
    ----------
    .. [1] K. Crammer, Y. Singer, "Ultraconservative online algorithms for multiclass problems",
       Journal of Machine Learning Research, vol. 3, pp. 951-991, 2003.

    Examples
    --------
    >>> X = [[4.0, 0.0], [0.0, 2.0]]
    >>> round(multiclass_mistake_bound(X, [0, 1], [[1.0, 0.0], [0.0, 1.0]]), 4)
    16.0
    """
    return 2.0 * (_radius(X) / _positive(multiclass_margin(X, y, W))) ** 2


def _arrays(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X, y, w = (np.asarray(a, dtype=np.float64) for a in (X, y, w))
    if X.ndim != 2 or len(X) == 0 or y.shape != X.shape[:1]:
        raise ShapeError(
            f"X must be (n_samples, n_features) and y (n_samples,), not {X.shape} and {y.shape}"
        )
    if not w.any():
        raise InputError("weights that are all zero separate nothing and have no margin")
    return X, y, w


def _radius(X: ArrayLike) -> float:
    return float(np.linalg.norm(np.asarray(X, dtype=np.float64), axis=1).max())


def _positive(gamma: float) -> float:
    if gamma <= 0:
        raise NotSeparableError(
            f"the weights misclassify a sample (margin {gamma:.3g}), so they prove no bound"
        )
    return gamma
