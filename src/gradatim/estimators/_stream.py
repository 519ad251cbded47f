"""One pass over rows that go on a training: what `partial_fit` does.

Conventions: arrays are NumPy's between passes; the moments of the optimizer travel along, so that
many small passes train as one long one does. Row weights count as they are, not relative to
their mean, since nothing is known of the rows still to come.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gradatim.estimators._rows import bucket
from gradatim.network.graph import Layer, Network
from gradatim.training.specs import NetworkSpec
from gradatim.training.targets import Targets

__all__ = ["Moments", "Rows", "pass_over"]


class Moments(NamedTuple):
    """What an optimizer remembers between steps."""

    leaves: list[np.ndarray]  # Its arrays, in JAX's order
    step: int  # Steps taken so far


class Rows(NamedTuple):
    """What one pass reads."""

    X: np.ndarray  # (n_samples, n_features): Inputs
    targets: Targets  # What to learn
    sample_weight: np.ndarray  # (n_samples,): Weights
    order: np.ndarray  # (n_samples,): Numbers of the rows in the order in which they are read
    batch_size: int  # Rows a step


def pass_over(
    rows: Rows, spec: NetworkSpec, network: Network, moments: Moments | None
) -> tuple[Network, Moments, float]:
    """Take one step a minibatch."""
    import jax
    import jax.numpy as jnp

    from gradatim.training import blocks, layout

    program = layout.Program(
        sizes=network.layer_sizes,
        activation=spec.activation,
        loss=rows.targets.loss.name,
        optimizer=spec.optimizer,
        momentum=spec.momentum if spec.optimizer == "sgd" else 0.0,
        nesterov=spec.nesterov and spec.optimizer == "sgd",
        beta_2=spec.beta_2 if spec.optimizer != "sgd" else 0.0,
        dropout=spec.dropout > 0,
        input_scale=False,
        validate=False,
    )
    arrays = [a for layer in network.layers for a in (layer.weight, layer.bias)]
    params = tuple(jnp.asarray(row[None]) for row in layout.pack(program, arrays))
    state = blocks.initial_state(program, params)
    if moments is not None:
        structure = jax.tree.structure(state.optimizer)
        leaves = [jnp.asarray(leaf) for leaf in moments.leaves]
        state = state._replace(
            optimizer=jax.tree.unflatten(structure, leaves),
            step=jnp.full(1, moments.step, dtype=jnp.int32),
        )
    data, hyper, batches = _device_arrays(rows, spec)
    state, losses, _ = blocks.run_epochs(program, data, hyper, state, batches, 1)  # pyright: ignore[reportArgumentType]
    layers, _ = layout.unpack(program, state.params)
    names = [spec.activation] * (len(layers) - 1) + [rows.targets.loss.output_activation]
    trained = Network(
        [
            Layer(np.asarray(w[0]), np.asarray(b[0]), n)
            for (w, b), n in zip(layers, names, strict=True)
        ],
        network.input_names,
        network.output_names,
    )
    kept = Moments(
        [np.asarray(leaf) for leaf in jax.tree.leaves(state.optimizer)], int(state.step[0])
    )
    return trained, kept, float(losses[0, 0])


def _device_arrays(rows: Rows, spec: NetworkSpec) -> tuple:
    """Pad a pass to its bucket; return data, hyperparameters and minibatches."""
    import jax.numpy as jnp

    from gradatim.training.blocks import BlockData, Hyper

    n_samples, n_rows = len(rows.X), bucket(len(rows.X))
    extra = (0, n_rows - n_samples)
    data = BlockData(
        jnp.asarray(np.pad(rows.X.astype(np.float32), (extra, (0, 0))))[None],
        jnp.asarray(np.pad(rows.targets.matrix, (extra, (0, 0))))[None],
        jnp.zeros((1, 1), dtype=jnp.int32),
    )
    # All rows in one step: as large as the padding, so that its shape is one for many sizes.
    batch_size = rows.batch_size if rows.batch_size < n_samples else n_rows
    order = np.full(-(-n_rows // batch_size) * batch_size, -1, dtype=np.int32)
    order[:n_samples] = rows.order
    limit = jnp.full(1, np.iinfo(np.int32).max, dtype=jnp.int32)

    def one(value: float) -> jnp.ndarray:
        return jnp.full(1, value, dtype=jnp.float32)

    hyper = Hyper(
        weight=jnp.asarray(np.pad(rows.sample_weight.astype(np.float32), extra)[None]),
        validation_weight=jnp.zeros((1, 1)),
        learning_rate=one(spec.learning_rate),
        weight_decay=one(spec.weight_decay),
        label_smoothing=one(spec.label_smoothing),
        dropout=one(spec.dropout),
        input_scale=one(0.0),
        cosine=jnp.zeros(1, dtype=bool),
        n_batches=jnp.full(1, -(-n_samples // batch_size), dtype=jnp.int32),
        n_steps=limit,
        patience=limit,
        seed=jnp.full(1, spec.seed % 2**32, dtype=jnp.uint32),
    )
    batches = jnp.asarray(order.reshape(1, -1, 1, batch_size))
    return data, hyper, batches
