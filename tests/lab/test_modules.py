"""The page computes what the library computes: points, lines, networks as text, answers."""

import itertools
import json
import random
from fractions import Fraction

import numpy as np
import pytest

import gradatim
from gradatim.lab.lesson import MOST_CLASSES, MOST_LAYERS, MOST_POINTS, MOST_UNITS, PROBLEM_NAMES
from gradatim.problems import get_problem
from tests.lab.asking import ask, ask_one
from tests.lab.test_links import make_state


def test_python_and_the_page_have_the_same_limits_and_problems():
    limits = ask_one(ask="limits")
    assert limits["problems"] == list(PROBLEM_NAMES)
    assert (limits["points"], limits["classes"]) == (MOST_POINTS, MOST_CLASSES)
    assert (limits["layers"], limits["units"]) == (MOST_LAYERS, MOST_UNITS)


@pytest.mark.parametrize("name", PROBLEM_NAMES)
def test_points_of_the_page_are_those_of_the_problem(name):
    problem = get_problem(name)
    drawn = ask_one(ask="points", problem=name, n=400, noise=0, seed=3)
    X = np.array(drawn["X"]).reshape(-1, drawn["dims"])
    if drawn["scale"]:
        X = X * drawn["scale"]["spread"] + drawn["scale"]["center"]
    labels = np.array(drawn["labels"])
    assert drawn["dims"] == problem.n_features
    assert drawn["noise"] == problem.noise
    assert labels.sum() == 200
    assert len({tuple(row) for row in X}) > 300
    # The same places, up to the page's grid of 1/1024.
    reference, _ = problem.sample(4000, noise=0, seed=1)
    spread = reference.std(axis=0)
    np.testing.assert_allclose(X.mean(axis=0), reference.mean(axis=0), atol=0.25 * spread.max())
    np.testing.assert_allclose(X.std(axis=0), spread, rtol=0.15)
    if problem.equation:
        network = gradatim.parse(problem.equation)
        np.testing.assert_array_equal(network(X)[:, 0], labels)
    else:
        # Two spirals: the angle tells the arm.
        radius, angle = np.hypot(*X.T), np.arctan2(X[:, 1], X[:, 0])
        turns = ((angle - np.pi * 3 * radius) / np.pi).round().astype(int) % 2
        np.testing.assert_array_equal(turns, labels)


def test_the_share_that_is_held_out_depends_on_the_seed_only():
    first, again, other = ask(
        {"ask": "held", "n": 50, "share": 0.3, "seed": 1},
        {"ask": "held", "n": 50, "share": 0.3, "seed": 1},
        {"ask": "held", "n": 50, "share": 0.3, "seed": 2},
    )
    assert sum(first) == 15
    assert first == again != other


# Lines


def is_separated(line, points):
    w1, w2, w0 = map(Fraction, line)
    values = [(w1 * Fraction(x) + w2 * Fraction(y) + w0, label) for x, y, label in points]
    return all(value > 0 if label else value < 0 for value, label in values)


