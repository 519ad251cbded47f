"""Cycles of a wave: the axes networks learn in, the recipe, and what does not depend on phase."""

from dataclasses import replace

import numpy as np
import pytest

from gradatim import climb_collection, load_model
from gradatim.collection import Collection
from gradatim.errors import InputError, ShapeError
from gradatim.models.axes import cycle_axes, whitened
from gradatim.models.contributions import contribute
from gradatim.models.families import networks as rungs
from gradatim.models.families.registry import FAMILIES
from gradatim.models.learners import AveragedNetworks
from gradatim.models.margins import find_margin
from gradatim.models.model import Model
from gradatim.models.training_set import TrainingSet
from gradatim.network.graph import Layer, Network
from gradatim.scalers import fit_scaler
from gradatim.training.recipes import AWARE, BLIND, CYCLES, NEAR_LINEAR, PRESETS, Ensemble
from tests.models.test_files import put, rewritten

RNG = np.random.default_rng(11)
N = 32


def network(n_outputs=3, activation="softmax"):
    first = Layer(RNG.normal(size=(6, N)), RNG.normal(size=6), "silu")
    return Network([first, Layer(RNG.normal(size=(n_outputs, 6)), np.zeros(n_outputs), activation)])


# -- averages over shifts -----------------------------------------------------------------------


@pytest.mark.parametrize(("n_shifts", "step"), [(N, 1), (8, 4)])
def test_an_average_over_shifts_does_not_change_when_a_row_is_shifted(n_shifts, step):
    learner = AveragedNetworks((network(),), True, (n_shifts,))
    Z = RNG.normal(size=(5, N))
    for shift in (0, step, 5 * step):
        moved = np.roll(Z, shift, axis=1)
        np.testing.assert_allclose(learner.outputs(moved), learner.outputs(Z), atol=1e-12)
        np.testing.assert_allclose(learner.scores(moved), learner.scores(Z), atol=1e-12)
    assert np.abs(learner.outputs(np.roll(Z, 1, axis=1)) - learner.outputs(Z)).max() < (
        1e-12 if step == 1 else 1.0
    )


def test_it_is_the_mean_of_what_is_said_of_each_shifted_row():
    member, other = network(), network()
    learner = AveragedNetworks((member, other), True, (4, 1))
    Z = RNG.normal(size=(5, N))
    alone, plain = (AveragedNetworks((n,), True) for n in (member, other))
    mean = np.mean([alone.outputs(np.roll(Z, k, axis=1)) for k in (0, 8, 16, 24)], axis=0)
    expected = (mean + plain.outputs(Z)) / 2
    np.testing.assert_allclose(learner.outputs(Z), expected, atol=1e-12)
    of_networks = [AveragedNetworks((n,), True).outputs(Z) for n in learner.networks]
    np.testing.assert_allclose(np.mean(of_networks, axis=0), expected, atol=1e-12)
    assert learner.n_parameters == member.n_parameters + other.n_parameters
    assert learner.describe() == "2 networks 32-6-3, averaged, 1 of them over 4 shifts"


def test_a_model_over_shifts_is_not_one_network():
    members = (network(1, "logistic"), network(1, "logistic"))
    scaler = fit_scaler(RNG.normal(size=(9, N)), "signal")
    labels = np.array(["u", "v"])
    plain = Model("deep", "x", "classification", AveragedNetworks(members, True), scaler, labels)
    shifted = replace(plain, learner=AveragedNetworks(members, True, (4, 1)))
    assert plain.network is not None
    assert shifted.network is None


def test_contributions_add_up_to_the_margin_of_the_average():
    learner = AveragedNetworks((network(), network()), True, (4, 1))
    margin = find_margin(learner, 0, 1)
    assert margin is not None
    assert contribute(margin, RNG.normal(size=N)).is_complete


# -- axes ---------------------------------------------------------------------------------------


def test_cycles_are_sampled_at_fewer_points_without_their_mean():
    at = 2 * np.pi * np.arange(1024) / 1024
    cycle = np.cos(3 * at) + 0.5 * np.sin(127 * at) + 2.0 + np.sin(300 * at)
    expected = np.cos(3 * at[::4]) + 0.5 * np.sin(127 * at[::4])
    np.testing.assert_allclose(cycle @ cycle_axes(1024), expected, atol=1e-10)


@pytest.mark.parametrize("n", [7, 64, 255, 600])
def test_a_cycle_of_any_length_comes_back_from_its_points_if_none_are_left_out(n):
    points = RNG.normal(size=(3, n)) @ cycle_axes(n)
    assert points.shape == (3, min(n, 256))
    np.testing.assert_allclose(points.mean(axis=1), 0.0, atol=1e-12)
    if n in (7, 255):
        X = RNG.normal(size=(3, n))
        np.testing.assert_allclose(X @ cycle_axes(n), X - X.mean(axis=1, keepdims=True), atol=1e-10)


