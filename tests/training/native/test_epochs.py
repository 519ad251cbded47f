"""The native engine as a whole: against JAX, and its own promises."""

import threading
import time

import numpy as np
import pytest

from gradatim import NetworkSpec, fit_many
from gradatim._progress import silent
from gradatim.training import FitJob, Stepper, fit_jobs
from gradatim.training.native.records import Counted, make_round, numbers

BATCH = 40


def _largest(a, b):
    pairs = zip(a.network.layers, b.network.layers, strict=True)
    return max(np.abs(x.weight - y.weight).max() for x, y in pairs)


RECIPES = {
    "adam with a penalty": {"weight_decay": 0.01},
    "sgd": {"optimizer": "sgd", "weight_decay": 0.02, "learning_rate": 0.05},
    "nesterov": {"optimizer": "sgd", "nesterov": True, "learning_rate": 0.02},
    "everything": {
        "activation": "silu",
        "optimizer": "adamw",
        "weight_decay": 0.01,
        "beta_2": 0.95,
        "schedule": "cosine",
        "label_smoothing": 0.1,
        "dropout": 0.3,
        "input_scale": 6.0,
        "initialization": "variance",
    },
    "no hidden layer": {"hidden_layer_sizes": ()},
    "wide enough to turn": {"hidden_layer_sizes": (40, 33)},
}


KINDS = ["multiclass", "binary", "multilabel", "regression"]
# JAX compiles every pair anew: everything at once with every kind of targets, the rest with two.
PAIRS = [
    (recipe, kind)
    for i, recipe in enumerate(RECIPES)
    for k, kind in enumerate(KINDS)
    if recipe == "everything" or k % 2 == i % 2
]


@pytest.mark.parametrize(("recipe", "kind"), PAIRS)
def test_both_engines_train_the_same_network(rows, recipe, kind):
    fields = {"hidden_layer_sizes": (8, 5), "activation": "tanh", "learning_rate": 0.01}
    specs = [NetworkSpec(**{**fields, **RECIPES[recipe]}, seed=3)]
    options = {
        "task": "regression" if kind == "regression" else "classification",
        "max_epochs": 6,
        "batch_size": BATCH,
        "sample_weight": np.where(rows.held_out, 0.0, 1.0 + np.arange(120) % 3),
        "validation_weight": rows.held_out,
    }
    if recipe == "everything" and kind == "regression":
        specs = [NetworkSpec(**{**fields, **RECIPES[recipe], "label_smoothing": 0.0}, seed=3)]
    y = getattr(rows, kind)
    native, jax = (fit_many(specs, rows.X, y, **options, engine=e)[0] for e in ("native", "jax"))
    assert _largest(native, jax) < 1e-4
    # optax computes 1 - 0.999^t in float32, which is good to 6e-5 at first.
    np.testing.assert_allclose(native.loss_curve, jax.loss_curve, rtol=5e-5, atol=1e-6)
    np.testing.assert_allclose(native.validation_curve, jax.validation_curve, rtol=5e-5, atol=1e-6)
    assert native.best_epoch == jax.best_epoch


def test_a_network_is_the_same_in_every_bit_alone_in_company_and_on_any_number_of_threads(rows):
    def spec(seed):
        return NetworkSpec((9, 7), "silu", "adamw", dropout=0.2, input_scale=3.0, seed=seed)

    options = {"max_epochs": 5, "batch_size": BATCH, "engine": "native"}
    alone = fit_many([spec(7)], rows.X, rows.multiclass, **options)[0]
    others = [NetworkSpec((4,), seed=1), NetworkSpec((9, 7), "relu", "sgd", seed=2)]
    for n_jobs in (1, 2, 3):
        company = [*others, *(spec(s) for s in range(100, 170)), spec(7), *others]
        found = fit_many(company, rows.X, rows.multiclass, **options, n_jobs=n_jobs)[-3]
        assert found.network == alone.network
        np.testing.assert_array_equal(found.loss_curve, alone.loss_curve)


