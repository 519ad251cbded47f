from itertools import combinations, pairwise

import numpy as np
import pytest

from gradatim.drawing import draw_svg
from gradatim.drawing.layout import place
from gradatim.drawing.marks import Text, marks
from gradatim.drawing.placement import RADIUS
from gradatim.drawing.words import shorten
from gradatim.errors import SpecError
from gradatim.network import parse
from gradatim.network.evaluate import forward
from gradatim.network.graph import Layer, Network


def dense(*sizes):
    rng = np.random.default_rng(0)
    return Network(
        [
            Layer(rng.normal(size=(n_out, n_in)), rng.normal(size=n_out), "tanh")
            for n_in, n_out in pairwise(sizes)
        ]
    )


def test_every_edge_and_bias_of_a_small_network_is_placed():
    network = dense(2, 3, 1)
    placement = place(network)
    weights = {(e.layer, e.target, e.source): e.weight for e in placement.edges}
    expected = {
        (depth, *index): weight
        for depth, layer in enumerate(network.layers, 1)
        for index, weight in np.ndenumerate(layer.weight)
    }
    assert weights == expected
    biases = [unit.bias for unit in placement.units if unit.layer]
    assert biases == [*network.layers[0].bias, *network.layers[1].bias]


def test_a_missing_edge_is_not_placed_though_a_zero_weight_is():
    layer = Layer([[0.0, 0.0]], [0.0], mask=np.array([[True, False]]))
    edges = place(Network([layer])).edges
    assert [(e.source, e.weight, e.strength) for e in edges] == [(0, 0.0, 0.0)]


def test_a_layer_that_occurs_twice_has_its_edges_in_both_places():
    same = Layer(np.ones((2, 2)), np.zeros(2))
    edges = place(Network([same, same, same])).edges
    assert [edge.layer for edge in edges] == [1] * 4 + [2] * 4 + [3] * 4


def test_a_wide_layer_shows_its_first_and_last_units_and_how_many_there_are():
    placement = place(dense(3, 256, 2), max_units=6)
    hidden = [unit.index for unit in placement.units if unit.layer == 1]
    assert hidden == [0, 1, 2, 254, 255]
    assert [(gap.layer, gap.n_units) for gap in placement.gaps] == [(1, 256)]
    shown = {unit.index for unit in placement.units if unit.layer == 1}
    assert {e.source for e in placement.edges if e.layer == 2} == shown


def test_a_layer_as_wide_as_allowed_has_no_gap():
    assert not place(dense(12, 12), max_units=12).gaps


@pytest.mark.parametrize("sizes", [(1, 1), (2, 3, 1), (5, 2), (40, 300, 7), (3, 3, 3)])
@pytest.mark.parametrize("form", ["units", "layers"])
def test_everything_lies_inside_the_drawing(sizes, form):
    placement = place(dense(*sizes), form=form)
    for unit in placement.units:
        x, y = unit.center
        assert RADIUS < x < placement.width - RADIUS
        assert RADIUS < y < placement.height - RADIUS
    for box in placement.boxes:
        assert box.corner[0] + box.width < placement.width
        assert box.corner[1] + box.height < placement.height


def test_edges_go_from_rim_to_rim():
    placement = place(dense(2, 3))
    centers = {(unit.layer, unit.index): unit.center for unit in placement.units}
    for edge in placement.edges:
        start = np.subtract(edge.start, centers[edge.layer - 1, edge.source])
        end = np.subtract(edge.end, centers[edge.layer, edge.target])
        assert np.hypot(*start) == pytest.approx(RADIUS)
        assert np.hypot(*end) == pytest.approx(RADIUS)


