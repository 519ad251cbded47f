"""Training many networks: company changes nothing, weights choose rows, bad input is refused."""

import threading
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from gradatim import NetworkSpec, fit_many
from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.network import Layer, Network
from gradatim.training import FitJob, fit_jobs

pytestmark = pytest.mark.usefixtures("engine")

BATCH, EPOCHS = 40, 15


def _spec(**fields) -> NetworkSpec:
    """Return the spec of most tests: one compiled program for each size of block."""
    return NetworkSpec(
        **{"hidden_layer_sizes": (8,), "activation": "tanh", "learning_rate": 0.02, **fields}
    )


def _parameters(result) -> np.ndarray:
    arrays = [a.ravel() for layer in result.network.layers for a in (layer.weight, layer.bias)]
    return np.concatenate(arrays)


def _difference(a, b) -> float:
    """Return the largest difference of two results, in parameters and in curves."""
    assert a.best_epoch == b.best_epoch
    assert (a.stopped_early, a.diverged) == (b.stopped_early, b.diverged)
    pairs = [
        (_parameters(a), _parameters(b)),
        (a.loss_curve, b.loss_curve),
        (a.validation_curve, b.validation_curve),
    ]
    return max(float(np.abs(x - y).max(initial=0.0)) for x, y in pairs)


# -- alone or in company ------------------------------------------------------------------------


def test_a_plain_network_is_the_same_alone_or_among_others_of_its_shape_and_of_other_shapes(rows):
    options = {"max_epochs": EPOCHS, "batch_size": BATCH}
    mine = _spec(seed=3, weight_decay=0.01)
    others = [
        _spec(seed=s, learning_rate=rate, schedule=schedule, max_epochs=epochs)
        for s, (rate, schedule, epochs) in enumerate(
            [
                (0.1, "cosine", None),
                (1e-4, "constant", 3),
                (0.5, "constant", 40),
                (0.02, "cosine", 9),
            ]
        )
    ]
    strangers = [_spec(hidden_layer_sizes=(6, 4), activation="relu", seed=s) for s in range(2)]
    alone = fit_many([mine], rows.X, rows.multiclass, **options)[0]
    for n_jobs in (1, 2):
        specs = [*others[:2], strangers[0], mine, *others[2:], strangers[1]]
        company = fit_many(specs, rows.X, rows.multiclass, **options, n_jobs=n_jobs)
        assert [r.spec for r in company] == specs
        assert _difference(alone, company[3]) < 1e-5
        assert _difference(alone, company[0]) > 1e-2


def test_a_network_with_dropout_stopping_and_row_weights_is_the_same_in_company(rows):
    rng = np.random.default_rng(0)
    options = {"max_epochs": 60, "batch_size": BATCH, "early_stopping": 3}
    specs = [
        _spec(seed=s, dropout=0.1 + 0.1 * s, learning_rate=0.03 * (s + 1), input_scale=2.0)
        for s in range(4)
    ]
    weight = rng.integers(0, 3, (4, len(rows.X))) * ~rows.held_out
    watched = rng.random(weight.shape) * rows.held_out
    company = fit_many(
        specs, rows.X, rows.multiclass, sample_weight=weight, validation_weight=watched, **options
    )
    assert len({r.n_epochs for r in company}) > 1  # they do not all stop together
    for i in (0, 2):
        alone = fit_many(
            specs[i : i + 1],
            rows.X,
            rows.multiclass,
            sample_weight=weight[i],
            validation_weight=watched[i],
            **options,
        )[0]
        assert _difference(alone, company[i]) < 1e-5