def test_rows_of_weight_zero_are_as_if_they_were_not_there(rows):
    kept = ~rows.held_out
    options = {"max_epochs": 4, "shuffle": False, "engine": "native"}
    weighted = fit_many(
        [NetworkSpec((6,))],
        np.where(kept[:, None], rows.X, 1e30),
        rows.multiclass,
        sample_weight=kept,
        batch_size=120,
        **options,
    )[0]
    without = fit_many(
        [NetworkSpec((6,))], rows.X[kept], rows.multiclass[kept], batch_size=120, **options
    )[0]
    assert weighted.network == without.network


def test_folds_as_weights_share_a_job_and_folds_as_jobs_do_not_matter(rows):
    folds = np.stack([np.arange(120) % 3 != f for f in range(3)])
    specs = [NetworkSpec((6,), seed=f) for f in range(3)]
    options = {"max_epochs": 4, "batch_size": BATCH, "engine": "native"}
    together = fit_many(specs, rows.X, rows.multiclass, sample_weight=folds, **options)
    jobs = [
        FitJob([s], rows.X, rows.multiclass, sample_weight=f)
        for s, f in zip(specs, folds, strict=True)
    ]
    apart = fit_jobs(jobs, **options)
    assert [r.network for r in together] == [r.network for [r] in apart]


def test_a_cancelled_worker_comes_back_within_a_minibatch(rows):
    from gradatim.training.engines import make_workers
    from gradatim.training.jobs import PreparedJob

    X, y = np.tile(rows.X, (50, 1)), np.tile(rows.multiclass, 50)
    job = FitJob([NetworkSpec((64, 64))], X, y)
    prepared = PreparedJob.check(job, "classification", len(X), 50, (True, 0))
    [worker] = make_workers([prepared], 10**6, None, 1, "native")
    thread = threading.Thread(target=worker.run, args=(silent,))
    thread.start()
    time.sleep(0.3)
    worker.cancel()
    thread.join(timeout=600)
    assert not thread.is_alive()
    assert worker.results == {}


def test_stepping_trains_the_network_that_fit_many_trains(rows):
    spec = NetworkSpec((6, 5), "tanh", learning_rate=0.02)
    stepper = Stepper(spec, rows.X, rows.multiclass, batch_size=BATCH)
    losses = np.concatenate([stepper.run(), stepper.run(3), stepper.run(2)])
    [result] = fit_many([spec], rows.X, rows.multiclass, max_epochs=6, batch_size=BATCH)
    assert stepper.network == result.network
    assert stepper.epoch == 6
    np.testing.assert_array_equal(losses, result.loss_curve)
    weights = [a.ravel() for layer in result.network.layers for a in (layer.weight, layer.bias)]
    np.testing.assert_array_equal(stepper.parameters, np.concatenate(weights))


def test_stepping_ends_with_its_schedule_and_when_it_diverges(rows):
    spec = NetworkSpec((4,), schedule="cosine", max_epochs=5)
    stepper = Stepper(spec, rows.X, rows.multiclass)
    assert [len(stepper.run(3)) for _ in range(3)] == [3, 2, 0]
    wild = Stepper(NetworkSpec((8,), optimizer="sgd", learning_rate=1e30), rows.X, rows.multiclass)
    assert len(wild.run(5)) == 0
    assert wild.diverged
    assert np.isfinite(wild.parameters).all()


def test_an_array_of_another_type_never_reaches_compiled_code():
    with pytest.raises(TypeError, match="weight is no contiguous float32"):
        numbers(Counted(np.zeros(3), np.zeros(0, np.int64), np.zeros(0, np.float32), 0))
    order = np.zeros((1, 4, 2), np.int32)[:, ::2]
    with pytest.raises(TypeError, match="order is no contiguous int32"):
        numbers(
            make_round(np.zeros(1, np.int64), order, np.zeros((2, 1, 1)), np.zeros(1, np.uint8))
        )