def is_between(points, p):
    """Whether p is a convex combination of at most three points, in fractions."""
    p = [Fraction(v) for v in p]
    corners = [[Fraction(v) for v in q[:2]] for q in points]
    if len(corners) == 1:
        return corners[0] == p
    if len(corners) == 2:
        (ax, ay), (bx, by) = corners
        turn = (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax)
        return (
            turn == 0 and min(ax, bx) <= p[0] <= max(ax, bx) and min(ay, by) <= p[1] <= max(ay, by)
        )
    signs = [
        (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    return all(s >= 0 for s in signs) or all(s <= 0 for s in signs)


def assert_proved(found, points):
    if found["separable"]:
        assert found["line"] is None or is_separated(found["line"], points)
        return
    zero = [points[i] for i in found["witness"] if points[i][2] == 0]
    one = [points[i] for i in found["witness"] if points[i][2] == 1]
    if found["why"] == "crossing":
        (a, b), (c, d) = zero, one
        side = lambda p, q, r: (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])  # noqa: E731
        assert side(a, b, c) * side(a, b, d) < 0 > side(c, d, a) * side(c, d, b)
    elif len(zero) == 1:
        assert is_between(one, zero[0][:2])
    else:
        assert len(one) == 1
        assert is_between(zero, one[0][:2])


def test_separability_is_proved_either_way_and_agrees_with_the_library():
    rng = random.Random(8)
    sets = []
    for k in range(120):
        size = rng.choice([3, 6, 4096])
        n = rng.randrange(2, 14)
        points = [
            [rng.randrange(size) / 8, rng.randrange(size) / 8, rng.randrange(2)] for _ in range(n)
        ]
        if k % 3 == 0:
            points = [[x, y, int(x + 2 * y > size / 5)] for x, y, _ in points]
        if len({p[2] for p in points}) == 2:
            sets.append(points)
    answers = ask(*({"ask": "separate", "points": points} for points in sets))
    assert {answer["why"] for answer in answers} == {None, "same", "inside", "crossing"}
    for points, found in zip(sets, answers, strict=True):
        assert_proved(found, points)
        X, y = np.array([p[:2] for p in points]), np.array([p[2] for p in points])
        assert gradatim.separate(X, y).separable == found["separable"], points


def test_a_point_that_misses_a_segment_by_one_rounding_is_told_from_one_that_lies_on_it():
    on = [[0, 0, 0], [2, 2, 0], [1, 1, 1]]
    beside = [[0, 0, 0], [2, 2, 0], [1, float(np.nextafter(1, 2)), 1]]
    first, second = ask({"ask": "separate", "points": on}, {"ask": "separate", "points": beside})
    assert (first["separable"], first["why"]) == (False, "inside")
    assert second["separable"]
    assert_proved(second, beside)


def test_one_class_or_no_point_needs_no_line():
    for points in ([], [[0, 0, 1]], [[0, 0, 0], [1, 2, 0]]):
        assert ask_one(ask="separate", points=points)["separable"]


def test_the_perceptron_rule_by_hand():
    points = [[1, 2, 1], [-1, 0, 0], [2, -3, 0]]
    # 0 >= 0 is class 1: the second point is the first that is wrong, and is subtracted.
    step = ask_one(ask="perceptron", weights=[0, 0], bias=0, points=points, **{"from": 0})
    assert step == {"at": 1, "weights": [1, 0], "bias": -1}
    # From there (2, -3) is wrong: 2 - 1 >= 0.
    step = ask_one(ask="perceptron", weights=[1, 0], bias=-1, points=points, **{"from": 2})
    assert step == {"at": 2, "weights": [-1, 3], "bias": -2}
    assert ask_one(ask="perceptron", weights=[0, 1], bias=-1, points=points, **{"from": 0}) is None


# Networks as text

ELEMENTWISE = ["identity", "sign", "heaviside", "logistic", "tanh", "relu", "leaky_relu", "elu"]
ELEMENTWISE += ["gelu", "silu", "softplus"]


def random_net(rng, sizes, last=None):
    activations = [[rng.choice(ELEMENTWISE) for _ in range(n)] for n in sizes[1:]]
    if last:
        activations[-1] = [last] * sizes[-1]
    n = sum(b * (a + 1) for a, b in itertools.pairwise(sizes))
    edges = [1 if rng.random() < 0.85 else 0 for _ in range(n)]
    parameters = [rng.choice([1, -1, 0, 1e-9, rng.gauss(0, 1)]) for _ in range(n)]
    at = 0
    for a, b in itertools.pairwise(sizes):
        edges[at + a * b : at + a * b + b] = [1] * b
        at += b * (a + 1)
    # As in the page, what is cut has no weight.
    parameters = [w if edge else 0 for w, edge in zip(parameters, edges, strict=True)]
    return {"activations": activations, "parameters": parameters, "edges": edges}


@pytest.fixture(scope="module")
def written():
    rng = random.Random(9)
    cases = []
    for k in range(60):
        sizes = [rng.choice([1, 2, 4]), *(rng.randrange(1, 5) for _ in range(rng.randrange(1, 4)))]
        last = "softmax" if k % 5 == 0 and sizes[-1] > 1 else None
        names = ["x1", "x2", "s1", "p12"][: sizes[0]]
        cases.append((random_net(rng, sizes, last), sizes, names))
    answers = ask(
        *(
            {"ask": "write", "net": net, "nInputs": sizes[0], "names": names}
            for net, sizes, names in cases
        )
    )
    points = np.random.default_rng(1).normal(0, 2, (20, 4))
    exact = ask(
        *(
            {
                "ask": "planes",
                "net": net,
                "nInputs": sizes[0],
                "X": points[:, : sizes[0]].ravel().tolist(),
            }
            for net, sizes, _ in cases
        )
    )
    return [
        (sizes, names, text, points[:, : sizes[0]], np.array(found["exact"][-1]).reshape(20, -1))
        for (_, sizes, names), text, found in zip(cases, answers, exact, strict=True)
    ]


def test_the_equation_is_read_by_gradatim_as_the_same_network(written):
    for sizes, names, text, X, expected in written:
        network = gradatim.parse(text["equation"])
        columns = [list(names).index(name) for name in network.input_names]
        np.testing.assert_allclose(network(X[:, columns]), expected, rtol=1e-9, atol=1e-12)
        assert network.n_outputs == sizes[-1]


def test_programs_compute_the_same(written, capsys):
    for _, _, text, X, expected in written:
        for key in ("numpy", "python"):
            scope: dict = {}
            exec(text[key], scope)  # what the page wrote a moment ago
            outputs = scope["predict"](X) if key == "numpy" else scope["network"](X)
            np.testing.assert_allclose(outputs, expected, rtol=1e-12, atol=1e-12)
    assert capsys.readouterr().out


def test_latex_of_a_neuron_by_hand():
    net = {"activations": [["logistic"]], "parameters": [1, -2, -2.5], "edges": [1, 1, 1]}
    text = ask_one(ask="write", net=net, nInputs=2, names=["x1", "x2"])
    assert text["equation"] == "sigmoid(x1 - 2x2 - 2.5)"
    assert (
        text["latex"].splitlines()[1] == r"  y_{1} &= \operatorname{sigmoid}(x_{1} - 2 x_{2} - 2.5)"
    )


def test_maps_are_within_a_thousandth_of_the_exact_outputs():
    rng = random.Random(10)
    for activation in ELEMENTWISE:
        net = random_net(rng, [2, 4, 3])
        net["activations"] = [[activation] * 4, ["tanh"] * 3]
        X = np.random.default_rng(2).normal(0, 1, (50, 2)).ravel().tolist()
        found = ask_one(ask="planes", net=net, nInputs=2, X=X)
        for planes, exact in zip(found["planes"], found["exact"], strict=True):
            np.testing.assert_allclose(
                np.array(planes).T, np.array(exact).reshape(50, -1), atol=3e-3, rtol=1e-3
            )


@pytest.mark.parametrize(
    ("text", "weights", "bias", "activation"),
    [
        ("sigmoid(x1 - 2.5)", [1], -2.5, "logistic"),
        ("0.8x1+0.4", [0.8], 0.4, "identity"),
        ("tanh(3 * x_1 \N{MINUS SIGN} x₂/4 + 1/2)", [3, -0.25], 0.5, "tanh"),
        ("a(x1 - 5)", [1], -5, None),
        ("step(-x + 50)", [-1], 50, "heaviside"),
        ("ReLU(0,5x2)", [0, 0.5], 0, "relu"),
        ("sign(2 - x1 - x1)", [-2], 2, "sign"),
    ],
)
def test_neurons_are_read_as_gradatim_reads_them(text, weights, bias, activation):
    found = ask_one(ask="readEquation", text=text)
    assert found == {"weights": weights, "bias": bias, "activation": activation}
    if activation and "," not in text:
        network = gradatim.parse(text)
        [layer] = network.layers
        assert layer.activation == activation
        assert layer.bias[0] == bias
        names = [name.replace("_", "") for name in network.input_names]
        assert dict(zip(names, layer.weight[0], strict=True)).get("x2", 0) == [*weights, 0][1]


@pytest.mark.parametrize(
    "text", ["", "tanh(x1", "x3", "tanh(x1^2)", "x1 x2", "alert(1)", "1/0", "x1/0", "x" * 300]
)
def test_what_is_no_neuron_is_told_in_words(text):
    found = ask_one(ask="readEquation", text=text)
    assert set(found) == {"error"}
    assert found["error"].endswith(".")


# Shapes and tasks


def test_a_layer_more_keeps_the_weights_below_it():
    state = make_state(3, ((3, "tanh"),), 10)
    wanted = {"activations": [["tanh"] * 3, ["relu"] * 2, ["logistic"]]}
    made = ask_one(ask="reshape", state=state, wanted=wanted, dims=2, nClasses=2, dimsBefore=2)
    assert made["net"]["activations"] == wanted["activations"]
    assert made["net"]["parameters"][:9] == state["net"]["parameters"][:9]
    assert len(made["net"]["parameters"]) == 9 + 2 * 4 + 3


def test_a_unit_less_and_an_input_more_keep_what_remains():
    state = make_state(4, ((3, "tanh"),), 10)
    old = state["net"]["parameters"]
    wanted = {"inputs": 0b111, "activations": [["tanh"] * 2, ["logistic"]]}
    new = ask_one(ask="reshape", state=state, wanted=wanted, dims=2, nClasses=2, dimsBefore=2)[
        "net"
    ]["parameters"]
    assert (new[0], new[1], new[3], new[4]) == (old[0], old[1], old[2], old[3])
    assert (new[6], new[7]) == (old[6], old[7])
    assert (new[8], new[9], new[10]) == (old[9], old[10], old[12])


def test_three_classes_have_a_softmax_of_three():
    state = make_state(5, ((3, "tanh"),), 10)
    made = ask_one(ask="reshape", state=state, wanted={}, dims=2, nClasses=3, dimsBefore=2)
    assert made["net"]["activations"] == [["tanh"] * 3, ["softmax"] * 3]


def test_targets_are_what_the_output_can_reach():
    state = make_state(6, ((2, "tanh"),), 12)
    state["data"]["held"] = 25
    for output, low, loss in (
        ("logistic", 0, "binary"),
        ("tanh", -1, "squared"),
        ("identity", 0, "squared"),
    ):
        state["net"]["activations"][-1] = [output]
        task = ask_one(ask="task", state=state)
        assert (task["loss"], task["n"], len(task["heldLabels"])) == (loss, 9, 3)
        assert task["y"] == [1 if label else low for label in task["labels"]]


# Practice

PART = {
    "answer": "2/3",
    "tolerance": "1/200",
    "slips": [{"value": "-2/3", "says": "a sign"}],
    "choices": [],
}


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("2/3", True),
        (" 0,667 ", True),
        ("0.67", True),
        (".66", False),
        ("66.4e-2", True),
        ("0.6", False),
    ],
)
def test_answers_are_judged_without_rounding(typed, right):
    assert ask_one(ask="judge", part=PART, typed=typed)["right"] == right


