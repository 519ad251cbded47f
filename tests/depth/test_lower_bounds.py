from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest

from gradatim.depth import (
    count_pieces,
    deep_sawtooth,
    lower_bound,
    most_pieces,
    sawtooth_error,
    shallow_sawtooth,
)
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Layer, Network


def best_by_dynamic_programming(teeth):
    """Find the least errors of continuous functions of p pieces with bends on a fine grid.

    States are the points of a grid in the plane; a piece joins two of them. Returned are arrays
    over p = 1 to 2 T: mean absolute, mean squared and largest error, and points on the wrong side.
    """
    n = 8 * teeth  # cells, on each of which the sawtooth is affine
    x = np.arange(n + 1) / n
    s = 1 - np.abs(1 - 2 * (teeth * x % 1))
    heights = np.linspace(-0.5, 1.5, 9)
    every = n // (2 * teeth)
    costs = {}
    for i in range(n):
        for j in range(i + 1, n + 1):
            share = np.linspace(0, 1, j - i + 1)
            f = heights[:, None, None] * (1 - share) + heights[None, :, None] * share
            d = f - s[i : j + 1]
            a, b = d[..., :-1], d[..., 1:]
            total = np.abs(a) + np.abs(b)
            bent = np.divide(a * a + b * b, total, out=np.zeros_like(total), where=total > 0)
            absolute = np.where(a * b < 0, bent, total).sum(-1) / 2 / n
            squared = (a * a + a * b + b * b).sum(-1) / 3 / n
            largest = np.abs(d).max(-1)
            at = np.arange(i, j)[np.arange(i, j) % every == 0]
            side = f[..., at - i] >= 0.5
            wrong = (side != (s[at] >= 0.5)).sum(-1)
            costs[i, j] = absolute, squared, largest, wrong
    results = []
    for kind, join in enumerate((np.add, np.add, np.maximum, np.add)):
        best = np.full((n + 1, len(heights)), np.inf)
        best[0], found = 0, []
        for _ in range(2 * teeth):
            after = np.full_like(best, np.inf)
            for (i, j), cost in costs.items():
                after[j] = np.minimum(after[j], join(best[i][:, None], cost[kind]).min(0))
            # With p pieces all that p - 1 can do can be done too.
            best = np.minimum(after, best) if found else after
            found.append(best[n].min())
        results.append(np.array(found))
    return results


@pytest.mark.parametrize("teeth", [1, 2, 4])
def test_no_function_on_a_grid_beats_the_bound_and_some_come_near(teeth):
    absolute, squared, largest, wrong = best_by_dynamic_programming(teeth)
    bounds = [lower_bound(teeth, p) for p in range(1, 2 * teeth + 1)]
    for best, name in ((absolute, "mean_absolute"), (squared, "mean_squared")):
        least = np.array([float(getattr(bound, name)) for bound in bounds])
        assert np.all(least <= best + 1e-12)
        assert best[[0, -1]] == pytest.approx(least[[0, -1]], abs=1e-12)
    assert largest == pytest.approx([float(bound.largest) for bound in bounds], abs=1e-12)
    assert wrong.tolist() == [bound.misclassified for bound in bounds]


