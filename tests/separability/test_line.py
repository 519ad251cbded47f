import random
from fractions import Fraction

import numpy as np
import pytest

from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network
from gradatim.separability.line import MOST_HIDDEN, cut_line, evaluate_exactly, locate, locate_all

# The lecture's network (L14) as it stands on the slide: sign(sign(-x + 50) + sign(x - 100) - 1).
SLIDE = Network(
    [Layer([[-1.0], [1.0]], [50.0, -100.0], "sign"), Layer([[1.0, 1.0]], [-1.0], "sign")], ["x"]
)


def test_the_line_is_cut_at_the_points_of_change():
    ends = [(piece.low, piece.high) for piece in cut_line(SLIDE)]
    assert ends == [(None, 50), (50, 50), (50, 100), (100, 100), (100, None)]


def test_signs_on_the_slide_add_up_to_zero_or_minus_two():
    sums = [sum(piece.layers[0]) for piece in cut_line(SLIDE)]
    assert sums == [0, -1, -2, -1, 0]


def test_with_w0_minus_one_every_point_of_the_slide_lies_on_one_side():
    assert {piece.outputs for piece in cut_line(SLIDE)} == {(Fraction(-1),)}


@pytest.mark.parametrize("x", ["-7", "49.999", "50", "75", "100", "100.0001", "1000"])
def test_a_piece_has_the_values_of_each_of_its_points(x):
    x = Fraction(x)
    pieces = cut_line(SLIDE)
    piece = pieces[locate(pieces, x)]
    assert piece.low is None or piece.low <= x
    assert piece.high is None or x <= piece.high
    assert piece.layers == evaluate_exactly(SLIDE, x)


def test_points_of_change_are_pieces_of_their_own():
    pieces = cut_line(SLIDE)
    found = [locate(pieces, Fraction(x)) for x in (0, 50, 60, 100, 200)]
    assert found == [0, 1, 2, 3, 4]


def test_a_line_that_nothing_cuts_is_one_piece():
    pieces = cut_line(Network([Layer([[0.0]], [1.0], "step")]))
    assert locate(pieces, Fraction(7)) == 0


def test_units_with_one_threshold_share_it():
    twice = Network([Layer([[1.0], [-2.0]], [-3.0, 6.0], "step")])
    assert [piece.low for piece in cut_line(twice)] == [None, 3, 3]


def test_a_unit_that_reads_nothing_cuts_nothing():
    constant = Network([Layer([[0.0]], [1.0], "step")])
    assert [piece.outputs for piece in cut_line(constant)] == [(1,)]


def test_typed_fractions_are_taken_as_they_were_typed():
    third = Layer([[1.0]], [-1 / 3], "step", exact={(0, -1): Fraction(-1, 3)})
    [_, point, _] = cut_line(Network([third]))
    assert point.low == Fraction(1, 3)


@pytest.mark.parametrize(
    "network",
    [
        Network([Layer([[1.0]], [0.0], "tanh")]),
        Network([Layer([[1.0]], [0.0], "identity")]),
        Network([Layer([[1.0, 1.0]], [0.0], "step")]),
        Network([Layer([[1.0]], [0.0], "step"), Layer([[1.0]], [0.0], "relu")]),
    ],
)
def test_other_networks_are_refused(network):
    with pytest.raises(SpecError):
        cut_line(network)


@pytest.mark.parametrize("seed", range(20))
def test_outputs_that_follow_from_one_piece_to_the_next_are_those_of_each(seed):
    r = random.Random(seed)
    n_hidden, n_outputs = r.randint(1, 6), r.randint(1, 3)
    hidden = Layer(
        [[r.choice([-2.0, -1.0, 0.0, 0.5, 1.0])] for _ in range(n_hidden)],
        [r.randint(-2, 2) / 2 for _ in range(n_hidden)],
        [r.choice(["step", "sign"]) for _ in range(n_hidden)],
    )
    weights = [[r.choice([-1.0, 0.25, 2.0]) for _ in range(n_hidden)] for _ in range(n_outputs)]
    outer = Layer(weights, [r.randint(-2, 2) / 4 for _ in range(n_outputs)], "sign")
    pieces = cut_line(Network([hidden, outer]))
    for piece in pieces:
        assert piece.outputs == piece.layers[-1]
    points = sorted({Fraction(r.randint(-20, 20), 4) for _ in range(30)})
    assert locate_all(pieces, points) == [locate(pieces, x) for x in points]


def test_a_long_first_layer_is_not_told_piece_by_piece():
    for n_hidden in (MOST_HIDDEN, MOST_HIDDEN + 1):
        hidden = Layer(np.ones((n_hidden, 1)), -np.arange(n_hidden), "step")
        piece = cut_line(Network([hidden, Layer(np.ones((1, n_hidden)), [-1.0], "step")]))[0]
        assert (piece.to_dict()["hidden"] is None) == (n_hidden > MOST_HIDDEN)
        assert piece.to_dict()["outputs"] == ["0"]
