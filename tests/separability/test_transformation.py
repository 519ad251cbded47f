import itertools
import json
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.network.graph import Layer, Network
from gradatim.network.numbers import format_fraction
from gradatim.presentation.transformation import transformation_in_words
from gradatim.separability import transform

# The lecture's line (L12): the second class outside [50, 100].
X = [20, 40, 60, 90, 110, 130]
Y = [1, 1, 0, 0, 1, 1]

conventions = pytest.mark.parametrize("convention", ["step", "sign"])


def test_the_lecture_s_network_with_steps():
    network = transform(X, Y).network
    assert network == Network(
        [Layer([[-1], [1]], [50, -100], "step"), Layer([[1, 1]], [-1], "step")], ["x"], ["y"]
    )


def test_the_lecture_s_network_with_signs_needs_w0_plus_one():
    network = transform(X, Y, convention="sign").network
    assert network == Network(
        [Layer([[-1], [1]], [50, -100], "sign"), Layer([[1, 1]], [1], "sign")], ["x"], ["y"]
    )


@pytest.mark.parametrize(("convention", "inside", "outside"), [("step", 0, 1), ("sign", -2, 0)])
def test_z_has_one_value_a_class(convention, inside, outside):
    line = transform(X, Y, convention=convention)
    assert {line.z(x) for x, y in zip(X, Y, strict=True) if y == 0} == {inside}
    assert {line.z(x) for x, y in zip(X, Y, strict=True) if y == 1} == {outside}


def test_the_slide_s_own_w0_fails_with_signs_and_the_proof_says_where():
    line = transform(X, Y, convention="sign")
    hidden, output = line.network.layers
    slide = replace(line, network=Network([hidden, replace(output, bias=[-1.0])], ["x"], ["y"]))
    proof = slide.verify()
    assert not proof.holds
    assert "20 is 1, but the network says 0" in proof.failures
    assert str(proof).startswith("Wrong: ")


@conventions
@pytest.mark.parametrize(("n_labels", "n_points"), [(2, 6), (3, 4)])
def test_every_labeling_of_a_few_points_is_separated(convention, n_labels, n_points):
    for labels in itertools.product(range(n_labels), repeat=n_points):
        if len(set(labels)) < 2:
            continue
        line = transform(range(n_points), labels, convention=convention)
        changes = sum(a != b for a, b in itertools.pairwise(labels))
        assert line.network.layers[0].n_out == changes
        assert line.verify().holds, labels


@conventions
@settings(max_examples=40, deadline=None)
@given(
    points=st.lists(
        st.fractions(-99, 99, max_denominator=12), min_size=2, max_size=10, unique=True
    ),
    data=st.data(),
)
def test_a_plain_walk_along_the_line_agrees(convention, points, data):
    names = st.sampled_from("abc")
    labels = data.draw(st.lists(names, min_size=len(points), max_size=len(points)))
    if len(set(labels)) < 2:
        return
    line = transform(points, labels, convention=convention)
    known = sorted(zip(points, labels, strict=True))
    # Between two points whatever is nearer; beyond them the outermost.
    for (low, before), (high, after) in itertools.pairwise(known):
        for share in (Fraction(0), Fraction(1, 3), Fraction(2, 3), Fraction(1)):
            expected = before if share < Fraction(1, 2) else after
            assert line.predict(low + share * (high - low)) == expected
    assert line.predict(known[0][0] - 1) == known[0][1]
    assert line.predict(known[-1][0] + 1) == known[-1][1]
    assert line.verify().holds


def test_all_second_weights_of_two_classes_are_one():
    for labels in itertools.product([0, 1], repeat=5):
        if len(set(labels)) == 2:
            [(weights, _)] = transform(range(5), labels).hyperplanes
            assert set(weights) == {1}


def test_a_point_of_change_belongs_to_the_second_class_with_steps_and_to_none_with_signs():
    assert transform(X, Y).predict(50) == 1
    assert transform(X, Y, convention="sign").predict(50) is None


def test_several_classes_have_an_output_each_and_edges_only_where_they_begin_or_end():
    line = transform([0, 10, 20, 30], ["low", "middle", "high", "high"])
    assert line.classes == ("high", "low", "middle")
    assert line.network.output_names == line.classes
    assert [dict(unit.weights) for unit in line.network.layers[1].units] == [
        {1: 1.0},
        {0: -1.0},
        {0: 1.0, 1: -1.0},
    ]


def test_classes_are_ordered_as_numbers_if_they_are_numbers():
    assert transform([0, 1, 2], ["10", "9", "-1"]).classes == ("-1", "9", "10")


def test_points_may_come_in_any_order_and_more_than_once():
    order = [3, 0, 5, 1, 4, 2, 2]
    shuffled = transform([X[i] for i in order], [Y[i] for i in order])
    assert shuffled == transform(X, Y)


def test_text_is_taken_exactly_and_a_float_as_its_shortest_decimal():
    line = transform(["0.1", 0.2, "1/3"], "aab")
    assert line.points == (Fraction(1, 10), Fraction(1, 5), Fraction(1, 3))
    assert line.thresholds == (Fraction(4, 15),)
    assert line.network.layers[0].exact_units[0].bias == Fraction(-4, 15)
    assert line.verify().holds


def test_thresholds_may_be_chosen_strictly_between_the_points():
    line = transform(X, Y, thresholds=[41, "109.5"])
    assert line.thresholds == (41, Fraction(219, 2))
    assert line.verify().holds


def test_the_network_gives_in_floats_what_was_proved():
    line = transform(X, Y)
    assert line.network(np.array(X)[:, None]).ravel().tolist() == Y