def test_a_slip_is_explained_and_what_is_no_number_is_no_attempt():
    assert ask_one(ask="judge", part=PART, typed="\N{MINUS SIGN}2/3") == {
        "right": False,
        "says": "a sign",
    }
    for typed in ("", "abc", "1/0", "1" * 500, "<b>", "0x10", "Infinity"):
        assert ask_one(ask="judge", part=PART, typed=typed) is None


def test_the_page_judges_as_the_terminal_does():
    exam = gradatim.make_exam(count=20, seed=11)
    from gradatim.lab.page import _parts

    cases, expected = [], []
    for question in exam.questions:
        for part, model in zip(question.parts, _parts(question), strict=True):
            if part.answer is None:
                continue
            for value in (
                part.answer,
                part.answer + part.tolerance,
                part.answer + 1,
                *(s.value for s in part.slips),
            ):
                cases.append({"ask": "judge", "part": model, "typed": str(value)})
                expected.append(part.accepts(value))
    # What is longer than a person types is not read.
    answers = ask(*cases)
    kept = [(a["right"], e) for a, e, c in zip(answers, expected, cases, strict=True) if a]
    assert len(kept) > 10
    assert json.loads(json.dumps(kept)) == [[e, e] for _, e in kept]


# The space before the output


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ((1, 1, 1), {(0, 1), (1, 0)}),
        ((1, 0, 0.5), {(0.5, 0), (0.5, 1)}),
        ((0, 2, 0.5), {(0, 0.25), (1, 0.25)}),
        ((1, -1, 0), {(0, 0), (1, 1)}),
        ((1, 1, 3), set()),
        ((0, 0, 1), set()),
    ],
)
def test_a_line_ends_where_it_leaves_the_square(line, ends):
    a, b, c = line
    found = ask_one(ask="lineInSquare", a=a, b=b, c=c, range=[0, 1])
    assert {tuple(end) for end in found} == ends


