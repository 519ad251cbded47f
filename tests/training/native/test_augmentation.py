"""Augmentation: what a step sees, what it never touches, and that it is reproducible."""

import numpy as np
import pytest

from gradatim import Augmentation, NetworkSpec, fit_many
from gradatim.errors import SpecError
from gradatim.training import FitJob, fit_jobs

N = 12
ROW = np.random.default_rng(5).normal(size=(1, N)).astype(np.float32)
ALL = Augmentation(shift=0.5)


def seen(rule, n, X=ROW):
    """Return what `n` networks saw of one row in one step: their first gradient is a multiple."""
    specs = [
        NetworkSpec(optimizer="sgd", learning_rate=1.0, momentum=0.0, initialization="zeros",
                    max_epochs=1, augmentation=rule, seed=seed)
        for seed in range(n)
    ]  # fmt: skip
    results = fit_many(specs, X, [[1.0]], task="regression")
    weights = np.concatenate([result.network.layers[0].weight for result in results])
    biases = np.concatenate([result.network.layers[0].bias for result in results])
    return weights / biases[:, None]


def shifts(rows, X=ROW):
    """Find by how many columns the row was shifted, and that it was shifted only."""
    rolled = np.stack([np.roll(X[0], k) for k in range(X.shape[1])])
    away = np.abs(rows[:, None] - rolled).max(axis=2)
    np.testing.assert_allclose(away.min(axis=1), 0.0, atol=1e-6)
    return away.argmin(axis=1)


def test_every_shift_is_equally_likely():
    counts = np.bincount(shifts(seen(ALL, 2400)), minlength=N)
    # The 99.99 % point of chi-square with 11 degrees of freedom.
    assert ((counts - 200) ** 2 / 200).sum() < 37.4


def test_shifts_stay_within_their_share_of_the_row():
    found = shifts(seen(Augmentation(shift=0.2), 400))
    assert set(found.tolist()) == {0, 1, 2, N - 1, N - 2}


def test_sequences_of_a_row_move_together_and_what_fills_none_stays():
    X = np.arange(1.0, 12.0, dtype=np.float32)[None]
    rows = seen(Augmentation(shift=0.5, length=4), 60, X)
    np.testing.assert_allclose(rows[:, 8:], np.tile(X[:, 8:], (60, 1)), rtol=1e-6)
    first = shifts(rows[:, :4], X[:, :4])
    assert set(first.tolist()) == {0, 1, 2, 3}
    np.testing.assert_array_equal(first, shifts(rows[:, 4:8], X[:, 4:8]))


def test_levels_are_uniform_in_decibels():
    rows = seen(Augmentation(level=6.0), 1500)
    factors = rows[:, 0] / ROW[0, 0]
    np.testing.assert_allclose(rows, factors[:, None] * ROW, rtol=1e-4)
    decibels = np.sort(20 * np.log10(factors))
    uniform = np.linspace(-6.0, 6.0, len(decibels))
    # Kolmogorov and Smirnov, 99.99 % point.
    assert np.abs(decibels - uniform).max() / 12 < 2.23 / np.sqrt(len(decibels))


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, N)).astype(np.float32)
    return X, (X[:, 0] > 0).astype(int)


def layers(results):
    return [np.concatenate([np.ravel(a) for layer in r.network.layers for a in
            (layer.weight, layer.bias)]) for r in results]  # fmt: skip


def deep(seed, **fields):
    return NetworkSpec((9, 7), activation="silu", dropout=0.2, seed=seed, **fields)


def test_a_rule_that_changes_nothing_changes_no_bit(rows):
    plain, ruled = (
        fit_many([deep(1, augmentation=rule)], *rows, max_epochs=4, batch_size=16)
        for rule in (None, Augmentation())
    )
    np.testing.assert_array_equal(layers(plain), layers(ruled))


def test_a_network_is_the_same_alone_in_company_and_with_two_threads(rows):
    specs = [deep(seed, augmentation=rule) for seed in (0, 1) for rule in (ALL, None)]
    together = fit_many(specs, *rows, max_epochs=4, batch_size=16, n_jobs=1)
    threads = fit_many(specs, *rows, max_epochs=4, batch_size=16, n_jobs=2)
    alone = [fit_many([spec], *rows, max_epochs=4, batch_size=16)[0] for spec in specs]
    np.testing.assert_array_equal(layers(together), layers(threads))
    np.testing.assert_array_equal(layers(together), layers(alone))
    first, second, *_ = layers(together)
    assert not np.array_equal(first, second)


def test_rows_that_are_validated_on_are_never_changed(rows):
    X, y = rows
    held_out = np.arange(len(X)) % 3 == 0
    [result] = fit_many(
        [deep(1, augmentation=Augmentation(shift=0.5, level=20.0))], X, y, max_epochs=3,
        batch_size=16, sample_weight=~held_out, validation_weight=held_out,
    )  # fmt: skip
    p = result.predict_proba(X[held_out])[np.arange(held_out.sum()), y[held_out]]
    np.testing.assert_allclose(result.validation_curve.min(), -np.log(p).mean(), rtol=1e-5)


def test_the_data_that_were_given_are_left_alone(rows):
    X, y = rows
    before = X.copy()
    fit_jobs([FitJob([deep(0, augmentation=ALL)], X, y)], max_epochs=2)
    np.testing.assert_array_equal(X, before)


def test_a_phase_is_learnt_without_shifts_and_not_with_them():
    at = 2 * np.pi * np.arange(16) / 16
    phase = np.random.default_rng(0).uniform(0, 2 * np.pi, 200)
    X, y = np.sin(at + phase[:, None]), (np.cos(phase) > 0).astype(int)
    fields = {"learning_rate": 0.02, "max_epochs": 30}
    specs = [NetworkSpec((8,), **fields), NetworkSpec((8,), augmentation=ALL, **fields)]
    aware, blind = fit_many(specs, X, y)
    assert aware.loss_curve[-1] < 0.2
    assert blind.loss_curve[-1] > 0.95 * np.log(2)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("shift", (-0.1, 0.6, float("nan"), "half", True)),
        ("level", (-1.0, 61.0, float("inf"), None)),
        ("length", (0, 2.5, "8")),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_its_name(field, values):
    for value in values:
        with pytest.raises(SpecError, match=field):
            Augmentation(**{field: value})


def test_what_cannot_augment_refuses_it(rows):
    with pytest.raises(SpecError, match="of the class Augmentation"):
        NetworkSpec(**{"augmentation": 0.5})
    with pytest.raises(SpecError, match="lbfgs needs a fixed function"):
        NetworkSpec(optimizer="lbfgs", augmentation=ALL)
    with pytest.raises(SpecError, match="engine jax has no augmentation"):
        fit_many([deep(0, augmentation=ALL)], *rows, engine="jax")
