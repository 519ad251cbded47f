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

__all__ = ["Batch", "Counted", "Epoch", "Nets", "Room", "Round", "Rows", "Shape"]
__all__ += ["make_room", "make_round", "numbers", "record"]

#: Entries of gathered minibatches kept at once, about what the second cache holds.
_GATHERED = 2**17

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
    """What all networks of a call share.

    Parameters
    ----------
    sizes : array of shape (n_layers + 1,), int64
        Inputs, units of each layer.
    weights, biases : array of shape (n_layers,), int64
        Where each layer's parameters begin in a network's row.
    n_layers : int
        Layers of weights.
    scale : int
        Where the input factors begin; -1 without.
    n_parameters : int
        Length of a row.
    activation, loss, optimizer : int
        Codes of the hidden activation, the loss and the optimizer.
    nesterov : int
        Whether ``sgd`` is Nesterov's.
    constants : array of shape (2,), float64
        Momentum of ``sgd``, decay of Adam's second moment.
    """

    sizes: Wholes
    weights: Wholes
    biases: Wholes
    n_layers: int
    scale: int
    n_parameters: int
    activation: int
    loss: int
    optimizer: int
    nesterov: int
    constants: Doubles


class Rows(NamedTuple):
    """A data set.

    Parameters
    ----------
    X : array of shape (n_samples, n_features), float32
        Inputs; the samples of a minibatch are copied whole and turned together.
    y : array of shape (n_outputs, n_samples), float32
        Targets.
    n_features, n_outputs, n_samples : int
        Their sizes.
    """

    X: Reals
    y: Reals
    n_features: int
    n_outputs: int
    n_samples: int


class Counted(NamedTuple):
    """Which samples count for the networks of a call, and how much.

    Parameters
    ----------
    weight : array of shape (n_samples,), float32
        In training.
    validation_rows : array of shape (n_validation,), int64
        Samples on which to validate; none to do without.
    validation_weight : array of shape (n_validation,), float32
        Weight of each.
    n_validation : int
        How many.
    """

    weight: Reals
    validation_rows: Wholes
    validation_weight: Reals
    n_validation: int


class Nets(NamedTuple):
    """Networks and where they stand.

    Parameters
    ----------
    params, first, second, best : array of shape (n_nets * n_parameters,), float32
        Parameters, the optimizer's moments, parameters of the best epoch, network after network;
        empty where there are none.
    keeps_best : int
        Whether there is room for the best.
    learning_rate, weight_decay, label_smoothing, dropout, input_scale : array of shape (n_nets,)
        As in `NetworkSpec`.
    cosine, n_steps, patience, seed : array of shape (n_nets,), int64
        Whether the rate follows a cosine, steps and epochs without improvement after which to
        stop, seed of dropout.
    step, updates, epoch, best_epoch, since_best : array of shape (n_nets,), int64
        Steps due so far, those done, epochs done, the best epoch from 1, epochs since.
    active, diverged : array of shape (n_nets,), int64
        Which still learn, and which left the finite numbers.
    best_loss : array of shape (n_nets,), float64
        Validation loss of the best epoch.
    """

    params: Reals
    first: Reals
    second: Reals
    best: Reals
    keeps_best: int
    learning_rate: Reals
    weight_decay: Reals
    label_smoothing: Reals
    dropout: Reals
    input_scale: Reals
    cosine: Wholes
    n_steps: Wholes
    patience: Wholes
    seed: Wholes
    step: Wholes
    updates: Wholes
    epoch: Wholes
    best_epoch: Wholes
    since_best: Wholes
    active: Wholes
    diverged: Wholes
    best_loss: Doubles


class Batch(NamedTuple):
    """Room for gathered minibatches, one behind the other.

    Parameters
    ----------
    X, y, weight : array, float32
        Flat: (n_features, n), (n_outputs, n) and (n,) of each minibatch, its n filled up to whole
        halves of vectors.
    samples : array, float32
        The inputs once more, sample after sample: (n, n_features) of each.
    places : array, int32
        Place of each sample in the minibatch as drawn.
    counts : array of shape (n_batches,), int64
        Samples of each.
    chosen : array of shape (n,), int64
        Room for the samples of one.
    n_batches, n_room : int
        Minibatches that there is room for, and the n of each.
    """

    X: Reals
    y: Reals
    weight: Reals
    samples: Reals
    places: Smalls
    counts: Wholes
    chosen: Wholes
    n_batches: int
    n_room: int


