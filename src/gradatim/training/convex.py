"""L-BFGS over whole blocks: networks whose loss is a smooth function of all rows at once.

Conventions: as in `gradatim.training.blocks`; every model has its own line search and stops on
its own, when the gradient's largest entry is at most `TOLERANCE` or the loss no longer falls.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

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

#: Largest entry of the gradient of the mean loss at which a model is solved. scikit-learn's
#: LogisticRegression stops at 1e-4 as well.
TOLERANCE = 1e-4

_ITERATIONS_A_ROUND = 10


class Solution(NamedTuple):
    """What L-BFGS found.

    Parameters
    ----------
    params : tuple of array of shape (n_models, n)
        Parameters.
    losses : array of shape (max_iterations, n_models)
        Loss after each iteration.
    n_iterations : array of shape (n_models,)
        Iterations that each model took.
    """

    params: Params
    losses: np.ndarray
    n_iterations: np.ndarray


def _objective(program: Program, data: BlockData, params: Params, hyper: Hyper) -> jax.Array:
    """Compute the loss of one model, whose arrays have lost their model axis."""
    one, h = jax.tree.map(lambda leaf: leaf[None], (params, hyper))
    loss = mean_loss(
        program, data.y, model_logits(program, one, data.X), h.weight, h.label_smoothing
    )
    return (loss + weight_penalty(program, one, h.weight_decay))[0]


@partial(jax.jit, static_argnums=0)
def _round(
    program: Program,
    data: BlockData,
    hyper: Hyper,
    params: Params,
    state: Any,
    active: jax.Array,
) -> tuple[Params, Any, jax.Array, jax.Array]:
    def one(params: Params, state: Any, active: jax.Array, hyper: Hyper) -> tuple:
        solver = optax.lbfgs(linesearch=optax.scale_by_zoom_linesearch(max_linesearch_steps=15))
        f = partial(_objective, program, data, hyper=hyper)
        value_and_grad = optax.value_and_grad_from_state(f)

        def iteration(carry: tuple, _: None) -> tuple:
            params, state, active = carry
            value, grad = value_and_grad(params, state=state)
            flat = optax.tree.norm(grad, ord=jnp.inf)
            active &= (flat > TOLERANCE) & jnp.isfinite(value)
            updates, new = solver.update(grad, state, params, value=value, grad=grad, value_fn=f)
            moved = optax.apply_updates(params, updates)
            keep = partial(jax.tree.map, lambda a, b: jnp.where(active, a, b))
            return (keep(moved, params), keep(new, state), active), (value, active)

        (params, state, active), curves = jax.lax.scan(
            iteration, (params, state, active), None, length=_ITERATIONS_A_ROUND
        )
        return params, state, active, *curves

    params, state, active, losses, counted = jax.vmap(one)(params, state, active, hyper)
    return params, state, active, losses.T, counted.T


def minimize(
    program: Program, data: BlockData, hyper: Hyper, params: Params, max_iterations: int
) -> Solution:
    """Minimize the mean loss of every model of a block over all its rows.

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
    max_iterations : int
        Iterations at most.

    Returns
    -------
    Solution
        Parameters, losses and iterations.
    """
    solver = optax.lbfgs()
    state = jax.vmap(solver.init)(params)
    active = jnp.ones(hyper.learning_rate.shape[0], dtype=bool)
    losses, counted = [], []
    for _ in range(-(-max_iterations // _ITERATIONS_A_ROUND)):
        params, state, active, *curves = _round(program, data, hyper, params, state, active)
        losses.append(np.asarray(curves[0]))
        counted.append(np.asarray(curves[1]))
        if not active.any():
            break
    n_iterations = np.concatenate(counted).sum(axis=0)
    return Solution(params, np.concatenate(losses), np.maximum(n_iterations, 1))
