"""Hidden layers that were built: right on every row, by an evaluation that shares nothing."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.network import Layer, Network
from gradatim.separability import build_hidden
from gradatim.separability.hidden.decision_list import round_between
from gradatim.separability.hidden.plane import changes_along, fewest_changes


def corners(n):
    X = np.array(list(product([0, 1], repeat=n)), dtype=float)
    return X, (X.sum(axis=1) % 2).astype(int)


def says(network, row):
    """Evaluate a step network in plain fractions."""
    values = [Fraction(x) for x in row]
    for layer in network.layers:
        values = [
            Fraction(sum((w * values[j] for j, w in unit.weights.items()), unit.bias) >= 0)
            for unit in layer.exact_units
        ]
    return values


def is_right(found):
    for row, label in zip(found.table.tolist(), found.labels, strict=True):
        outputs = says(found.network, row)
        if len(found.classes) == 2:
            expected = [label == found.classes[1]]
        else:
            expected = [label == one for one in found.classes]
        if outputs != expected:
            return False
    return True


def test_the_lecture_s_line_gets_the_lecture_s_units():
    x = [[10], [20], [30], [40], [60], [70], [80], [90], [110], [120], [140]]
    found = build_hidden(x, [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1])
    assert str(found.network) == "y = step(step(-x1 + 50) + step(x1 - 100) - 1)"
    assert (found.n_units, found.is_smallest, found.all_directions) == (2, True, True)


def test_xor_takes_two_units_and_that_is_proved_to_be_the_fewest():
    found = build_hidden(*corners(2))
    assert found.n_units == found.at_least == 2
    assert is_right(found)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_parity_takes_a_unit_a_bit(n):
    found = build_hidden(*corners(n))
    assert found.n_units == n
    assert is_right(found)
    assert found.verify()


def test_a_disc_is_cut_out_by_few_units_where_lines_need_many():
    rng = np.random.default_rng(0)
    angle, radius = rng.uniform(0, 2 * np.pi, 80), np.repeat([1.0, 2.0], 40)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    found = build_hidden(X, np.repeat(["in", "out"], 40))
    assert found.construction == "cuts"
    assert found.n_units <= 5 < found.line_units
    assert is_right(found)


# Every number of columns with two classes and with three.
@pytest.mark.parametrize(("seed", "n_classes"), [(seed, 2 + seed // 4) for seed in range(8)])
def test_random_labels_of_random_rows_are_right_on_every_row(seed, n_classes):
    rng = np.random.default_rng(seed)
    d = 1 + seed % 4
    X = rng.normal(size=(20, d)) * 10.0 ** rng.integers(-4, 5, size=d)
    y = rng.integers(0, n_classes, 20)
    found = build_hidden(X, y, n_directions=100, random_state=seed)
    assert found.verify()
    assert is_right(found)
    assert found.at_least <= found.n_units <= found.line_units


def test_the_same_seed_gives_the_same_network():
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
    first, second = (build_hidden(X, y, random_state=7).network for _ in range(2))
    assert first == second


def test_columns_that_never_change_have_no_edge():
    X = np.column_stack([corners(2)[0], np.full(4, 7.0)])
    found = build_hidden(X, [0, 1, 1, 0], input_names=["a", "b", "same"])
    assert all(set(unit.weights) == {0, 1} for unit in found.network.layers[0].units)
    assert found.all_directions


def test_separable_classes_take_one_unit():
    found = build_hidden([[0, 0], [1, 0], [5, 5]], [0, 0, 1])
    assert (found.n_units, found.at_least) == (1, 1)


def test_exact_rows_that_floats_cannot_tell_apart_are_told_apart():
    X = np.array([[Fraction(1)], [1 + Fraction(1, 2**60)], [Fraction(2)]], dtype=object)
    found = build_hidden(X, [0, 1, 0])
    assert found.verify()
    assert found.wrong_in_floats()


def test_a_network_that_is_wrong_on_a_row_is_found_out():
    found = build_hidden(*corners(2))
    first, second = found.network.layers
    moved = Layer(first.weight, first.bias - 1, first.activation)
    wrong = replace(found, network=Network([moved, second]))
    assert not wrong.verify()
    assert wrong.wrong_rows() == wrong.wrong_in_floats()


@pytest.mark.parametrize("seed", range(5))
def test_no_direction_of_the_plane_has_fewer_label_changes(seed):
    rng = np.random.default_rng(seed)
    points = [(Fraction(int(a)), Fraction(int(b))) for a, b in rng.integers(-5, 6, size=(12, 2))]
    points = list(dict.fromkeys(points))
    codes = rng.integers(0, 2, len(points))
    codes[:2] = 0, 1
    best, n_changes, _ = fewest_changes(points, codes)
    along = [x * best[0] + y * best[1] for x, y in points]
    assert changes_along(along, codes) == n_changes
    # All directions of small whole numbers, which are dense enough for points of a small lattice.
    for a, b in product(range(-40, 41), range(1, 41)):
        found = changes_along([x * a + y * b for x, y in points], codes)
        assert found is None or found >= n_changes


def test_a_point_with_two_labels_is_no_direction():
    assert changes_along([Fraction(1), Fraction(1)], np.array([0, 1])) is None


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("1", "2"),
        ("40", "60"),
        ("-3", "-2.9"),
        ("-1", "5"),
        ("1/3", "0.34"),
        ("123456789", "123456790"),
        ("1e-30", "2e-30"),
    ],
)
def test_a_threshold_is_in_the_middle_half(low, high):
    low, high = Fraction(low), Fraction(high)
    quarter = (high - low) / 4
    assert low + quarter <= round_between(low, high) <= high - quarter


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        (([[1], [1]], ["a", "b"]), {}, LabelError, "rows 1 and 2 are equal"),
        (([[1], [2]], [0, 0]), {}, LabelError, "all rows are labeled 0"),
        (([[1], [2]], [0]), {}, ShapeError, "1 labels for 2 rows"),
        (([[1], [2]], [0, 1]), {"input_names": ["a", "b"]}, ShapeError, "2 names for 1"),
        (([[1], [2]], [0, 1]), {"n_directions": 1}, SpecError, "at least 2"),
        (([[1], [2]], [0, 1]), {"random_state": -1}, SpecError, "at least 0"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, options, error, said):
    with pytest.raises(error, match=said):
        build_hidden(*arguments, **options)


def test_a_built_layer_is_what_json_holds():
    found = build_hidden([[0], [1], [2]], ["a", "b", "a"]).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["equation"].startswith("y = step(")
    counts = {"n_units": 2, "line_units": 2, "at_least": 2, "n_directions": 1}
    assert counts.items() <= found.items()
    assert (found["construction"], found["wrong_in_floats"]) == ("line", [])
