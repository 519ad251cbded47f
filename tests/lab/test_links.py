"""Links hold the whole state, and what is no link changes nothing."""

import base64
import itertools
import random
import re

import pytest

from tests.lab.asking import ask, ask_one

GRID = 1024


def on_grid(rng):
    return rng.randrange(-8 * GRID, 8 * GRID) / GRID


def make_state(seed=0, hidden=((8, "tanh"), (8, "relu")), n_points=100, cut=False):
    """Return a state with everything at other than its usual values."""
    rng = random.Random(seed)
    activations = [[name] * n for n, name in hidden] + [["logistic"]]
    sizes = [2, *(len(units) for units in activations)]
    n = sum(b * (a + 1) for a, b in itertools.pairwise(sizes))
    edges = [1] * n
    if cut:
        edges[0] = edges[5] = 0
    return {
        "view": "network",
        "neuron": {
            "weights": [0.8, -1.25],
            "bias": 0.1 + 0.2,
            "activation": "softplus",
            "at": [3.0, -0.3333333333333333],
            "threshold": 0.7,
            "points": [[on_grid(rng), on_grid(rng), k % 2] for k in range(5)],
        },
        "data": {
            "source": "own",
            "problem": "moons",
            "n": 240,
            "noise": 0.15,
            "seed": 4,
            "held": 20,
            "points": [[on_grid(rng), on_grid(rng), rng.randrange(2)] for _ in range(n_points)],
            "formula": "sin(2x)",
        },
        "net": {
            "inputs": 3,
            "activations": activations,
            "parameters": [rng.gauss(0, 1) for _ in range(n)],
            "edges": edges,
            "epochs": 123456,
        },
        "recipe": {
            "optimizer": "adamw",
            "learningRate": 0.003,
            "batch": 25,
            "weightDecay": 0.0001,
            "start": "he",
            "seed": 77,
        },
        "proofs": {
            "part": "line",
            "formula": "sin(2pi x)",
            "low": 0,
            "high": 1,
            "unit": "heaviside",
            "units": 4,
            "doublings": 3,
        },
    }


def test_every_digit_of_every_field_comes_back():
    for state in (make_state(), make_state(1, ((3, "heaviside"),), 0, cut=True)):
        assert ask_one(ask="roundTrip", state=state, everyDigit=True)["state"] == state


def test_units_with_functions_of_their_own_come_back():
    state = make_state()
    state["net"]["activations"][0] = ["tanh", "relu", "sign", "gelu"] * 2
    assert ask_one(ask="roundTrip", state=state, everyDigit=True)["state"] == state


def test_a_short_link_has_sixteen_bits_of_each_weight_and_all_else_exactly():
    state = make_state()
    back = ask_one(ask="roundTrip", state=state, everyDigit=False)["state"]
    for given, found in zip(state["net"]["parameters"], back["net"]["parameters"], strict=True):
        assert abs(found - given) <= abs(given) * 2**-16
    back["net"]["parameters"] = state["net"]["parameters"]
    assert back == state


def test_a_small_network_is_exact_without_being_asked():
    state = make_state(2, ((4, "tanh"),))
    assert ask_one(ask="roundTrip", state=state, everyDigit=False)["state"] == state


def test_105_weights_and_100_points_take_at_most_1100_characters_and_3000_with_every_digit():
    state = make_state()
    assert len(state["net"]["parameters"]) == 105
    short, exact = ask(
        {"ask": "roundTrip", "state": state, "everyDigit": False},
        {"ask": "roundTrip", "state": state, "everyDigit": True},
    )
    assert len(short["text"]) <= 1100
    assert len(exact["text"]) <= 3000
    assert re.fullmatch(r"[\w-]+", short["text"])


def test_points_off_the_grid_and_of_six_classes_come_back():
    state = make_state()
    state["data"]["points"] = [[0.1, 1e-30, 5], [1e20, -2 / 3, 0], [3.0, 4.0, 2]]
    assert ask_one(ask="roundTrip", state=state, everyDigit=True)["state"] == state


