"""A block: a fixed number of networks of one shape, trained as one program.

Conventions: arrays carry the model axis first, (n_models, ...), float32; parameters are rows as
`gradatim.training.layout` cuts them. The models of a block come in
groups of equal size; a group reads one data set in the same minibatches, so the first layer of
all its models is one matrix product, and which rows count for which model is a matter of row
weights. Nothing of one model ever enters another's arithmetic. JAX, jitted once a shape.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from gradatim.activations import get_activation
from gradatim.losses import LOSSES
from gradatim.training.jax.layout import Params, marks, unpack
from gradatim.training.layout import Program

#: Without fusion emitters a program is compiled in three quarters of the time and runs as fast;
#: the option is JAX 0.10's, and may be gone or better in another version.
COMPILER_OPTIONS = (
    {"xla_cpu_use_fusion_emitters": False} if jax.__version_info__[:2] == (0, 10) else None
)


class BlockData(NamedTuple):
    """What a block reads."""

    X: jax.Array  # (n_groups, n_samples, n_features): Inputs of each group of models
    y: jax.Array  # (n_groups, n_samples, n_outputs): Targets
    # (n_groups, n_validation): Rows on which any model of the group is validated
    validation_rows: jax.Array


class Hyper(NamedTuple):
    """What differs between the models of a block: arrays of shape (n_models, ...)."""

    weight: Any  # (n_models, n_samples): Training weight of each row; those above 0 have mean 1
    validation_weight: Any  # (n_models, n_validation): Weight of each validation row; likewise
    learning_rate: Any  # (n_models,): As in `NetworkSpec`
    weight_decay: Any
    label_smoothing: Any
    dropout: Any
    input_scale: Any
    cosine: Any  # (n_models,): Whether the learning rate follows a cosine
    n_batches: Any  # (n_models,): Minibatches of an epoch, and steps after which each model is done
    n_steps: Any
    patience: Any  # (n_models,): Epochs without improvement after which a model stops
    seed: Any  # (n_models,): Seed of dropout


class State(NamedTuple):
    """Where a block stands."""

    params: Params  # (n_models, n): Parameters; see the conventions
    optimizer: Any  # Moments
    best: Params  # (n_models, n): Parameters of the best epoch so far; empty without validation
    best_loss: Any  # (n_models,): Validation loss of that epoch, its number from 1, epochs since
    best_epoch: Any
    since_best: Any
    active: Any  # (n_models,): Which models still learn, and which left the finite numbers
    diverged: Any
    step: Any  # (n_models,): Steps done
    epoch: Any  # Epochs done


def _transform(program: Program) -> optax.GradientTransformation:
    """Return the optimizer of one model; it is mapped over the models."""
    if program.optimizer == "sgd":
        return optax.trace(decay=program.momentum, nesterov=program.nesterov)
    return optax.scale_by_adam(b2=program.beta_2)


def initial_state(program: Program, params: Params) -> State:
    """Start a block from given parameters.

    Everything is NumPy's: JAX would compile a program for each little array of zeros.

    `params` (n_models, n).
    """
    n_models = len(params[-1])
    shapes = jax.eval_shape(jax.vmap(_transform(program).init), params)
    zeros = np.zeros(n_models, dtype=np.int32)
    return State(
        params=params,
        # Every optimizer here starts from moments of zero.
        optimizer=jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes),
        best=params if program.validate else (),
        best_loss=np.full(n_models, np.inf, dtype=np.float32),
        best_epoch=zeros,
        since_best=zeros,
        active=np.ones(n_models, dtype=bool),
        diverged=np.zeros(n_models, dtype=bool),
        step=zeros,
        epoch=np.int32(0),
    )


def _uniform_bits(seed: jax.Array, step: jax.Array, layer: int, shape: tuple) -> jax.Array:
    """Hash (seed, step, layer, row, unit) to 32 bits; jax.random is far slower on a CPU."""
    rows = jax.lax.broadcasted_iota(jnp.uint32, shape, 1)
    units = jax.lax.broadcasted_iota(jnp.uint32, shape, 2)
    key = seed * jnp.uint32(0x9E3779B1) + step.astype(jnp.uint32) * jnp.uint32(0x85EBCA77)
    x = (key + jnp.uint32(layer) * jnp.uint32(0xC2B2AE3D))[:, None, None]
    x = x ^ (rows * jnp.uint32(0x27D4EB2F) + units * jnp.uint32(0x165667B1))
    # Finalizer of two multiplications with low bias, found by C. Wellons' search (2018).
    x = (x ^ (x >> 16)) * jnp.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * jnp.uint32(0x846CA68B)
    return x ^ (x >> 16)


def _drop(h: jax.Array, rate: jax.Array, seed: jax.Array, step: jax.Array, layer: int) -> jax.Array:
    bits = _uniform_bits(seed, step, layer, h.shape)
    rate = rate[:, None, None]
    keep = bits >= (rate * 4294967040.0).astype(jnp.uint32)
    return jnp.where(keep, h / (1.0 - rate), 0.0)


def model_logits(program: Program, params: Params, X: jax.Array, drop: Any = None) -> jax.Array:
    """Run every model on the rows of its group.

    `params` (n_models, n); `X` (n_groups, n_rows, n_features); returns (n_models, n_rows,
    n_outputs).
    """
    activation = get_activation(program.activation)
    layers, scale = unpack(program, params)
    weight, bias = layers[0]
    if scale is not None:
        weight = weight * scale[:, None, :]
    n_groups, n_rows, _ = X.shape
    weight = weight.reshape(n_groups, -1, *weight.shape[1:])
    z = jnp.einsum("gnd,gmhd->gmnh", X, weight).reshape(-1, n_rows, weight.shape[2])
    z = z + bias[:, None, :]
    for i, (weight, bias) in enumerate(layers[1:]):
        h = activation(z)
        if drop is not None:
            h = drop(h, i)
        z = jnp.einsum("mnh,moh->mno", h, weight) + bias[:, None, :]
    return z


def mean_loss(
    program: Program, y: jax.Array, logits: jax.Array, weight: jax.Array, smoothing: jax.Array
) -> jax.Array:
    """Average weight times loss over the rows with weight; 0 where there is none.

    Dividing by the number of rows, not by their weight, lets a minibatch of light rows move a
    model less than one of heavy rows, as the loss over all rows wants it.

    `y` (n_models, n_rows, n_outputs); `logits` (n_models, n_rows, n_outputs); `weight` (n_models,
    n_rows); `smoothing` (n_models,); returns (n_models,).
    """
    if program.loss != "squared":
        # A softmax spreads the share over its classes, a logistic unit over its two outcomes.
        n_classes = y.shape[-1] if program.loss == "multiclass" else 2
        share = smoothing[:, None, None]
        y = y * (1.0 - share) + share / n_classes
    losses = LOSSES[program.loss].function(y, logits)
    counted = weight > 0
    # where, not a product: a row without weight must not count even if its loss overflowed
    total = jnp.where(counted, weight * losses, 0.0).sum(axis=1)
    return total / jnp.maximum(counted.sum(axis=1, dtype=total.dtype), 1.0)


def weight_penalty(program: Program, params: Params, decay: jax.Array) -> jax.Array:
    """Compute half the decay times the squared weights of every model.

    `params` (n_models, n); `decay` (n_models,); returns (n_models,).
    """
    weights = marks(program, "weight")
    squares = [(p**2 * mark).sum(axis=1) for p, mark in zip(params, weights, strict=True)]
    return 0.5 * decay * sum(squares)


def _select(chosen: jax.Array, new: Any, old: Any) -> Any:
    """Take `new` for the chosen models and `old` for the others."""

    def pick(a: jax.Array, b: jax.Array) -> jax.Array:
        return jnp.where(chosen.reshape(-1, *(1,) * (a.ndim - 1)), a, b)

    return jax.tree.map(pick, new, old)


def _gather(
    data: BlockData, rows: jax.Array, n_models: int
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Take rows (n_groups, n_rows): inputs a group; targets and the rows' numbers per model."""
    take = jax.vmap(lambda values, index: values[index])
    X, y = take(data.X, rows), take(data.y, rows)
    size = n_models // rows.shape[0]
    return X, jnp.repeat(y, size, axis=0), jnp.repeat(rows, size, axis=0)