class Room(NamedTuple):
    """Room for one network's step: what its layers hold, and its gradient.

    Parameters
    ----------
    H, Z : array, float32
        Activations of all layers; pre-activations, later slopes.
    D, E : array, float32
        Slope of the loss at one layer, and at the layer below.
    gradient : array of shape (n_parameters,), float32
        Slope at the parameters.
    scaled : array, float32
        First weights times input factors.
    turned : array, float32
        Transposed activations of one layer.
    losses : array, float32
        Loss of each sample, and twice as much to work in.
    """

    H: Reals
    Z: Reals
    D: Reals
    E: Reals
    gradient: Reals
    scaled: Reals
    turned: Reals
    losses: Reals


class Epoch(NamedTuple):
    """What is summed up over an epoch.

    Parameters
    ----------
    before : array of shape (n_members * n_parameters,), float32
        Parameters at its start.
    loss, samples : array of shape (n_members,), float64
        Loss times samples, and samples.
    """

    before: Reals
    loss: Doubles
    samples: Doubles


class Round(NamedTuple):
    """What one call is to do.

    Parameters
    ----------
    members : array of shape (n_members,), int64
        Networks to train.
    order : array of shape (n_epochs, n_batches, batch_size), int32
        Samples of each minibatch; -1 is none.
    curves : array of shape (2, n_nets, max_epochs), float64
        Training and validation loss of each epoch, to be filled in.
    stop : array of shape (1,), uint8
        Not 0 as soon as the call is to come back.
    n_members, n_epochs, n_batches, batch_size, n_nets, max_epochs : int
        The sizes of these.
    """

    members: Wholes
    order: Smalls
    curves: Doubles
    stop: Bytes
    n_members: int
    n_epochs: int
    n_batches: int
    batch_size: int
    n_nets: int
    max_epochs: int


def make_room(
    shape: Shape, rows: Rows, batch_size: int, n_members: int
) -> tuple[Batch, Room, Epoch]:
    """Make the arrays that training works in.

    Parameters
    ----------
    shape : Shape
        What the networks share.
    rows : Rows
        Data set.
    batch_size : int
        Samples of a minibatch.
    n_members : int
        Networks of a call at most.

    Returns
    -------
    Batch, Room, Epoch
        To be used by one thread.
    """
    n = -(-batch_size // HALF) * HALF
    n_batches = min(-(-rows.n_samples // batch_size), max(1, _GATHERED // (n * rows.n_features)))
    units = shape.sizes[1:]

    def reals(size: int) -> np.ndarray:
        return np.zeros(size, dtype=np.float32)

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
        scaled=reals(int(shape.sizes[0] * shape.sizes[1]) if shape.scale >= 0 else 0),
        turned=reals(int(shape.sizes.max()) * n),
        losses=reals(3 * n),
    )
    epoch = Epoch(reals(n_members * shape.n_parameters), np.zeros(n_members), np.zeros(n_members))
    return batch, room, epoch


def make_round(
    members: np.ndarray, order: np.ndarray, curves: np.ndarray, stop: np.ndarray
) -> Round:
    """Describe a round; parameters and sizes as in `Round`.

    Parameters
    ----------
    members, order, curves, stop : array
        See there.

    Returns
    -------
    Round
        With the sizes of the arrays.
    """
    return Round(members, order, curves, stop, len(members), *order.shape, *curves.shape[1:])


@cache
def _kinds(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return name and dtype of each field of a record; None for a whole number."""
    hints = get_type_hints(kind, include_extras=True)
    metadata = [(name, getattr(hint, "__metadata__", None)) for name, hint in hints.items()]
    return tuple((name, None if found is None else np.dtype(found[0])) for name, found in metadata)


def numbers(values: Any) -> list[int]:
    """Write a record as numbers, for `record` to read.

    Parameters
    ----------
    values : NamedTuple
        A record of arrays; it must outlive the numbers.

    Returns
    -------
    list of int
        Addresses and whole numbers, a field each.

    Raises
    ------
    TypeError
        If an array is of another type than its field, or not contiguous: compiled code would
        write over foreign memory.
    """
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
    """Make the function that reads a record in compiled code.

    Parameters
    ----------
    kind : type
        One of the named tuples above.

    Returns
    -------
    callable
        Takes a pointer to the numbers and returns the record, its arrays as pointers.
    """
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