def hostile():
    """Return 100 texts that are no states: cut, changed, grown, made up, and programs."""
    rng = random.Random(5)
    good = ask_one(ask="roundTrip", state=make_state(), everyDigit=False)["text"]
    scripts = [
        "<script>alert(1)</script>",
        "javascript:alert(1)",
        '"><img src=x onerror=alert(1)>',
        "__proto__",
        "constructor",
        "%3Cscript%3E",
        "data:text/html,<b>",
        "\u202e\u0000",
        "",
        "A" * 70000,
    ]
    cut = [good[: rng.randrange(len(good))] for _ in range(30)]
    changed = []
    for _ in range(30):
        at = rng.randrange(len(good))
        other = rng.choice([c for c in "ABCxyz019-_" if c != good[at]])
        changed.append(good[:at] + other + good[at + 1 :])
    made_up = [
        base64.urlsafe_b64encode(rng.randbytes(rng.randrange(1, 400))).decode().rstrip("=")
        for _ in range(20)
    ]
    grown = [good + "A" * rng.randrange(1, 9) for _ in range(10)]
    texts = [*scripts, *cut, *changed, *made_up, *grown]
    assert len(texts) == 100
    return texts


def test_a_hundred_hostile_links_are_refused_in_words():
    for text, answer in zip(
        texts := hostile(), ask(*({"ask": "decode", "text": t} for t in texts)), strict=True
    ):
        assert answer.get("isLinkError"), (text[:60], answer)


def checksum(data):
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return ((a ^ (b * 31)) & 0xFFFF).to_bytes(2, "big")


def test_a_hundred_links_with_right_checksums_and_wrong_bytes_give_a_whole_state_or_none():
    """A stranger can compute the checksum; limits must hold without it."""
    rng = random.Random(6)
    good = ask_one(ask="roundTrip", state=make_state(), everyDigit=False)["text"]
    data = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))[:-2]
    texts = []
    for _ in range(100):
        wrong = bytearray(data)
        for _ in range(rng.randrange(1, 6)):
            wrong[rng.randrange(1, len(wrong) if rng.random() < 0.3 else 60)] = rng.randrange(256)
        wrong = bytes(wrong[: rng.choice([len(wrong), len(wrong), rng.randrange(2, len(wrong))])])
        whole = wrong + checksum(wrong)
        texts.append(base64.urlsafe_b64encode(whole).decode().rstrip("="))
    limits = ask_one(ask="limits")
    for answer in ask(*({"ask": "decode", "text": text} for text in texts)):
        if "error" in answer:
            assert answer["isLinkError"], answer
            continue
        state = answer["state"]
        sizes = [len(units) for units in state["net"]["activations"]]
        assert 1 <= len(sizes) <= limits["layers"]
        assert all(1 <= n <= limits["units"] for n in sizes)
        assert {n for units in state["net"]["activations"] for n in units} <= {
            *limits["activations"]
        }
        assert len(state["data"]["points"]) <= limits["points"]
        assert state["view"] in ("neuron", "network", "practice", "race", "wall", "proofs")
        assert state["data"]["problem"] in limits["problems"]
        assert all(v is not None for v in state["net"]["parameters"])  # JSON has null for NaN
        assert len(state["neuron"]["weights"]) == len(state["neuron"]["at"])


@pytest.mark.parametrize(("dims", "refused"), [(0, True), (2, False)])
def test_a_link_to_a_page_with_a_table_needs_that_page(dims, refused):
    state = make_state()
    state["data"] |= {"source": "lesson", "points": []}
    text = ask_one(ask="roundTrip", state=state, everyDigit=False)["text"]
    answer = ask_one(ask="decode", text=text, lessonDims=dims)
    assert ("error" in answer) == refused


def test_a_link_of_the_first_version_is_still_read():
    """It had no formula and no proofs; written before there were any."""
    text = (
        "AQMBBIDxBL64AsCpBwAAgAAEyAEABx4AgAMCAgAEBQEBAwAJAQAAAAAAAAAAP9AAAAAAAAA_4AAAAAAAAD_o"
        "AAAAAAAAP_AAAAAAAAA_9AAAAAAAAD_4AAAAAAAAP_wAAAAAAABAAAAAAAAAAAEBkAMKAAABl80"
    )
    state = ask_one(ask="decode", text=text)["state"]
    assert (state["view"], state["data"]["seed"], state["data"]["formula"]) == (
        "race",
        7,
        "sin(2x)",
    )
    assert state["neuron"]["weights"] == [2]
    assert state["net"]["activations"] == [["tanh", "relu"], ["logistic"]]
    assert state["net"]["parameters"] == [k / 4 for k in range(9)]
    assert state["proofs"] == make_state()["proofs"]
