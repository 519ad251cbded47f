"""What the problems say that they take, held to constructions, theorems and searches."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from gradatim import parse
from gradatim.problems import PROBLEMS, get_problem

SIZES = [
    "spirals-2",
    "spirals-8",
    "sawtooth-2",
    "sawtooth-7",
    "checkerboard-2",
    "checkerboard-7",
    "parity-2",
    "parity-9",
]
SOLVED = [n for n in [*PROBLEMS, *SIZES] if get_problem(n).equation]


def read(name):
    return parse(get_problem(name).equation, max_characters=None)


def separable(X, y):
    """Whether a linear program finds a line; independent of gradatim's own decision."""
    signed = (2 * y - 1)[:, None] * np.column_stack([X, np.ones(len(X))])
    return linprog(
        np.zeros(signed.shape[1]), A_ub=-signed, b_ub=-np.ones(len(X)), bounds=(None, None)
    ).success


@pytest.mark.parametrize("name", SOLVED)
def test_the_network_it_is_solved_by_is_right_on_every_point(name):
    X, y = get_problem(name).sample(20_000, noise=0, seed=1)
    assert np.array_equal(read(name)(X)[:, 0], y)


@pytest.mark.parametrize("name", [*PROBLEMS, *SIZES])
def test_a_line_does_where_it_says_so_and_nowhere_else(name):
    problem = get_problem(name)
    X, y = problem.sample(2000, noise=0)
    assert separable(X, y) == problem.line
    assert problem.line == ("line does; " not in problem.takes and "No " not in problem.takes
                            and "ReLU needs" not in problem.takes)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("threshold", ()),
        ("blobs", ()),
        ("intervals", (2,)),
        ("wedge", (2,)),
        ("xor", (2,)),
        ("moons", (3,)),
        ("circles", (3,)),
        ("checkerboard-4", (6, 2)),
        ("parity-4", (4,)),
        ("parity-9", (9,)),
        ("sawtooth-4", (2, 2, 2, 2)),
    ],
)
def test_its_network_has_the_units_of_the_statement(name, hidden):
    assert read(name).layer_sizes[1:-1] == hidden


@pytest.mark.parametrize("bits", range(2, 10))
def test_the_network_of_parity_is_right_on_every_corner(bits):
    corners = np.array(list(product((0, 1), repeat=bits)))
    assert np.array_equal(read(f"parity-{bits}")(corners)[:, 0], corners.sum(axis=1) % 2)


def test_the_network_of_the_moons_is_right_on_the_whole_arcs_with_room_to_spare():
    t = np.linspace(0, np.pi, 100_001)
    upper = np.column_stack([np.cos(t), np.sin(t)])
    before_the_step = parse(get_problem("moons").equation.removeprefix("step(").removesuffix(")"))
    room = 0.2  # an arc bends by less than its step of 0.00004 between two samples
    assert before_the_step(upper).min() > room
    assert before_the_step([1, 0.5] - upper).max() < -room


def test_the_tent_map_is_above_one_half_exactly_around_the_odd_points():
    x = np.arange(0, 16, 0.125) / 16
    on = np.round(16 * x) % 2 == 1
    between = np.isclose(16 * x % 1, 0.5)
    assert np.array_equal(read("sawtooth-4")(x[~between, None])[:, 0], on[~between])


@given(st.lists(st.floats(-3, 3), min_size=8, max_size=8), st.integers(0, 10**6))
def test_a_piece_of_a_shallow_relu_network_changes_the_label_at_most_once(weights, seed):
    # w units have at most w + 1 pieces, so at most w + 1 sign changes: here w = 8.
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-3, 3, 4000))
    z = np.maximum(0, x[:, None] * rng.normal(size=8) + weights) @ rng.normal(size=8)
    signs = np.sign(z - np.median(z))
    signs = signs[signs != 0]
    assert np.count_nonzero(signs[1:] != signs[:-1]) <= 9


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=4))
def test_two_half_planes_around_a_point_share_a_direction_to_infinity(normals):
    # So what two step units cut out around the disc meets the ring.
    n = np.array(normals).reshape(2, 2)
    angles = np.linspace(0, 2 * np.pi, 3601)
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    assert (directions @ n.T <= 2e-3).all(axis=1).any()


def test_the_feature_of_the_circles_makes_one_unit_enough():
    X, y = get_problem("circles").sample(2000)
    assert separable((X**2).sum(axis=1, keepdims=True), y)


def test_the_tip_of_the_lower_moon_is_a_mixture_of_points_of_the_upper_one():
    assert np.allclose(0.25 * np.array([-1, 0]) + 0.25 * np.array([1, 0]) + 0.5 * np.array([0, 1]),
                       [0, 0.5])  # fmt: skip
