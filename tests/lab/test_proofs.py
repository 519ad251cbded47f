"""Formulas, sums of steps and ReLUs, the sawtooth and what is heard: against what they must be."""

import itertools
import math
import random

import numpy as np
import pytest

import gradatim
from tests.lab.asking import ask, ask_one
from tests.lab.test_links import make_state

# Formulas


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", lambda x: x),
        ("2x + 1", lambda x: 2 * x + 1),
        ("-x^2", lambda x: -(x**2)),
        ("2^-x", lambda x: 2**-x),
        ("x^2^3", lambda x: x**8),
        ("1 - 2 - x", lambda x: -1 - x),
        ("8/2/x", lambda x: 4 / x),
        ("3(x + 1)(x - 1)", lambda x: 3 * (x + 1) * (x - 1)),
        ("sin(2pi x)", lambda x: math.sin(2 * math.pi * x)),
        ("2 sin(x) cos(x)", lambda x: 2 * math.sin(x) * math.cos(x)),
        ("exp(-x²) · 3", lambda x: 3 * math.exp(-(x**2))),
        (
            "relu(x - 1) + step(x) - sigmoid(x)",
            lambda x: max(x - 1, 0) + 1 - 1 / (1 + math.exp(-x)),
        ),
        ("1.5e-1 x₁ \N{MINUS SIGN} e", lambda x: 0.15 * x - math.e),
    ],
)
def test_a_formula_has_the_values_of_arithmetic(text, expected):
    found = ask_one(ask="formula", text=text, at=[[1.25], [0.5]])
    assert (found["dims"], found["isClass"]) == (1, False)
    assert found["values"] == pytest.approx([expected(1.25), expected(0.5)], rel=1e-14)


def test_a_comparison_makes_classes():
    found = ask_one(ask="formula", text="y > x^2", at=[[1, 2], [1, 0.5], [-2, 5]])
    assert found == {"dims": 2, "isClass": True, "values": [1, 0, 1]}
    assert ask_one(ask="formula", text="x1 < 3", at=[[1], [4]])["values"] == [1, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write a formula"),
        ("sin", "bracket is missing"),
        ("sin(x", "closing bracket"),
        ("x +", "ends too early"),
        ("x)", "not understood here"),
        ("alert(1)", "“alert” is not understood"),
        ("x; y", "“; y” is not understood"),
        ("constructor(x)", "“constructor” is not understood"),
        ("__proto__", "not understood"),
        ("y", "formula of x alone"),
        ("x < 1 < 2", "not understood here"),
        ("(" * 79, "ends too early"),
        ("x" * 81, "at most 80"),
        ("<script>", "“<” is not understood"),
        ("\u202ex", "not understood"),
    ],
)
def test_what_is_no_formula_is_told_in_words(text, said):
    assert said in ask_one(ask="formula", text=text, at=[])["error"]


def test_a_hundred_random_texts_are_a_formula_or_told():
    rng = random.Random(3)
    alphabet = [
        "x",
        "y",
        "sin",
        "(",
        ")",
        "+",
        "-",
        "*",
        "/",
        "^",
        "2",
        ".",
        "<",
        ">",
        "e",
        "π",
        "'",
        "`",
        "${",
    ]
    texts = ["".join(rng.choices(alphabet, k=rng.randrange(1, 30))) for _ in range(100)]
    for found in ask(*({"ask": "formula", "text": text, "at": []} for text in texts)):
        assert "error" in found or found["values"] == []


# Numbers instead of classes


def test_a_formula_gives_targets_of_mean_zero_and_variance_one():
    data = make_state()["data"] | {"source": "formula", "formula": "3x^2 + 1", "noise": 0, "n": 200}
    found = ask_one(ask="data", data=data)
    x, y, scale = np.array(found["X"]), np.array(found["targets"]), found["yScale"]
    assert (found["dims"], found["nClasses"], found["classes"]) == (1, 1, [])
    assert (y.mean(), y.std()) == pytest.approx((0, 1), abs=1e-12)
    real = found["scale"]["spread"] * x
    np.testing.assert_allclose(
        scale["center"] + scale["spread"] * y, 3 * real**2 + 1, rtol=1e-12, atol=1e-12
    )


