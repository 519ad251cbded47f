"""Runs where PyTorch happens to be installed; gradatim never needs it."""

import numpy as np
import pytest

from benchmarks.ladder import climb_ladder
from benchmarks.peers import fit_torch
from benchmarks.torch_nets import TorchNet, _targets
from benchmarks.workloads import Net, make_data


def test_smoothed_targets_are_those_of_the_engine():
    np.testing.assert_allclose(_targets(np.array([0, 1]), 1, 0.1)[:, 0], [0.05, 0.95])
    np.testing.assert_allclose(_targets(np.array([2]), 4, 0.1), [[0.025, 0.025, 0.925, 0.025]])


def test_a_step_of_each_rule_is_the_engines():
    pytest.importorskip("torch")
    from gradatim.training import NetworkSpec, fit_many

    X, y = make_data(40, 3, 3, 0)
    settings = {
        "hidden_layer_sizes": (5,),
        "activation": "silu",
        "optimizer": "adamw",
        "learning_rate": 0.01,
        "weight_decay": 0.1,
        "schedule": "cosine",
        "label_smoothing": 0.1,
        "input_scale": 6.0,
        "seed": 1,
    }
    [ours] = fit_many([NetworkSpec(**settings)], X, y, max_epochs=5, batch_size=40, shuffle=False)
    net = TorchNet(**settings)
    losses = net.fit(X, y, 3, 5, 40)
    np.testing.assert_allclose(losses, ours.loss_curve, rtol=1e-4)
    np.testing.assert_allclose(net.predict_proba(X), ours.predict_proba(X), atol=1e-4)


def test_the_loop_trains_as_many_epochs_as_it_is_told():
    pytest.importorskip("torch")
    X, y = make_data(40, 2, 2, 0)
    trained = fit_torch(X, y, Net((4,), "tanh", 0.01, 0), 3, 10)
    assert (trained.n_epochs, trained.n_parameters) == (3, 17)


def test_pytorch_climbs_the_rungs_of_networks(problem):
    pytest.importorskip("torch")
    theirs = climb_ladder(problem, ["linear", "shallow"])
    [linear, shallow] = climb_ladder(problem, ["linear", "shallow"], torch=True)
    assert linear.scores == theirs[0].scores
    assert (shallow.choosing, shallow.training) == (theirs[1].choosing, theirs[1].training)
    assert shallow.mean > 0.45
