r"""Networks trained to be a sawtooth: as well as the usual means can, many seeds per shape.

Conventions: rows are the middles of equal cells of [0, 1] with the sawtooth's values, at least
`ROWS_A_TOOTH` a tooth, all of them for training: the question is what is found, not whether it
carries over. Networks are trained by Adam with a cosine schedule on :math:`2 x - 1` and handed over
as networks of x. Two starts are tried: *drawn*, He's normal weights and zero biases, which puts all
bends of the first layer at 1/2; and *spread*, one bend in each of as many equal parts of the
interval as there are units, and if that layer is the only one, the output solved by least squares.
Which start and which learning rate a shape gets, the first seeds decide by the median of the mean
squared error on the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from threadpoolctl import threadpool_limits

from gradatim._progress import Progress, scaled, silent
from gradatim.depth import deep_sawtooth
from gradatim.network.graph import Layer, Network
from gradatim.network.initialize import initialize
from gradatim.training import FitResult, NetworkSpec, fit_many

Start = Literal["drawn", "spread", "near"]

#: Rows a tooth; a sawtooth of few teeth has `LEAST_ROWS` all the same.
ROWS_A_TOOTH = 16
LEAST_ROWS = 512
BATCH_SIZE = 64

#: Learning rates among which the first `N_PILOTS` seeds choose.
LEARNING_RATES = (3e-3, 1e-2)
N_PILOTS = 5

#: How far, relatively, weights of the start *near* are from those of the construction.
NEAR = 0.01


@dataclass(frozen=True)
class Wanted:
    """A shape to train."""

    hidden_layer_sizes: tuple[int, ...]  # Units of each hidden layer
    # Starts to choose from; *near* is the deep construction, each number disturbed by 1 %
    starts: tuple[Start, ...] = ("drawn", "spread")


@dataclass(frozen=True)
class _Trial:
    """How a shape is trained."""

    start: Start
    learning_rate: float


def sawtooth_rows(teeth: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that networks are trained on. Returns (n_rows,); returns (n_rows,)."""
    n_rows = max(LEAST_ROWS, ROWS_A_TOOTH * teeth)
    x = (np.arange(n_rows) + 0.5) / n_rows
    return x, 1 - np.abs(1 - 2 * (teeth * x % 1))


def fit_sawtooth(
    wanted: Sequence[Wanted],
    teeth: int,
    *,
    n_seeds: int,
    max_epochs: int,
    random_state: int = 0,
    progress: Progress = silent,
) -> list[tuple[Start, float, list[Network]]]:
    """Train shapes to be a sawtooth."""
    rows = sawtooth_rows(teeth)
    seeds = range(random_state, random_state + n_seeds)
    pilots = seeds[:N_PILOTS]
    trials = [
        (one, _Trial(start, rate))
        for one in wanted
        for start in one.starts
        for rate in LEARNING_RATES
    ]
    share = len(trials) * len(pilots) / (len(trials) * len(pilots) + len(wanted) * n_seeds)

    tried = _fit(trials, pilots, rows, teeth, max_epochs, scaled(progress, 0.0, share))
    losses = [float(np.median([_loss(fit, *rows) for fit in fits])) for fits in tried]
    best: dict[Wanted, tuple[float, _Trial]] = {}
    for loss, (one, way) in zip(losses, trials, strict=True):
        if one not in best or loss < best[one][0]:
            best[one] = loss, way
    chosen = [best[one][1] for one in wanted]
    final = list(zip(wanted, chosen, strict=True))
    fitted = _fit(final, seeds, rows, teeth, max_epochs, scaled(progress, share, 1.0))
    return [
        (way.start, way.learning_rate, [_on_unit_interval(fit.network) for fit in fits])
        for way, fits in zip(chosen, fitted, strict=True)
    ]


def _fit(
    trials: Sequence[tuple[Wanted, _Trial]],
    seeds: Sequence[int],
    rows: tuple[np.ndarray, np.ndarray],
    teeth: int,
    max_epochs: int,
    progress: Progress,
) -> list[list[FitResult]]:
    """Train every trial with every seed at once."""
    X, y = 2 * rows[0][:, None] - 1, rows[1]
    specs, initial = [], []
    # One thread for many small systems: several would mostly wait for one another.
    with threadpool_limits(1):
        for one, way in trials:
            widths = one.hidden_layer_sizes
            for seed in seeds:
                specs.append(
                    NetworkSpec(widths, learning_rate=way.learning_rate, schedule="cosine")
                )
                initial.append(_begin(way.start, widths, seed, X, y, teeth))
    results = fit_many(
        specs,
        X,
        y,
        task="regression",
        max_epochs=max_epochs,
        batch_size=BATCH_SIZE,
        initial=initial,
        progress=progress,
    )
    n = len(seeds)
    return [results[i * n : (i + 1) * n] for i in range(len(trials))]


def _loss(fit: FitResult, x: np.ndarray, y: np.ndarray) -> float:
    error = fit.network(2 * x[:, None] - 1)[:, 0] - y
    return float(np.mean(error * error))


def _begin(
    start: Start, widths: tuple[int, ...], seed: int, X: np.ndarray, y: np.ndarray, teeth: int
) -> Network:
    """Return the network that training begins with, a function of 2 x - 1."""
    rng = np.random.default_rng([seed, len(widths), *widths])
    if start == "near":
        return _disturbed(_of_scaled(deep_sawtooth(teeth)), rng)
    drawn = initialize((1, *widths, 1), "he", seed)
    layers = [Layer(weight, bias, "relu") for weight, bias in drawn[:-1]]
    output = Layer(*drawn[-1])
    if start == "spread":
        n = widths[0]
        bends = 2 * (np.arange(n) + rng.uniform(size=n)) / n - 1
        signs = rng.choice([-1.0, 1.0], n)
        layers[0] = Layer(signs[:, None], -signs * bends, "relu")
        if len(widths) == 1:
            columns = np.column_stack([Network(layers)(X), np.ones(len(X))])
            solved = np.linalg.lstsq(columns, y, rcond=1e-8)[0]
            output = Layer(solved[None, :-1], solved[-1:])
    return Network([*layers, output])


def _disturbed(network: Network, rng: np.random.Generator) -> Network:
    """Multiply every weight and bias by a factor near 1."""
    return replace(
        network,
        layers=[
            replace(
                layer,
                weight=layer.weight * (1 + NEAR * rng.normal(size=layer.weight.shape)),
                bias=layer.bias * (1 + NEAR * rng.normal(size=layer.bias.shape)),
            )
            for layer in network.layers
        ],
    )


def _of_scaled(network: Network) -> Network:
    """Turn a function of x into the same function of 2 x - 1."""
    first = network.layers[0]
    half = first.weight / 2
    return replace(
        network,
        layers=[replace(first, weight=half, bias=first.bias + half[:, 0]), *network.layers[1:]],
    )


def _on_unit_interval(network: Network) -> Network:
    """Turn a function of 2 x - 1 into the same function of x."""
    first = network.layers[0]
    weight, bias = first.weight.astype(float), first.bias.astype(float)
    scaled = replace(first, weight=2 * weight, bias=bias - weight[:, 0])
    return Network([scaled, *network.layers[1:]], ["x"], ["y"])