@pytest.mark.parametrize("n_in", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("n_out", [1, 2, 3, 4])
def test_weight_labels_do_not_overlap(n_in, n_out):
    labels = sorted(edge.label for edge in place(dense(n_in, n_out)).edges)
    for i, (x, y) in enumerate(labels):
        for other_x, other_y in labels[:i]:
            assert abs(y - other_y) > 11 or abs(x - other_x) > 40


def test_a_dense_network_has_no_weight_labels():
    assert {edge.label for edge in place(dense(8, 8, 8)).edges} == {None}


def test_strength_is_relative_to_the_largest_weight_of_the_layer():
    edges = place(Network([Layer([[1.0, -4.0]], [0.0]), Layer([[0.5]], [0.0])])).edges
    assert [e.strength for e in edges] == [0.25, 1.0, 1.0]


def test_auto_draws_boxes_as_soon_as_a_layer_is_too_wide():
    assert not place(dense(12, 3), form="auto").boxes
    boxes = place(dense(13, 3), form="auto").boxes
    assert [(box.n_units, box.kind, box.n_parameters) for box in boxes] == [
        (13, "inputs", 0),
        (3, "outputs", 42),
    ]


def test_a_wider_layer_has_a_higher_box():
    heights = [box.height for box in place(dense(2, 300, 20), form="layers").boxes]
    assert heights[0] < heights[2] < heights[1]


@pytest.mark.parametrize("options", [{"max_units": 2}, {"form": "circle"}])
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(SpecError):
        place(dense(2, 1), **options)


def test_a_short_name_stays_whole():
    assert shorten("x" * 22) == "x" * 22
    assert len(shorten("x" * 23)) == 22


def test_values_are_those_of_the_forward_pass():
    network = dense(2, 3, 1)
    x = [0.5, -2.0]
    expected = forward(network, [x])
    units = place(network, at=x).units
    for depth in range(3):
        values = [unit.value for unit in units if unit.layer == depth]
        assert values == expected.activations[depth][0].tolist()
        if depth:
            sums = [unit.pre_activation for unit in units if unit.layer == depth]
            assert sums == expected.pre_activations[depth - 1][0].tolist()


def test_values_may_be_given_by_name_in_any_order():
    network = dense(2, 3, 1)
    assert place(network, at={"x2": -2.0, "x1": 0.5}) == place(network, at=[0.5, -2.0])


def test_an_input_that_nobody_reads_needs_no_value():
    layer = Layer([[3.0, 0.0]], [1.0], mask=np.array([[True, False]]))
    units = place(Network([layer]), at={"x1": 2.0}).units
    assert [unit.value for unit in units] == [2.0, None, 7.0]


def test_a_drawing_with_values_shows_units_even_where_boxes_would_do():
    placement = place(dense(13, 3), form="auto", at=[0.0] * 13)
    assert not placement.boxes
    assert placement.units


def test_a_unit_left_open_shows_its_letter():
    units = place(Network([Layer([[1.0]], [0.0], "a")])).units
    assert [unit.symbol for unit in units] == ["", "a"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"at": [1.0]}, "1 values for 2 inputs"),
        ({"at": {"x1": 1.0}}, "no value for 'x2'"),
        ({"at": {"x1": 1.0, "x2": 1.0, "x3": 1.0}}, "no input 'x3'"),
        ({"at": [1.0, 2.0], "form": "layers"}, "one box per layer shows no values"),
    ],
)
def test_values_that_fit_no_drawing_are_refused(options, words):
    with pytest.raises(SpecError, match=words):
        place(dense(2, 1), **options)


def test_values_of_a_unit_left_open_are_refused():
    with pytest.raises(SpecError, match="left open"):
        place(Network([Layer([[1.0]], [0.0], "a")]), at=[1.0])


@pytest.mark.parametrize("sizes", [(2, 3, 1), (1, 1), (3, 12, 2)])
def test_words_of_different_units_do_not_overlap(sizes):
    placement = place(dense(*sizes), at=[1.0] * sizes[0])
    beside = [m for m in marks(placement) if isinstance(m, Text) and m.part in ("bias", "value")]
    for one, other in combinations(beside, 2):
        far = abs(one.position[0] - other.position[0]) > 3.4 * (len(one.text) + len(other.text))
        assert far or abs(one.position[1] - other.position[1]) >= 12


@pytest.mark.parametrize("form", ["units", "layers"])
def test_a_network_without_inputs_is_drawn_as_the_constant_it_is(form):
    placement = place(parse("5"), form=form)
    assert placement.height > 0
    assert "5" in draw_svg(parse("5"))


def test_names_of_the_author_stand_above_units_and_what_is_passed_on_is_marked():
    network = parse("left = step(-x1 + 50); right = step(x1 - 100); sigmoid(left + right + x2)")
    hidden = [u for u in place(network).units if u.layer == 1]
    assert [(u.name, u.symbol, u.bias) for u in hidden] == [
        ("x2", "→", None),
        ("left", "H", 50.0),
        ("right", "H", -100.0),
    ]
    said = {mark.text for mark in marks(place(network, at=[20, 3])) if isinstance(mark, Text)}
    assert {"x₂ = 3", "left = H(30) = 1", "right = H(\N{MINUS SIGN}80) = 0"} <= said


def test_units_without_a_name_have_none_in_the_picture():
    assert {u.name for u in place(dense(2, 3, 1)).units if u.layer == 1} == {""}


def test_every_symbol_that_does_not_say_it_itself_is_explained_below():
    placement = place(parse("a1 = step(x1); a2 = tanh(x1); sigmoid(a1 + a2 + x2)"))
    assert [entry.split("(")[0].split(" ")[0] for entry in placement.key.entries] == ["H", "σ", "→"]
    assert place(parse("tanh(x1)")).key is None


def test_the_key_is_inside_the_drawing():
    placement = place(parse("x1 -> softmax(x1, 2x1)"))
    assert placement.width >= 14 + 6.6 * max(map(len, placement.key.lines))
    assert placement.key.corner[1] + 18 * (len(placement.key.lines) - 1) < placement.height


def test_a_network_without_inputs_has_no_empty_column():
    placement = place(parse("5"))
    [unit] = placement.units
    assert (unit.bias, unit.value) == (5.0, 5.0)
    assert placement.width < 350
    [box] = place(parse("5"), form="layers").boxes
    assert box.layer == 1
