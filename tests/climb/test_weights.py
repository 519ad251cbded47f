from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import SVC

from gradatim.climb import climb_collection, compare_climbs
from gradatim.climb.task import ClimbTask, Units
from gradatim.collection import Collection
from gradatim.errors import LabelError, SpecError, TableError
from gradatim.evaluation.folds import Folds, make_folds
from gradatim.evaluation.metrics import METRICS, Truth
from gradatim.evaluation.scores import pool
from gradatim.models.families import kernel as kernels
from gradatim.models.families.base import Fit
from gradatim.models.families.landmarks import fit_on_landmarks
from gradatim.models.families.registry import FAMILIES
from gradatim.tables import read_table

N = 90


def made(task="classification", seed=0):
    """Return rows with weights 1 to 3, and the same with each row as often as its weight."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, 3))
    noisy = X + rng.normal(0, 0.8, X.shape)
    y = {
        "classification": np.array(list("abc"))[np.argmax(noisy, axis=1)],
        "multilabel": (noisy > 0).astype(int),
        "regression": noisy[:, :2] @ [[1.0, 2.0], [0.0, 1.0]],
    }[task]
    times = rng.integers(1, 4, N)
    ids = np.arange(N).astype(str)
    weighted = Collection("w", {"f": X}, y, task, ids, groups=ids, weights=times / times.mean(),
                          target_names=("u", "v", "w")[: np.ndim(y) and 2])  # fmt: skip
    again = np.repeat(np.arange(N), times)
    return weighted, replace(weighted.take(again), weights=None), again


def fitted(collection, rung, rows):
    task = ClimbTask(collection, folds=Folds(np.zeros((1, collection.n_samples), int)))
    family = FAMILIES[rung]
    candidate = list(family.candidates(task, "f"))[min(1, len(family.candidates(task, "f")) - 1)]
    fit = Fit(candidate, rows, rows[:0])
    return family.fit(task, "f", [fit], lambda *_: None)[0].model


@pytest.mark.parametrize("task", ["classification", "multilabel", "regression"])
@pytest.mark.parametrize("metric", sorted(METRICS))
def test_every_score_is_that_of_rows_repeated(task, metric):
    weighted, repeated, again = made(task)
    if task not in METRICS[metric].tasks or metric in ("km", "auc"):
        return
    rng = np.random.default_rng(1)
    k = 3 if task != "regression" else 2
    out = np.round(rng.dirichlet(np.ones(k), (1, N)), 1)
    said = {"classification": np.array(list("abc"))[out.argmax(axis=2)],
            "multilabel": (out > 0.3).astype(int), "regression": 3 * out}[task]  # fmt: skip
    units = np.arange(N) // 3
    mine = pool(metric, Truth.of(weighted), said, out, units)
    other = pool(metric, Truth.of(repeated), said[:, again], out[:, again], units[again])
    assert mine.value == pytest.approx(other.value, abs=1e-12)
    np.testing.assert_allclose(mine.without, other.without, atol=1e-10)


def ridge(weighted, X, model):
    alpha = 1e-3 * N
    return Ridge(alpha).fit(X, weighted.y, weighted.weights).predict(X)


def logistic(weighted, X, model):
    rule = LogisticRegression(C=1e-2, max_iter=5000, tol=1e-10)
    return rule.fit(X, weighted.y, weighted.weights).predict_proba(X)


def machine(weighted, X, model):
    rule = SVC(C=1.0, kernel="poly", degree=2, gamma=1 / 3, coef0=1.0)
    return rule.fit(X, weighted.y, weighted.weights).predict(X)


@pytest.mark.parametrize(
    ("rung", "task", "peer"),
    [("linear", "regression", ridge), ("logistic", "classification", logistic),
     ("kernel", "classification", machine)],
)  # fmt: skip
def test_rungs_weigh_rows_as_scikit_learn_does(rung, task, peer):
    weighted, _, _ = made(task)
    model = fitted(weighted, rung, np.arange(N))
    Z = model.scaler.transform(weighted.X["f"], np.float64)
    expected = peer(weighted, Z, model)
    if rung == "kernel":
        assert (model.predict(weighted.X["f"]) == expected).all()
    else:
        np.testing.assert_allclose(model.outputs(weighted.X["f"]), expected, atol=2e-4)
    plain = fitted(replace(weighted, weights=None), rung, np.arange(N))
    assert not np.allclose(plain.outputs(weighted.X["f"]), model.outputs(weighted.X["f"]))


def test_the_majority_is_that_of_weights():
    weighted, _, _ = made()
    heavy = replace(weighted, weights=np.where(weighted.y == "b", 10.0, 0.1))
    assert fitted(heavy, "majority", np.arange(N)).predict(np.zeros((1, 0)))[0] == "b"


@pytest.mark.parametrize("rung", ["perceptron", "shallow"])
def test_rungs_that_learn_step_by_step_follow_the_heavy_rows(rung):
    # Two clouds with labels that contradict each other: the heavier half is believed.
    rng = np.random.default_rng(2)
    X = rng.normal(size=(N, 3))
    truth = np.where(X[:, 0] > 0, "a", "b")
    odd = np.arange(N) % 2 == 1
    y = np.where(odd, np.where(truth == "a", "b", "a"), truth)
    for heavy in (odd, ~odd):
        weights = np.where(heavy, 1.9, 0.1)
        one = Collection("t", {"f": X}, y, "classification", np.arange(N), weights=weights)
        right = fitted(one, rung, np.arange(N)).predict(X) == y
        assert right[heavy].mean() > 0.85


@pytest.mark.parametrize("hinge", [True, False])
def test_landmark_machines_are_those_of_rows_repeated(hinge):
    weighted, _, again = made()
    values = np.where(weighted.y[:, None] == ["a", "b"], 1.0, -1.0)
    Z, marks = weighted.X["f"], weighted.X["f"][:20]
    times = np.bincount(again)
    n, mean = len(again), times.mean()
    # The loss is a sum over rows, so weights of mean 1 stand for C times their mean.
    [(a, b)] = fit_on_landmarks(Z, marks, 0, 0.3, [mean], values, hinge, times / mean)
    [(c, d)] = fit_on_landmarks(Z[again], marks, 0, 0.3, [1.0], values[again], hinge)
    assert n == times.sum()
    np.testing.assert_allclose(b, d, atol=1e-3)
    K = np.exp(-0.3 * ((Z[:, None] - marks) ** 2).sum(axis=2))
    np.testing.assert_allclose(K @ a.T + b, K @ c.T + d, atol=5e-3)


def test_unequal_weights_are_worth_fewer_rows():
    weights = np.array([1.0, 1.0, 1.0, 5.0])
    assert Units.of(None, 4, weights).sizes.sum() == pytest.approx(64 / 28)
    same = Units.of(np.array(list("aabb")), 4, np.ones(4))
    assert same.sizes.tolist() == [2.0, 2.0]


def test_equal_weights_change_nothing_and_unequal_ones_are_told():
    weighted, _, _ = made()
    options = {"rungs": ["majority", "linear"], "folds": 3, "repeats": 1, "n_jobs": 1}
    plain = climb_collection(replace(weighted, weights=None), **options)
    equal = climb_collection(replace(weighted, weights=np.ones(N)), **options)
    assert [r.mean for r in plain.rungs] == pytest.approx([r.mean for r in equal.rungs], abs=1e-9)
    assert plain.rungs[1].interval == pytest.approx(equal.rungs[1].interval, abs=1e-9)
    held = climb_collection(weighted, **options).to_dict()
    assert held["collection"]["unit_weights"] == pytest.approx(
        weighted.weights[np.argsort(weighted.groups)].tolist()
    )
    assert compare_climbs(held, held).stops.difference == 0
    with pytest.raises(SpecError, match="same rows"):
        compare_climbs(held, plain.to_dict())
    assert (
        make_folds(weighted, 3, 1, 0).fold_of.tolist()
        == make_folds(replace(weighted, weights=None), 3, 1, 0).fold_of.tolist()
    )


def written(tmp_path, weights):
    lines = [f"{i},{i % 7},{w},{'xy'[i % 2]}" for i, w in enumerate(weights)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a,b,w,genre", *lines]) + "\n")
    return path


def test_a_column_of_weights_is_no_input_and_rows_of_weight_0_go(tmp_path):
    read = read_table(written(tmp_path, [0, *range(1, 20)]), "genre", weights="w")
    assert read.feature_names["features"] == ("a", "b")
    assert read.n_samples == 19
    assert read.weights == pytest.approx(np.arange(1, 20) / 10)
    told = [notice.message for notice in read.notices if notice.code in ("weights", "dropped-rows")]
    assert told[0] == "1 row of weight 0 by w left out"
    assert told[1].startswith("samples count by w, 0.1 to 1.9 times the mean")
    assert "19 are worth 15 of one weight" in told[1]


@pytest.mark.parametrize(
    ("weight", "error", "says"),
    [
        ("-1", TableError, "has -1 in line 2 of the file, row 1; weights are finite numbers"),
        ("", TableError, "has no weight in line 2"),
        ("inf", TableError, "has inf in line 2"),
        ("heavy", TableError, "holds text ('heavy') in line 2"),
    ],
)
def test_weights_that_are_none_are_refused(tmp_path, weight, error, says):
    with pytest.raises(error) as caught:
        read_table(written(tmp_path, [weight, *["1"] * 19]), "genre", weights="w")
    assert says in str(caught.value)


def test_weights_of_nothing_are_refused(tmp_path):
    path = written(tmp_path, ["0"] * 20)
    with pytest.raises(LabelError, match="every weight in column 'w'"):
        read_table(path, "genre", weights="w")
    with pytest.raises(LabelError, match="hardly any row counts beside it"):
        read_table(written(tmp_path, ["1e-300", *["1"] * 19]), "genre", weights="w")
    large = read_table(written(tmp_path, ["1e308"] * 20), "genre", weights="w")
    assert large.weights.tolist() == [1.0] * 20
    path = written(tmp_path, ["1"] * 20)
    with pytest.raises(TableError, match="named twice"):
        read_table(path, "genre", weights="genre")


def test_many_rows_stand_on_landmarks_with_weights(monkeypatch):
    monkeypatch.setattr(kernels, "MOST_EXACT", 20)
    weighted, _, _ = made()
    model = fitted(weighted, "kernel", np.arange(N))
    assert "landmarks" in model.learner.describe()
    assert np.mean(model.predict(weighted.X["f"]) == weighted.y) > 0.5
