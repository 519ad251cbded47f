"""Records: the named tuples that training reads and writes, in Python and in compiled code.

Conventions: Python holds a record of arrays; compiled code gets it as a table of numbers, the
addresses of the arrays and the whole numbers between them, and sees a record of pointers of the
same names. So it handles neither reference counts nor the shapes of arrays, which would cost a
small network half the time of its step, and all of them together half of the compilation.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, NamedTuple, get_type_hints

import numpy as np
from llvmlite import ir
from numba import types

from gradatim.training.native.tiles import HALF, instruction

#: Entries of gathered minibatches kept at once, about what the second cache holds.
_GATHERED = 2**17

#: Rows of the first weights that are scaled at once, few enough that the second cache holds them.
SCALED_ROWS = 32

#: Entries of a line of the cache.
_LINE = 16

Reals = Annotated[np.ndarray, np.float32]
Doubles = Annotated[np.ndarray, np.float64]
Wholes = Annotated[np.ndarray, np.int64]
Smalls = Annotated[np.ndarray, np.int32]
Bytes = Annotated[np.ndarray, np.uint8]

_POINTERS = {
    np.float32: types.CPointer(types.float32),
    np.float64: types.CPointer(types.float64),
    np.int64: types.CPointer(types.int64),
    np.int32: types.CPointer(types.int32),
    np.uint8: types.CPointer(types.uint8),
}


class Shape(NamedTuple):
    """What all networks of a call share."""

    sizes: Wholes  # (n_layers + 1,): Inputs, units of each layer
    weights: Wholes  # (n_layers,): Where each layer's parameters begin in a network's row
    biases: Wholes
    n_layers: int  # Layers of weights
    scale: int  # Where the input factors begin; -1 without
    n_parameters: int  # Length of a row
    activation: int  # Codes of the hidden activation, the loss and the optimizer
    loss: int
    optimizer: int
    nesterov: int  # Whether ``sgd`` is Nesterov's
    constants: Doubles  # (2,): Momentum of ``sgd``, decay of Adam's second moment


class Rows(NamedTuple):
    """A data set."""

    # (n_samples, n_features): Inputs; the samples of a minibatch are copied whole and turned
    # together
    X: Reals
    y: Reals  # (n_outputs, n_samples): Targets
    n_features: int  # Their sizes
    n_outputs: int
    n_samples: int


class Counted(NamedTuple):
    """Which samples count for the networks of a call, and how much."""

    weight: Reals  # (n_samples,): In training
    validation_rows: Wholes  # (n_validation,): Samples on which to validate; none to do without
    validation_weight: Reals  # (n_validation,): Weight of each
    n_validation: int  # How many


class Nets(NamedTuple):
    """Networks and where they stand."""

    # (n_nets * n_parameters,): Parameters, the optimizer's moments, parameters of the best epoch,
    # network after network; empty where there are none
    params: Reals
    first: Reals
    second: Reals
    best: Reals
    keeps_best: int  # Whether there is room for the best
    learning_rate: Reals  # (n_nets,): As in `NetworkSpec`
    weight_decay: Reals
    label_smoothing: Reals
    dropout: Reals
    input_scale: Reals
    # (n_nets,): Columns of a sequence, those by which it may move either way, and decibels by which
    # its level may change; -1 columns where nothing is changed
    length: Wholes
    reach: Wholes
    level: Reals
    # (n_nets,): Whether the rate follows a cosine, steps and epochs without improvement after
    # which to stop, seed of dropout
    cosine: Wholes
    n_steps: Wholes
    patience: Wholes
    seed: Wholes
    # (n_nets,): Steps due so far, those done, epochs done, the best epoch from 1, epochs since
    step: Wholes
    updates: Wholes
    epoch: Wholes
    best_epoch: Wholes
    since_best: Wholes
    active: Wholes  # (n_nets,): Which still learn, and which left the finite numbers
    diverged: Wholes
    best_loss: Doubles  # (n_nets,): Validation loss of the best epoch


class Batch(NamedTuple):
    """Room for gathered minibatches, one behind the other."""

    # Flat: (n_features, n), (n_outputs, n) and (n,) of each minibatch, its n filled up to whole
    # halves of vectors
    X: Reals
    y: Reals
    weight: Reals
    samples: Reals  # The inputs once more, sample after sample: (n, n_features) of each
    places: Smalls  # Place of each sample in the minibatch as drawn
    counts: Wholes  # (n_batches,): Samples of each
    chosen: Wholes  # (n,): Room for the samples of one
    n_batches: int  # Minibatches that there is room for, and the n of each
    n_room: int


class Room(NamedTuple):
    """Room for one network's step: what its layers hold, and its gradient."""

    H: Reals  # Activations of all layers; pre-activations, later slopes
    Z: Reals
    D: Reals  # Slope of the loss at one layer, and at the layer below
    E: Reals
    gradient: Reals  # (n_parameters,): Slope at the parameters
    scaled: Reals  # `SCALED_ROWS` rows of the first weights times input factors
    turned: Reals  # Transposed activations of one layer
    # Inputs of a minibatch changed at random, (n_features, n) and sample after sample
    X: Reals
    samples: Reals
    losses: Reals  # Loss of each sample, and twice as much to work in