@pytest.mark.parametrize("n_inputs", [1, 2, 5])
@pytest.mark.parametrize("n_outputs", [1, 3, 6])
def test_shallow_and_deep_race_with_about_equally_many_parameters(n_inputs, n_outputs):
    perceptron, shallow, deep = ask_one(ask="contenders", nInputs=n_inputs, nOutputs=n_outputs)
    for one in (perceptron, shallow, deep):
        layers, n_in = [], n_inputs
        for n in (*one["hidden"], n_outputs):
            layers.append(gradatim.Layer(np.ones((n, n_in)), np.zeros(n)))
            n_in = n
        assert gradatim.Network(layers).n_parameters == one["parameters"]
    assert perceptron["hidden"] == []
    assert deep["hidden"] == [4, 4, 4]
    # One unit more or less is as near as a width can come; 16 units are the most there are.
    assert abs(shallow["parameters"] - deep["parameters"]) <= (n_inputs + n_outputs + 1) / 2 or (
        shallow["hidden"] == [16]
    )


# A table of a person's own


def test_a_table_is_standardized_and_its_columns_are_said():
    text = 'id,tempo,energy,genre\na,100,1,rock\nb,120,3,jazz\nc,140,5,rock\nd,120,3,"a, b"\n'
    found = ask_one(ask="readTable", text=text)
    # Means 120 and 3; the spread of (100, 120, 140, 120) is the root of 200.
    assert [label for _, _, label in found["points"]] == [2, 1, 2, 0]
    x = [round((v - 120) / 200**0.5 * 1024) / 1024 for v in (100, 120, 140, 120)]
    assert [p[0] for p in found["points"]] == x
    assert found["says"].startswith("x₁ stands for (tempo \N{MINUS SIGN} 120) / 14.14.")
    assert found["says"].endswith("Class 0 is a, b, class 1 is jazz, class 2 is rock.")


