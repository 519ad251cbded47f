from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.depth import LinearPiece, along, count_pieces, linear_pieces
from gradatim.errors import ShapeError, SpecError
from gradatim.network import parse
from gradatim.network.exact import PIECEWISE
from gradatim.network.graph import Layer, Network

SLOPES = {"relu": (0, 1), "leaky_relu": (Fraction(1, 100), 1), "identity": (1, 1)}


def random_network(rng, sizes, activations=("relu", "leaky_relu", "identity"), coarse=True):
    """Return a network with small weights of one decimal, so that roots often coincide."""
    layers = []
    for n_in, n_out in pairwise(sizes):
        scale = 2 if coarse else 1000
        weight = rng.integers(-3 * scale, 3 * scale + 1, (n_out, n_in)) / scale
        bias = rng.integers(-3 * scale, 3 * scale + 1, n_out) / scale
        layers.append(Layer(weight, bias, tuple(rng.choice(activations, n_out))))
    return Network(layers)


def value(network, x):
    """Evaluate a network of one input in fractions, a unit at a time."""
    values = [Fraction(x)]
    for layer in network.layers:
        values = [PIECEWISE[u.activation](u.pre_activation(values)) for u in layer.exact_units]
    return values


def pieces_by_patterns(network, low, high):
    """Try every pattern of active units: where it holds is an interval, found by inequalities."""
    units = [unit for layer in network.layers for unit in layer.exact_units]
    found = []
    for pattern in product((0, 1), repeat=len(units)):
        left, right, maps, signs = low, high, [(Fraction(1), Fraction(0))], iter(pattern)
        for layer in network.layers:
            above = []
            for unit in layer.exact_units:
                m = sum((w * maps[j][0] for j, w in unit.weights.items()), start=Fraction(0))
                c = sum((w * maps[j][1] for j, w in unit.weights.items()), start=unit.bias)
                on = next(signs)
                # On, m x + c >= 0; off, m x + c <= 0.
                if m:
                    root = -c / m
                    left, right = (
                        (max(left, root), right) if (m > 0) == on else (left, min(right, root))
                    )
                elif (c >= 0) != on:
                    right = left
                factor = SLOPES[unit.activation][on]
                above.append((factor * m, factor * c))
            maps = above
        if left < right:
            found.append((left, right, maps[0]))
    found = sorted(set(found))
    merged = found[:1]
    for left, right, maps in found[1:]:
        if maps == merged[-1][2]:
            merged[-1] = (merged[-1][0], right, maps)
        else:
            merged.append((left, right, maps))
    return merged


@pytest.mark.parametrize("seed", range(40))
def test_pieces_are_those_that_trying_every_pattern_of_units_finds(seed):
    rng = np.random.default_rng(seed)
    sizes = [(1, 4, 1), (1, 3, 3, 1), (1, 2, 2, 2, 1), (1, 3, 2, 2, 1)][seed % 4]
    network = random_network(rng, sizes, coarse=seed % 3 > 0)
    expected = pieces_by_patterns(network, Fraction(-2), Fraction(3))
    pieces = linear_pieces(network, on=(-2, 3))
    found = [(p.low, p.high, (p.slopes[0], p.intercepts[0])) for p in pieces]
    assert found == expected
    assert count_pieces(network, on=(-2, 3)) == len(expected)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 6), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_pieces_tile_the_line_and_give_the_network_s_values(seed, widths):
    rng = np.random.default_rng(seed)
    names = ("relu", "leaky_relu", "identity", "heaviside", "sign")
    network = random_network(rng, (1, *widths, 2), names)
    pieces = linear_pieces(network)
    assert pieces[0].low is None
    assert pieces[-1].high is None
    for before, after in pairwise(pieces):
        assert before.high == after.low
        x = before.high
        owners = [piece for piece in (before, after) if piece.holds(x)]
        assert owners
        assert all(list(piece.at(x)) == value(network, x) for piece in owners)
        # Neighbors could not have been one piece.
        same = (before.slopes, before.intercepts) == (after.slopes, after.intercepts)
        assert not same or before.is_point or after.is_point or x not in (before.low, after.high)
    for piece in pieces:
        if not piece.is_point:
            low = piece.high - 2 if piece.low is None and piece.high is not None else piece.low
            low = Fraction(0) if low is None else low
            high = low + 2 if piece.high is None else piece.high
            for share in (Fraction(1, 7), Fraction(1, 2), Fraction(6, 7)):
                x = low + share * (high - low)
                assert list(piece.at(x)) == value(network, x)


def test_a_tent_by_hand():
    tent = parse("2 relu(x) - 4 relu(x - 1/2)")
    half = Fraction(1, 2)
    assert linear_pieces(tent) == (
        LinearPiece(None, Fraction(0), (Fraction(0),), (Fraction(0),)),
        LinearPiece(Fraction(0), half, (Fraction(2),), (Fraction(0),)),
        LinearPiece(half, None, (Fraction(-2),), (Fraction(2),)),
    )


