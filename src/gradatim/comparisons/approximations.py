r"""Built and trained networks of equal width beside each other, by the largest error (L16).

Conventions: trained networks have one hidden layer and see the function on an even grid, inputs
brought to [-1, 1] and values to mean 0 and variance 1; afterwards both are folded into the weights,
so that a trained network is one of the function itself, and is certified like a built one. Largest
errors are upper bounds of `gradatim.certificates.certify`. Seeds are ``seed, seed + 1, ...``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim._digest import sha256
from gradatim._pictures import Shown
from gradatim._progress import Progress, scaled, steady
from gradatim._text import bound_text
from gradatim.activations import get_activation
from gradatim.approximation import Approximation, approximate_with_units
from gradatim.certificates import Bound, certify
from gradatim.certificates.targets import as_box, as_target
from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network
from gradatim.training import NetworkSpec, fit_many

_POINTS = {1: 512, 2: 24}
_EPOCHS, _BATCH, _RATE = 600, 32, 0.01
# A trained network is bounded within this much of an error that is met.
_GAP, _MOST_BOXES = 0.05, 60_000
# Share of the time that training takes, about.
_TRAINING = 0.8


@dataclass(frozen=True)
class TrainedUnits:
    """Networks of one width, trained from several seeds."""

    n_units: int  # Hidden units of each
    activation: str  # Their activation
    bounds: tuple[Bound, ...]  # Largest error of each, certified
    best: Network  # The network with the smallest bound
    protocol: dict[str, Any]  # How they were trained

    @property
    def errors(self) -> np.ndarray:
        """Largest errors by seed, as certified."""
        return np.array([bound.upper for bound in self.bounds])

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Lower quartile, median and upper quartile of the largest errors."""
        low, middle, high = np.quantile(self.errors, [0.25, 0.5, 0.75])
        return float(low), float(middle), float(high)

    def to_dict(self) -> dict[str, Any]:
        """Return what was trained as JSON holds it."""
        return {
            "units": self.n_units,
            "protocol": self.protocol,
            "quartiles": list(self.quartiles),
            "bounds": [bound.to_dict() for bound in self.bounds],
        }


@dataclass(frozen=True, repr=False)
class Rates(Shown):
    """Error against width."""

    widths: tuple[int, ...]  # Hidden units allowed
    built: tuple[Approximation, ...]  # The best built network of at most each width
    trained: tuple[TrainedUnits, ...]  # Trained networks of each width; empty if none were
    # Theory's exponent: errors fall as 1 / width^order; None for fitted sigmoids, whose rate
    # depends on the function
    order: int | None

    def __repr__(self) -> str:
        errors = ", ".join(bound_text(found.bound.upper) for found in self.built)
        return f"Rates: widths {', '.join(map(str, self.widths))}: within {errors}"

    def to_dict(self) -> dict[str, Any]:
        """Return errors by width as JSON holds them."""
        return {
            "order": self.order,
            "widths": [
                {
                    "width": width,
                    "units": found.n_units,
                    "bound": found.bound.to_dict(),
                    "equation": str(found.network),
                }
                for width, found in zip(self.widths, self.built, strict=True)
            ],
            "trained": [beside.to_dict() for beside in self.trained],
        }