def test_whitened_cycles_have_harmonics_of_one_level_and_shift_as_before():
    levels = 10.0 ** -np.linspace(0, 2, 31)
    phases = RNG.uniform(0, 2 * np.pi, (200, 31))
    at = 2 * np.pi * np.arange(64) / 64
    harmonics = np.arange(1, 32)[:, None] * at
    X = np.einsum("k,nkp->np", levels, np.cos(phases[..., None] + harmonics))
    axes = whitened(X, cycle_axes(64))
    found = np.abs(np.fft.rfft(X @ axes)[:, 1:-1])
    np.testing.assert_allclose(found, found.max(), rtol=0.1)
    np.testing.assert_allclose(np.roll(X, 5, 1) @ axes, np.roll(X @ axes, 5, 1), atol=1e-8)


# -- the recipe ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cycles():
    """Waves of three shapes at any phase and level, which a hand would tell by their harmonics."""
    at = 2 * np.pi * np.arange(N) / N
    y = np.arange(90) % 3
    phase = RNG.uniform(0, 2 * np.pi, (90, 1))
    tones = [np.sin(at + phase) + 0.6 * np.sin(k * (at + phase)) for k in (2, 3, 4)]
    X = np.choose(y[:, None], tones) + 0.1 * RNG.normal(size=(90, N))
    names = np.array(["second", "third", "fourth"])
    ids = np.arange(90).astype(str)
    return Collection("tones", {"wave": X, "same": X.copy()}, names[y], "classification", ids,
                      cycles=("wave",))  # fmt: skip


@pytest.fixture(scope="module")
def climb(cycles):
    short = Ensemble(2, length=0.05, recipes=(BLIND, AWARE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rungs, "CYCLES", short)
        return climb_collection(
                cycles, rungs=["majority", "shallow"], folds=3, repeats=1, preset="strong",
                keep=["shallow/wave"],
                inputs=["wave"],
            )  # fmt: skip


@pytest.mark.parametrize("rung", ["shallow", "deep"])
def test_the_recipe_is_for_cycles_under_strong_only(cycles, rung):
    strong, quick = (TrainingSet(cycles, preset=preset) for preset in ("strong", "quick"))
    family = FAMILIES[rung]
    [candidate] = family.candidates(strong, "wave")
    assert candidate == CYCLES
    assert "4 averaged, half of them over 16 shifts" in family.describe(candidate)
    assert family.candidates(strong, "same") == (PRESETS["strong"], NEAR_LINEAR["strong"])
    assert family.candidates(quick, "wave") == (PRESETS["quick"], NEAR_LINEAR["quick"])


def test_a_choice_of_inputs_keeps_which_are_cycles(cycles):
    rung = {"rungs": ["majority"], "repeats": 1}
    assert climb_collection(cycles, inputs=["same"], **rung).collection.cycles == []
    assert climb_collection(cycles, inputs=["wave"], **rung).collection.cycles == ["wave"]


def test_a_net_that_ignores_phases_is_saved_and_loaded_bit_for_bit(cycles, climb, tmp_path):
    model = climb.models["shallow", "wave"]
    assert model.learner.n_shifts == (16, 1)
    X = cycles.X["wave"]
    path = model.save(tmp_path / "tones.gradatim")
    loaded = load_model(path)
    np.testing.assert_array_equal(loaded.outputs(X), model.outputs(X))
    assert repr(loaded) == repr(model)
    # One copy of each network: what is shifted is made again.
    assert path.stat().st_size < 2 * 8 * (N * 256 + 5 * 256) + 8 * X.size + 20_000
    blind = AveragedNetworks(model.learner.members[:1], True, (16,))
    Z = model.scaler.transform(X, np.float64)
    np.testing.assert_allclose(blind.outputs(np.roll(Z, 6, 1)), blind.outputs(Z), atol=1e-12)
    assert model.network is None
    assert len(model.networks) == 32


@pytest.mark.parametrize("shifts", [[16], [16, 3], [0, 1], [16, True], "16", [16, 100_000]])
def test_shifts_that_cannot_be_are_refused(climb, tmp_path, shifts):
    with pytest.raises(InputError):
        load_model(
            rewritten(climb.models["shallow", "wave"], tmp_path, put("learner", "n_shifts", shifts))
        )


def test_cycles_of_an_input_that_is_not_there_are_refused():
    with pytest.raises(ShapeError, match="cycles names 'wave'"):
        Collection("x", {"a": np.eye(2)}, np.array(["u", "v"]), "classification",
                   np.array(["0", "1"]), cycles=("wave",))  # fmt: skip