def test_points_that_floats_cannot_tell_apart_are_no_proof():
    line = transform(["1", "1.000000000000000000001"], [0, 1], convention="sign")
    assert any("float64" in failure for failure in line.verify().failures)


@conventions
def test_thousands_of_label_changes_are_proved_and_told(convention):
    line = transform(range(3_000), [i % 2 for i in range(3_000)], convention=convention)
    assert len(line.thresholds) == 2_999
    assert line.verify().holds
    assert len(transformation_in_words(line)) > 5_999


def test_what_the_proof_says_of_floats_is_what_the_network_computes():
    r = random.Random(0)
    near = [Fraction(1, 3) + Fraction(k, r.choice([10**15, 10**17])) for k in range(-60, 60)]
    line = transform(near, [r.randint(0, 1) for _ in near])
    floats = line.network(np.array([[float(x)] for x in line.points])).ravel()
    wrong = {x for x, y, label in zip(line.points, floats, line.labels, strict=True) if y != label}
    said = {x for x in line.points if any(f.startswith(f"{format_fraction(x)} is too close")
                                          for f in line.verify().failures)}  # fmt: skip
    assert wrong == said != set()


def test_a_point_beyond_all_floats_is_refused_in_a_sentence():
    with pytest.raises(SpecError, match="too large"):
        transform(["0", "1e400"], [0, 1], thresholds=[5]).verify()


@conventions
@pytest.mark.parametrize("shift", [Fraction(11), Fraction(-11)])
def test_a_network_with_a_shifted_threshold_is_found_out(convention, shift):
    line = transform(X, Y, convention=convention)
    for unit in range(2):
        hidden, output = line.network.layers
        bias = hidden.bias.copy()
        bias[unit] += float(shift)
        wrong = Network([replace(hidden, bias=bias), output], ["x"], ["y"])
        assert not replace(line, network=wrong).verify().holds


@pytest.mark.parametrize(("beyond", "side"), [(9, "right"), (-9, "left")])
def test_a_network_that_is_wrong_beyond_all_points_is_found_out(beyond, side):
    # Another unit turns off the second class beyond 9, or turns it on before -9.
    line = transform([0, 1], ["a", "b"])
    far = Layer([[1], [1 if beyond > 0 else -1]], [-0.5, -abs(beyond)], "step")
    last = Layer([[1, -1 if beyond > 0 else 1]], [-0.5], "step")
    proof = replace(line, network=Network([far, last], ["x"], ["y"])).verify()
    said, true = ("a", "b") if beyond > 0 else ("b", "a")
    assert proof.failures == (f"to the {side} of all points the network says {said}, not {true}",)


def test_a_needle_between_two_points_of_one_class_is_found_out():
    # Right on every point and wrong on (62, 63) only: samples would hardly see it.
    line = transform([0, 50, 100, 150], [0, 1, 1, 0])
    needle = Network(
        [
            Layer([[1], [-1], [-1], [1]], [-25, 125, 62, -63], "step"),
            Layer([[1, 1, 1, 1]], [-3], "step"),
        ],
        ["x"],
        ["y"],
    )
    proof = replace(line, network=needle).verify()
    assert proof.failures == ("between 50 and 100 the network says 1, 0, 1",)


@pytest.mark.parametrize(
    ("points", "labels", "options", "error", "words"),
    [
        ([1, 2], [0], {}, ShapeError, "2 points and 1 labels"),
        ([], [], {}, ShapeError, "0 points"),
        ([1, 2], [0, 0], {}, LabelError, "all points are labeled 0"),
        ([1, 1], [0, 1], {}, LabelError, "the point 1 is labeled 0 and 1"),
        ([1, float("nan")], [0, 1], {}, SpecError, "nan"),
        (["one", 2], [0, 1], {}, SpecError, "'one'"),
        ([1, 2], [0, 1], {"convention": "relu"}, SpecError, "choose step or sign"),
        ([1, 2], [0, 1], {"thresholds": [2]}, SpecError, "not strictly between 1 and 2"),
        ([1, 2], [0, 1], {"thresholds": [1, 2]}, SpecError, "2 thresholds for 1 label change;"),
    ],
)
def test_what_cannot_be_separated_is_refused(points, labels, options, error, words):
    with pytest.raises(error, match=words):
        transform(points, labels, **options)


def test_a_transformation_is_what_the_command_line_prints_as_json(printed):
    found = transform([0, "1/3"], ["a", "b"]).to_dict()
    assert {"schema": 1, **found} == printed("transform", "--points", "0:a,1/3:b")
    assert found["thresholds"] == ["1/6"]
    assert found["hyperplanes"] == [{"w": ["1"], "w0": "-1"}]
    assert found["pieces"] == [
        {"low": None, "high": "1/6", "hidden": ["0"], "outputs": ["0"], "class": "a"},
        {"low": "1/6", "high": "1/6", "hidden": ["1"], "outputs": ["1"], "class": "b"},
        {"low": "1/6", "high": None, "hidden": ["1"], "outputs": ["1"], "class": "b"},
    ]
    assert found["proof"] == {"holds": True, "n_points": 2, "n_intervals": 1, "failures": []}


def test_in_json_a_piece_without_a_class_has_none_and_classes_are_texts():
    found = transform(X, np.array(Y), convention="sign").to_dict()
    assert json.loads(json.dumps(found)) == found
    assert [piece["class"] for piece in found["pieces"]] == ["1", None, "0", None, "1"]
    assert [piece["hidden"] for piece in found["pieces"][::2]] == [
        ["1", "-1"],
        ["-1", "-1"],
        ["-1", "1"],
    ]