def _rate(hyper: Hyper, step: jax.Array) -> jax.Array:
    warm_up = jnp.maximum(jnp.floor(0.05 * hyper.n_steps), 1.0)
    rising = (step + 1) / warm_up
    progress = (step - warm_up) / jnp.maximum(hyper.n_steps - warm_up, 1.0)
    falling = 0.5 * (1.0 + jnp.cos(jnp.pi * jnp.clip(progress, 0.0, 1.0)))
    factor = jnp.where(step < warm_up, rising, falling)
    return hyper.learning_rate * jnp.where(hyper.cosine, factor, 1.0)


def _step(
    program: Program, data: BlockData, hyper: Hyper, state: State, rows: jax.Array, j: jax.Array
) -> tuple[State, jax.Array, jax.Array]:
    """Take an epoch's step j; return the losses before it, and the number of rows they are of."""
    X, y, mine = _gather(data, jnp.maximum(rows, 0), len(hyper.seed))
    valid = jnp.repeat(rows >= 0, len(mine) // len(rows), axis=0)
    weight = jnp.take_along_axis(hyper.weight, mine, axis=1) * valid
    total = (weight > 0).sum(axis=1, dtype=weight.dtype)
    due = (j < hyper.n_batches) & (state.step < hyper.n_steps)
    learning = state.active & due & (total > 0)

    def objective(params: Params) -> tuple[jax.Array, jax.Array]:
        drop = None
        if program.dropout:
            drop = lambda h, layer: _drop(h, hyper.dropout, hyper.seed, state.step, layer)  # noqa: E731
        logits = model_logits(program, params, X, drop)
        loss = mean_loss(program, y, logits, weight, hyper.label_smoothing)
        if program.optimizer != "adamw":
            loss = loss + weight_penalty(program, params, hyper.weight_decay)
        # Models share no parameter: the gradient of the sum is each one's own.
        return loss.sum(), loss

    (_, losses), gradients = jax.value_and_grad(objective, has_aux=True)(state.params)
    updates, optimizer = jax.vmap(_transform(program).update)(gradients, state.optimizer)
    params = _apply(program, hyper, state, updates)
    state = state._replace(
        params=_select(learning, params, state.params),
        optimizer=_select(learning, optimizer, state.optimizer),
        step=state.step + due,
    )
    return state, jnp.where(learning, losses, 0.0), jnp.where(learning, total, 0.0)


def _apply(program: Program, hyper: Hyper, state: State, updates: Any) -> Params:
    rate = _rate(hyper, state.step)[:, None]
    weights, factors = marks(program, "weight"), marks(program, "scale")

    def move(p: jax.Array, update: jax.Array, weight: np.ndarray, factor: np.ndarray) -> jax.Array:
        if program.optimizer == "adamw":
            update = update + hyper.weight_decay[:, None] * p * weight
        quicker = 1.0 + (hyper.input_scale[:, None] - 1.0) * factor if factor.any() else 1.0
        return p - rate * quicker * update

    return jax.tree.map(move, state.params, updates, weights, factors)


def _finish_epoch(
    program: Program, data: BlockData, hyper: Hyper, before: State, state: State, loss: jax.Array
) -> tuple[State, jax.Array]:
    """Validate, keep the best weights, and stop what is done or broken."""
    finite = jnp.isfinite(loss)
    for p in state.params:
        finite &= jnp.isfinite(p).all(axis=1)
    params = _select(finite, state.params, before.params)
    epoch = state.epoch + 1
    validation = jnp.full_like(loss, jnp.nan)
    best, best_loss = state.best, state.best_loss
    best_epoch = jnp.where(state.active & finite, epoch, state.best_epoch)
    since = state.since_best
    if program.validate:
        X, y, _ = _gather(data, data.validation_rows, len(hyper.seed))
        logits = model_logits(program, params, X)
        zero = jnp.zeros_like(loss)
        validation = mean_loss(program, y, logits, hyper.validation_weight, zero)
        counted = hyper.validation_weight.sum(axis=1) > 0
        improved = state.active & finite & ((validation < best_loss) | ~counted)
        best = _select(improved, params, state.best)
        best_loss = jnp.where(improved & counted, validation, best_loss)
        best_epoch = jnp.where(improved, epoch, state.best_epoch)
        # What has ended no longer waits, though its block goes on to the end of the round.
        waiting = state.active & finite & ~improved
        since = jnp.where(improved, 0, state.since_best + waiting)
        validation = jnp.where(counted, validation, jnp.nan)
    going = state.active & finite & (since < hyper.patience) & (state.step < hyper.n_steps)
    after = state._replace(
        params=params,
        best=best,
        best_loss=best_loss,
        best_epoch=best_epoch,
        since_best=since,
        active=going,
        diverged=state.diverged | ~finite,
        epoch=epoch,
    )
    return after, jnp.where(state.active, validation, jnp.nan)


@partial(jax.jit, static_argnums=0, compiler_options=COMPILER_OPTIONS)
def run_epochs(
    program: Program,
    data: BlockData,
    hyper: Hyper,
    state: State,
    batches: jax.Array,
    n_epochs: jax.Array,
) -> tuple[State, jax.Array, jax.Array]:
    """Train a block for some epochs.

    `batches` (max_epochs, max_batches, n_groups, batch_size); returns (max_epochs, n_models);
    returns (max_epochs, n_models).
    """
    n_models = hyper.learning_rate.shape[0]
    curves = jnp.full((2, batches.shape[0], n_models), jnp.nan)

    def epoch(i: jax.Array, carry: tuple[State, jax.Array]) -> tuple[State, jax.Array]:
        before, curves = carry

        def batch(j: jax.Array, carry: tuple) -> tuple:
            state, total, count = carry
            state, losses, weight = _step(program, data, hyper, state, batches[i, j], j)
            # Batches count by the rows in them, as in scikit-learn's loss curve.
            return state, total + losses * weight, count + weight

        zeros = jnp.zeros(n_models)
        last = hyper.n_batches.max()
        state, total, count = jax.lax.fori_loop(0, last, batch, (before, zeros, zeros))
        loss = jnp.where(count > 0, total / jnp.where(count > 0, count, 1.0), 0.0)
        active = before.active
        state, validation = _finish_epoch(program, data, hyper, before, state, loss)
        # An epoch that left the finite numbers is taken back, and its loss forgotten.
        curves = curves.at[0, i].set(jnp.where(active & ~state.diverged, loss, jnp.nan))
        return state, curves.at[1, i].set(validation)

    state, curves = jax.lax.fori_loop(0, n_epochs, epoch, (state, curves))
    return state, curves[0], curves[1]
