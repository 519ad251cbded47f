import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError, LabelError, ShapeError
from gradatim.separability import Witness, separate, separate_classes
from gradatim.separability.planes.result import witnesses

SQUARE = [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_and_is_separated_by_short_weights_and_by_the_widest_line():
    found = separate(SQUARE, [0, 0, 0, 1])
    assert (found.weights, found.bias) == ((1, 1), Fraction(-3, 2))
    assert (found.widest.weights, found.widest.bias) == ((2, 2), -3)
    assert found.margin == pytest.approx(np.sqrt(2) / 4, rel=1e-15)
    assert str(found.hyperplane) == "y = step(x1 + x2 - 1.5)"
    assert found.hyperplane(SQUARE).ravel().tolist() == [0, 0, 0, 1]
    assert found.max_margin(SQUARE).ravel().tolist() == [0, 0, 0, 1]


def test_xor_is_refuted_by_its_four_points():
    found = separate(SQUARE, [0, 1, 1, 0])
    assert found.separable is False
    assert found.hyperplane is found.max_margin is found.margin is None
    assert (found.witness.negative, found.witness.positive) == ((0, 3), (1, 2))
    assert found.witness.negative_weights == (Fraction(1, 2),) * 2
    assert found.witness.point == (Fraction(1, 2),) * 2
    assert found.touching is False
    assert found.verify()


def test_one_point_with_two_labels_is_a_witness_of_its_own():
    found = separate([[3.0, 1.0], [2.0, 5.0], [3.0, 1.0]], ["a", "a", "b"])
    assert found.witness.rows == (0, 2)
    assert found.witness.point == (3, 1)
    assert found.witness.n_points == 2


def test_zero_and_minus_zero_are_one_point():
    assert separate([[0.0], [-0.0]], [0, 1]).separable is False


def test_touching_hulls_are_told_from_overlapping_ones():
    touching = separate([[0, 0], [2, 2], [1, 1], [0, 3]], [0, 0, 1, 1])
    assert touching.touching is True
    assert str(touching.touching_plane) == "y = step(-x1 + x2)"
    overlapping = separate([[0, 0], [2, 2], [1, 1], [0, 3], [3, 0]], [0, 0, 1, 1, 1])
    assert overlapping.touching is False
    assert set(overlapping.overlap.rows) >= {0, 1}
    assert touching.verify()
    assert overlapping.verify()


def test_hulls_that_lie_in_one_line_overlap_though_a_line_holds_all_rows():
    # Weakly separated by the line they are on, but that separates nothing.
    found = separate([[0, 0], [2, 2], [1, 1], [3, 3]], [0, 0, 1, 1])
    assert found.touching is False
    assert found.verify()


def test_one_shared_corner_is_touching():
    found = separate([[0, 0], [1, 0], [1, 0], [2, 5]], [0, 0, 1, 1])
    assert found.touching is True
    assert found.verify()


def test_floats_are_their_binary_values_and_decimals_can_be_given_as_fractions():
    # In decimals 0.3 is 3 times 0.1; the floats are not.
    text = [["0.1", "0.1"], ["0.7", "0.7"], ["0.3", "0.3"]]
    decimals = np.array([[Fraction(value) for value in row] for row in text], dtype=object)
    assert separate(decimals, [0, 0, 1]).witness.point == (Fraction(3, 10),) * 2
    points = [["0", "0"], ["0.1", "0.3"], ["0.3", "0.9"]]
    decimals = np.array([[Fraction(value) for value in row] for row in points], dtype=object)
    assert separate(decimals, [0, 1, 0]).separable is False
    assert separate(np.array(points, dtype=float), [0, 1, 0]).separable is True


def test_integers_beyond_the_precision_of_floats_are_exact():
    big = 2**60
    X = np.array([[big], [big + 1], [big + 2]])
    assert separate(X, [0, 1, 1]).separable is True
    assert separate(X.astype(float), [0, 1, 1]).separable is False


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1.0, 1e300])
def test_the_scale_does_not_matter(scale):
    X = np.array([[0.0, 3.0], [1.0, 1.0], [2.0, 2.0], [3.0, 0.0]]) * scale
    assert separate(X, [0, 1, 0, 0]).separable is True
    # In the middle of the outer two is (1.5, 1.5).
    assert separate(X, [0, 1, 1, 0]).separable is False


def test_constant_columns_change_nothing():
    X = np.column_stack([np.full(4, 7.5), SQUARE, np.zeros(4)])
    found = separate(X, [0, 0, 0, 1])
    assert found.weights == (0, 1, 1, 0)
    assert separate(X, [0, 1, 1, 0]).separable is False
    assert separate(np.ones((2, 3)), [0, 1]).witness.rows == (0, 1)


def test_one_column_is_a_threshold():
    found = separate([[1.0], [2.0], [30.0]], [0, 0, 1])
    assert str(found.hyperplane) == "y = step(x1 - 10)"
    assert found.widest.bounds[0] <= 14 <= found.widest.bounds[1]