@pytest.mark.filterwarnings("ignore:the loss of .* left the finite numbers")
def test_a_neighbour_that_diverges_leaves_the_others_alone_and_is_marked(rows):
    def spec(seed, rate=0.05):
        return _spec(activation="relu", optimizer="sgd", learning_rate=rate, seed=seed)

    options = {"task": "regression", "max_epochs": EPOCHS, "batch_size": BATCH}
    calm = fit_many([spec(0), spec(1), spec(2)], rows.X, rows.regression, **options)
    wild = fit_many([spec(0), spec(1, 1e6), spec(2)], rows.X, rows.regression, **options)
    assert [r.diverged for r in calm] == [False] * 3
    assert [r.diverged for r in wild] == [False, True, False]
    assert _difference(calm[0], wild[0]) == _difference(calm[2], wild[2]) == 0.0
    assert np.isfinite(_parameters(wild[1])).all()
    assert np.isfinite(wild[1].loss_curve).all()
    assert not wild[1].stopped_early
    assert wild[1].n_epochs == wild[1].best_epoch < EPOCHS
    assert np.isfinite(wild[1].predict(rows.X)).all()


def test_jobs_of_different_sizes_train_as_they_do_apart(rows):
    options = {"max_epochs": EPOCHS, "batch_size": BATCH, "random_state": 5}
    sizes, specs = (120, 77), [_spec(seed=1), _spec(seed=2, schedule="cosine")]
    jobs = [FitJob(specs, rows.X[:n], rows.multiclass[:n]) for n in sizes]
    together = fit_jobs(jobs, **options)
    assert [len(results) for results in together] == [2, 2]
    for job, results in zip(jobs, together, strict=True):
        apart = fit_many(specs, job.X, job.y, **options)
        assert max(_difference(a, b) for a, b in zip(apart, results, strict=True)) < 1e-5


def test_jobs_may_differ_in_their_specs_weights_and_classes(rows):
    weight = (np.arange(120) < 60).astype(float)
    specs = [NetworkSpec(optimizer="lbfgs", weight_decay=d) for d in (0.01, 0.1)]
    first = FitJob(specs[:1], rows.X, rows.multiclass)
    second = FitJob(specs, rows.X, rows.binary, sample_weight=weight)
    results = fit_jobs([first, second])
    assert [[r.spec for r in part] for part in results] == [specs[:1], specs]
    assert results[0][0].predict_proba(rows.X).shape == (120, 3)
    assert results[1][1].predict_proba(rows.X).shape == (120, 2)


def test_nothing_to_train_gives_nothing(rows):
    assert fit_many([], rows.X, rows.multiclass) == []
    assert fit_jobs([]) == []


# -- row weights --------------------------------------------------------------------------------


def _full_batch(X, y, sample_weight=None):
    """Train on all rows at once, filled up to 120, so that one program serves every test."""
    specs = [_spec(seed=s, weight_decay=0.01) for s in range(2)]
    job = FitJob(specs, X, y, sample_weight)
    return fit_jobs([job], max_epochs=EPOCHS, batch_size=120, shuffle=False, pad_rows=120)[0]


def test_a_row_of_weight_zero_is_as_if_it_were_not_there(rows):
    kept, y = ~rows.held_out, rows.multiclass
    weighted = _full_batch(rows.X, y, sample_weight=kept)
    without = _full_batch(rows.X[kept], y[kept])
    assert max(map(_difference, weighted, without)) < 1e-5
    X = np.where(kept[:, None], rows.X, 1e6)
    poisoned = _full_batch(X, np.where(kept, y, (y + 1) % 3), sample_weight=kept)
    assert max(map(_difference, weighted, poisoned)) == 0.0


def test_whole_weights_are_as_repeated_rows(rows):
    weight = np.random.default_rng(1).permutation(np.repeat([0, 1, 2], 40))
    weighted = _full_batch(rows.X, rows.multiclass, sample_weight=weight)
    repeated = _full_batch(np.repeat(rows.X, weight, axis=0), np.repeat(rows.multiclass, weight))
    assert max(map(_difference, weighted, repeated)) < 1e-5


