"""L-BFGS over whole blocks: networks whose loss is a smooth function of all rows at once.

Conventions: as in `gradatim.training.blocks`. Every evaluation serves all models: one whose trial
point is good enough accepts it and turns to a new direction, one whose is not shortens its step,
so that no model waits for another's line search. (optax's L-BFGS, mapped over models, repeats
the longest line search for all of them: 20 times slower on the climb's logistic rungs.)
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gradatim.training.blocks import (
    BlockData,
    Hyper,
    Params,
    Program,
    mean_loss,
    model_logits,
    weight_penalty,
)

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
    """What L-BFGS found.

    Parameters
    ----------
    params : tuple of array of shape (n_models, n)
        Parameters.
    losses : array of shape (max_iterations, n_models)
        Loss at the start of each iteration, NaN after the last.
    n_iterations : array of shape (n_models,)
        Iterations that each model took.
    """

    params: Params
    losses: np.ndarray
    n_iterations: np.ndarray


class _State(NamedTuple):
    """Where every model stands: rows of shape (n_models, n_parameters), or a number a model."""

    x: jax.Array
    loss: jax.Array
    gradient: jax.Array
    direction: jax.Array
    step: jax.Array
    steps: jax.Array  # (MEMORY, n_models, n_parameters), newest first
    changes: jax.Array
    active: jax.Array
    iteration: jax.Array
    losses: jax.Array  # (max_iterations, n_models)


def _dot(a: jax.Array, b: jax.Array) -> jax.Array:
    return (a * b).sum(axis=-1, keepdims=True)


def _direction(gradient: jax.Array, steps: jax.Array, changes: jax.Array) -> jax.Array:
    """Apply the two-loop recursion (Nocedal and Wright, algorithm 7.4); no memory: steepest."""
    curvature = (steps * changes).sum(axis=-1, keepdims=True)
    rho = jnp.where(curvature > 0, 1.0 / jnp.where(curvature > 0, curvature, 1.0), 0.0)
    q, alphas = gradient, []
    for s, y, r in zip(steps, changes, rho, strict=True):
        alphas.append(r * _dot(s, q))
        q = q - alphas[-1] * y
    squared = _dot(changes[0], changes[0])
    q = q * jnp.where(rho[0] > 0, curvature[0] / jnp.where(squared > 0, squared, 1.0), 1.0)
    for s, y, r, alpha in zip(steps[::-1], changes[::-1], rho[::-1], alphas[::-1], strict=True):
        q = q + s * (alpha - r * _dot(y, q))
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


def _split(x: jax.Array, like: Params) -> Params:
    ends = np.cumsum([p.shape[1] for p in like])
    return tuple(jnp.split(x, ends[:-1], axis=1))


def _advance(s: _State, loss: jax.Array, gradient: jax.Array, limit: jax.Array) -> _State:
    """Judge every model's trial point, and choose where to look next."""
    trial = s.x + s.step[:, None] * s.direction
    slope = _dot(s.gradient, s.direction)[:, 0]
    # Near the minimum the decrease drowns in the rounding of a float32 loss.
    rounding = 4 * jnp.finfo(jnp.float32).eps * jnp.abs(s.loss)
    good = s.active & (loss <= s.loss + _ARMIJO * s.step * slope + rounding)
    moved, changed = trial - s.x, gradient - s.gradient
    curved = good & (_dot(moved, changed)[:, 0] > 1e-10 * _dot(moved, moved)[:, 0])
    steps, changes = _remember(s.steps, moved, curved), _remember(s.changes, changed, curved)
    direction = _direction(gradient, steps, changes)
    downhill = _dot(gradient, direction)[:, 0] < 0
    direction = jnp.where(downhill[:, None], direction, -gradient)
    iteration = s.iteration + good
    solved = jnp.abs(gradient).max(axis=1) <= TOLERANCE
    stuck = ~good & (s.step < 1e-8)
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
        losses=s.losses.at[iteration, jnp.arange(len(loss))].set(
            jnp.where(good, loss, s.losses[iteration, jnp.arange(len(loss))]), mode="drop"
        ),
    )


@partial(jax.jit, static_argnums=(0, 5))
def _start(
    program: Program,
    data: BlockData,
    hyper: Hyper,
    params: Params,
    limit: jax.Array,
    max_iterations: int,
) -> _State:
    x = jnp.concatenate(params, axis=1)
    loss, gradient = _evaluate(program, data, hyper, params, x)
    size = jnp.abs(gradient).sum(axis=1)
    memory = jnp.zeros((MEMORY, *x.shape))
    losses = jnp.full((max_iterations + 1, len(x)), jnp.nan).at[0].set(loss)
    finite = jnp.isfinite(loss) & (jnp.abs(gradient).max(axis=1) > TOLERANCE)
    return _State(
        x=x,
        loss=loss,
        gradient=gradient,
        direction=-gradient,
        step=jnp.minimum(1.0, 1.0 / jnp.maximum(size, 1e-30)),
        steps=memory,
        changes=memory,
        active=finite & (limit > 0),
        iteration=jnp.zeros(len(x), dtype=jnp.int32),
        losses=losses,
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

    Parameters
    ----------
    program : Program
        Activation and loss.
    data : BlockData
        Inputs and targets.
    hyper : Hyper
        Row weights, decay and smoothing of each model.
    params : tuple of array of shape (n_models, n)
        Where to start.
    limits : array of shape (n_models,)
        Iterations that each model may take.

    Returns
    -------
    Solution
        Parameters, losses and iterations.
    """
    limit, max_iterations = jnp.asarray(limits, dtype=jnp.int32), int(limits.max())
    state = _start(program, data, hyper, params, limit, max_iterations)
    # Most evaluations are accepted; twice the iterations leave room for shortened steps.
    for _ in range(2 * max_iterations // _EVALUATIONS_A_ROUND + 1):
        if not np.asarray(state.active).any():
            break
        state = _round(program, data, hyper, params, state, limit)
    n_iterations = np.asarray(state.iteration)
    return Solution(_split(state.x, params), np.asarray(state.losses), np.maximum(n_iterations, 1))
