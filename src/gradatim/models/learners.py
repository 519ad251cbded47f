"""Learners: what was learnt of scaled inputs, whatever the kind of model.

Conventions: ``Z`` is (n_rows, n_features) in scaled units, float64; *outputs* are (n_rows,
n_outputs) as `gradatim.training.targets` reads them; *scores* have the same shape, above 0 (or
largest) where a class or label is chosen. Everything is float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np

from gradatim.network.evaluate import evaluate, forward
from gradatim.network.graph import Network

#: Rows whose kernel with landmarks is in memory at once.
_ROWS_AT_ONCE = 4096


class Learner(Protocol):
    """What every kind of model can do with scaled rows."""

    @property
    def probabilistic(self) -> bool:
        """Whether outputs are probabilities."""
        ...

    @property
    def n_parameters(self) -> int:
        """Numbers that were learnt."""
        ...

    @property
    def networks(self) -> tuple[Network, ...]:
        """The learner as networks on scaled inputs; empty if it is none."""
        ...

    def describe(self) -> str:
        """Name the learner in a few words."""
        ...

    def outputs(self, Z: np.ndarray) -> np.ndarray:
        """Compute outputs, (n_rows, n_outputs)."""
        ...

    def scores(self, Z: np.ndarray) -> np.ndarray:
        """Compute scores, (n_rows, n_outputs)."""
        ...


@dataclass(frozen=True, eq=False)
class Constant:
    """One answer for all rows."""

    values: np.ndarray  # (n_outputs,): shares of the classes or labels, or means

    probabilistic = True
    networks = ()

    @property
    def n_parameters(self) -> int:
        """Numbers that were learnt."""
        return len(self.values)

    def describe(self) -> str:
        """Name the learner."""
        return "one answer for all rows"

    def outputs(self, Z: np.ndarray) -> np.ndarray:
        """Repeat the answer."""
        return np.tile(self.values, (len(Z), 1))

    def scores(self, Z: np.ndarray) -> np.ndarray:
        """Return how far the shares lie above one half."""
        return self.outputs(Z) - 0.5


@dataclass(frozen=True, eq=False)
class AveragedNetworks:
    """Networks whose outputs are averaged; mostly one or two.

    Where rows are cycles, a member may be asked about each of them shifted circularly by several
    equal steps, so that it does not matter where the cycle begins. That is the same as an average
    of networks whose first weights are shifted, and so it is among `networks`.
    """

    members: tuple[Network, ...]
    probabilistic: bool
    n_shifts: tuple[int, ...] = ()  # Of each member: one number, or 1; empty for 1 each

    @property
    def networks(self) -> tuple[Network, ...]:
        """Networks of which the outputs are the plain mean: a member without shifts repeatedly."""
        most = max(self.n_shifts, default=1)
        over = (self._over_shifts(i) for i in range(len(self.members)))
        return tuple(network for own in over for network in own * (most // len(own)))

    @property
    def shares(self) -> tuple[tuple[Network, float], ...]:
        """Each of these networks once, with its share of the mean."""
        found = (self._over_shifts(i) for i in range(len(self.members)))
        return tuple((net, 1.0 / (len(own) * len(self.members))) for own in found for net in own)

    def _over_shifts(self, i: int) -> tuple[Network, ...]:
        """Return a member as it sees shifted rows."""
        network, n = self.members[i], self.n_shifts[i] if self.n_shifts else 1
        return tuple(_shifted(network, round(k * network.n_inputs / n)) for k in range(n))

    @property
    def n_parameters(self) -> int:
        """Parameters of all networks."""
        return sum(network.n_parameters for network in self.members)

    def describe(self) -> str:
        """Name the layers and how many networks are averaged."""
        sizes = "-".join(map(str, self.members[0].layer_sizes))
        n, n_blind = len(self.members), sum(n > 1 for n in self.n_shifts)
        over = f", {n_blind} of them over {max(self.n_shifts)} shifts" if n_blind else ""
        return f"network {sizes}{over}" if n == 1 else f"{n} networks {sizes}, averaged{over}"

    def outputs(self, Z: np.ndarray) -> np.ndarray:
        """Average the outputs."""
        means = [
            np.mean([evaluate(network, Z) for network in self._over_shifts(i)], axis=0)
            for i in range(len(self.members))
        ]
        return np.mean(means, axis=0)

    def scores(self, Z: np.ndarray) -> np.ndarray:
        """Return what the output units see; of several networks what gives their mean."""
        networks, shares = zip(*self.shares, strict=True)
        seen = [forward(network, Z).pre_activations[-1] for network in networks]
        z = seen[0] if len(seen) == 1 else self._pooled(np.stack(seen), np.array(shares))
        return z if self.probabilistic else z - 0.5

    def _pooled(self, z: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Find the pre-activations (n_networks, n_rows, n_outputs) of the mean of all outputs."""
        from scipy.special import log_expit, log_softmax, logsumexp

        activation, shares = self.members[0].layers[-1].activation, shares[:, None, None]
        if activation == "softmax":
            return np.asarray(logsumexp(log_softmax(z, axis=2), axis=0, b=shares))
        if activation == "logistic":
            on, off = (logsumexp(log_expit(s * z), axis=0, b=shares) for s in (1, -1))
            return np.asarray(on) - np.asarray(off)
        return (z * shares).sum(axis=0)


