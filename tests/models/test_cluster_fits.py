"""What a cluster fits is what this machine fits, to the last bit."""

from itertools import chain

import numpy as np
import pytest

from gradatim._progress import silent
from gradatim.errors import SpecError
from gradatim.models.cluster_fits import fit_anywhere
from gradatim.models.families.base import Fit
from gradatim.models.families.registry import get_family
from gradatim.models.training_set import TrainingSet
from gradatim.training import FitJob, NetworkSpec, fit_jobs

cloudpickle = pytest.importorskip("cloudpickle", reason="Ray sends what it pickles")


class _Travels:
    """A cluster of this process, to which everything goes and comes back as bytes."""

    def __init__(self):
        self.n_tasks = 0

    def share(self, value):
        return cloudpickle.loads(cloudpickle.dumps(value))

    def run(self, function, calls, waiting=lambda: None):
        # In another order than asked, as tasks end.
        for number, arguments in reversed([*enumerate(calls)]):
            self.n_tasks += 1
            sent = cloudpickle.loads(cloudpickle.dumps(arguments))
            waiting()
            yield number, cloudpickle.loads(cloudpickle.dumps(function(*sent)))


@pytest.mark.parametrize("name", ["majority", "linear", "perceptron", "kernel"])
def test_fits_of_every_split_are_those_of_this_machine(name, blobs):
    family, rows, nodes = get_family(name), np.arange(90), _Travels()
    kept = []

    def fitted(cluster):
        data = TrainingSet(blobs, cluster=cluster)
        candidates = family.candidates(data, "features")
        fits = [
            Fit(candidate, rows[rows % 3 != k], rows[rows % 3 == k], kept.append)
            for candidate in (candidates[0], candidates[-1])
            for k in range(3)
        ]
        return fit_anywhere(family, data, "features", fits, silent)

    here = fitted(None)
    n_here = len(kept)
    there = fitted(nodes)
    assert len(kept) == 2 * n_here
    assert nodes.n_tasks == (3 if family.needs_input else 0)
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one.outputs, other.outputs)


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_networks_are_those_of_this_machine(optimizer, blobs):
    specs = [NetworkSpec(optimizer=optimizer, seed=k, max_epochs=5) for k in range(3)]
    X, nodes, heard = blobs.X["features"], _Travels(), []
    jobs = [FitJob(specs, X[:80], blobs.y[:80]), FitJob(specs, X[10:], blobs.y[10:])]
    here = fit_jobs(jobs, n_jobs=2)
    there = fit_jobs(jobs, n_jobs=2, cluster=nodes, progress=lambda *news: heard.append(news))
    assert nodes.n_tasks >= 2
    assert heard[-1][0] == 1.0
    for one, other in zip(chain(*here), chain(*there), strict=True):
        np.testing.assert_array_equal(one.loss_curve, other.loss_curve)
        for a, b in zip(one.network.layers, other.network.layers, strict=True):
            np.testing.assert_array_equal(a.weight, b.weight)


def test_jax_stays_where_its_devices_are(blobs):
    job = FitJob([NetworkSpec()], blobs.X["features"], blobs.y)
    with pytest.raises(SpecError, match="leave --engine jax out"):
        fit_jobs([job], engine="jax", cluster=_Travels())
