"""The contract of progress, of the wrappers and of every function that tells how far it is."""

import inspect
import re
from pathlib import Path

import pytest

import gradatim
from gradatim._progress import scaled, steady, under
from gradatim.approximation import approximate
from gradatim.certificates import certify
from gradatim.comparisons import compare_depth, race
from gradatim.comparisons.approximations import error_by_width, train_units
from gradatim.comparisons.separable import find_methods
from gradatim.comparisons.separable.trained import train_hidden
from gradatim.separability import capacity, separate, separate_classes
from gradatim.separability.features import find_features
from gradatim.separability.hidden import build_hidden
from gradatim.training import fit_many
from gradatim.training.specs import NetworkSpec

SOURCE = Path(gradatim.__file__).parent
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
QUICK = {"n_seeds": 2, "max_epochs": 3}

# Whether shares are known, and a call that tells its progress.
CALLS = {
    "approximate": (False, lambda p: approximate("x^2", tolerance=0.1, progress=p)),
    "approximate in a plane": (
        False,
        lambda p: approximate("abs(x-y)", ((0, 1), (0, 1)), 0.2, progress=p),
    ),
    "build_hidden": (True, lambda p: build_hidden(*XOR, progress=p)),
    "capacity": (True, lambda p: capacity([1, 2], n_trials=2, progress=p)),
    "certify": (False, lambda p: certify(gradatim.parse("relu(x)"), "x^2", (0, 1), progress=p)),
    "compare_depth": (True, lambda p: compare_depth(2, budgets=[13], progress=p, **QUICK)),
    "error_by_width": (True, lambda p: error_by_width("x^2", (0, 1), [2, 4], progress=p, **QUICK)),
    "find_features": (True, lambda p: find_features(*XOR, progress=p)),
    "find_methods": (True, lambda p: find_methods(*XOR, n_seeds=3, progress=p)),
    "fit_many": (True, lambda p: fit_many([NetworkSpec((2,))], *XOR, progress=p)),
    "race": (True, lambda p: race("xor", budgets=[20], n_samples=60, progress=p, **QUICK)),
    "separate": (False, lambda p: separate(*XOR, progress=p)),
    "separate_classes": (True, lambda p: separate_classes(*XOR, progress=p)),
    "train_hidden": (True, lambda p: train_hidden(*XOR, n_seeds=3, progress=p)),
    "train_units": (True, lambda p: train_units("x^2", (0, 1), 2, progress=p, **QUICK)),
}


@pytest.mark.parametrize(("known", "call"), CALLS.values(), ids=CALLS)
def test_shares_are_in_the_unit_interval_and_never_fall_and_words_are_told(known, call):
    heard = []
    call(lambda *news: heard.append(news))
    shares = [share for share, _ in heard if share is not None]
    assert bool(shares) is known
    assert shares == sorted(shares)
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert all(doing and isinstance(doing, str) for _, doing in heard)


@pytest.mark.parametrize("call", [call for _, call in CALLS.values()], ids=CALLS)
def test_what_the_hearer_raises_ends_the_work(call):
    heard = []

    def interrupt(share, doing):
        heard.append(share)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupt)
    assert len(heard) == 1


def test_ways_to_separate_share_the_whole_among_them():
    heard = []
    find_methods(*XOR, n_seeds=3, progress=lambda *news: heard.append(news))
    first = {doing: share for share, doing in reversed(heard)}
    assert first["sets of monomials"] <= 0.25
    assert first["kernel machines"] == 0.25
    assert 0.5 <= first["building a hidden layer"] <= 0.75
    assert 0.75 <= first["training hidden layers of 1"] < first["training hidden layers of 2"] < 1.0


def test_a_steady_share_never_falls_nor_leaves_the_unit_interval():
    heard = []
    tell = steady(lambda *news: heard.append(news))
    for share in (-0.5, 0.25, 0.125, float("nan"), None, 1.5, 0.5):
        tell(share, "training")
    assert [share for share, _ in heard] == [0.0, 0.25, 0.25, 0.25, None, 1.0, 1.0]
    steady(None)(0.5, "training")


def test_parts_of_parts_are_scaled_into_the_whole_and_keep_what_is_unknown():
    heard = []
    whole = lambda *news: heard.append(news)  # noqa: E731
    tell = scaled(under(scaled(whole, 0.5, 1.0), "training"), 0.5, 1.0)
    tell(0.0, "a")
    tell(1.0, "b")
    tell(None, "c")
    scaled(whole, 0.0, 0.5, "certifying")(1.0, "d")
    assert heard == [
        (0.75, "training: a"),
        (1.0, "training: b"),
        (None, "training: c"),
        (0.5, "certifying"),
    ]


def test_the_parameter_has_one_name_and_one_type_everywhere():
    others = r"\b(callback|doing|report|told|heard|tell|said): (Callable|Progress)\b"
    shapes = r"(?<!lambda )\bprogress: (?!Progress\b)"
    found = [
        f"{path.relative_to(SOURCE)}: {match[0]}"
        for path in sorted(SOURCE.rglob("*.py"))
        for pattern in (others, shapes)
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"))
    ]
    assert found == []
    for function in (fit_many, race, compare_depth, separate):
        assert inspect.signature(function).parameters["progress"].default is None
