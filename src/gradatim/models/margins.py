"""Margins: one number that a learner computes of a row, with its gradient.

Conventions: ``Z`` is (n_rows, n_features) in scaled units, float64. The margin of two classes is
by how much the first one's score lies above the second one's, of a label its score, of a real
target its value. Where scores are no smooth function (the votes of a kernel machine), it is what
decides between the two classes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.activations import get_activation
from gradatim.models.learners import (
    AveragedNetworks,
    KernelMachines,
    LandmarkMachine,
    Learner,
    Perceptrons,
    SupportVectors,
    kernel_of,
)
from gradatim.network.evaluate import ForwardPass, forward
from gradatim.network.graph import Layer, Network

__all__ = ["Margin", "Slope", "back_to_inputs", "find_margin"]

#: Places on the line from 0 to a row, and weights: to the weighted sum of the gradients there.
Slope = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Margin:
    """A number for each row, and how fast it changes with each input."""

    value: Callable[[np.ndarray], np.ndarray]  # (n_rows, n_features) to (n_rows,)
    gradient: Callable[[np.ndarray], np.ndarray]  # (n_rows, n_features) to the same
    is_affine: bool  # Whether the gradient is the same everywhere
    ray: Callable[[np.ndarray], Slope] | None = None  # A faster way along the line to a row

    def along(self, z: np.ndarray) -> Slope:
        """Return what sums gradients up on the line from 0 to a row (n_features,)."""
        if self.ray is not None:
            return self.ray(z)
        return lambda places, weights: weights @ self.gradient(places[:, None] * z)


def find_margin(
    learner: Learner, first: int, second: int | None, *, real: bool = False
) -> Margin | None:
    """Return the margin of two classes, of a label or of a `real` target, by their numbers.

    None if no input can change it: a constant, or what met one class only.
    """
    if isinstance(learner, AveragedNetworks):
        return _of_networks(learner, first, second, real=real)
    if isinstance(learner, Perceptrons):
        return _of_perceptrons(learner, first, second)
    if isinstance(learner, KernelMachines):
        return _of_machines(learner, first, second)
    if isinstance(learner, LandmarkMachine):
        return _of_landmarks(learner, first, second)
    return None


def _direction(n_outputs: int, first: int, second: int | None) -> np.ndarray:
    """Return what the scores are multiplied by, (n_outputs,)."""
    if second is not None and n_outputs == 1:
        return np.array([1.0 if first == 1 else -1.0])
    along = np.zeros(n_outputs)
    along[first] = 1.0
    if second is not None:
        along[second] = -1.0
    return along


def _of_networks(
    learner: AveragedNetworks, first: int, second: int | None, *, real: bool
) -> Margin:
    members, shares = zip(*learner.shares, strict=True)
    along = _direction(members[0].n_outputs, first, second)
    weight = np.array(shares)[:, None, None]

    def value(Z: np.ndarray) -> np.ndarray:
        return (learner.outputs(Z) if real else learner.scores(Z)) @ along

    def gradients(networks: Sequence[Network], inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Differentiate by the pre-activations of each one's first layer."""
        passes = [forward(*pair) for pair in zip(networks, inputs, strict=True)]
        seeds = _seeds(networks, passes, weight, along, real=real)
        return [_to_first(*one) for one in zip(networks, passes, seeds, strict=True)]

    def gradient(Z: np.ndarray) -> np.ndarray:
        firsts = zip(members, gradients(members, [Z] * len(members)), strict=True)
        return np.sum([own @ net.layers[0].weight for net, own in firsts], axis=0)

    def ray(z: np.ndarray) -> Slope:
        # Every first layer reads one number here, so its weights are multiplied at the ends only.
        on_line = [_on_line(network, z) for network in members]

        def slope(places: np.ndarray, weights: np.ndarray) -> np.ndarray:
            firsts = gradients(on_line, [places[:, None]] * len(members))
            found = zip(members, firsts, strict=True)
            return np.sum([weights @ own @ net.layers[0].weight for net, own in found], axis=0)

        return slope

    last = {name for network in members for name in network.layers[-1].activations}
    straight = last == {"identity"} or (len(members) == 1 and not real)
    is_affine = straight and all(network.depth == 1 for network in members)
    return Margin(value, gradient, is_affine, ray)


def _on_line(network: Network, z: np.ndarray) -> Network:
    """Return the network as it sees multiples of a row."""
    first, *rest = network.layers
    return Network([Layer((first.weight @ z)[:, None], first.bias, first.activation), *rest])


def _seeds(
    members: Sequence[Network],
    passes: Sequence[ForwardPass],
    shares: np.ndarray,
    along: np.ndarray,
    *,
    real: bool,
) -> list[np.ndarray]:
    """Return the derivatives by the pre-activations of each member's last layer."""
    z = np.stack([one.pre_activations[-1] for one in passes])
    if real:
        layers = [network.layers[-1] for network in members]
        outer = shares * along * np.ones_like(z)
        return [_through(*one) for one in zip(layers, z, outer, strict=True)]
    activation = members[0].layers[-1].activation
    if len(members) > 1 and activation == "softmax":
        return list(_pooled_softmax(z, shares, along))
    if len(members) > 1 and activation == "logistic":
        return list(_pooled_logistic(z, shares, along))
    return list(np.broadcast_to(shares * along, z.shape))


