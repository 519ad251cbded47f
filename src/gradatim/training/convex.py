"""L-BFGS over whole blocks: networks whose loss is a smooth function of all rows at once.

Conventions: as in `gradatim.training.blocks`. Every evaluation serves all models: one whose trial
point is good enough accepts it and turns to a new direction, one whose is not shortens its step,
so that no model waits for another's line search, as it would in optax's L-BFGS mapped over
models.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gradatim.training.blocks import (
    BlockData,
    Hyper,
    mean_loss,
    model_logits,
    weight_penalty,
)
from gradatim.training.layout import Params, Program, pack, segments

__all__ = ["TOLERANCE", "Solution", "minimize"]

#: Largest entry of the gradient of the mean loss at which a model is solved; scikit-learn's
#: LogisticRegression stops there too.
TOLERANCE = 1e-4

#: Pairs of steps and gradient differences that are remembered.
MEMORY = 10

_EVALUATIONS_A_ROUND = 20

#: Sufficient decrease (Nocedal and Wright, Numerical Optimization, 2006, eq. 3.4).
_ARMIJO = 1e-4


class Solution(NamedTuple):
    """What L-BFGS found."""

    params: Params  # (n_models, n): Parameters, NumPy's
    # (max_iterations, n_models): Loss after each iteration; meaningless after the last
    losses: np.ndarray
    n_iterations: np.ndarray  # (n_models,): Iterations that each model took


class _State(NamedTuple):
    """Where every model stands: rows of shape (n_models, n_parameters), or a number a model."""

    x: Any
    loss: Any
    gradient: Any
    direction: Any
    step: Any
    diagonal: Any  # first guess of the inverse Hessian
    steps: Any  # (MEMORY, n_models, n_parameters), newest first
    changes: Any
    active: Any
    iteration: Any
    losses: Any  # (max_iterations + 1, n_models)


def _dot(a: jax.Array, b: jax.Array) -> jax.Array:
    return (a * b).sum(axis=-1, keepdims=True)


def _direction(
    gradient: jax.Array, diagonal: jax.Array, steps: jax.Array, changes: jax.Array
) -> jax.Array:
    """Apply the two-loop recursion (Nocedal and Wright, algorithm 7.4), newest pair first.

    Without memory it is a step of length 1 at most down the scaled gradient.
    """
    curvature = (steps * changes).sum(axis=-1, keepdims=True)
    rho = jnp.where(curvature > 0, 1.0 / jnp.where(curvature > 0, curvature, 1.0), 0.0)

    def descend(q: jax.Array, pair: tuple) -> tuple[jax.Array, jax.Array]:
        s, y, r = pair
        alpha = r * _dot(s, q)
        return q - alpha * y, alpha

    def ascend(q: jax.Array, pair: tuple) -> tuple[jax.Array, None]:
        s, y, r, alpha = pair
        return q + s * (alpha - r * _dot(y, q)), None

    q, alphas = jax.lax.scan(descend, gradient, (steps, changes, rho))
    squared = _dot(changes[0], diagonal * changes[0])
    newton = curvature[0] / jnp.where(squared > 0, squared, 1.0)
    length = jnp.abs(diagonal * gradient).sum(axis=-1, keepdims=True)
    q = diagonal * q * jnp.where(rho[0] > 0, newton, 1.0 / jnp.maximum(length, 1.0))
    q, _ = jax.lax.scan(ascend, q, (steps, changes, rho, alphas), reverse=True)
    return -q


def _remember(memory: jax.Array, new: jax.Array, chosen: jax.Array) -> jax.Array:
    shifted = jnp.concatenate([new[None], memory[:-1]])
    return jnp.where(chosen[:, None], shifted, memory)


def _evaluate(
    program: Program, data: BlockData, hyper: Hyper, like: Params, x: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Compute the loss and gradient of every model on all its rows."""

    def total(x: jax.Array) -> tuple[jax.Array, jax.Array]:
        params = _split(x, like)
        logits = model_logits(program, params, data.X)
        y = jnp.repeat(data.y, len(x) // len(data.y), axis=0)
        loss = mean_loss(program, y, logits, hyper.weight, hyper.label_smoothing)
        loss = loss + weight_penalty(program, params, hyper.weight_decay)
        return loss.sum(), loss

    (_, loss), gradient = jax.value_and_grad(total, has_aux=True)(x)
    return loss, gradient


def _split(x: Any, like: Params) -> Params:
    ends = np.cumsum([0] + [p.shape[1] for p in like])
    return tuple(x[:, a:b] for a, b in pairwise(ends))


def _advance(s: _State, loss: jax.Array, gradient: jax.Array, limit: jax.Array) -> _State:
    """Judge every model's trial point, and choose where to look next."""
    trial = s.x + s.step[:, None] * s.direction
    slope = _dot(s.gradient, s.direction)[:, 0]
    # Near the minimum the decrease drowns in the rounding of a float32 loss.
    rounding = jnp.minimum(4 * jnp.finfo(jnp.float32).eps * jnp.abs(s.loss), 1e-3)
    good = s.active & (loss <= s.loss + _ARMIJO * s.step * slope + rounding)
    moved, changed = trial - s.x, gradient - s.gradient
    curved = good & (_dot(moved, changed)[:, 0] > 1e-10 * _dot(moved, moved)[:, 0])
    steps, changes = _remember(s.steps, moved, curved), _remember(s.changes, changed, curved)
    direction = _direction(gradient, s.diagonal, steps, changes)
    downhill = _dot(gradient, direction)[:, 0] < 0
    direction = jnp.where(downhill[:, None], direction, -s.diagonal * gradient)
    iteration = s.iteration + good
    solved = jnp.abs(gradient).max(axis=1) <= TOLERANCE
    stuck = ~good & (s.step < 1e-8)
    losses = s.losses.at[iteration, jnp.arange(len(loss))].min(jnp.where(good, loss, jnp.inf))
    kept = good[:, None]
    return s._replace(
        x=jnp.where(kept, trial, s.x),
        loss=jnp.where(good, loss, s.loss),
        gradient=jnp.where(kept, gradient, s.gradient),
        direction=jnp.where(kept, direction, s.direction),
        step=jnp.where(good, 1.0, 0.3 * s.step),
        steps=steps,
        changes=changes,
        active=s.active & ~(good & solved) & ~stuck & (iteration < limit),
        iteration=iteration,
        losses=losses,
    )


def _diagonal(program: Program, data: BlockData, hyper: Hyper) -> np.ndarray:
    """Invert the diagonal of a bound of the Hessian; ones for networks with hidden layers.

    The second derivative of the loss is at most 1/4 in the logit of a logistic unit, and 1 for
    squared errors; with uncorrelated inputs little is left for the memory to learn.
    """
    n_models = len(hyper.seed)
    if len(program.sizes) != 2:
        one = [np.ones(shape) for _, _, shape in segments(program)]
        return np.tile(np.concatenate(pack(program, one)), (n_models, 1))
    bound = 1.0 if program.loss == "squared" else 0.25
    weight = np.asarray(hyper.weight)
    rows = np.maximum((weight > 0).sum(axis=1), 1)
    squares = np.repeat(np.asarray(data.X) ** 2, n_models // len(data.X), axis=0)
    second = np.einsum("mn,mnd->md", weight, squares) / rows[:, None]
    inverse = 1.0 / np.maximum(bound * second + hyper.weight_decay[:, None], 1e-6)
    n_out = program.sizes[1]
    ones = np.full(n_out, 1.0 / bound)
    packed = [pack(program, [np.tile(d, (n_out, 1)), ones]) for d in inverse]
    return np.stack([np.concatenate(p) for p in packed])


def _start(params: Params, diagonal: np.ndarray, max_iterations: int) -> _State:
    """Look at the starting point first: a trial step of length 0, which any loss improves on."""
    x = np.concatenate([np.asarray(p) for p in params], axis=1)
    n_models, nothing = len(x), np.zeros_like(x)
    memory = np.zeros((MEMORY, *x.shape), dtype=np.float32)
    return _State(
        x=x,
        loss=np.full(n_models, np.finfo(np.float32).max),
        gradient=nothing,
        direction=nothing,
        step=np.zeros(n_models, dtype=np.float32),
        diagonal=diagonal,
        steps=memory,
        changes=memory,
        active=np.ones(n_models, dtype=bool),
        iteration=np.full(n_models, -1, dtype=np.int32),
        losses=np.full((max_iterations + 1, n_models), np.inf, dtype=np.float32),
    )


@partial(jax.jit, static_argnums=0)
def _round(
    program: Program,
    data: BlockData,
    hyper: Hyper,
    like: Params,
    state: _State,
    limit: jax.Array,
) -> _State:
    def body(_: jax.Array, s: _State) -> _State:
        trial = s.x + s.step[:, None] * s.direction
        loss, gradient = _evaluate(program, data, hyper, like, trial)
        return _advance(s, loss, gradient, limit)

    return jax.lax.fori_loop(0, _EVALUATIONS_A_ROUND, body, state)


def minimize(
    program: Program, data: BlockData, hyper: Hyper, params: Params, limits: np.ndarray
) -> Solution:
    """Minimize the mean loss of every model of a block over all its rows.

    A model stops when the largest entry of its gradient is at most `TOLERANCE`, when no step
    lowers its loss any more, or after the iterations of its spec.

    `params` (n_models, n); `limits` (n_models,).
    """
    limit, max_iterations = jnp.asarray(limits, dtype=jnp.int32), int(limits.max())
    state = _start(params, _diagonal(program, data, hyper), max_iterations)
    # Most evaluations are accepted; twice the iterations leave room for shortened steps.
    for _ in range(2 * max_iterations // _EVALUATIONS_A_ROUND + 1):
        if not np.asarray(state.active).any():
            break
        state = _round(program, data, hyper, params, state, limit)
    # A start that is solved already still has one entry in its curve.
    n_iterations = np.maximum(np.asarray(state.iteration), 1)
    losses = np.asarray(state.losses)
    losses = np.where(np.isinf(losses), losses[0], losses)
    return Solution(_split(np.asarray(state.x), params), losses[1:], n_iterations)
