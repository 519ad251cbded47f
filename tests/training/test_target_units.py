"""Units of targets: learnt with weights, taken off and put back."""

import numpy as np
import pytest

from gradatim.network import Layer, Network
from gradatim.training.target_units import TargetUnits
from gradatim.training.targets import Targets


def test_weights_count_as_repeated_rows():
    Y = np.array([[0.0, 5.0], [2.0, 5.0]])
    units = TargetUnits.learn(Y, np.array([1.0, 3.0]))
    assert units.center.tolist() == [1.5, 5.0]
    # Variance of 0, 2, 2, 2 by hand; the constant column keeps its unit.
    assert units.spread.tolist() == pytest.approx([0.75**0.5, 1.0])


def test_a_column_constant_but_for_rounding_has_spread_one():
    Y = np.full((7, 1), 0.1) + 1e-17 * np.arange(7)[:, None]
    assert TargetUnits.learn(Y * 1e9, np.ones(7)).spread.tolist() == [1.0]


def test_a_network_is_brought_to_the_targets_units_and_back():
    network = Network([Layer([[1.0, 2.0], [0.5, -1.0]], [0.0, 3.0], "identity")])
    units = TargetUnits(np.array([10.0, -2.0]), np.array([2.0, 0.5]))
    X = np.array([[1.0, 1.0], [0.0, 2.0]])
    restored = units.restore(network)
    np.testing.assert_allclose(restored(X), network(X) * units.spread + units.center)
    np.testing.assert_allclose(units.reduce(restored)(X), network(X))
    Y = network(X) * units.spread + units.center
    targets = Targets.from_y(Y, "regression")
    np.testing.assert_allclose(units.standard(Y, targets).matrix, network(X), rtol=1e-6)
