"""Epochs: the whole training of networks of one shape on one data set, compiled once.

Conventions: one compilation serves all shapes, activations, losses and optimizers. A call trains
networks that count the same samples, since they share each gathered minibatch; samples of weight
0 are not gathered at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gradatim.training.native.kernels import compiled, named
from gradatim.training.native.records import (
    Batch,
    Counted,
    Epoch,
    Nets,
    Room,
    Round,
    Rows,
    Shape,
    numbers,
    record,
)
from gradatim.training.native.steps import gather, learn, validate
from gradatim.training.native.tiles import at, start_of

_KINDS = (Shape, Rows, Nets, Batch, Room, Epoch, Counted, Round)
_shape_at, _rows_at, _nets_at, _batch_at = (record(kind) for kind in _KINDS[:4])
_room_at, _epoch_at, _counted_at, _round_at = (record(kind) for kind in _KINDS[4:])
#: Where each record begins among the numbers.
_AT = tuple(sum(len(kind._fields) for kind in _KINDS[:i]) for i in range(len(_KINDS)))


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _all_finite(values: Any, start: int, n: int) -> bool:
    # Any infinity or NaN makes the sum of products with zero NaN, in any order.
    total = np.float32(0)
    for i in range(start, start + n):
        total += values[i] * np.float32(0)
    return total == 0


@compiled
def _copy(source: Any, start: int, target: Any, begin: int, n: int) -> None:
    for i in range(n):
        target[begin + i] = source[start + i]


@compiled
def _close_epoch(
    shape: Any, nets: Any, k: int, loss: float, watched: bool, validation: float
) -> bool:
    """Judge network k after an epoch: whether it is finite, what it keeps, whether it goes on."""
    n, p = shape.n_parameters, k * shape.n_parameters
    if not (np.isfinite(loss) and _all_finite(nets.params, p, n)):
        nets.diverged[k] = 1
        nets.active[k] = 0
        return False
    nets.epoch[k] += 1
    # Without samples to validate on, every epoch is the best so far.
    if not watched or validation < nets.best_loss[k]:
        nets.best_epoch[k] = nets.epoch[k]
        nets.since_best[k] = 0
        if watched:
            nets.best_loss[k] = validation
        if nets.keeps_best:
            _copy(nets.params, p, nets.best, p, n)
    else:
        nets.since_best[k] += 1
    going = nets.since_best[k] < nets.patience[k] and nets.step[k] < nets.n_steps[k]
    nets.active[k] = 1 if going else 0
    return True


@compiled
def _open_epoch(shape: Any, nets: Any, todo: Any, epoch: Any) -> None:
    n = shape.n_parameters
    for i in range(todo.n_members):
        _copy(nets.params, todo.members[i] * n, epoch.before, i * n, n)
        epoch.loss[i] = epoch.samples[i] = 0


@compiled
def _learn_some(
    shape: Any, nets: Any, i: int, batch: Any, room: Any, n_batches: int, epoch: Any, todo: Any
) -> None:
    """Take the gathered minibatches with the call's network i."""
    k = todo.members[i]
    for j in range(n_batches):
        if todo.stop[0] or not nets.active[k] or nets.step[k] >= nets.n_steps[k]:
            return
        count = batch.counts[j]
        if count > 0:
            epoch.loss[i] += learn(shape, nets, k, batch, j, room) * count
            epoch.samples[i] += count
        nets.step[k] += 1


@compiled
def _finish_epoch(
    shape: Any,
    rows: Any,
    counted: Any,
    nets: Any,
    i: int,
    batch: Any,
    room: Any,
    epoch: Any,
    todo: Any,
) -> None:
    """Write down and judge an epoch of the call's network i."""
    k = todo.members[i]
    if not nets.active[k]:
        return
    loss = epoch.loss[i] / epoch.samples[i] if epoch.samples[i] > 0 else 0.0
    validation = np.nan
    if counted.n_validation > 0:
        validation = validate(shape, nets, k, rows, counted, batch, room)
    if not _close_epoch(shape, nets, k, loss, counted.n_validation > 0, validation):
        n = shape.n_parameters
        _copy(epoch.before, i * n, nets.params, k * n, n)
        return
    place = k * todo.max_epochs + nets.epoch[k] - 1
    todo.curves[place] = loss
    todo.curves[todo.n_nets * todo.max_epochs + place] = validation


@njit(nogil=True, error_model="numpy", cache=True)
@named
def _train(table: np.ndarray) -> int:
    table = start_of(table)
    shape, rows = _shape_at(at(table, _AT[0])), _rows_at(at(table, _AT[1]))
    nets, batch = _nets_at(at(table, _AT[2])), _batch_at(at(table, _AT[3]))
    room, epoch = _room_at(at(table, _AT[4])), _epoch_at(at(table, _AT[5]))
    counted, todo = _counted_at(at(table, _AT[6])), _round_at(at(table, _AT[7]))
    for e in range(todo.n_epochs):
        _open_epoch(shape, nets, todo, epoch)
        for start in range(0, todo.n_batches, batch.n_batches):
            count = min(batch.n_batches, todo.n_batches - start)
            for j in range(count):
                drawn = at(todo.order, (e * todo.n_batches + start + j) * todo.batch_size)
                gather(rows, counted.weight, drawn, todo.batch_size, batch, j)
            for i in range(todo.n_members):
                _learn_some(shape, nets, i, batch, room, count, epoch, todo)
        if todo.stop[0]:
            return e
        for i in range(todo.n_members):
            _finish_epoch(shape, rows, counted, nets, i, batch, room, epoch, todo)
    return todo.n_epochs


class BoundRecords:
    """Networks and data, ready to be trained round by round."""

    def __init__(
        self, shape: Shape, rows: Rows, nets: Nets, batch: Batch, room: Room, epoch: Epoch
    ) -> None:
        # Kept, since compiled code only has their addresses.
        self._records = (shape, rows, nets, batch, room, epoch)
        self._numbers = [number for values in self._records for number in numbers(values)]

    def train(self, counted: Counted, todo: Round) -> int:
        """Train some networks for some epochs, in place."""
        table = self._numbers + numbers(counted) + numbers(todo)
        return _train(np.array(table, dtype=np.int64))