def test_weights_may_differ_by_network_and_their_scale_does_not_matter(rows):
    weight = np.random.default_rng(2).random((2, len(rows.X)))
    both = _full_batch(rows.X, rows.multiclass, sample_weight=weight)
    for i in range(2):
        shared = _full_batch(rows.X, rows.multiclass, sample_weight=1000 * weight[i])
        assert _difference(both[i], shared[i]) < 1e-5
    assert _difference(both[0], shared[0]) > 1e-3


def test_a_rows_weight_matters_when_it_is_alone_in_its_minibatch(rows):
    weight = np.where(rows.multiclass == 0, 20.0, 1.0)
    plain, heavy = (
        fit_many(
            [_spec(optimizer="sgd", learning_rate=0.01)],
            rows.X[:30],
            rows.multiclass[:30],
            max_epochs=20,
            batch_size=1,
            sample_weight=w,
        )[0]
        for w in (None, weight[:30])
    )
    first = [r.predict_proba(rows.X)[:, 0].mean() for r in (plain, heavy)]
    assert first[1] > first[0] + 0.1


# -- options ------------------------------------------------------------------------------------


def test_epochs_and_rates_belong_to_the_spec(rows):
    specs = [
        _spec(max_epochs=4),
        _spec(max_epochs=12),
        _spec(),
        _spec(learning_rate=1e-9),
        _spec(seed=1),
    ]
    results = fit_many(specs, rows.X, rows.multiclass, max_epochs=EPOCHS, batch_size=BATCH)
    assert [r.n_epochs for r in results] == [4, 12, EPOCHS, EPOCHS, EPOCHS]
    assert [r.best_epoch for r in results] == [4, 12, EPOCHS, EPOCHS, EPOCHS]
    assert not any(r.stopped_early or r.validation_curve.size for r in results)
    np.testing.assert_allclose(results[0].loss_curve, results[2].loss_curve[:4], atol=1e-6)
    np.testing.assert_allclose(results[1].loss_curve, results[2].loss_curve[:12], atol=1e-6)
    assert np.ptp(results[3].loss_curve) < 1e-4
    assert results[2].loss_curve[-1] < 0.8 * results[2].loss_curve[0]


def test_weight_decay_shrinks_weights_not_biases(rows):
    decays = (0.0, 0.01, 0.1, 1.0, 10.0)
    specs = [_spec(optimizer=o, weight_decay=d) for o in ("adam", "adamw") for d in decays]
    results = fit_many(specs, rows.X, rows.multiclass, max_epochs=60, batch_size=BATCH)
    for five in (results[:5], results[5:]):
        sizes = [sum((layer.weight**2).sum() for layer in r.network.layers) for r in five]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[-1] < 1e-2 * sizes[0]
        # Without inputs to read, the output's biases alone learn the shares of the classes.
        shares = five[-1].predict_proba(rows.X).mean(axis=0)
        np.testing.assert_allclose(shares, np.bincount(rows.multiclass) / 120, atol=0.05)


def test_a_smoothed_curve_stays_above_the_entropy_of_its_targets(rows):
    specs = [_spec(label_smoothing=e, learning_rate=0.1) for e in (0.0, 0.3)]
    plain, smoothed = fit_many(
        specs, rows.X, rows.multiclass, max_epochs=EPOCHS * 10, batch_size=BATCH
    )
    bound = -(0.8 * np.log(0.8) + 2 * 0.1 * np.log(0.1))
    assert smoothed.loss_curve.min() > bound
    assert plain.loss_curve.min() < 0.5 * bound
    assert smoothed.predict_proba(rows.X).max() < 0.97
    assert plain.predict_proba(rows.X).max() > 0.99