def _shifted(network: Network, shift: int) -> Network:
    """Return the network that says of rows what a network says of them shifted circularly."""
    if shift == 0:
        return network
    first, *rest = network.layers
    return replace(network, layers=(replace(first, weight=np.roll(first.weight, -shift, 1)), *rest))


@dataclass(frozen=True, eq=False)
class Perceptrons:
    """Perceptrons, one for all classes or one per label, each with the codes that it may name.

    A perceptron that met one class only is that class's code and no network.
    """

    units: tuple[tuple[Network | None, tuple[int, ...]], ...]
    n_outputs: int

    probabilistic = False

    @property
    def networks(self) -> tuple[Network, ...]:
        """The units that are networks."""
        return tuple(network for network, _ in self.units if network is not None)

    @property
    def n_parameters(self) -> int:
        """Parameters of all units; 1 for a unit that knows one class."""
        return sum(1 if network is None else network.n_parameters for network, _ in self.units)

    def describe(self) -> str:
        """Name the learner."""
        n = len(self.units)
        return "perceptron" if n == 1 else f"{n} perceptrons, one per label"

    def outputs(self, Z: np.ndarray) -> np.ndarray:
        """Decide: 0 and 1."""
        scores = self.scores(Z)
        if scores.shape[1] == 1 or len(self.units) > 1:
            return (scores >= 0).astype(np.float64)
        return _one_hot(scores.argmax(axis=1), self.n_outputs)

    def scores(self, Z: np.ndarray) -> np.ndarray:
        """Return pre-activations; minus infinity for a class that no training row had."""
        return np.concatenate([self._scores(Z, *unit) for unit in self.units], axis=1)

    def _scores(self, Z: np.ndarray, network: Network | None, codes: tuple[int, ...]) -> np.ndarray:
        n_columns = 1 if len(self.units) > 1 else self.n_outputs
        if network is None:
            return _certain(codes[0], n_columns, len(Z))
        return spread_classes(forward(network, Z).pre_activations[-1], codes, n_columns)


def kernel_of(Z: np.ndarray, V: np.ndarray, degree: int, gamma: float) -> np.ndarray:
    """Compute a kernel of rows with vectors, (n_rows, n_vectors); degree 0 is RBF."""
    products = Z @ V.T
    if degree:
        # In place: of many rows a kernel is the largest thing there is.
        products *= gamma
        products += 1.0
        products **= degree
        return products
    products *= -2.0
    products += (Z**2).sum(axis=1)[:, None]
    products += (V**2).sum(axis=1)
    np.maximum(products, 0.0, out=products)
    products *= -gamma
    return np.exp(products, out=products)