def test_a_bend_that_another_unit_straightens_is_none():
    assert count_pieces(parse("relu(x) - relu(-x)")) == 1
    assert count_pieces(parse("relu(x - 1/3) - relu(3x - 1) / 3 + x")) == 1


def test_typed_thirds_are_no_decimals():
    [left, right] = linear_pieces(parse("relu(3x - 1) + relu(x - 1/3)"))
    assert left.high == right.low == Fraction(1, 3)


def test_a_piece_ends_where_the_interval_does():
    assert [(p.low, p.high) for p in linear_pieces(parse("relu(x)"), on=(0, "1/2"))] == [
        (0, Fraction(1, 2))
    ]
    assert [(p.low, p.high) for p in linear_pieces(parse("relu(x)"), on=(None, 1))] == [
        (None, 0),
        (0, 1),
    ]


def test_a_step_belongs_to_the_right_and_a_sign_to_neither_side():
    [left, right] = linear_pieces(parse("step(x - 1)"))
    assert (left.closed, right.closed) == ((True, False), (True, True))
    assert [left.holds(Fraction(1)), right.holds(Fraction(1))] == [False, True]
    left, point, right = linear_pieces(parse("sign(x - 1)"))
    assert point.is_point
    assert point.at(Fraction(1)) == (0,)


def test_a_point_at_an_end_of_the_interval_is_a_piece():
    pieces = linear_pieces(parse("step(x) + step(-x)"), on=(0, 1))
    assert [(p.low, p.high, p.intercepts[0]) for p in pieces] == [(0, 0, 2), (0, 1, 1)]


def test_a_unit_that_is_constantly_zero_counts_as_on_for_steps():
    assert linear_pieces(parse("step(0x)"))[0].intercepts == (1,)


def test_several_outputs_share_their_pieces():
    network = Network([Layer([[1.0], [1.0]], [0.0, -1.0], "relu")])
    assert [piece.slopes for piece in linear_pieces(network)] == [(0, 0), (1, 0), (1, 1)]


def test_thousands_of_pieces_of_a_composition_are_counted():
    mirror = Layer([[2.0, -4.0]] * 2, [0.0, -0.5], "relu")
    first = Layer([[1.0], [1.0]], [0.0, -0.5], "relu")
    for k in (1, 5, 11):
        network = Network([first, *[mirror] * (k - 1), Layer([[2.0, -4.0]], [0.0])])
        assert count_pieces(network, on=(0, 1)) == 2**k


@pytest.mark.parametrize("seed", range(10))
def test_a_segment_in_space_has_the_pieces_of_the_restricted_network(seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng, (3, 4, 3, 1), coarse=False)
    start, end = rng.integers(-20, 21, (2, 3)) / 10
    pieces = linear_pieces(network, on=(start.tolist(), end.tolist()))
    assert (pieces[0].low, pieces[-1].high) == (0, 1)
    for piece in pieces:
        t = (piece.low + piece.high) / 2
        x = start + float(t) * (end - start)
        assert float(piece.at(t)[0]) == pytest.approx(network([x]).item(), abs=1e-9)
    line = along(network, start.tolist(), end.tolist())
    assert pieces == linear_pieces(line, on=(0, 1))


def test_points_of_a_segment_may_be_arrays():
    network = parse("relu(x1 + x2)")
    assert count_pieces(network, on=(np.array([-1.0, 0.0]), np.array([1.0, 0.0]))) == 2


def test_restricting_to_a_line_is_exact_and_keeps_smooth_units():
    line = along(parse("tanh(x1/3 + x2)"), ("1/3", 0), (1, "1/7"))
    [unit] = line.layers[0].exact_units
    assert unit.weights[0] == Fraction(2, 9) + Fraction(1, 7)
    assert unit.bias == Fraction(1, 9)


@pytest.mark.parametrize(
    ("text", "on", "words"),
    [
        ("tanh(x)", (0, 1), "tanh is not piecewise linear"),
        ("a(x)", (0, 1), "a unit with a is not piecewise linear"),
        ("relu(x1 + x2)", (0, 1), "this network reads 2"),
        ("relu(x)", (1, 0), "cannot go from 1 to 0"),
        ("relu(x)", (1, 1), "cannot go from 1 to 1"),
        ("relu(x)", ("one", 2), "'one'"),
    ],
)
def test_what_has_no_pieces_is_refused(text, on, words):
    with pytest.raises(SpecError, match=words):
        linear_pieces(parse(text), on=on)


def test_points_need_a_number_an_input():
    with pytest.raises(ShapeError, match="reads 2 inputs"):
        linear_pieces(parse("relu(x1 + x2)"), on=((0, 0, 0), (1, 1, 1)))