def test_the_positive_class_is_the_greater_one_or_the_named_one():
    assert separate([[1], [2]], ["10", "9"]).classes == ("9", "10")
    assert separate([[1], [2]], ["10", "9"], positive="9").classes == ("10", "9")
    found = separate([[1], [2], [3]], ["a", "b", "c"], positive="a")
    assert found.classes == ("others", "a")
    assert found.hyperplane([[1], [2], [3]]).ravel().tolist() == [1, 0, 0]


def test_names_of_columns_are_those_of_the_network():
    found = separate(SQUARE, [0, 0, 0, 1], input_names=["tempo", "energy"])
    assert str(found.hyperplane) == "tempo, energy -> y = step(tempo + energy - 1.5)"


@pytest.mark.parametrize(
    ("X", "y", "error", "words"),
    [
        ([[1.0]], [0], LabelError, "all rows are labeled 0"),
        ([[1.0], [2.0]], [0], ShapeError, "1 labels for 2 rows"),
        ([1.0, 2.0], [0, 1], ShapeError, "must be a table"),
        (np.empty((0, 2)), [], ShapeError, "must be a table"),
        ([[1.0], [np.nan]], [0, 1], InputError, "nan in row 1, column 0"),
        ([[1.0], [np.inf]], [0, 1], InputError, "inf in row 1"),
        ([["a"], ["b"]], [0, 1], InputError, "no number"),
        ([[1], [2], [3]], [0, 1, 2], LabelError, "3 classes; name the one"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(X, y, error, words):
    with pytest.raises(error, match=words):
        separate(X, y)


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(LabelError, match="no row is labeled d; the labels are a, b"):
        separate([[1], [2]], ["a", "b"], positive="d")


def test_the_same_table_gives_the_same_result():
    X = np.random.default_rng(3).normal(size=(300, 4))
    y = (X[:, 0] + X[:, 1] > 0.1).astype(int)
    first, second = separate(X, y), separate(X, y)
    assert (first.weights, first.widest) == (second.weights, second.widest)
    y[5] ^= 1
    assert separate(X, y).witness == separate(X, y).witness


small = st.integers(-3, 3)


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(small, small), min_size=2, max_size=9),
    labels=st.lists(st.booleans(), min_size=9, max_size=9),
    matrix=st.tuples(small, small, small, small).filter(lambda m: m[0] * m[3] != m[1] * m[2]),
    shift=st.tuples(small, small),
)
def test_an_affine_map_changes_no_verdict(points, labels, matrix, shift):
    y = labels[: len(points)]
    if len(set(y)) < 2:
        y[0] = not y[0]
    X = np.array(points, dtype=float)
    mapped = X @ np.reshape(matrix, (2, 2)) + shift
    first, second = separate(X, y), separate(mapped, y)
    assert (first.separable, first.touching) == (second.separable, second.touching)
    assert first.verify()
    assert second.verify()


def test_swapping_the_classes_turns_the_widest_plane_around():
    X = np.random.default_rng(5).normal(size=(40, 3))
    y = (X[:, 0] > 0.2).astype(int)
    first, second = separate(X, y), separate(X, 1 - y)
    assert first.widest.squares == second.widest.squares
    assert first.widest.weights == tuple(-w for w in second.widest.weights)


def test_several_classes_are_compared_in_pairs_and_one_with_the_rest():
    X = [[0, 0], [1, 0], [4, 0], [5, 0], [0, 4], [1, 4], [2, 2]]
    found = separate_classes(X, ["a", "a", "b", "b", "c", "c", "d"])
    assert list(found.pairs) == [
        ("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d"),
    ]  # fmt: skip
    assert all(one.separable for one in found.pairs.values())
    assert {k: one.separable for k, one in found.rest.items()} == {
        "a": True, "b": True, "c": True, "d": False,
    }  # fmt: skip
    assert found.pair_rows["a", "d"].tolist() == [0, 1, 6]
    assert found.verify()


def test_progress_counts_all_questions():
    told = []
    separate_classes([[1], [2], [3]], [1, 2, 3], progress=lambda *now: told.append(now))
    assert told == [(k / 6, f"{k} of 6") for k in range(1, 7)]


def test_several_of_one_class_are_refused():
    with pytest.raises(LabelError, match="all rows are labeled 1"):
        separate_classes([[1], [2]], [1, 1])


def test_evidence_that_was_tampered_with_does_not_verify():
    found = separate(SQUARE, [0, 0, 0, 1])
    assert not replace(found, bias=Fraction(-1)).verify()  # two rows are on the line
    assert not replace(found, weights=None).verify()
    assert not replace(found, separable=None).verify()
    assert not replace(found, separable=False).verify()
    wide = replace(found.widest, bias=Fraction(-5))
    assert not replace(found, widest=wide).verify()


def test_a_witness_that_was_tampered_with_does_not_verify():
    found = separate(SQUARE, [0, 1, 1, 0])
    half, third = Fraction(1, 2), Fraction(1, 3)
    for change in (
        {"point": (half, third)},
        {"negative": (0, 1)},
        {"negative_weights": (third, 1 - third)},
        {"negative_weights": (half, half + 1)},
        {"negative_weights": (Fraction(3, 2), -half)},
    ):
        assert not replace(found, witness=replace(found.witness, **change)).verify()
    assert not replace(found, touching=True).verify()
    assert not replace(found, overlap=None).verify()


def test_a_touching_plane_that_was_tampered_with_does_not_verify():
    found = separate([[0, 0], [2, 2], [1, 1], [0, 3]], [0, 0, 1, 1])
    assert not replace(found, touching_bias=Fraction(1, 10**9)).verify()
    assert not replace(found, touching=False).verify()
    assert not replace(found, touching_weights=(Fraction(0), Fraction(0))).verify()


def test_a_witness_of_rows_of_another_class_is_refused():
    found = separate([[0], [1], [2], [3]], [0, 0, 1, 1])
    half = Fraction(1, 2)
    for negative, positive in (((0, 2), (1,)), ((0, 2), (1, 1)), ((1,), (0, 2))):
        weights = [
            (Fraction(1),) if len(rows) == 1 else (half, half) for rows in (negative, positive)
        ]
        mixed = Witness(negative, positive, *weights, (Fraction(1),))
        assert not witnesses(replace(found, witness=mixed), mixed)


def test_a_plane_on_which_all_rows_lie_shows_no_touching():
    found = separate([[0, 0], [2, 2], [1, 1], [3, 3]], [0, 0, 1, 1])
    assert found.touching is False
    diagonal = {"touching_weights": (Fraction(1), Fraction(-1)), "touching_bias": Fraction(0)}
    assert not replace(found, touching=True, overlap=None, **diagonal).verify()


def test_a_witness_that_does_not_span_all_rows_proves_no_overlap():
    found = separate([[0, 0], [2, 2], [1, 1], [0, 3]], [0, 0, 1, 1])
    claimed = replace(found, touching=False, overlap=found.witness)
    assert not claimed.verify()


def test_a_witness_with_a_weight_below_zero_is_refused():
    found = separate([[0], [1], [2], [3]], [0, 0, 1, 1])
    outside = Witness((0, 1), (2,), (Fraction(-1), Fraction(2)), (Fraction(1),), (Fraction(2),))
    assert not witnesses(replace(found, witness=outside), outside)
    # The same combination with its weights in order: 1 is no common point, and is said to be none.
    inside = replace(outside, negative_weights=(Fraction(0), Fraction(1)), point=(Fraction(1),))
    assert not witnesses(replace(found, witness=inside), inside)


def table(tmp_path, rows, labels):
    path = tmp_path / "table.csv"
    lines = [f"{a},{b},{label}" for (a, b), label in zip(rows, labels, strict=True)]
    path.write_text("\n".join(["a,b,y", *lines]))
    return path


def without_seconds(found):
    return {key: value for key, value in found.items() if key != "seconds"}


def test_a_separation_is_what_the_command_line_prints_as_json(tmp_path, printed):
    ids = [f"row {i + 1}" for i in range(4)]
    shown = printed("separate", table(tmp_path, SQUARE, "aaab"), "--target", "y")
    found = separate(SQUARE, list("aaab")).to_dict(ids)
    assert without_seconds(found).items() <= shown.items()
    assert found["hyperplane"] == {"weights": ["1", "1"], "w0": "-3/2"}
    assert found["max_margin"]["nearest"] == ["row 2", "row 3", "row 4"]
    assert (found["witness"], found["verified"]) == (None, True)


def test_in_json_rows_without_names_go_by_their_numbers(tmp_path, printed):
    one = separate(SQUARE, [0, 1, 1, 0])
    found = one.to_dict()
    assert json.loads(json.dumps(found)) == found
    half = [{"row": 0, "weight": "1/2"}, {"row": 3, "weight": "1/2"}]
    assert found["witness"]["negative"] == half
    assert found["witness"]["point"] == ["1/2", "1/2"]
    shown = printed("separate", table(tmp_path, SQUARE, "0110"), "--target", "y")
    named = without_seconds(one.to_dict([f"row {i + 1}" for i in range(4)]))
    assert named.items() <= shown.items()


def test_several_separations_name_the_rows_of_the_whole_table(tmp_path, printed):
    rows, labels = [*SQUARE, [3, 3]], list("abbca")
    several = separate_classes(rows, labels)
    found = several.to_dict()
    assert json.loads(json.dumps(found)) == found
    # The pair of b and c has the rows 1, 2 and 3.
    assert found["pairs"][2]["max_margin"]["nearest"] == [1, 2, 3]
    shown = printed("separate", table(tmp_path, rows, labels), "--target", "y")
    named = several.to_dict([f"row {i + 1}" for i in range(5)])
    for key in ("pairs", "rest"):
        assert list(map(without_seconds, named[key])) == list(map(without_seconds, shown[key]))
    assert shown["classes"] == found["classes"] == ["a", "b", "c"]