def test_the_task_of_a_curve_is_the_squared_loss_of_its_targets():
    state = make_state()
    state["data"] |= {"source": "curve", "points": [[-1, 0.5, 0], [1, -2, 0]], "held": 0}
    state["net"] |= {
        "inputs": 1,
        "activations": [["logistic"]],
        "parameters": [1, 0],
        "edges": [1, 1],
    }
    task = ask_one(ask="task", state=state)
    assert (task["loss"], task["isCurve"], task["nOut"]) == ("squared", True, 1)
    assert task["y"] == [0.5, -2]


def test_a_formula_of_two_inputs_has_two_classes_by_its_comparison():
    data = make_state()["data"] | {"source": "formula", "formula": "y > x", "noise": 0}
    found = ask_one(ask="data", data=data)
    points = np.array(found["X"]).reshape(-1, 2)
    np.testing.assert_array_equal(found["labels"], points[:, 1] > points[:, 0])


def test_formulas_curves_and_proofs_travel_in_a_link():
    state = make_state()
    state["data"] |= {"source": "formula", "points": [], "formula": "y > sin(2x)"}
    state["proofs"] = {
        "part": "sum",
        "formula": "x²/3",
        "low": -1.5,
        "high": 2,
        "unit": "relu",
        "units": 12,
        "doublings": 5,
    }
    assert ask_one(ask="roundTrip", state=state, everyDigit=True)["state"] == state


def test_a_table_of_numbers_alone_is_a_curve_of_the_last_over_the_first():
    text = "day,noise,sales\n" + "".join(f"{k},{k % 7},{k * k}\n" for k in range(40))
    found = ask_one(ask="readTable", text=text)
    assert found["isCurve"]
    day, sales = np.arange(40.0), np.arange(40.0) ** 2
    expected = np.column_stack([(v - v.mean()) / v.std() for v in (day, sales)])
    np.testing.assert_allclose(np.array(found["points"])[:, :2], expected, atol=1 / 1024)
    assert "The network learns (sales" in found["says"]


# Sums


def test_steps_are_the_best_of_their_number_and_the_equation_is_that_sum():
    sums = ask_one(ask="sums", text="x", unit="heaviside", low=0, high=1, most=9)
    for n, one in enumerate(sums, 1):
        # n + 1 heights share the range of 1; the samples leave out what lies between them.
        assert one["error"] == pytest.approx(1 / (2 * n + 2), abs=1 / 2000)
        x = np.linspace(0, 1, 2001)
        off = np.abs(gradatim.parse(one["equation"])(x[:, None])[:, 0] - x)
        assert off.max() == pytest.approx(one["error"], abs=1e-9)


def test_more_steps_are_never_worse_and_as_near_as_certified_ones():
    sums = ask_one(ask="sums", text="sin(2pi x)", unit="heaviside", low=0, high=1, most=20)
    errors = [one["error"] for one in sums]
    assert errors == sorted(errors, reverse=True)
    found = gradatim.approximate("sin(2*pi*x)", tolerance=0.2, activation="step")
    assert errors[found.network.layer_sizes[1] - 1] <= 0.2 + 1e-3


