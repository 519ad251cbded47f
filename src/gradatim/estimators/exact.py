r"""Exact solutions: networks without a hidden layer, solved instead of trained.

Conventions: weights are (n_outputs, n_features) and biases (n_outputs,), float64; every row has a
weight above 0; biases are never penalized. The objective is
:math:`\sum_i s_i \ell_i + \tfrac\alpha2 \lVert W \rVert^2` with row weights :math:`s_i`, so `alpha`
is that of scikit-learn's Ridge and 1 / C of its LogisticRegression. Inputs are centered and rotated
to their principal axes first: what cannot be told from the data then gets weight 0, and scales of
very different size do no harm. Numbers are taken from a number of their own column before anything
else, which rounds nothing where they are far from 0; what 64 bits cannot write is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, log_expit, log_softmax, softmax

from gradatim.errors import SpecError

__all__ = ["Solution", "solve_least_squares", "solve_logistic"]

#: Length of a Newton step, relative to the way so far, at which the maximum is reached. Errors
#: square from step to step, so what is left is near the rounding of float64.
TOLERANCE = 1e-8

#: A step whose worst margin is this share of its best one is a direction without end.
RECESSION = 1e-6

#: Share of the spread of the targets by which the equation may miss its own solution.
_LOST = 1e-6

#: Sizes between which squares are floats; other inputs are scaled by a power of two.
_SMALLEST, _LARGEST = 1e-100, 1e100

#: Log-odds beyond which the data are suspected to be separable: odds of a million to one.
SUSPICIOUS = 14.0


class Solution(NamedTuple):
    """Where an objective is smallest."""

    weight: np.ndarray  # (n_outputs, n_features)
    bias: np.ndarray  # (n_outputs,)
    loss_curve: np.ndarray  # Objective after each iteration, over the sum of the row weights
    converged: bool  # Whether the smallest value was reached


class _Centered(NamedTuple):
    """Columns around their means: column = origin + 2**exponent * (shift + rows)."""

    origin: np.ndarray  # (n_columns,): An entry of each column
    shift: np.ndarray  # (n_columns,): Mean of what is left
    rows: np.ndarray  # (n_samples, n_columns): What is left of both
    exponent: int


def _centered(A: np.ndarray, sample_weight: np.ndarray) -> _Centered:
    origin = np.sort(A, axis=0)[len(A) // 2]
    offsets = A - origin
    largest = float(np.abs(offsets).max(initial=0.0))
    exponent = 0
    if largest and not _SMALLEST < largest < _LARGEST:
        exponent = math.frexp(largest)[1]
        offsets = np.ldexp(offsets, -exponent)
    shift = sample_weight @ offsets / sample_weight.sum()
    return _Centered(origin, shift, offsets - shift, exponent)


class _Axes(NamedTuple):
    """Principal axes of weighted inputs: rows = directions @ coordinates."""

    inputs: _Centered
    alpha: float  # The penalty in the units of the rows
    left: np.ndarray
    spread: np.ndarray
    directions: np.ndarray


def _principal_axes(X: np.ndarray, sample_weight: np.ndarray, alpha: float) -> _Axes:
    inputs = _centered(X, sample_weight)
    centered = inputs.rows * np.sqrt(sample_weight)[:, None]
    left, spread, directions = np.linalg.svd(centered, full_matrices=False)
    # The relative size at which numpy.linalg.matrix_rank takes a singular value for rounding.
    floor = max(X.shape) * np.finfo(np.float64).eps * spread.max(initial=0.0)
    rank = int((spread > floor).sum())
    with np.errstate(over="ignore"):
        alpha = float(np.ldexp(alpha, -2 * inputs.exponent))
    return _Axes(inputs, alpha, left[:, :rank], spread[:rank], directions[:rank].T)


def _layer(
    X: np.ndarray, inputs: _Centered, weight: np.ndarray, mean: np.ndarray, rise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and biases for the inputs themselves, or refuse what they cannot say.

    `weight` (n_outputs, n_columns) is that of the rows, `mean` (2, n_outputs) two parts of the
    output where they are 0, `rise` (n_outputs,) how much outputs differ.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        weights = np.ldexp(weight, -inputs.exponent)
        parts = [mean.T, -weight * inputs.shift, -weights * inputs.origin]
        table = np.hstack(parts)
        if not np.isfinite(table).all():
            size = "small" if inputs.exponent < 0 else "large"
            raise SpecError(
                f"the inputs differ by numbers too {size} for an equation in 64 bits; multiply "
                "them by a number, such as a power of ten"
            )
        bias = np.array([math.fsum(row) for row in table])
        found = X @ weights.T + bias
        missed = np.abs(found - (inputs.rows @ weight.T + mean.sum(axis=0))).max(axis=0)
    if not (missed <= _LOST * rise).all():
        raise SpecError(
            "the inputs are so far from 0, measured by how much they differ, that no equation in "
            "64 bits fits them; subtract a number from the columns, such as their first entry"
        )
    return weights, bias


def solve_least_squares(
    X: np.ndarray, Y: np.ndarray, sample_weight: np.ndarray, alpha: float = 0.0
) -> Solution:
    """Minimize half the squared errors plus the penalty, in closed form.

    `X` is (n_samples, n_features), `Y` (n_samples, n_outputs). Among several solutions it is the
    one with the smallest weights, as scikit-learn's LinearRegression finds it. What floats cannot
    say is refused.

    Examples
    --------
    >>> X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])
    >>> solution = solve_least_squares(X, Y, np.ones(2))
    >>> solution.weight.round(6), solution.bias.round(6)
    (array([[2.]]), array([1.]))
    """
    axes, goals = _principal_axes(X, sample_weight, alpha), _centered(Y, sample_weight)
    root, rows = np.sqrt(sample_weight)[:, None], axes.inputs.rows
    curvature = axes.spread[:, None] ** 2 + axes.alpha
    along = np.zeros((len(axes.spread), Y.shape[1]))
    # The second time corrects what the first one rounded.
    for _ in range(2):
        left_over = goals.rows - rows @ (axes.directions @ along)
        slope = axes.spread[:, None] * (axes.left.T @ (left_over * root))
        if axes.alpha:
            slope = slope - axes.alpha * along if np.isfinite(axes.alpha) else 0.0 * slope
        along = along + slope / curvature
    mean = np.ldexp(np.stack([np.zeros_like(goals.shift), goals.shift]), goals.exponent)
    mean[0] = goals.origin
    scaled = np.ldexp((axes.directions @ along).T, goals.exponent)
    rise = np.ldexp(np.abs(goals.rows).max(axis=0), goals.exponent)
    weight, bias = _layer(X, axes.inputs, scaled, mean, rise)
    errors = ((X @ weight.T + bias - Y) ** 2).sum(axis=1)
    penalty = alpha * (weight**2).sum() if alpha else 0.0
    loss = 0.5 * (sample_weight @ errors + penalty) / sample_weight.sum()
    return Solution(weight, bias, np.array([loss]), True)


def solve_logistic(
    X: np.ndarray, Y: np.ndarray, sample_weight: np.ndarray, alpha: float = 0.0, max_iter: int = 200
) -> Solution:
    """Maximize the likelihood of logistic regression by Newton's method.

    One column of `Y` makes one logistic unit, several make a softmax layer, whose weights then add
    up to zero over the classes. Each Newton step is found by conjugate gradients [1]_.

    `X` (n_samples, n_features); `Y` (n_samples, n_outputs) is the probability of each class, 0 and
    1 for plain labels; `sample_weight` (n_samples,) > 0; `alpha` >= 0. If classes are linearly
    separable and there is no penalty, the likelihood grows with the weights without end [2]_, which
    is a SpecError.

    References
    ----------
    .. [1] J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., Springer, 2006, chapter 7.
    .. [2] A. Albert, J. A. Anderson, "On the existence of maximum likelihood estimates in logistic
       regression models", Biometrika, vol. 71, pp. 1-10, 1984.

    Examples
    --------
    One row in four is a hit where x = 0, three in four where x = 1; the log-odds are -log 3, log 3:

    >>> X = np.repeat([[0.0], [1.0]], 4, axis=0)
    >>> Y = np.array([[1.0], [0.0], [0.0], [0.0], [1.0], [1.0], [1.0], [0.0]])
    >>> solution = solve_logistic(X, Y, np.ones(8))
    >>> np.exp(solution.bias).round(6), np.exp(solution.weight).round(6)
    (array([0.333333]), array([[9.]]))
    """
    axes = _principal_axes(X, sample_weight, alpha)
    # In these coordinates the curvature at zero weights is that of a sphere (binary case).
    scale = np.sqrt(axes.spread**2 / 4.0 + axes.alpha)
    columns = axes.inputs.rows @ (axes.directions / scale)
    bias_scale = np.sqrt(sample_weight.sum()) / 2.0
    Z = np.column_stack([columns, np.full(len(X), 1.0 / bias_scale)])
    problem = _Likelihood(Z, Y, sample_weight, np.append(axes.alpha / scale**2, 0.0))
    theta, losses, converged = _newton(problem, alpha == 0.0, max_iter)
    if Y.shape[1] > 1:
        theta -= theta.mean(axis=1, keepdims=True)
    scaled = (axes.directions @ (theta[:-1] / scale[:, None])).T
    mean = np.stack([theta[-1] / bias_scale, np.zeros(Y.shape[1])])
    rise = np.maximum(1.0, np.abs(Z @ theta).max(axis=0))
    weight, bias = _layer(X, axes.inputs, scaled, mean, rise)
    return Solution(weight, bias, np.array(losses) / sample_weight.sum(), converged)


class _Likelihood:
    """Negative log-likelihood and penalty as functions of coordinates (n_axes + 1, n_outputs)."""

    def __init__(
        self, Z: np.ndarray, Y: np.ndarray, sample_weight: np.ndarray, penalty: np.ndarray
    ) -> None:
        self.Z, self.Y, self.sample_weight = Z, Y, sample_weight[:, None]
        self.penalty = penalty[:, None]
        self.binary = Y.shape[1] == 1

    def value(self, theta: np.ndarray) -> float:
        z = self.Z @ theta
        if self.binary:
            logs = self.Y * log_expit(z) + (1.0 - self.Y) * log_expit(-z)
        else:
            logs = self.Y * log_softmax(z, axis=1)
        return float(0.5 * (self.penalty * theta**2).sum() - (self.sample_weight * logs).sum())

    def probabilities(self, theta: np.ndarray) -> np.ndarray:
        z = self.Z @ theta
        return expit(z) if self.binary else softmax(z, axis=1)

    def gradient(self, theta: np.ndarray, p: np.ndarray) -> np.ndarray:
        return self.Z.T @ (self.sample_weight * (p - self.Y)) + self.penalty * theta

    def curvature(self, p: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Multiply the Hessian at probabilities `p` by a direction."""
        change = self.Z @ direction
        if self.binary:
            change = p * (1.0 - p) * change
        else:
            change = p * (change - (p * change).sum(axis=1, keepdims=True))
        return self.Z.T @ (self.sample_weight * change) + self.penalty * direction

    def class_blocks(self, p: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Factor the Hessian's block of every class; return what divides by them.

        With one output that is the whole Hessian, so that conjugate gradients need one step.
        """
        weights = self.sample_weight * p * (1.0 - p)
        factors = []
        for column in weights.T:
            block = self.Z.T @ (column[:, None] * self.Z)
            np.einsum("ii->i", block)[:] += self.penalty[:, 0]
            # Far out on a separable problem the block is singular but for rounding.
            np.einsum("ii->i", block)[:] += 1e-12 * np.trace(block) + np.finfo(np.float64).tiny
            factors.append(cho_factor(block, lower=True, check_finite=False))

        def divide(residual: np.ndarray) -> np.ndarray:
            columns = zip(factors, residual.T, strict=True)
            solved = np.stack([cho_solve(f, r, check_finite=False) for f, r in columns], axis=1)
            # What all classes share moves no probability; steps that held it would wander.
            return solved if self.binary else solved - solved.mean(axis=1, keepdims=True)

        return divide

    def margins(self, theta: np.ndarray) -> np.ndarray:
        """Compute by how much each row's class leads, for targets that are 0 or 1."""
        z = self.Z @ theta
        if self.binary:
            return ((2.0 * self.Y - 1.0) * z)[:, 0]
        right = (self.Y * z).sum(axis=1)
        return right - np.where(self.Y > 0, -np.inf, z).max(axis=1)


def _newton(
    problem: _Likelihood, may_diverge: bool, max_iter: int
) -> tuple[np.ndarray, list[float], bool]:
    theta = np.zeros((problem.Z.shape[1], problem.Y.shape[1]))
    may_diverge = may_diverge and bool(np.isin(problem.Y, (0.0, 1.0)).all())
    value, losses, first = problem.value(theta), [], None
    for _ in range(max_iter):
        p = problem.probabilities(theta)
        gradient = problem.gradient(theta, p)
        length = float(np.linalg.norm(gradient))
        first = first or length or 1.0
        step = _conjugate_gradients(problem, p, -gradient, min(0.1, length / first))
        theta, value, moved = _line_search(problem, theta, value, gradient, step)
        losses.append(value)
        if may_diverge:
            _refuse_separable(problem, theta, step)
        if moved <= TOLERANCE * max(1.0, float(np.linalg.norm(theta))):
            return theta, losses, True
    return theta, losses, False


def _conjugate_gradients(
    problem: _Likelihood, p: np.ndarray, target: np.ndarray, tolerance: float
) -> np.ndarray:
    """Solve curvature(step) = target until the residual has shrunk by the tolerance."""
    precondition = problem.class_blocks(p)
    step, residual = np.zeros_like(target), target
    direction = better = precondition(residual)
    square = float((residual * better).sum())
    # Asking for more would only chase rounding; Newton's next step makes up for what is left.
    goal = max(tolerance, 1e-4) * np.linalg.norm(target)
    for _ in range(min(target.size, 200)):
        bent = problem.curvature(p, direction)
        along = float((direction * bent).sum())
        if along <= 0.0 or square <= 0.0:
            break
        length = square / along
        step = step + length * direction
        residual = residual - length * bent
        if np.linalg.norm(residual) <= goal:
            break
        better = precondition(residual)
        before, square = square, float((residual * better).sum())
        direction = better + (square / before) * direction
    return step if step.any() else target


def _line_search(
    problem: _Likelihood, theta: np.ndarray, value: float, gradient: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, float, float]:
    """Halve the step until the objective falls; return where it led, its value, how far it went."""
    slope = float((gradient * step).sum())
    # Near the minimum the fall is below the rounding of the sum; Newton's step is right there.
    rounding = 16 * np.finfo(np.float64).eps * abs(value)
    share = 1.0
    for _ in range(40):
        after = problem.value(theta + share * step)
        if after <= value + 1e-4 * share * slope + rounding:
            return theta + share * step, after, share * float(np.linalg.norm(step))
        share /= 2.0
    return theta, value, 0.0


def _refuse_separable(problem: _Likelihood, theta: np.ndarray, step: np.ndarray) -> None:
    """Raise if some direction improves rows without end and worsens none."""
    margins = problem.margins(theta)
    endless = bool((margins > 0).all())
    if not endless and np.abs(margins).max() > SUSPICIOUS:
        change = problem.margins(step)
        endless = bool(change.max() > 0.5 and change.min() >= -RECESSION * change.max())
    if endless:
        raise SpecError(
            "classes are linearly separable, all or some, so the likelihood has no maximum: "
            "set alpha > 0"
        )