def test_input_factors_are_folded_into_the_first_layer(rows):
    X = rows.X * np.array([1, 1, 1, 0.01, 1], dtype=np.float32)
    options = {"max_epochs": 60, "batch_size": BATCH, "shuffle": False}
    specs = [_spec(input_scale=s, learning_rate=0.02) for s in (1e-9, 30.0)]
    frozen, scaled = fit_many(specs, X, rows.multiclass, **options)
    plain = fit_many([_spec()], X, rows.multiclass, **options)[0]
    # A factor that does not move is no factor.
    assert _difference(frozen, plain) < 1e-4
    assert scaled.network.layer_sizes == (5, 8, 3)
    # The last minibatch of an epoch is seen once more by the finished network.
    assert (scaled.predict(X) == rows.multiclass).mean() > 0.9
    columns = [np.linalg.norm(r.network.layers[0].weight, axis=0) for r in (frozen, scaled)]
    assert not np.allclose(columns[0], columns[1], rtol=0.2)


def test_training_goes_on_from_an_initial_network(rows):
    options = {"batch_size": len(rows.X), "shuffle": False}
    spec = _spec(optimizer="sgd", momentum=0.0, learning_rate=0.1)
    whole = fit_many([spec], rows.X, rows.multiclass, max_epochs=10, **options)[0]
    half = fit_many([spec], rows.X, rows.multiclass, max_epochs=5, **options)
    rest = fit_many(
        [spec], rows.X, rows.multiclass, max_epochs=5, initial=[half[0].network], **options
    )[0]
    np.testing.assert_allclose(_parameters(rest), _parameters(whole), atol=1e-6)
    np.testing.assert_allclose(rest.loss_curve, whole.loss_curve[5:], atol=1e-6)


def test_minibatches_follow_the_random_state_and_shuffle(rows):
    spec, y = [_spec()], rows.multiclass

    def fit(**options):
        return fit_many(spec, rows.X, y, max_epochs=3, batch_size=BATCH, **options)[0]

    assert _difference(fit(), fit(random_state=0)) == 0.0
    assert _difference(fit(), fit(random_state=1)) > 1e-4
    assert _difference(fit(shuffle=False), fit(shuffle=False, random_state=1)) == 0.0


def test_tanh_networks_of_eight_units_solve_xor_from_most_seeds():
    X = np.tile([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], (10, 1))
    y = np.tile([0, 1, 1, 0], 10)
    specs = [_spec(seed=s) for s in range(28)]
    results = fit_many(specs, X, y, max_epochs=100, batch_size=20)
    solved = [(r.predict(X[:4]) == y[:4]).all() for r in results]
    assert np.mean(solved) > 0.8


# -- progress and interruption ------------------------------------------------------------------


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_reported_fractions_never_fall_and_end_at_one(rows, n_jobs, monkeypatch):
    # Every look at the clock is a second: how fast the machine is does not matter.
    seconds = count()
    clock = SimpleNamespace(perf_counter=lambda: float(next(seconds)))
    monkeypatch.setattr("gradatim.training.fit.time", clock)
    monkeypatch.setattr("gradatim.training.running.time", clock)
    fractions: list[float] = []
    specs = [
        *(_spec(seed=s, max_epochs=25) for s in range(5)),
        *(_spec(hidden_layer_sizes=(6, 4), activation="relu", seed=s) for s in range(2)),
        NetworkSpec(optimizer="lbfgs", max_epochs=200),
    ]
    fit_many(
        specs,
        rows.X,
        rows.multiclass,
        max_epochs=EPOCHS,
        batch_size=BATCH,
        n_jobs=n_jobs,
        progress=lambda share, doing: fractions.append(share),
    )
    assert (np.diff([0.0, *fractions]) >= 0).all()
    assert len(set(fractions)) > 3
    assert fractions[-1] == 1.0


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_interrupt_ends_training_within_a_round(rows, n_jobs):
    calls: list[float | None] = []
    # A climb that an earlier test interrupted may still be on its way out.
    others = set(threading.enumerate())

    def interrupt(share: float | None, doing: str) -> None:
        calls.append(share)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_many(
            [_spec(seed=s, max_epochs=10**6) for s in range(5)],
            rows.X,
            rows.multiclass,
            batch_size=BATCH,
            n_jobs=n_jobs,
            progress=interrupt,
        )
    assert len(calls) == 1
    assert calls[0] < 1e-3
    left = set(threading.enumerate()) - others
    assert not any(thread.name.startswith("gradatim") for thread in left)


