import pytest

from gradatim.drawing.sketch import draw_layers, place_layers, read_sizes
from gradatim.errors import OutputError, SpecError


@pytest.mark.parametrize(
    "text",
    [
        "784-128-10",
        " 784 - 128 - 10 ",
        "784, 128, 10",
        "(784, 128, 10)",
        "784 128 10",
        "784x128x10",
        "784 -> 128 -> 10",
        "784→128→10",
        "784–128–10",
        "784\N{MINUS SIGN}128\N{MINUS SIGN}10",
    ],
)
def test_sizes_are_read_as_people_type_them(text):
    assert read_sizes(text) == [784, 128, 10]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("784", "1 size;"),
        ("", "a part that is empty"),
        ("-3-4", "a part that is empty"),
        ("3--4", "a part that is empty"),
        ("3-4-", "a part that is empty"),
        ("a-b", "'a', which is no whole number"),
        ("1.5-2", "'1.5', which is no whole number"),
        ("3-٤", "no whole number"),
        ("3-0", "one of 0 units"),
        ("3-2000000000000", "one of 2,000,000,000,000 units"),
        ("-".join(["1"] * 41), "41 sizes"),
        ("9" * 50 + "-2", "no whole number"),
    ],
)
def test_what_are_no_sizes_is_refused_in_one_sentence(text, words):
    with pytest.raises(SpecError) as error:
        read_sizes(text)
    assert words in str(error.value)
    assert "784-128-64-10" in str(error.value) or "give each" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_wide_layer_has_dots_and_every_layer_its_count():
    placement = place_layers([784, 128, 10], ["relu", "softmax"])
    assert [gap.layer for gap in placement.gaps] == [0, 1, 2]
    shown = [[u.index for u in placement.units if u.layer == layer] for layer in range(3)]
    assert shown == [[0, 1, 2, 782, 783], [0, 1, 2, 126, 127], [0, 1, 2, 8, 9]]
    # 784 * 128 + 128 and 128 * 10 + 10.
    assert [caption.lines for caption in placement.captions] == [
        ["784 inputs"],
        ["128 units", "relu", "100,480 parameters"],
        ["10 outputs", "softmax", "1,290 parameters"],
    ]


def test_edges_have_no_weights_and_join_what_is_shown():
    placement = place_layers([4, 3, 1])
    assert {edge.weight for edge in placement.edges} == {None}
    assert len(placement.edges) == 4 * 3 + 3 * 1


def test_one_activation_is_that_of_all_hidden_layers():
    symbols = [
        {unit.symbol for unit in place_layers([2, 3, 3, 1], ["tanh"]).units if unit.layer == k}
        for k in (1, 2, 3)
    ]
    assert symbols == [{"tanh"}, {"tanh"}, {""}]


def test_other_numbers_of_activations_are_refused():
    with pytest.raises(SpecError, match="2 activations for 3 layers of units; give 3, or one"):
        place_layers([2, 3, 3, 1], ["tanh", "relu"])


def test_columns_do_not_overlap_however_large_their_numbers_are():
    placement = place_layers([10**12, 10**12, 10**12])
    widths = [8.4 * max(map(len, caption.lines)) for caption in placement.captions]
    middles = [caption.top[0] for caption in placement.captions]
    for k in range(2):
        assert middles[k] + widths[k] / 2 <= middles[k + 1] - widths[k + 1] / 2 + 0.1
    assert middles[0] >= 8.4 * len("1,000,000,000,000 inputs") / 2
    assert placement.width - middles[-1] >= widths[-1] / 2 - 0.1


def test_layers_may_be_boxes():
    assert [box.n_units for box in place_layers([784, 10], form="layers").boxes] == [784, 10]
    assert place_layers([784, 10], form="auto").boxes
    assert place_layers([4, 3], form="auto").units


def test_a_file_of_no_format_and_too_few_places_are_refused(tmp_path):
    with pytest.raises(OutputError):
        draw_layers([3, 1], tmp_path / "a.jpg")
    with pytest.raises(SpecError, match="at least 3 places"):
        draw_layers([3, 1], tmp_path / "a.svg", max_units=2)
    with pytest.raises(SpecError, match="there is no form"):
        draw_layers([3, 1], tmp_path / "a.svg", form="rings")
    assert list(tmp_path.iterdir()) == []
