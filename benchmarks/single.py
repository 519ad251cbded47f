"""``single``: one small network, trained while somebody watches its weights.

Conventions: the network is 2-8-8-1 (tanh, two classes), the data 1,000 rows in minibatches of 10,
so that an epoch is 100 steps; after every epoch all parameters are handed back as NumPy arrays.
Adam on every side. A step is one minibatch.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers import has_torch
from benchmarks.result import Options, Report, Result, Table
from benchmarks.timing import Timing, alternate, spread
from benchmarks.workloads import make_data

__all__ = ["measure", "train_ours", "train_scikit_learn", "train_torch"]

SHAPE = (8, 8)
BATCH_SIZE = 10
RATE = 0.003

#: Steps per second that are asked for.
FLOOR = 60_000


def measure(options: Options, report: Report) -> Result:
    """Measure steps per second.

    Parameters
    ----------
    options : Options
        How to measure.
    report : callable
        Hears how far it is.

    Returns
    -------
    Result
        Steps per second of each side, and their ratio.
    """
    n_samples, epochs, slow = (50, 3, 2) if options.quick else (1_000, 500, 20)
    X, y = make_data(n_samples, 2, 2, options.seed)
    sides: dict[str, tuple[Callable, int]] = {
        "gradatim": (train_ours, epochs),
        "scikit-learn": (train_scikit_learn, slow),
    }
    if has_torch():
        sides["PyTorch"] = (train_torch, slow)
    report(0.0, "compiling")
    for train, _ in sides.values():
        train(X, y, 2)
    calls = {name: lambda t=train, n=n: t(X, y, n) for name, (train, n) in sides.items()}
    timings = alternate(calls, options.rounds, lambda f, doing: report(0.1 + 0.9 * f, doing))
    steps = {name: n * -(-n_samples // BATCH_SIZE) for name, (_, n) in sides.items()}
    for name, (_, n) in sides.items():
        _check_work(name, timings[name].value, n)
    return _result(n_samples, timings, steps)


def train_ours(X: np.ndarray, y: np.ndarray, epochs: int) -> list[list[np.ndarray]]:
    """Train with gradatim, one epoch per call.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Inputs.
    y : array of shape (n_samples,)
        Classes 0 and 1.
    epochs : int
        Length of the training.

    Returns
    -------
    list of list of array
        Weights and biases after each epoch.
    """
    from gradatim.training import NetworkSpec, Stepper

    spec = NetworkSpec(SHAPE, "tanh", learning_rate=RATE)
    stepper = Stepper(spec, X, y, batch_size=BATCH_SIZE)
    seen = []
    for _ in range(epochs):
        stepper.run()
        seen.append([stepper.parameters])
    return seen


def train_scikit_learn(X: np.ndarray, y: np.ndarray, epochs: int) -> list[list[np.ndarray]]:
    """Train with scikit-learn's ``partial_fit``, one epoch per call.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Inputs.
    y : array of shape (n_samples,)
        Classes 0 and 1.
    epochs : int
        Length of the training.

    Returns
    -------
    list of list of array
        Weights and biases after each epoch.
    """
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        SHAPE,
        activation="tanh",
        alpha=0.0,
        batch_size=BATCH_SIZE,  # pyright: ignore[reportArgumentType] - its default is text
        learning_rate_init=RATE,
        random_state=0,
    )
    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(epochs):
            model.partial_fit(X, y, classes=[0, 1])
            seen.append([a.copy() for a in [*model.coefs_, *model.intercepts_]])
    return seen


def train_torch(X: np.ndarray, y: np.ndarray, epochs: int) -> list[list[np.ndarray]]:
    """Train with PyTorch, reading the parameters after each epoch.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Inputs.
    y : array of shape (n_samples,)
        Classes 0 and 1.
    epochs : int
        Length of the training.

    Returns
    -------
    list of list of array
        Weights and biases after each epoch.
    """
    from benchmarks.torch_nets import TorchNet

    seen: list[list[np.ndarray]] = []

    def look(module: Any) -> None:
        seen.append([p.detach().numpy().copy() for p in module.parameters()])

    net = TorchNet(SHAPE, "tanh", learning_rate=RATE)
    net.fit(X, y, 2, epochs, BATCH_SIZE, each_epoch=look)
    return seen


def _check_work(name: str, seen: list[list[np.ndarray]], epochs: int) -> None:
    """Refuse figures of a side that did not hand back all parameters of every epoch."""
    sizes = {sum(a.size for a in arrays) for arrays in seen}
    if len(seen) != epochs or sizes != {105}:  # 2 x 8 + 8, 8 x 8 + 8, 8 + 1
        raise RuntimeError(f"{name} handed back {sizes} parameters {len(seen)} times, not {epochs}")


def _result(n_samples: int, timings: dict[str, Timing], steps: dict[str, int]) -> Result:
    rates = {name: steps[name] / timing.median for name, timing in timings.items()}
    ours = timings["gradatim"]
    peers = [
        {
            "name": name,
            "steps": steps[name],
            "seconds": list(timing.seconds),
            "median": timing.median,
            "steps_a_second": rates[name],
            **spread(timing, ours, steps["gradatim"] / steps[name]),
        }
        for name, timing in timings.items()
        if name != "gradatim"
    ]
    rows = [(p["name"], f"{p['ratio']:.3g}", f"{p['steps_a_second']:,.0f}") for p in peers]
    rows.append(("gradatim", "1", f"{rates['gradatim']:,.0f}"))
    return Result(
        name="single",
        headline=f"{rates['gradatim']:,.0f} steps per second, "
        f"{peers[0]['ratio']:.3g} times {peers[0]['name']}",
        target=f"floor {FLOOR:,} steps per second",
        met=rates["gradatim"] >= FLOOR,
        tables=(Table("One network, 2-8-8-1", ("", "ratio", "steps per second"), tuple(rows)),),
        notes=(
            f"{n_samples:,} rows in minibatches of {BATCH_SIZE}, Adam; all parameters are handed "
            "back as arrays after every epoch, one call per epoch",
            "scikit-learn: MLPClassifier.partial_fit, one epoch per call, in this process",
        ),
        data={
            "work": {"layers": [2, *SHAPE, 1], "n_samples": n_samples, "batch_size": BATCH_SIZE},
            "ours": {
                "name": "gradatim",
                "steps": steps["gradatim"],
                "seconds": list(ours.seconds),
                "median": ours.median,
                "steps_a_second": rates["gradatim"],
            },
            "peers": peers,
            "ratio": peers[0]["ratio"],
            "floor": FLOOR,
        },
    )