# -- bad input ----------------------------------------------------------------------------------


def _with(values: np.ndarray, place, value) -> np.ndarray:
    changed = np.array(values, dtype=float)
    changed[place] = value
    return changed


@pytest.mark.parametrize("X", [np.ones(120), np.ones((119, 5)), np.ones((2, 60, 5)), 3.0, []])
def test_inputs_without_a_row_a_target_are_refused(rows, X):
    with pytest.raises(ShapeError, match="X must be"):
        fit_many([_spec()], X, rows.multiclass)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])
def test_a_missing_or_infinite_input_is_named_by_row_and_column(rows, value):
    with pytest.raises(ShapeError, match="row 7, column 2"):
        fit_many([_spec()], _with(rows.X, (7, 2), value), rows.multiclass)


@pytest.mark.parametrize("name", ["sample_weight", "validation_weight"])
@pytest.mark.parametrize("shape", [(119,), (2, 120), (120, 1), ()])
def test_weights_of_another_shape_are_refused(rows, name, shape):
    with pytest.raises(ShapeError, match=name):
        fit_many([_spec()], rows.X, rows.multiclass, **{name: np.ones(shape)})


@pytest.mark.parametrize("name", ["sample_weight", "validation_weight"])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_weights_below_zero_or_not_finite_are_refused(rows, name, value):
    with pytest.raises(SpecError, match=name):
        fit_many([_spec()], rows.X, rows.multiclass, **{name: _with(np.ones(120), 5, value)})


def test_a_network_without_any_row_to_learn_from_is_refused(rows):
    weight = np.ones((2, 120))
    weight[1] = 0.0
    with pytest.raises(SpecError, match="network 1 has no row"):
        fit_many([_spec(), _spec()], rows.X, rows.multiclass, sample_weight=weight)


@pytest.mark.parametrize("name", ["max_epochs", "batch_size", "early_stopping", "n_jobs"])
@pytest.mark.parametrize("value", [0, -1])
def test_numbers_below_one_are_refused_by_name(rows, name, value):
    with pytest.raises(SpecError, match=name):
        fit_many(
            [_spec()], rows.X, rows.multiclass, validation_weight=np.ones(120), **{name: value}
        )


def test_early_stopping_without_rows_to_watch_is_refused(rows):
    with pytest.raises(SpecError, match="early_stopping needs validation_weight"):
        fit_many([_spec()], rows.X, rows.multiclass, early_stopping=5)


def test_targets_that_cannot_be_learnt_are_refused(rows):
    with pytest.raises(LabelError, match="one class"):
        fit_many([_spec()], rows.X, np.zeros(120))
    with pytest.raises(LabelError, match="missing"):
        fit_many([_spec()], rows.X, _with(np.ones(120), 3, np.nan), task="regression")
    with pytest.raises(SpecError, match="task must be"):
        fit_many([_spec()], rows.X, rows.multiclass, task="ranking")


def test_initial_networks_that_do_not_fit_are_refused(rows):
    network = Network(
        [Layer(np.ones((8, 4)), np.ones(8), "tanh"), Layer(np.ones((3, 8)), np.ones(3))]
    )
    with pytest.raises(ShapeError, match="2 initial networks for 1 specs"):
        fit_many([_spec()], rows.X, rows.multiclass, initial=[network] * 2)
    with pytest.raises(ShapeError, match=r"layers \(4, 8, 3\), its spec \(5, 8, 3\)"):
        fit_many([_spec()], rows.X, rows.multiclass, initial=[network])


