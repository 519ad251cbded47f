"""Steps: one network on one minibatch, forwards, backwards and onwards.

Conventions: arguments are the records of `gradatim.training.native.records` as compiled code sees
them; `begin` is where a minibatch begins in the gathered ones, `z` where a layer begins in the
room of all layers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from gradatim.training.native.kernels import (
    activate,
    adam,
    add_penalty,
    alter,
    compiled,
    drop,
    loss_and_slope,
    product,
    product_of_rows,
    sgd,
    transpose,
)
from gradatim.training.native.records import SCALED_ROWS
from gradatim.training.native.tiles import HALF, at
from gradatim.training.native.updates import OPTIMIZER_CODES, cosine_factor

__all__ = ["gather", "learn", "validate"]

_ADAMW, _SGD = OPTIMIZER_CODES["adamw"], OPTIMIZER_CODES["sgd"]

#: Weights from which a gradient is quicker with the activations turned first.
_WORTH_TURNING = 512


@compiled
def _filled_up(n: int) -> int:
    return (n + HALF - 1) // HALF * HALF


@compiled
def _copy_targets(
    source: Any, n_rows: int, n_samples: int, batch: Any, n: int, target: Any
) -> None:
    for f in range(n_rows):
        row = at(source, f * n_samples)
        for c in range(n):
            target[f * n + c] = row[batch.chosen[c]]


@compiled
def _turn(samples: Any, X: Any, n_in: int, n: int) -> None:
    """Write samples (n, n_in) as inputs X (n_in, n)."""
    whole = n_in // HALF * HALF
    transpose(samples, n_in, X, n, whole)
    for f in range(whole, n_in):
        for c in range(n):
            X[f * n + c] = samples[c * n_in + f]


@compiled
def _copy_chosen(rows: Any, batch: Any, begin: int, n: int) -> None:
    n_in = rows.n_features
    samples = at(batch.samples, begin * n_in)
    for c in range(n):
        row = at(rows.X, batch.chosen[c] * n_in)
        for f in range(n_in):
            samples[c * n_in + f] = row[f]
    _turn(samples, at(batch.X, begin * n_in), n_in, n)
    y = at(batch.y, begin * rows.n_outputs)
    _copy_targets(rows.y, rows.n_outputs, rows.n_samples, batch, n, y)


@compiled
def gather(rows: Any, weight: Any, drawn: Any, n_drawn: int, batch: Any, j: int) -> None:
    """Fill minibatch j with the drawn samples that count; -1 is no sample."""
    count, begin, chosen = 0, j * batch.n_room, batch.chosen
    for place in range(n_drawn):
        row = drawn[place]
        if row >= 0 and weight[row] > 0:
            chosen[count] = row
            batch.weight[begin + count] = weight[row]
            batch.places[begin + count] = place
            count += 1
    batch.counts[j] = count
    n = _filled_up(count)
    for c in range(count, n):
        # Any sample will do: its weight is 0.
        chosen[c] = chosen[0]
        batch.weight[begin + c] = 0
        batch.places[begin + c] = 0
    _copy_chosen(rows, batch, begin, n)


@compiled
def _forward(
    shape: Any, params: Any, X: Any, batch: Any, begin: int, n: int, room: Any, rate: Any, key: int
) -> int:
    """Run a network on inputs X of the minibatch that begins there.

    Returns where its logits are in `room.Z`.
    """
    sizes = shape.sizes
    H, Z = room.H, room.Z
    first, n_in = at(params, shape.weights[0]), sizes[0]
    if shape.scale >= 0:
        factors = at(params, shape.scale)
        for o in range(0, sizes[1], SCALED_ROWS):
            n_out = min(SCALED_ROWS, sizes[1] - o)
            _scale(at(first, o * n_in), factors, room.scaled, n_out, n_in)
            product(at(Z, o * n), n, room.scaled, n_in, 1, X, n, n_out, n_in, n)
    else:
        product(Z, n, first, n_in, 1, X, n, sizes[1], n_in, n)
    _add_bias(Z, at(params, shape.biases[0]), sizes[1], n)
    z = 0
    for layer in range(1, shape.n_layers):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        below, above = at(H, z), at(Z, z + n_in * n)
        activate(shape.activation, at(Z, z), below, n_in * n)
        if rate > 0:
            layer_key = (key + (layer - 1) * 0xC2B2AE3D) & 0xFFFFFFFF
            places = at(batch.places, begin)
            drop(layer_key, rate, places, below, at(Z, z), n_in, n)
        product(above, n, at(params, shape.weights[layer]), n_in, 1, below, n, n_out, n_in, n)
        _add_bias(above, at(params, shape.biases[layer]), n_out, n)
        z += n_in * n
    return z


@compiled
def _scale(weights: Any, factors: Any, scaled: Any, n_out: int, n_in: int) -> None:
    # Each row has its own pointers: numbers read from a record keep LLVM from using vectors.
    for o in range(n_out):
        row, target = at(weights, o * n_in), at(scaled, o * n_in)
        for i in range(n_in):
            target[i] = row[i] * factors[i]


@compiled
def _add_bias(Z: Any, biases: Any, n_out: int, n: int) -> None:
    for o in range(n_out):
        bias = biases[o]
        for c in range(n):
            Z[o * n + c] += bias


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _sum_rows(D: Any, sums: Any, n_out: int, n: int) -> None:
    for o in range(n_out):
        total = np.float32(0)
        for c in range(n):
            total += D[o * n + c]
        sums[o] = total


@compiled
def _turnable(n_out: int, n_in: int) -> int:
    return n_in // HALF * HALF if n_out * n_in >= _WORTH_TURNING else 0


@compiled
def _weight_gradient(
    gradient: Any, D: Any, H: Any, turned: Any, row: int, n_out: int, n_in: int, n: int
) -> None:
    """Gradient (n_out, n_in) = D (n_out, n) times turned H (n, n_in), whose rows lie `row` apart.

    Of inputs that do not fill a tile, and of few weights, H (n_in, n) itself is read.
    """
    whole = _turnable(n_out, n_in)
    if whole:
        product(gradient, n_in, D, n, 1, turned, row, n_out, n, whole)
    if whole < n_in:
        product_of_rows(at(gradient, whole), n_in, D, at(H, whole * n), n_out, n_in - whole, n)


@compiled
def _backward(shape: Any, params: Any, X: Any, samples: Any, n: int, room: Any, z: int) -> None:
    """Fill `room.gradient` from the slope at the logits, which is in `room.D`."""
    sizes, gradient = shape.sizes, room.gradient
    D, E = room.D, room.E
    for layer in range(shape.n_layers - 1, 0, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        z -= n_in * n
        w = shape.weights[layer]
        whole = _turnable(n_out, n_in)
        H = at(room.H, z)
        transpose(H, n, room.turned, whole, n)
        _weight_gradient(at(gradient, w), D, H, room.turned, whole, n_out, n_in, n)
        _sum_rows(D, at(gradient, shape.biases[layer]), n_out, n)
        product(E, n, at(params, w), 1, n_in, D, n, n_in, n_out, n)
        slopes = at(room.Z, z)
        for i in range(n_in * n):
            E[i] *= slopes[i]
        D, E = E, D
    first, n_in = at(gradient, shape.weights[0]), sizes[0]
    _weight_gradient(first, D, X, samples, n_in, sizes[1], n_in, n)
    _sum_rows(D, at(gradient, shape.biases[0]), sizes[1], n)
    if shape.scale >= 0:
        weights, factors = at(params, shape.weights[0]), at(params, shape.scale)
        _share_slope(weights, factors, first, at(gradient, shape.scale), sizes[1], n_in)


@compiled
def _share_slope(
    weights: Any, factors: Any, slopes: Any, factor_slopes: Any, n_out: int, n_in: int
) -> None:
    """Share the slope of the scaled first layer between its weights and the input factors."""
    for i in range(n_in):
        factor_slopes[i] = np.float32(0)
    for o in range(n_out):
        row, row_slopes = at(weights, o * n_in), at(slopes, o * n_in)
        for i in range(n_in):
            slope = row_slopes[i]
            factor_slopes[i] += slope * row[i]
            row_slopes[i] = slope * factors[i]


@compiled
def _penalize(shape: Any, params: Any, gradient: Any, decay: Any) -> float:
    """Add the penalty on the weights to the gradient, and return it."""
    squares = 0.0
    for layer in range(shape.n_layers):
        w = shape.weights[layer]
        n = shape.sizes[layer] * shape.sizes[layer + 1]
        squares += add_penalty(at(params, w), at(gradient, w), n, decay)
    return 0.5 * decay * squares


@compiled
def _move(shape: Any, nets: Any, k: int, gradient: Any) -> None:
    """Take one step with network k."""
    p = k * shape.n_parameters
    params, first, second = nets.params, nets.first, nets.second
    rate = nets.learning_rate[k]
    if nets.cosine[k]:
        rate = np.float32(rate * cosine_factor(nets.step[k], nets.n_steps[k]))
    nets.updates[k] += 1
    done = float(nets.updates[k])  # a whole exponent would be multiplied out
    correct_1 = np.float32(1.0 / (1.0 - math.pow(0.9, done)))
    correct_2 = np.float32(1.0 / (1.0 - math.pow(shape.constants[1], done)))
    n_layers = shape.n_layers
    for part in range(2 * n_layers + (shape.scale >= 0)):
        part_rate, decay = rate, np.float32(0)
        if part == 2 * n_layers:
            start, n = shape.scale, shape.sizes[0]
            part_rate = rate * nets.input_scale[k]
        elif part % 2:
            start, n = shape.biases[part // 2], shape.sizes[part // 2 + 1]
        else:
            start = shape.weights[part // 2]
            n = shape.sizes[part // 2] * shape.sizes[part // 2 + 1]
            if shape.optimizer == _ADAMW:
                decay = nets.weight_decay[k]
        here, slope, moment = at(params, p + start), at(gradient, start), at(first, p + start)
        if shape.optimizer == _SGD:
            sgd(here, slope, moment, n, part_rate, np.float32(shape.constants[0]), shape.nesterov)
        else:
            square, beta_2 = at(second, p + start), np.float32(shape.constants[1])
            adam(here, slope, moment, square, n, part_rate, decay, beta_2, correct_1, correct_2)


@compiled
def _mean_loss(
    shape: Any, batch: Any, begin: int, n: int, count: int, smoothing: Any, room: Any, z: int
) -> float:
    """Return the mean loss of the logits in `room.Z`, and leave its slope in `room.D`."""
    n_outputs = shape.sizes[shape.n_layers]
    logits, y = at(room.Z, z), at(batch.y, begin * n_outputs)
    weight = at(batch.weight, begin)
    slope, losses = room.D, room.losses
    return loss_and_slope(
        shape.loss, logits, slope, y, weight, n_outputs, n, count, smoothing, losses
    )


@compiled
def learn(shape: Any, nets: Any, k: int, batch: Any, j: int, room: Any) -> float:
    """Take one minibatch with network k; return the mean loss before the step."""
    params = at(nets.params, k * shape.n_parameters)
    count, begin = batch.counts[j], j * batch.n_room
    n = _filled_up(count)
    key = (nets.seed[k] * 0x9E3779B1 + nets.step[k] * 0x85EBCA77) & 0xFFFFFFFF
    n_in = shape.sizes[0]
    X, samples = at(batch.X, begin * n_in), at(batch.samples, begin * n_in)
    if nets.reach[k] >= 0:
        places, length = at(batch.places, begin), nets.length[k]
        changed = at(room.samples, 0)
        alter(key, nets.reach[k], length, nets.level[k], places, samples, changed, n_in, n)
        X, samples = at(room.X, 0), changed
        _turn(samples, X, n_in, n)
    z = _forward(shape, params, X, batch, begin, n, room, nets.dropout[k], key)
    loss = _mean_loss(shape, batch, begin, n, count, nets.label_smoothing[k], room, z)
    _backward(shape, params, X, samples, n, room, z)
    gradient = room.gradient
    if shape.optimizer != _ADAMW and nets.weight_decay[k] > 0:
        loss += _penalize(shape, params, gradient, nets.weight_decay[k])
    _move(shape, nets, k, gradient)
    return loss


@compiled
def validate(
    shape: Any, nets: Any, k: int, rows: Any, counted: Any, batch: Any, room: Any
) -> float:
    """Return the mean validation loss of network k."""
    chosen = batch.chosen
    n_rows, size = counted.n_validation, batch.n_room
    params = at(nets.params, k * shape.n_parameters)
    nothing, total = np.float32(0), 0.0
    for start in range(0, n_rows, size):
        count = min(size, n_rows - start)
        n = _filled_up(count)
        for c in range(n):
            chosen[c] = counted.validation_rows[start + min(c, count - 1)]
            batch.weight[c] = counted.validation_weight[start + c] if c < count else nothing
        _copy_chosen(rows, batch, 0, n)
        z = _forward(shape, params, batch.X, batch, 0, n, room, nothing, 0)
        total += _mean_loss(shape, batch, 0, n, count, nothing, room, z) * count
    return total / n_rows