def train_units(
    function: Any,
    on: Any,
    n_units: int,
    activation: str = "relu",
    *,
    n_seeds: int = 50,
    seed: int = 0,
    max_epochs: int = _EPOCHS,
    progress: Progress | None = None,
) -> TrainedUnits:
    """Train shallow networks of one width on a function, and certify every one."""
    name = get_activation(activation).name
    if name in ("heaviside", "sign"):
        raise SpecError(
            "step units have no slope for training to follow; train relu, sigmoid or tanh instead"
        )
    if n_units < 1 or n_seeds < 1:
        raise SpecError(f"give at least 1 unit and 1 seed, not {n_units} and {n_seeds}")
    tell = steady(progress)
    box = as_box(on)
    grid, y = _grid(function, box)
    mean, spread = float(y.mean()), float(y.std()) or 1.0
    specs = [
        NetworkSpec(
            hidden_layer_sizes=(n_units,),
            activation=name,
            learning_rate=_RATE,
            schedule="cosine",
            initialization="he" if name == "relu" else "glorot",
            seed=seed + i,
        )
        for i in range(n_seeds)
    ]
    results = fit_many(
        specs,
        grid,
        (y - mean) / spread,
        task="regression",
        max_epochs=max_epochs,
        batch_size=_BATCH,
        random_state=seed,
        progress=scaled(tell, 0.0, _TRAINING),
    )
    networks = [_unscaled(result.network, box, mean, spread) for result in results]
    bounds = []
    for network in networks:
        bounds.append(certify(network, function, box, gap=_GAP, max_boxes=_MOST_BOXES))
        tell(_TRAINING + (1 - _TRAINING) * len(bounds) / n_seeds, "certifying")
    best = networks[int(np.argmin([bound.upper for bound in bounds]))]
    protocol = {
        "grid_points": len(grid),
        "epochs": max_epochs,
        "batch_size": _BATCH,
        "optimizer": "adam",
        "learning_rate": _RATE,
        "schedule": "cosine",
        "seed": seed,
        "seeds": n_seeds,
        "data_sha256": sha256(np.column_stack([grid, y])),
    }
    return TrainedUnits(n_units, name, tuple(bounds), best, protocol)


def _grid(function: Any, box: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an even grid of [-1, 1] or its square, and the function's values there."""
    side = np.linspace(-1.0, 1.0, _POINTS[len(box)])
    grid = np.stack([g.ravel() for g in np.meshgrid(*[side] * len(box), indexing="ij")], axis=1)
    middle, half = box.mean(axis=1), 0.5 * (box[:, 1] - box[:, 0])
    points = np.clip(middle + grid * half, box[:, 0], box[:, 1])
    return grid, as_target(function, len(box)).values(points)


def _unscaled(network: Network, box: np.ndarray, mean: float, spread: float) -> Network:
    """Fold the scaling of inputs and values into the weights."""
    middle, half = box.mean(axis=1), 0.5 * (box[:, 1] - box[:, 0])
    hidden, output = network.layers
    weight = hidden.weight.astype(np.float64) / half
    first = Layer(weight, hidden.bias.astype(np.float64) - weight @ middle, hidden.activation)
    last = Layer(
        output.weight.astype(np.float64) * spread, output.bias.astype(np.float64) * spread + mean
    )
    return Network([first, last], input_names=["x", "y"][: len(box)])


def error_by_width(
    function: Any,
    on: Any,
    widths: Sequence[int],
    activation: str = "relu",
    *,
    n_seeds: int = 50,
    seed: int = 0,
    max_epochs: int = _EPOCHS,
    progress: Progress | None = None,
) -> Rates:
    """Compare built with trained networks over widths."""
    name = get_activation(activation).name
    if not widths:
        raise SpecError("there are no widths; give some, such as 2, 4, 8, 16")
    chosen = tuple(sorted(set(widths)))
    trains = n_seeds > 0 and name != "heaviside"
    built, trained = [], []
    tell = steady(progress)
    for i, width in enumerate(chosen):
        built.append(approximate_with_units(function, on, width, name))
        if trains:
            trained.append(
                train_units(
                    function,
                    on,
                    width,
                    name,
                    n_seeds=n_seeds,
                    seed=seed,
                    max_epochs=max_epochs,
                    progress=scaled(tell, i / len(chosen), (i + 1) / len(chosen)),
                )
            )
        tell((i + 1) / len(chosen), "building")
    return Rates(chosen, tuple(built), tuple(trained), {"relu": 2, "heaviside": 1}.get(name))