class Epoch(NamedTuple):
    """What is summed up over an epoch."""

    before: Reals  # (n_members * n_parameters,): Parameters at its start
    loss: Doubles  # (n_members,): Loss times samples, and samples
    samples: Doubles


class Round(NamedTuple):
    """What one call is to do."""

    members: Wholes  # (n_members,): Networks to train
    order: Smalls  # (n_epochs, n_batches, batch_size): Samples of each minibatch; -1 is none
    # (2, n_nets, max_epochs): Training and validation loss of each epoch, to be filled in
    curves: Doubles
    stop: Bytes  # (1,): Not 0 as soon as the call is to come back
    n_members: int  # The sizes of these
    n_epochs: int
    n_batches: int
    batch_size: int
    n_nets: int
    max_epochs: int


def make_room(
    shape: Shape, rows: Rows, batch_size: int, n_members: int, augmented: bool = False
) -> tuple[Batch, Room, Epoch]:
    """Make the arrays that training works in."""
    n = -(-batch_size // HALF) * HALF
    n_batches = min(-(-rows.n_samples // batch_size), max(1, _GATHERED // (n * rows.n_features)))
    units = shape.sizes[1:]

    def reals(size: int) -> np.ndarray:
        # A vector that lies in two lines of the cache takes twice as long to read.
        room = np.zeros(size + _LINE, dtype=np.float32)
        start = -(room.ctypes.data // room.itemsize) % _LINE
        return room[start : start + size]

    batch = Batch(
        X=reals(n_batches * n * rows.n_features),
        y=reals(n_batches * n * rows.n_outputs),
        weight=reals(n_batches * n),
        samples=reals(n_batches * n * rows.n_features),
        places=np.zeros(n_batches * n, dtype=np.int32),
        counts=np.zeros(n_batches, dtype=np.int64),
        chosen=np.zeros(n, dtype=np.int64),
        n_batches=n_batches,
        n_room=n,
    )
    room = Room(
        H=reals(int(units.sum()) * n),
        Z=reals(int(units.sum()) * n),
        D=reals(int(units.max()) * n),
        E=reals(int(units.max()) * n),
        gradient=reals(shape.n_parameters),
        scaled=reals(SCALED_ROWS * int(shape.sizes[0]) if shape.scale >= 0 else 0),
        turned=reals(int(shape.sizes.max()) * n),
        X=reals(n * rows.n_features if augmented else 0),
        samples=reals(n * rows.n_features if augmented else 0),
        losses=reals(3 * n),
    )
    epoch = Epoch(reals(n_members * shape.n_parameters), np.zeros(n_members), np.zeros(n_members))
    return batch, room, epoch


def make_round(
    members: np.ndarray, order: np.ndarray, curves: np.ndarray, stop: np.ndarray
) -> Round:
    """Describe a round; parameters and sizes as in `Round`."""
    return Round(members, order, curves, stop, len(members), *order.shape, *curves.shape[1:])


@cache
def _kinds(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return name and dtype of each field of a record; None for a whole number."""
    hints = get_type_hints(kind, include_extras=True)
    metadata = [(name, getattr(hint, "__metadata__", None)) for name, hint in hints.items()]
    return tuple((name, None if found is None else np.dtype(found[0])) for name, found in metadata)


def numbers(values: Any) -> list[int]:
    """Write a record as numbers, for `record` to read."""
    found = []
    for (name, dtype), value in zip(_kinds(type(values)), values, strict=True):
        if dtype is None:
            found.append(int(value))
        elif value.dtype != dtype or not value.flags.c_contiguous:
            raise TypeError(f"{type(values).__name__}.{name} is no contiguous {dtype}")
        else:
            found.append(value.__array_interface__["data"][0])
    return found


def record(kind: type) -> Any:
    """Make the function that reads a record in compiled code."""
    fields = [types.int64 if d is None else _POINTERS[d.type] for _, d in _kinds(kind)]
    made = types.NamedTuple(fields, kind)

    @instruction
    def read(_, table):
        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            values = []
            for i, field in enumerate(fields):
                place = builder.gep(arguments[0], [ir.Constant(ir.IntType(64), i)])
                number = builder.load(place)
                if field is not types.int64:
                    number = builder.inttoptr(number, context.get_value_type(field))
                values.append(number)
            return context.make_tuple(builder, made, values)

        return made(table), generate

    return read
