"""Trained networks in a store: what one depends on, as a key, and a result, as a record.

Conventions: the key of a network is a digest of everything that its training reads: the spec, the
rows and targets, its weights of rows, where it starts, the minibatches, the epochs, the patience,
the engine, and the versions of gradatim and of what the engine computes with. Results come back
bit by bit as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from gradatim._digest import short_hash
from gradatim.network.graph import Layer, Network
from gradatim.training.jobs import PreparedJob
from gradatim.training.result import FitResult
from gradatim.training.store import Record, Store

Key = tuple[int, int]

#: Packages whose arithmetic ends up in a network.
_ARITHMETIC = ("gradatim", "jax", "numba", "numpy", "scipy")


class Checkpoint:
    """The networks of one call of `fit_jobs` in a store."""

    def __init__(self, store: Store, jobs: Sequence[PreparedJob], conditions: tuple) -> None:
        self._store, self._jobs = store, jobs
        common = repr((conditions, [_version(name) for name in _ARITHMETIC]))
        self._keys: dict[Key, str] = {}
        for number, job in enumerate(jobs):
            for i, key in enumerate(_network_keys(job, common)):
                self._keys[number, i] = key

    def known(self) -> dict[Key, FitResult]:
        """Return the results that the store has, by number of the job and place in it."""
        found = {}
        for place, key in self._keys.items():
            record = self._store.get(key)
            if record is not None:
                found[place] = _restore(record, self._jobs[place[0]], place[1])
        return found

    def keep(self, place: Key, result: FitResult) -> None:
        """Put a result into the store."""
        self._store.put(self._keys[place], _record(result))


def digest_arrays(*arrays: np.ndarray | None) -> str:
    """Hash arrays with their types and shapes."""
    parts: list[str | np.ndarray] = []
    for array in arrays:
        parts += ["none;"] if array is None else [f"{array.dtype.str}{array.shape};", array]
    return short_hash(*parts)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _network_keys(job: PreparedJob, common: str) -> Iterator[str]:
    """Yield the key of every network of a job."""
    targets = job.targets
    shared = (
        common,
        digest_arrays(job.X, targets.matrix),
        targets.loss.name,
        job.batches,
        job.validation_weight is None,
    )
    weights = _digest_rows(job.weight)
    validation = _digest_rows(job.validation_weight)
    for i, spec in enumerate(job.specs):
        start = None if job.initial is None else _digest_network(job.initial[i])
        own = (spec, next(weights), next(validation), start)
        yield "network:" + short_hash(repr((shared, own)))


def _digest_rows(weight: np.ndarray | None) -> Iterator[str]:
    """Yield the digest of each row; of one for all, as it is shared without copies, once."""
    if weight is None:
        while True:
            yield ""
    shared = digest_arrays(weight[0]) if len(weight) and weight.strides[0] == 0 else None
    for row in weight:
        yield shared or digest_arrays(row)


def _digest_network(network: Network) -> str:
    arrays = [array for layer in network.layers for array in (layer.weight, layer.bias)]
    return digest_arrays(*arrays)


def _record(result: FitResult) -> Record:
    layers = result.network.layers
    info = {
        "activations": [layer.activation for layer in layers],
        "best_epoch": result.best_epoch,
        "stopped_early": result.stopped_early,
        "diverged": result.diverged,
    }
    weights = [array for layer in layers for array in (layer.weight, layer.bias)]
    return Record(info, (result.loss_curve, result.validation_curve, *weights))


def _restore(record: Record, job: PreparedJob, place: int) -> FitResult:
    info = record.info
    loss_curve, validation_curve, *arrays = record.arrays
    layers = [
        Layer(weight, bias, activation)
        for weight, bias, activation in zip(
            arrays[::2], arrays[1::2], info["activations"], strict=True
        )
    ]
    return FitResult(
        spec=job.specs[place],
        network=Network(layers, output_names=job.targets.output_names),
        loss_curve=loss_curve,
        validation_curve=validation_curve,
        best_epoch=info["best_epoch"],
        stopped_early=info["stopped_early"],
        diverged=info["diverged"],
        targets=job.targets,
    )