@dataclass(frozen=True, eq=False)
class SupportVectors:
    """One kernel machine: (gamma x . s + 1)^degree, or exp(-gamma |x - s|^2).

    Of classes it is scikit-learn's one-against-one machine; of real values its regression. A
    machine that met one class only has no vectors.
    """

    degree: int  # Degree of the polynomial kernel; 0 for RBF
    gamma: float  # Factor of the inner product or of the squared distance
    vectors: np.ndarray  # (n_vectors, n_features): scaled rows, those of a class together
    coefficients: np.ndarray  # (n_classes - 1, n_vectors), or (1, n_vectors)
    intercepts: np.ndarray  # (n_pairs,) or (1,)
    codes: tuple[int, ...] = ()  # Classes in order; empty for real values
    counts: tuple[int, ...] = ()  # Vectors of each class
    mean: float = 0.0  # Units of real values
    spread: float = 1.0

    @property
    def n_parameters(self) -> int:
        """Coefficients and intercepts."""
        return max(1, self.coefficients.size + self.intercepts.size)

    def kernel(self, Z: np.ndarray) -> np.ndarray:
        """Compute the kernel of rows with the vectors, (n_rows, n_vectors)."""
        return kernel_of(Z, self.vectors.astype(np.float64), self.degree, self.gamma)

    def values(self, kernel: np.ndarray) -> np.ndarray:
        """Predict real values, (n_rows,)."""
        return (kernel @ self.coefficients[0] + self.intercepts[0]) * self.spread + self.mean

    def pairs(self, kernel: np.ndarray) -> np.ndarray:
        """Decide between every two classes, (n_rows, n_pairs): above 0 for the first of a pair."""
        if len(self.codes) == 2:
            # Of two classes scikit-learn turns the sign round.
            return -(kernel @ self.coefficients[0] + self.intercepts[0])[:, None]
        ends = np.cumsum((0, *self.counts))
        parts = np.stack([kernel[:, a:b] @ self.coefficients[:, a:b].T for a, b in pairwise(ends)])
        first, second = self._pairs
        return (parts[first, :, second - 1] + parts[second, :, first]).T + self.intercepts

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """The first and the second class of every pair, (n_pairs,) each."""
        first, second = np.triu_indices(len(self.codes), 1)
        return first, second

    def votes(self, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Count won pairs, and sum up by how much, both (n_rows, n_classes)."""
        first, second = self._pairs
        won = (pairs > 0).astype(np.float64)

        def total(values: np.ndarray, of: np.ndarray) -> np.ndarray:
            # Not by an indicator matrix, which of a thousand classes is 4 GB.
            codes = range(len(self.codes))
            return np.stack([values[:, of == code].sum(axis=1) for code in codes], axis=1)

        votes = total(won, first) + total(1.0 - won, second)
        return votes, total(pairs, first) - total(pairs, second)

    def chosen(self, kernel: np.ndarray) -> np.ndarray:
        """Predict codes, (n_rows,); of classes with equally many votes the first."""
        if len(self.codes) == 1:
            return np.full(len(kernel), self.codes[0])
        votes, _ = self.votes(self.pairs(kernel))
        return np.array(self.codes)[votes.argmax(axis=1)]


@dataclass(frozen=True, eq=False)
class KernelMachines:
    """Kernel machines: one for all classes, one per label, or one per real target."""

    machines: tuple[SupportVectors, ...]
    n_outputs: int

    probabilistic = False
    networks = ()

    @property
    def n_parameters(self) -> int:
        """Coefficients and intercepts of all machines."""
        return sum(machine.n_parameters for machine in self.machines)

    def describe(self) -> str:
        """Name the kernel and the number of support vectors."""
        first = self.machines[0]
        kernel = f"polynomial of degree {first.degree}" if first.degree else "RBF"
        n = sum(len(machine.vectors) for machine in self.machines)
        return f"kernel machine, {kernel}, {n} support vectors"

    @cached_property
    def _one_for_all(self) -> bool:
        return len(self.machines) == 1 and bool(self.machines[0].codes)

    def stands_on(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the support vectors of all machines, (n, n_features), and their weights, (n,)."""
        vectors = np.concatenate([machine.vectors for machine in self.machines])
        weights = [np.abs(machine.coefficients).sum(axis=0) for machine in self.machines]
        return vectors, np.concatenate(weights)

    def outputs(self, Z: np.ndarray) -> np.ndarray:
        """Decide: 0 and 1; or predict real values."""
        return self.outputs_of([machine.kernel(Z) for machine in self.machines])

    def outputs_of(self, kernels: list[np.ndarray]) -> np.ndarray:
        """Compute outputs from the kernel of rows with each machine's vectors."""
        columns = [
            machine.chosen(kernel) if machine.codes else machine.values(kernel)
            for machine, kernel in zip(self.machines, kernels, strict=True)
        ]
        if self._one_for_all and self.n_outputs > 1:
            return _one_hot(columns[0], self.n_outputs)
        return np.stack(columns, axis=1).astype(np.float64)

    def scores(self, Z: np.ndarray) -> np.ndarray:
        """Return distances of two classes, or votes with a bounded share for the distances."""
        columns = [self._scores(machine, Z) for machine in self.machines]
        return np.concatenate(columns, axis=1)

    def _scores(self, machine: SupportVectors, Z: np.ndarray) -> np.ndarray:
        n_columns = self.n_outputs if self._one_for_all else 1
        if len(machine.codes) == 1:
            return _certain(machine.codes[0], n_columns, len(Z))
        pairs = machine.pairs(machine.kernel(Z))
        if n_columns == 1:
            return -pairs
        votes, sums = machine.votes(pairs)
        # As scikit-learn: below 1/3 of a vote, so that distances only order equal votes.
        own = votes + sums / (3 * (np.abs(sums) + 1))
        return spread_classes(own, machine.codes, n_columns)


@dataclass(frozen=True, eq=False)
class LandmarkMachine:
    """A kernel machine on landmarks: one class against the others, a label, or a real target each.

    A machine that met one class only has no landmarks.
    """

    degree: int  # Degree of the polynomial kernel; 0 for RBF
    gamma: float  # Factor of the inner product or of the squared distance
    landmarks: np.ndarray  # (n_landmarks, n_features): scaled rows
    coefficients: np.ndarray  # (n_machines, n_landmarks)
    intercepts: np.ndarray  # (n_machines,)
    n_outputs: int
    codes: tuple[int, ...] = ()  # Classes in order; empty for labels and real values
    decides: bool = True  # Whether outputs are 0 and 1, not real values

    probabilistic = False
    networks = ()

    @property
    def n_parameters(self) -> int:
        """Coefficients and intercepts."""
        return max(1, self.coefficients.size + self.intercepts.size)

    def describe(self) -> str:
        """Name the kernel and the number of landmarks."""
        kernel = f"polynomial of degree {self.degree}" if self.degree else "RBF"
        return f"kernel machine, {kernel}, {len(self.landmarks)} landmarks"

    def stands_on(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the landmarks, (n, n_features), and their weights, (n,)."""
        return self.landmarks, np.abs(self.coefficients).sum(axis=0)

    def outputs(self, Z: np.ndarray) -> np.ndarray:
        """Decide: 0 and 1; or predict real values."""
        scores = self.scores(Z)
        if not self.decides:
            return scores
        if self.codes and self.n_outputs > 1:
            return _one_hot(scores.argmax(axis=1), self.n_outputs)
        return (scores > 0).astype(np.float64)

    def scores(self, Z: np.ndarray) -> np.ndarray:
        """Return what the machines say: signed margins, or real values."""
        if len(self.codes) == 1:
            return _certain(self.codes[0], self.n_outputs, len(Z))
        parts = (Z[k : k + _ROWS_AT_ONCE] for k in range(0, max(len(Z), 1), _ROWS_AT_ONCE))
        landmarks = self.landmarks.astype(np.float64)
        said = np.concatenate(
            [
                kernel_of(part, landmarks, self.degree, self.gamma) @ self.coefficients.T
                for part in parts
            ]
        )
        said += self.intercepts
        return spread_classes(said, self.codes, self.n_outputs) if self.codes else said


def spread_classes(
    scores: np.ndarray, codes: Sequence[int] | np.ndarray, n_columns: int
) -> np.ndarray:
    """Say of some classes' scores what they are among all: one that is not among them never leads.

    `scores` (n_rows, n_own), or one column for two classes; returns (n_rows, n_columns).

    Examples
    --------
    >>> spread_classes(np.array([[0.3], [-0.2]]), (0, 2), 3)
    array([[-0.3, -inf,  0.3],
           [ 0.2, -inf, -0.2]])
    """
    if scores.shape[1] == n_columns:
        return scores
    whole = np.full((len(scores), n_columns), -np.inf)
    whole[:, codes] = scores if scores.shape[1] > 1 else np.concatenate([-scores, scores], axis=1)
    return whole


def _one_hot(codes: np.ndarray, n_columns: int) -> np.ndarray:
    """Write codes as rows of one 1; of many classes an identity matrix would be far larger."""
    rows = np.zeros((len(codes), n_columns))
    rows[np.arange(len(codes)), codes] = 1.0
    return rows


def _certain(code: int, n_columns: int, n_rows: int) -> np.ndarray:
    """Return the scores of what knows one class only."""
    z = np.where(np.arange(max(n_columns, 2)) == code, np.inf, -np.inf)
    return np.tile(z if n_columns > 1 else z[1:], (n_rows, 1))
