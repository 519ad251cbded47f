import json

import numpy as np
import pytest

from benchmarks import many
from benchmarks.fresh import Fresh
from benchmarks.peers import Trained, fit_scikit_learn, train_all
from benchmarks.result import Options
from benchmarks.workloads import WORKLOADS, make_data

SMALL = WORKLOADS["w1"].small()


@pytest.fixture(scope="module")
def found():
    """Measure once, without other processes: peers train here, first calls take made-up times."""
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "n_cores", lambda: 1)
        patch.setattr(many, "has_torch", lambda: False)
        patch.setattr(many, "call_fresh", lambda *_: Fresh([2.0, 1.0], None))
        options = Options(rounds=2, quick=True)
        result = many.measure("w1", options, lambda *news: told.append(news))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    return json.loads(json.dumps(result.to_dict()))


def test_both_sides_do_the_same_work_and_learn_as_much(found):
    ours, peers = found["ours"], found["peers"]
    assert {ours["epochs"], *(p["epochs"] for p in peers)} == {SMALL.epochs}
    assert ours["networks"] == found["work"]["networks"] == SMALL.n_networks
    for peer in peers:
        assert peer["multiplied_by"] * peer["networks"] == SMALL.n_networks
        assert peer["loss"] == pytest.approx(ours["loss"], rel=0.2)


def test_each_round_of_each_side_is_told_with_its_median(found):
    for side in (found["ours"], *found["peers"]):
        assert len(side["seconds"]) == 2
        assert side["median"] == pytest.approx(np.median(side["seconds"]))
    for peer in found["peers"]:
        whole = [peer["multiplied_by"] * s for s in peer["measured_seconds"]]
        assert peer["seconds"] == pytest.approx(whole)


def test_the_quicker_scikit_learn_is_the_peer(found):
    quickest = min(found["peers"], key=lambda peer: peer["median"])
    assert (found["peer"], found["ratio"]) == (quickest["name"], quickest["ratio"])
    assert found["met"] is (found["ratio"] >= 80)
    assert found["first_call"] == {"cold": 2.0, "cached": 2.0, "warm": 1.0}


def test_a_side_that_trained_less_is_refused():
    work = WORKLOADS["w1"].small()
    right = [Trained(work.epochs, 0.5, work.n_parameters(shape)) for shape in work.shapes]
    many._check_work(right, work)
    with pytest.raises(RuntimeError, match="one side trained"):
        many._check_work([right[0]._replace(n_epochs=1), right[1]], work)
    with pytest.raises(RuntimeError, match="one side trained"):
        many._check_work(right[:1], work)


def test_scikit_learn_in_float32_learns_what_it_learns_in_float64():
    X, y = make_data(SMALL.n_samples, SMALL.n_features, SMALL.n_classes, 0)
    nets = SMALL.networks()
    losses = [
        [t.loss for t in train_all(fit_scikit_learn, inputs, y, nets, 2, 50, 1)]
        for inputs in (X, X.astype(np.float32))
    ]
    np.testing.assert_allclose(*losses, rtol=1e-3)


def test_the_costliest_networks_are_handed_out_first():
    X, y = make_data(100, 2, 2, 0)
    nets = WORKLOADS["w1"].networks(84)
    trained = train_all(fit_scikit_learn, X, y, nets, 1, 50, 1)
    sizes = [t.n_parameters for t in trained]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 12