@pytest.mark.parametrize("teeth", [2, 8, 64, 1024])
def test_a_shallow_network_is_built_that_is_at_most_about_twice_as_bad_as_the_bound(teeth):
    for n_units in sorted({2, 3, teeth // 2 + 2, teeth, 2 * teeth - 1, 2 * teeth}):
        error = sawtooth_error(shallow_sawtooth(teeth, n_units), teeth)
        bound = lower_bound(teeth, n_units)
        if n_units < 2 * teeth:
            assert error.mean_absolute == Fraction(4 * teeth - 2 * n_units + 3, 16 * teeth)
        assert error.n_pieces == n_units
        assert bound.largest == error.largest
        assert bound.misclassified <= error.misclassified
        assert bound.mean_absolute <= error.mean_absolute
        assert error.mean_absolute <= 2 * bound.mean_absolute + Fraction(1, 4 * teeth)


@pytest.mark.parametrize(("k", "layers"), list(product(range(4, 14), range(1, 5))))
def test_the_bound_implies_telgarsky_s_theorem(k, layers):
    # n = 2^k alternating points; at most 2^((k - 3) / l - 1) units per layer miss a sixth of them.
    width = int(2 ** ((k - 3) / layers - 1))
    if width >= 1:
        bound = lower_bound(2 ** (k - 1), hidden_layer_sizes=[width] * layers)
        assert bound.classification >= Fraction(1, 6)


@pytest.mark.parametrize("seed", range(60))
def test_no_network_has_more_pieces_than_its_widths_allow(seed):
    rng = np.random.default_rng(seed)
    widths = rng.integers(1, 5, rng.integers(1, 4)).tolist()
    sizes = [1, *widths, 1]
    layers = [
        Layer(rng.normal(size=(b, a)).round(2), rng.normal(size=b).round(2), "relu")
        for a, b in pairwise(sizes[:-1])
    ]
    network = Network([*layers, Layer(rng.normal(size=(1, sizes[-2])), [0.0])])
    assert count_pieces(network) <= most_pieces(widths)


def test_one_layer_reaches_the_most_pieces():
    network = Network(
        [Layer(np.ones((5, 1)), -np.arange(5.0), "relu"), Layer(np.ones((1, 5)), [0])]
    )
    assert count_pieces(network) == most_pieces([5]) == 6


@pytest.mark.parametrize("seed", range(30))
def test_no_random_network_beats_the_bound_of_its_widths(seed):
    rng = np.random.default_rng(seed)
    widths = [(3,), (6,), (2, 2), (3, 2)][seed % 4]
    sizes = [1, *widths, 1]
    layers = []
    for n_in, n_out in pairwise(sizes):
        name = "identity" if n_out == 1 else "relu"
        layers.append(Layer(rng.normal(size=(n_out, n_in)), rng.normal(size=n_out), name))
    error = sawtooth_error(Network(layers), 8)
    for bound in (lower_bound(8, error.n_pieces), lower_bound(8, hidden_layer_sizes=widths)):
        assert error.n_pieces <= bound.n_pieces
        assert error.largest >= bound.largest
        assert error.mean_absolute >= bound.mean_absolute
        assert error.mean_squared >= bound.mean_squared
        assert error.misclassified >= bound.misclassified


@pytest.mark.parametrize("seed", range(12))
def test_exact_errors_agree_with_a_million_samples(seed):
    rng = np.random.default_rng(seed)
    name = "relu" if seed % 3 else "heaviside"
    layers = [Layer(rng.normal(size=(6, 1)) * 3, rng.normal(size=6), name)]
    network = Network([*layers, Layer(rng.normal(size=(1, 6)), rng.normal(size=1))])
    error = sawtooth_error(network, 4)
    x = (np.arange(10**6) + 0.5) / 10**6
    d = network(x[:, None])[:, 0] - (1 - np.abs(1 - 2 * (4 * x % 1)))
    assert float(error.mean_absolute) == pytest.approx(np.abs(d).mean(), abs=1e-5)
    assert float(error.mean_squared) == pytest.approx((d * d).mean(), abs=2e-5)
    assert float(error.largest) == pytest.approx(np.abs(d).max(), abs=2e-5)
    points = np.arange(8) / 8
    side = network(points[:, None])[:, 0] >= 0.5
    assert error.misclassified == (side != np.arange(8) % 2).sum()


def test_the_constant_half_is_the_best_of_one_piece():
    constant = Network([Layer([[0.0]], [0.5])])
    error, bound = sawtooth_error(constant, 16), lower_bound(16, 1)
    assert error.mean_absolute == bound.mean_absolute == Fraction(1, 4)
    assert error.mean_squared == bound.mean_squared == Fraction(1, 12)
    assert error.largest == bound.largest == Fraction(1, 2)
    assert error.misclassified == bound.misclassified + 1 == 16


@pytest.mark.parametrize("teeth", [1, 4, 32])
def test_what_is_exact_has_no_error_and_enough_pieces_bound_nothing(teeth):
    for error in (sawtooth_error(deep_sawtooth(teeth), teeth), lower_bound(teeth, 2 * teeth)):
        assert error.n_pieces == 2 * teeth
        assert error.largest == error.mean_absolute == error.mean_squared == 0
        assert error.classification == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_pieces": 0}, "at least one linear piece"),
        ({}, "either n_pieces or hidden_layer_sizes"),
        ({"n_pieces": 3, "hidden_layer_sizes": [2]}, "either n_pieces or hidden_layer_sizes"),
        ({"hidden_layer_sizes": [3, 0]}, "at least one unit, not 0"),
    ],
)
def test_a_bound_needs_a_number_of_pieces(options, words):
    with pytest.raises(SpecError, match=words):
        lower_bound(8, **options)


def test_errors_are_of_one_output():
    with pytest.raises(ShapeError, match="one output"):
        sawtooth_error(Network([Layer([[1.0], [1.0]], [0.0, 0.0])]), 1)