def test_decimal_commas_and_tables_without_names_are_read():
    found = ask_one(ask="readTable", text="\ufeff1,5;2;a\r\n2,5;4;b\r\n")
    assert [[x, y, k] for x, y, k in found["points"]] == [[-1, -1, 0], [1, 1, 1]]
    assert "column 1 \N{MINUS SIGN} 2" in found["says"]


def test_rows_beyond_the_limit_and_broken_ones_are_left_out_and_counted():
    rows = "".join(f"{k},{k % 7},{'ab'[k % 2]}\n" for k in range(2100))
    found = ask_one(ask="readTable", text="x,y,c\n" + rows + "1,2\n")
    assert len(found["points"]) == 2000
    assert found["says"].endswith("101 of 2101 rows were left out.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "fewer than two rows"),
        ("a\nb\nc\n", "only one cell"),
        ("x,y,c\n1,2,a\n2,3,a\n", "one class"),
        ("x,c\n1,a\n2,b\n", "two columns of numbers"),
        ("x,y,c\n1,,a\n2,3,b\n", "without gaps"),
        ("x\tz\n" + "".join(f"{k}\tn{k}\n" for k in range(9)), "No column has 6 classes"),
        ("," * 300 + "\n" + "," * 300 + "\n", "more than 200 columns"),
        ("x" * 2_000_001, "2 MB"),
        ("__proto__,constructor,toString\n1,NaN,a\n2,Infinity,b\n", "two columns of numbers"),
    ],
)
def test_tables_that_cannot_be_shown_are_refused_in_words(text, said):
    found = ask_one(ask="readTable", text=text)
    assert set(found) == {"error"}
    assert said in found["error"]


def test_names_that_cannot_be_seen_or_are_long_are_shown_safely():
    text = f"a\u202eb,{'n' * 90},c\n1,2,<b>\n3,4,\u0007\n"
    says = ask_one(ask="readTable", text=text)["says"]
    assert "\u202e" not in says
    assert "\u0007" not in says
    assert "n" * 41 not in says


def test_a_pixel_has_a_shade_of_its_likeliest_class_stronger_where_it_is_sure():
    planes = [[0.2, 0.9], [0.5, 0.05], [0.3, 0.05]]
    colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    found = ask_one(ask="paintClasses", planes=planes, paper=[0, 0, 0], colors=colors)
    (r1, g1, b1, _), (r2, g2, b2, _) = found[:4], found[4:]
    assert (r1, b1, g2, b2) == (0, 0, 0, 0)
    assert 0 < g1 < r2 < 255


def test_a_far_row_does_not_make_all_others_one_spot():
    data = make_state()["data"] | {"source": "lesson", "points": []}
    near = {"names": ["x1", "x2"], "X": [[0, 1], [2, -1]], "labels": [0, 1], "classes": ["a", "b"]}
    far = near | {"X": [[0, 1], [20, -1]]}
    assert ask_one(ask="window", table=near, data=data) == [-2.2, 2.2]
    assert ask_one(ask="window", table=far, data=data) == [-3.2, 3.2]