def test_an_initial_network_with_missing_edges_is_refused(rows):
    mask = np.ones((8, 5), dtype=bool)
    mask[0, 1] = False
    layers = [
        Layer(np.ones((8, 5)), np.zeros(8), "tanh", mask),
        Layer(np.ones((3, 8)), np.zeros(3)),
    ]
    with pytest.raises(SpecError, match="initial network 1 has missing edges"):
        fit_many(
            [_spec(), _spec()],
            rows.X,
            rows.multiclass,
            initial=[Network([Layer(np.ones((8, 5)), np.zeros(8)), layers[1]]), Network(layers)],
        )


def test_lbfgs_refuses_rows_to_watch_instead_of_passing_over_them(rows):
    specs = [_spec(), NetworkSpec(optimizer="lbfgs")]
    for patience in (None, 3):
        with pytest.raises(SpecError, match="network 1 is solved by lbfgs"):
            fit_many(
                specs,
                rows.X,
                rows.multiclass,
                validation_weight=rows.held_out,
                early_stopping=patience,
            )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"max_epochs": 1.5}, "max_epochs must be a whole number of at least 1, not 1.5"),
        ({"max_epochs": "3"}, "max_epochs must be a whole number of at least 1, not '3'"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1, not 0"),
        ({"n_jobs": True}, "n_jobs must be a whole number of at least 1, not True"),
    ],
)
def test_options_that_are_no_whole_numbers_are_named(options, says):
    with pytest.raises(SpecError, match=says):
        fit_many([NetworkSpec()], [[0.0], [1.0]], [0, 1], **options)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"seed": None}, "seed must be a whole number of at least 0, not None"),
        ({"max_epochs": 1.5}, "max_epochs must be a whole number of at least 1, not 1.5"),
        ({"learning_rate": "0.1"}, "learning_rate must be a number, not '0.1'"),
        ({"dropout": None}, "dropout must be a number, not None"),
    ],
)
def test_fields_of_a_spec_that_are_no_numbers_are_named(fields, says):
    with pytest.raises(SpecError, match=says):
        NetworkSpec(**fields)


def test_one_spec_and_a_generator_are_specs_too():
    X, y = [[0.0], [1.0]], [0, 1]
    [one] = fit_many(NetworkSpec(seed=3), X, y, max_epochs=2)
    several = fit_many((NetworkSpec(seed=seed) for seed in (3, 4)), X, y, max_epochs=2.0)
    assert one.network == several[0].network != several[1].network


def test_a_network_that_diverges_at_once_is_told_and_has_a_loss_that_can_be_compared(rows):
    specs = [
        NetworkSpec((8,), optimizer="sgd", learning_rate=1e20),
        NetworkSpec((8,), learning_rate=0.1),
    ]
    with pytest.warns(ConvergenceWarning, match=r"1 of 2 networks left .*result 0"):
        wild, calm = fit_many(specs, rows.X, 1e4 * rows.X[:, 0], task="regression", max_epochs=3)
    assert wild.diverged
    assert np.isfinite(wild.loss_curve[0])
    assert min((wild, calm), key=lambda result: result.loss_curve[-1]) is calm


def test_real_targets_without_a_task_are_refused_as_scikit_learn_refuses_them(rows):
    with pytest.raises(LabelError, match=r"unknown label type: continuous.*task='regression'"):
        fit_many(NetworkSpec(), rows.X, rows.X[:, 0])


def test_what_is_no_spec_or_no_number_is_named():
    with pytest.raises(SpecError, match="specs must be of the class NetworkSpec, not 3"):
        fit_many([NetworkSpec(), 3], [[0.0], [1.0]], [0, 1])
    with pytest.raises(ShapeError, match="X must be numbers, as many in each row"):
        fit_many([NetworkSpec()], [["a"], ["b"]], [0, 1])
    with pytest.raises(ShapeError, match="X must be numbers, as many in each row"):
        fit_many([NetworkSpec()], [[1.0], [1.0, 2.0]], [0, 1])
