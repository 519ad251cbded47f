"""Workers: early stopping, best weights, repacking, and blocks that are compiled once."""

import logging

import jax
import numpy as np
import pytest

from gradatim import NetworkSpec, fit_many
from gradatim.network import evaluate
from gradatim.training.layout import block_size

pytestmark = pytest.mark.usefixtures("engine")

BATCH = 40


def _spec(seed=0, **fields) -> NetworkSpec:
    """Return the spec that the tests of early stopping in this folder share."""
    return NetworkSpec(
        **{
            "hidden_layer_sizes": (8,),
            "activation": "tanh",
            "learning_rate": 0.1,
            "dropout": 0.1,
            "input_scale": 2.0,
            "seed": seed,
            **fields,
        }
    )


def _fit(rows, specs, patience=3, **options):
    return fit_many(
        specs,
        rows.X,
        rows.multiclass,
        sample_weight=~rows.held_out,
        batch_size=BATCH,
        early_stopping=patience,
        **{"validation_weight": rows.held_out, "max_epochs": 60, **options},
    )


def _validation_loss(rows, result) -> float:
    """Compute the cross-entropy on the held-out rows from the network that was returned."""
    p = evaluate(result.network, rows.X[rows.held_out])
    return float(-np.log(p[np.arange(len(p)), rows.multiclass[rows.held_out]]).mean())


def test_the_network_has_the_weights_of_its_best_epoch(rows):
    for result in _fit(rows, [_spec(seed) for seed in range(4)]):
        curve = result.validation_curve
        assert result.best_epoch == curve.argmin() + 1 < result.n_epochs
        assert _validation_loss(rows, result) == pytest.approx(curve.min(), rel=1e-5)


def test_the_best_weights_come_back_even_without_patience(rows):
    for result in _fit(rows, [_spec(seed) for seed in range(4)], patience=None):
        assert result.n_epochs == 60
        assert not result.stopped_early
        assert result.best_epoch == result.validation_curve.argmin() + 1 < 60
        assert _validation_loss(rows, result) == pytest.approx(
            result.validation_curve.min(), rel=1e-5
        )


@pytest.mark.parametrize("patience", [1, 3, 12])
def test_a_network_stops_when_its_patience_is_over_and_not_before(rows, patience):
    for result in _fit(rows, [_spec(seed) for seed in range(4)], patience):
        assert result.stopped_early
        assert result.n_epochs == result.best_epoch + patience
        best_so_far = np.minimum.accumulate(result.validation_curve)
        since = np.arange(result.n_epochs) - [
            np.flatnonzero(result.validation_curve[: i + 1] == low)[0]
            for i, low in enumerate(best_so_far)
        ]
        assert since.max() == since[-1] == patience


def test_repacking_the_survivors_changes_nothing(rows, monkeypatch):
    # Blocks of four, and rates that make some stop in the first round and some in the last.
    monkeypatch.setattr("gradatim.training.jax.workers.block_size", lambda _: 4)
    specs = [_spec(s, learning_rate=0.003 * 1.5**s) for s in range(12)]
    repacked = _fit(rows, specs, patience=4, n_jobs=1)
    patient = _fit(rows, specs, patience=10**6, n_jobs=1)
    lengths = [result.n_epochs for result in repacked]
    assert min(lengths) < 15
    assert max(lengths) > 35
    for short, long in zip(repacked, patient, strict=True):
        n = short.n_epochs
        assert (short.spec, long.n_epochs) == (long.spec, 60)
        np.testing.assert_allclose(short.loss_curve, long.loss_curve[:n], atol=1e-5)
        np.testing.assert_allclose(short.validation_curve, long.validation_curve[:n], atol=1e-5)


def test_a_network_that_ran_out_of_epochs_was_not_stopped_early(rows):
    # The first is done within a round that the second goes through.
    short, long = _fit(rows, [_spec(0, max_epochs=11), _spec(1), _spec(2)], patience=8)[:2]
    assert (short.n_epochs, short.stopped_early) == (11, False)
    assert long.stopped_early


def test_a_network_without_rows_to_watch_trains_to_the_end_beside_one_that_stops(rows):
    watched = np.stack([rows.held_out, rows.held_out, np.zeros(len(rows.X))])
    specs = [_spec(0), _spec(1), _spec(0, max_epochs=45)]
    stopped, _, free = _fit(rows, specs, validation_weight=watched)
    assert stopped.stopped_early
    assert (free.n_epochs, free.best_epoch, free.stopped_early) == (45, 45, False)
    assert np.isnan(free.validation_curve).all()
    np.testing.assert_allclose(free.loss_curve[: stopped.n_epochs], stopped.loss_curve, atol=1e-5)


def test_validation_rows_have_weights_of_their_own(rows):
    weight = np.where(rows.held_out, 1.0 + rows.multiclass, 0.0)
    result = _fit(rows, [_spec(s) for s in range(4)], validation_weight=weight)[0]
    p = evaluate(result.network, rows.X[rows.held_out])
    losses = -np.log(p[np.arange(len(p)), rows.multiclass[rows.held_out]])
    expected = np.average(losses, weights=weight[rows.held_out])
    assert result.validation_curve.min() == pytest.approx(expected, rel=1e-5)


def test_training_is_compiled_once_however_many_rounds_and_fits(rows, caplog, engine):
    if engine == "native":
        pytest.skip("the native engine is compiled once for all shapes")
    specs = [NetworkSpec((2,), seed=s) for s in range(2)]
    with jax.log_compiles(), caplog.at_level(logging.WARNING, logger="jax"):
        _fit(rows, specs, patience=10**6, n_jobs=1)
        _fit(rows, specs, patience=2, max_epochs=33, n_jobs=1)
    compiled = [m for m in caplog.messages if m.startswith("Finished XLA compilation")]
    assert sum("run_epochs" in message for message in compiled) == 1


def test_blocks_are_smaller_the_larger_their_networks():
    sizes = [block_size(n) for n in (1, 2_999, 3_000, 20_000, 80_000, 10**7)]
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (28, 4)