def _pooled_softmax(z: np.ndarray, shares: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Differentiate the logarithm of averaged probabilities; (n_networks, n_rows, n_outputs)."""
    from scipy.special import log_softmax, softmax

    # A member counts for a class as much as it adds to the average.
    weights = along * softmax(log_softmax(z, axis=2) + np.log(shares), axis=0)
    return weights - softmax(z, axis=2) * weights.sum(axis=2, keepdims=True)


def _pooled_logistic(z: np.ndarray, shares: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Differentiate the log-odds of averaged probabilities; (n_networks, n_rows, n_outputs)."""
    from scipy.special import expit, log_expit, softmax

    logs = (np.asarray(log_expit(sign * z)) + np.log(shares) for sign in (1, -1))
    on, off = (softmax(log, axis=0) for log in logs)
    return along * (on * expit(-z) + off * expit(z))


def back_to_inputs(network: Network, passed: ForwardPass, seed: np.ndarray) -> np.ndarray:
    """Carry derivatives by the last pre-activations back to the inputs."""
    return _to_first(network, passed, seed) @ network.layers[0].weight.astype(np.float64)


def _to_first(network: Network, passed: ForwardPass, seed: np.ndarray) -> np.ndarray:
    """Carry derivatives by the last pre-activations back to the first ones."""
    layers, found = network.layers, seed
    for k in range(len(layers) - 1, 0, -1):
        outer = found @ layers[k].weight.astype(np.float64)
        found = _through(layers[k - 1], passed.pre_activations[k - 1], outer)
    return found


def _through(layer: Layer, z: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Carry derivatives by the activations of a layer back to its pre-activations."""
    if layer.activation == "softmax":
        a = get_activation("softmax")(z)
        return a * (outer - (a * outer).sum(axis=1, keepdims=True))
    if isinstance(layer.activation, str):
        return outer * get_activation(layer.activation).derivative(z)
    columns = [get_activation(name).derivative(z[:, i]) for i, name in enumerate(layer.activations)]
    return outer * np.stack(columns, axis=1)


def _of_perceptrons(learner: Perceptrons, first: int, second: int | None) -> Margin | None:
    by_label = len(learner.units) > 1
    network, codes = learner.units[first if by_label else 0]
    if network is None:
        return None
    if second is None:
        along = np.ones(1)
    elif network.n_outputs == 1:
        # Of two classes among more, one has the score and the other its negative.
        along = _direction(1, codes.index(first), 0) * (1.0 if learner.n_outputs == 1 else 2.0)
    else:
        along = _direction(network.n_outputs, codes.index(first), codes.index(second))

    def value(Z: np.ndarray) -> np.ndarray:
        return forward(network, Z).pre_activations[-1] @ along

    def gradient(Z: np.ndarray) -> np.ndarray:
        passed = forward(network, Z)
        return back_to_inputs(network, passed, np.tile(along, (len(Z), 1)))

    return Margin(value, gradient, network.depth == 1)


def _of_machines(learner: KernelMachines, first: int, second: int | None) -> Margin | None:
    machine = learner.machines[0 if second is not None else first]
    if len(machine.codes) == 1:
        return None
    weights, intercept = _decision(machine, first, second)
    return _of_kernel(machine.vectors, machine.degree, machine.gamma, weights, intercept)


def _of_landmarks(learner: LandmarkMachine, first: int, second: int | None) -> Margin | None:
    own, biases, codes = learner.coefficients, learner.intercepts, learner.codes
    if len(codes) == 1:
        return None
    if not codes:
        along = _direction(len(own), first, None)
    elif len(own) == 1:
        is_second = second is None or codes.index(first) == 1
        # Of two classes among more, one has the score and the other its negative.
        along = np.array([1.0 if is_second else -1.0]) * (1.0 if learner.n_outputs == 1 else 2.0)
    else:
        assert second is not None
        along = _direction(len(own), codes.index(first), codes.index(second))
    weights, intercept = along @ own, float(along @ biases)
    return _of_kernel(learner.landmarks, learner.degree, learner.gamma, weights, intercept)


def _of_kernel(
    vectors: np.ndarray, degree: int, gamma: float, weights: np.ndarray, intercept: float
) -> Margin:
    V = vectors.astype(np.float64)

    def value(Z: np.ndarray) -> np.ndarray:
        return kernel_of(Z, V, degree, gamma) @ weights + intercept

    def gradient(Z: np.ndarray) -> np.ndarray:
        if degree:
            slopes = degree * gamma * (gamma * Z @ V.T + 1.0) ** (degree - 1) * weights
            return slopes @ V
        heights = kernel_of(Z, V, degree, gamma) * weights
        return -2.0 * gamma * (Z * heights.sum(axis=1, keepdims=True) - heights @ V)

    return Margin(value, gradient, degree == 1)


def _decision(machine: SupportVectors, first: int, second: int | None) -> tuple[np.ndarray, float]:
    """Return weights of the support vectors and an intercept: above 0 for the first class."""
    own, bias = machine.coefficients[0].astype(np.float64), float(machine.intercepts[0])
    if not machine.codes:
        return own * machine.spread, bias * machine.spread + machine.mean
    if len(machine.codes) == 2:
        is_second = second is None or machine.codes.index(first) == 1
        return (own, bias) if is_second else (-own, -bias)
    assert second is not None
    i, j = machine.codes.index(first), machine.codes.index(second)
    low, high = min(i, j), max(i, j)
    ends = np.cumsum((0, *machine.counts))
    weights = np.zeros(len(machine.vectors))
    for one, other in ((low, high), (high, low)):
        part = slice(ends[one], ends[one + 1])
        weights[part] = machine.coefficients[other - (other > one), part]
    # Pairs stand in the order (0, 1), (0, 2), ..., (1, 2), ...
    pair = low * len(machine.codes) - low * (low + 1) // 2 + high - low - 1
    sign = 1.0 if i < j else -1.0
    return sign * weights, sign * float(machine.intercepts[pair])