def test_relus_bend_where_the_error_is_largest_and_the_equation_is_that_sum():
    sums = ask_one(ask="sums", text="exp(x)", unit="relu", low=-1, high=1, most=8)
    x = np.linspace(-1, 1, 2001)
    errors = [one["error"] for one in sums]
    for one in sums:
        off = np.abs(gradatim.parse(one["equation"])(x[:, None])[:, 0] - np.exp(x))
        assert off.max() == pytest.approx(one["error"], abs=1e-9)
    # The chord is farthest from the curve where the slope of that is its own.
    slope = (math.e - 1 / math.e) / 2
    assert errors[0] == pytest.approx(1 / math.e + slope * math.log(slope), abs=1e-5)
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("doublings", range(8))
def test_the_sawtooth_is_the_librarys_and_its_pieces_are_counted(doublings):
    teeth = 2**doublings
    deep, shallow = ask_one(ask="sawtooth", doublings=doublings)
    from gradatim.depth import count_pieces, deep_sawtooth, shallow_sawtooth

    units = min(2 * doublings + 2, 2 * teeth)
    for found, network in (
        (deep, deep_sawtooth(teeth)),
        (shallow, shallow_sawtooth(teeth, units)),
    ):
        for layer, expected in zip(found["layers"], network.layers, strict=True):
            np.testing.assert_array_equal(layer["weight"], expected.weight)
            np.testing.assert_array_equal(layer["bias"], expected.bias)
        assert found["pieces"] == count_pieces(network, (0, 1))


# What is heard


def test_a_tone_stands_at_its_frequency():
    rate, frequency = 16000, 2000
    samples = np.sin(2 * np.pi * frequency * np.arange(4000) / rate)
    columns = ask_one(ask="spectrogram", samples=samples.tolist(), columns=5)
    for powers in columns[1:-1]:
        assert np.argmax(powers) * rate / 512 == frequency


def test_the_transform_is_numpys():
    samples = np.random.default_rng(0).normal(size=512).astype(np.float32)
    [powers] = ask_one(ask="spectrogram", samples=samples.tolist(), columns=1)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)
    expected = np.abs(np.fft.fft(samples.astype(float) * window))[:256] ** 2
    np.testing.assert_allclose(powers, expected, rtol=1e-10, atol=1e-9)


# The wall


def test_the_best_have_most_right_then_the_least_loss():
    scores = [
        {"accuracy": a, "loss": loss} for a, loss in ((0.5, 1), (0.9, 3), (0.9, 2), (1, 5), (1, 5))
    ]
    assert ask_one(ask="bestFirst", scores=[None, *scores]) == [4, 5, 3, 2, 1, 0]
    assert ask_one(ask="bestFirst", scores=[{"accuracy": None, "loss": x} for x in (3, 1)]) == [
        1,
        0,
    ]


@pytest.mark.parametrize("values", [[3], [1, 2], [5, 1, 3], [4, 1, 3, 2]])
def test_the_median_is_numpys(values):
    assert ask_one(ask="median", values=values) == np.median(values)


# Links that hide


@pytest.mark.parametrize(
    ("end", "alone", "hidden"),
    [
        ("", False, []),
        ("&only", True, []),
        ("&hide=points,loss", False, ["points", "loss"]),
        ("&only&hide=share", True, ["share"]),
        ("&hide=constructor,x", False, []),
    ],
)
def test_the_end_of_a_link_says_what_is_hidden(end, alone, hidden):
    found = ask_one(ask="link", hash=f"#s=AAAA{end}")
    assert found == {"code": "AAAA", "isAlone": alone, "hidden": hidden}


@pytest.mark.parametrize("end", ["&hide=<b>", "&hide=points&only", "&x", "&only&only"])
def test_another_end_is_no_link(end):
    assert ask_one(ask="link", hash=f"#s=AAAA{end}")["code"] == "?"


def test_four_points_prove_that_no_line_separates_in_plain_words():
    words = {
        say: ask_one(ask="explain", points=points)
        for say, points in {
            "cross": [[0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 1]],
            "between": [[0, 0, 0], [2, 0, 0], [1, 0, 1]],
            "either": [[1, 1, 0], [1, 1, 1]],
            "Yes": [[0, 0, 0], [1, 1, 1]],
        }.items()
    }
    assert all(say in text for say, text in words.items()), words
    assert len(set(itertools.chain(words.values()))) == 4
