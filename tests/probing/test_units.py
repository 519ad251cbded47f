"""Units: what tells classes, what excites a unit, and what it would like most."""

import numpy as np
import pytest
from scipy.stats import f_oneway, spearmanr

from gradatim.network import Layer, Network
from gradatim.probing.concepts import Concept
from gradatim.probing.units import (
    choose_units,
    correlations,
    extremes,
    first_weights,
    maximize,
    span_of,
    telling,
    unscale,
)
from gradatim.scalers import fit_scaler

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(60, 5))
Y = np.array(["a", "b", "c"])[np.arange(60) % 3]
LABEL = Concept("label", "label", "classification", Y, np.ones(60, dtype=bool))


def test_telling_is_the_share_between_classes_that_an_analysis_of_variance_has():
    activations = Z + (Y == "b")[:, None] * np.arange(5)
    found = telling(activations, LABEL)
    for unit in range(5):
        f = f_oneway(*(activations[name == Y, unit] for name in "abc")).statistic
        # F = (eta2 / 2) / ((1 - eta2) / 57)
        assert found[unit] == pytest.approx(2 * f / (2 * f + 57))


def test_correlations_are_spearmans():
    values = RNG.normal(size=60)
    there = np.arange(60) < 50
    concept = Concept("pitch", "sound", "regression", np.where(there, values, np.nan), there)
    [(name, found)] = correlations(Z, [LABEL, concept]).items()
    assert name == "pitch"
    for unit in range(5):
        assert found[unit] == pytest.approx(spearmanr(Z[there, unit], values[there]).statistic)


def test_chosen_units_are_highest_for_different_classes_first():
    means = np.array([[3.0, 2.9, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    activations = means[np.unique(Y, return_inverse=True)[1]] + 0.1 * RNG.normal(size=(60, 4))
    chosen = choose_units(activations, telling(activations, LABEL), LABEL, 3)
    assert chosen[1] == 2
    assert {chosen[0], chosen[2]} <= {0, 1, 3}
    assert len(choose_units(np.zeros((60, 4)), np.zeros(4), LABEL, 3)) == 0


def test_extremes_are_of_different_groups():
    values = np.array([9.0, 8.0, 7.0, 1.0, 0.0])
    assert extremes(values, np.array([0, 0, 1, 2, 2]), 2) == ([0, 2], [4, 2])


def test_the_input_that_a_linear_unit_likes_most_is_its_weight():
    weight = RNG.normal(size=(4, 5))
    network = Network([Layer(weight, np.zeros(4), "silu"), Layer(np.ones((1, 4)), np.zeros(1))])
    found, reached = maximize(network, 1, [2, 0], Z, np.eye(5))
    radius = np.median(np.linalg.norm(Z, axis=1))
    for row, unit in zip(found, (2, 0), strict=True):
        ideal = radius * weight[unit] / np.linalg.norm(weight[unit])
        assert row == pytest.approx(ideal, abs=1e-2)
    assert reached[0] == pytest.approx(radius * np.linalg.norm(weight[2]), rel=1e-4)


def test_the_input_that_a_deep_unit_likes_most_beats_every_sample_and_random_input():
    layers = [Layer(RNG.normal(size=(8, 5)), RNG.normal(size=8), "silu"),
              Layer(RNG.normal(size=(6, 8)), RNG.normal(size=6), "silu"),
              Layer(RNG.normal(size=(2, 6)), np.zeros(2))]  # fmt: skip
    network = Network(layers)
    found, reached = maximize(network, 2, [1, 4], Z, np.eye(5))
    radius = np.median(np.linalg.norm(Z, axis=1))
    assert np.linalg.norm(found, axis=1) == pytest.approx([radius] * 2)
    tried = RNG.normal(size=(3000, 5))
    tried *= radius / np.linalg.norm(tried, axis=1, keepdims=True)
    hidden = layers[0].weight @ tried.T + layers[0].bias[:, None]
    seen = layers[1].weight @ (hidden / (1 + np.exp(-hidden))) + layers[1].bias[:, None]
    assert (reached >= seen[[1, 4]].max(axis=1) - 1e-6).all()


def test_weights_outside_what_samples_reach_are_left_out():
    flat = Z.copy()
    flat[:, 4] = 0.0
    span = span_of(flat)
    network = Network([Layer(np.ones((1, 5)), np.zeros(1))])
    assert first_weights(network, span) == pytest.approx(np.array([[1, 1, 1, 1, 0]]), abs=1e-9)


@pytest.mark.parametrize("method", ["standard", "robust"])
def test_unscaled_inputs_are_scaled_back(method):
    raw = RNG.normal(size=(50, 3)) * [1, 10, 100]
    scaler = fit_scaler(raw, method)
    z = scaler.transform(raw, np.float64)
    assert unscale(z, scaler) == pytest.approx(raw)
