"""A model is everything between what a user has and what is predicted."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from sklearn.metrics import r2_score
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel
from sklearn.svm import SVC

from gradatim import Model, load_model, read_table, scalers
from gradatim.cli import main
from gradatim.climb import climb_collection
from gradatim.climb import rung as rung_module
from gradatim.collection import Collection
from gradatim.errors import InputError, ShapeError, SpecError
from gradatim.models.families.registry import FAMILIES
from gradatim.models.folding import average, fold_scaler
from gradatim.models.learners import AveragedNetworks
from gradatim.music import read_folder
from gradatim.network import Layer, Network, evaluate, parse
from gradatim.scalers import fit_scaler
from tests.models.conftest import RUNGS, make_collection

EVERY = [(kind, rung) for kind, rungs in RUNGS.items() for rung in rungs]
every = pytest.mark.parametrize(("kind", "rung"), EVERY)


def model_of(climb, rung) -> Model:
    return next(model for (name, _), model in climb.models.items() if name == rung)


@every
def test_predictions_are_of_the_kind_of_the_targets(climbs, kind, rung):
    climb = climbs(kind)
    y, found = climb.collection.y, model_of(climb, rung).predict(climb.collection)
    assert found.shape == y.shape
    if climb.collection.task == "regression":
        assert abs(found.mean() - y.mean()) < 3 * y.std()
    else:
        assert set(np.unique(found)) <= set(np.unique(y))


@pytest.mark.parametrize(
    ("kind", "rung"),
    # A parabola is no line.
    [(k, r) for k, r in EVERY if r != "majority" and (k, r) != ("value", "linear")],
)
def test_a_model_has_learnt_its_training_rows_in_raw_units(climbs, kind, rung):
    climb = climbs(kind)
    y, found = climb.collection.y, model_of(climb, rung).predict(climb.collection)
    score = r2_score(y, found) if climb.collection.task == "regression" else np.mean(found == y)
    assert score > (0.2 if kind in ("value", "values") else 0.8)


@every
def test_folds_score_what_their_models_say_of_raw_rows(monkeypatch, kind, rung):
    collection = make_collection(kind)
    asked = []

    def fit_all(family, task, input, fits, report, real=rung_module.fit_all):
        fitted = real(family, task, input, fits, report)
        asked.append([(fit, one.model) for fit, one in zip(fits, fitted, strict=True)])
        return fitted

    monkeypatch.setattr(rung_module, "fit_all", fit_all)
    metric = {"regression": "r2", "multilabel": "hamming"}.get(collection.task, "accuracy")
    climb = climb_collection(collection, folds=3, repeats=1, rungs=[rung], metric=metric)
    scores = []
    for fit, model in next(f for f in asked[::-1] if len(f) == 3 and f[0][1].rung == rung):
        rows = np.setdiff1d(np.arange(60), fit.train)
        y, found = collection.y[rows], model.predict(collection.take(rows))
        right = collection.task == "regression"
        share = np.mean(found != y) if metric == "hamming" else np.mean(found == y)
        scores.append(r2_score(y, found) if right else share)
    np.testing.assert_allclose(climb.rungs[-1].fold_scores, scores, rtol=1e-12)


@every
def test_the_one_network_on_raw_inputs_equals_the_model(climbs, kind, rung):
    climb = climbs(kind)
    model = model_of(climb, rung)
    X = climb.collection.X["sounds"][~np.isnan(climb.collection.X["sounds"]).any(axis=1)]
    network = model.network
    if rung in ("majority", "kernel", "shallow", "deep"):
        assert network is None
        return
    assert network.input_names == ("tempo", "level", "tilt")
    wanted = model.outputs(X)
    if (kind, rung) == ("three", "perceptron"):
        wanted = model.decision_function(X)
    np.testing.assert_allclose(evaluate(network, X.astype(float)), wanted, atol=1e-9)


def test_averaged_networks_are_one_network():
    members = [parse("tanh(2 x1 - x2) + 0.5"), parse("tanh(x1 + x2 - 1) - tanh(3 x2)")]
    X = np.random.default_rng(0).normal(size=(50, 2)) * (3, 0.1) + (20, 1)
    scaler = fit_scaler(X)
    model = Model("made", "xy", "regression", AveragedNetworks(tuple(members), False), scaler)
    assert len(model.networks) == 2
    np.testing.assert_allclose(evaluate(model.network, X), model.outputs(X), atol=1e-12)


def test_networks_that_no_one_network_equals_give_none():
    softmax = Network([Layer(np.eye(3), np.zeros(3), "softmax")])
    assert average([softmax, softmax]) is None
    assert average([softmax]) is softmax
    assert average([parse("tanh(x1)"), parse("tanh(tanh(x1))")]) is None
    assert fold_scaler(parse("x1"), fit_scaler([[1.0], [2.0]], "robust")) is None


@every
def test_probabilities_are_of_every_class_and_sum_to_one(climbs, kind, rung):
    climb = climbs(kind)
    model = model_of(climb, rung)
    if kind in ("value", "values"):
        with pytest.raises(SpecError, match="real values has no probabilities"):
            model.predict_proba(climb.collection)
    elif rung in ("linear", "perceptron", "kernel"):
        with pytest.raises(SpecError, match=f"the {rung} model gives no probabilities"):
            model.predict_proba(climb.collection)
    else:
        p = model.predict_proba(climb.collection)
        assert p.shape == (60, 2 if kind == "two" else 3)
        assert ((p >= 0) & (p <= 1)).all()
        if kind != "labels":
            np.testing.assert_allclose(p.sum(axis=1), 1.0)
            np.testing.assert_array_equal(
                model.classes[p.argmax(axis=1)], model.predict(climb.collection)
            )


@every
def test_decisions_agree_with_predictions(climbs, kind, rung):
    climb = climbs(kind)
    model, X = model_of(climb, rung), climb.collection
    if kind in ("value", "values"):
        with pytest.raises(SpecError, match="decides nothing"):
            model.decision_function(X)
        return
    d = model.decision_function(X)
    if kind == "two":
        assert d.shape == (60,)
        found = model.classes[(d > 0).astype(int)]
    elif kind == "three":
        found = model.classes[d.argmax(axis=1)]
    else:
        found = (d >= 0).astype(int)
    np.testing.assert_array_equal(found, model.predict(X))


@pytest.mark.parametrize("kind", ["two", "three"])
def test_kernel_machines_predict_what_scikit_learns_do(climbs, kind):
    climb = climbs(kind)
    model = model_of(climb, "kernel")
    [machine] = model.learner.machines
    Z = model.scaler.transform(climb.collection.X["sounds"]).astype(float)
    peer_kernel = polynomial_kernel if machine.degree else rbf_kernel
    options = {"gamma": machine.gamma}
    if machine.degree:
        options |= {"degree": machine.degree, "coef0": 1.0}
    C = float(model.setting.split("C ")[1])
    peer = SVC(kernel="precomputed", C=C, decision_function_shape="ovr")
    peer.fit(peer_kernel(Z, Z, **options), climb.collection.y)
    # Rows that no machine has seen, on both sides.
    rows = np.random.default_rng(1).normal(size=(200, 3))
    raw = rows * model.scaler.scale + model.scaler.center
    kernel = peer_kernel(rows, Z, **options)
    np.testing.assert_array_equal(peer.predict(kernel), model.predict(raw))
    theirs = peer.decision_function(kernel)
    np.testing.assert_allclose(model.decision_function(raw), theirs, rtol=1e-5, atol=1e-5)


# -- what may be given -------------------------------------------------------------------------


@pytest.fixture
def model(climbs):
    return model_of(climbs("three"), "logistic")


def test_arrays_mappings_frames_and_collections_give_the_same(model):
    collection = make_collection("three")
    X = collection.X["sounds"].astype(float)
    columns = dict(zip(["tempo", "level", "tilt"], X.T, strict=True))
    table = pa.table({"extra": np.zeros(60)} | {n: columns[n] for n in ("tilt", "tempo", "level")})
    wanted = model.outputs(X)
    for given in (X.tolist(), {"other": X[:, :1], "sounds": X}, {"sounds": table}, collection):
        np.testing.assert_array_equal(model.outputs(given), wanted)
    np.testing.assert_array_equal(model.outputs(table), wanted)


def test_many_rows_are_asked_about_some_at_a_time(model, monkeypatch):
    X, asked = make_collection("three").X["sounds"].astype(np.float32), []
    wanted, decided = model.outputs(X), model.decision_function(X)
    monkeypatch.setattr(scalers, "_AT_ONCE", 30)
    watched = SimpleNamespace(outputs=lambda Z: asked.append(len(Z)) or model.learner.outputs(Z))
    found = replace(model, learner=watched).outputs(X)
    assert asked == [10] * 6
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    np.testing.assert_allclose(model.decision_function(X), decided, rtol=1e-12)


class Frame:
    """As pandas and polars: columns by name."""

    def __init__(self, **columns):
        self.columns, self._columns = list(columns), columns

    def __getitem__(self, name):
        return self._columns[name]


def test_two_columns_of_one_name_are_refused(model):
    names = ["tempo", "level", "tilt", "tempo"]
    twice = pa.Table.from_arrays([pa.array([1.0])] * 4, names=names)
    with pytest.raises(InputError, match="X has two columns called 'tempo'"):
        model.predict(twice)


@pytest.mark.parametrize(
    ("given", "call"),
    [(pl.LazyFrame({"tempo": [1.0]}), "collect"), (scipy.sparse.csr_array((1, 3)), "toarray")],
)
def test_what_must_become_an_array_first_is_refused_with_the_call(model, given, call):
    with pytest.raises(InputError, match=rf"; give X\.{call}\(\)$"):
        model.predict(given)


def test_a_frame_may_have_its_columns_in_any_order(model):
    X = make_collection("three").X["sounds"]
    frame = Frame(tilt=X[:, 2], level=X[:, 1], more=["x"] * 60, tempo=X[:, 0])
    np.testing.assert_array_equal(model.outputs(frame), model.outputs(X))


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        (np.zeros((2, 4)), ShapeError, r"X must be \(n_rows, 3\) of the input 'sounds', not"),
        (np.zeros(3), ShapeError, r"X must be \(n_rows, 3\)"),
        ({"wave": np.zeros((2, 3))}, InputError, "reads the input 'sounds'; X has 'wave'"),
        ({}, InputError, "empty mapping"),
        (Frame(tempo=[1.0], tilt=[1.0]), InputError, "X lacks the column 'level'"),
        (Frame(tempo=[1.0]), InputError, "X lacks the columns 'level', 'tilt'"),
        ([["a", "b", "c"]], InputError, "no number"),
        ([[1.0, np.inf, 2.0]], InputError, "row 0 of X is infinite in column level"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(model, given, error, match):
    with pytest.raises(error, match=match):
        model.predict(given)


def test_a_missing_value_is_the_training_median(model):
    X = make_collection("three").X["sounds"].astype(float)
    median = np.nanmedian(X, axis=0)
    [filled] = model.outputs([[X[0, 0], median[1], X[0, 2]]])
    [missing] = model.outputs([[X[0, 0], np.nan, X[0, 2]]])
    np.testing.assert_allclose(missing, filled, atol=1e-6)


def test_a_model_says_what_it_is_in_a_line_and_in_a_table(model):
    assert repr(model) == "Model(logistic on 'sounds' (3 columns): network 3-3, 3 classes)"
    shown = model._repr_html_()
    assert "a, b, c" in shown
    assert "accuracy" in shown
    assert model.about["score"]["metric"] == "accuracy"
    assert model.about["collection"]["sha256"] == make_collection("three").sha256


@pytest.fixture(scope="module")
def drums(request):
    return read_folder(request.config.rootpath / "examples" / "drums")


def test_the_winner_of_the_drums_knows_its_own_rows(drums):
    climb = climb_collection(drums, folds=3, repeats=1, rungs=["linear", "logistic"])
    assert np.mean(climb.model.predict(drums) == drums.y) > 0.95
    assert climb.model.recipe == drums.recipes["features"]


def test_a_family_that_is_registered_is_a_rung_everywhere(monkeypatch, tmp_path):
    from gradatim.models.families.baselines import Majority
    from gradatim.models.families.registry import register

    class Rarest(Majority):
        name, title = "rarest", "the rarest class"

        def fit(self, data, input, fits, report):
            fitted = super().fit(data, input, fits, report)
            for one in fitted:
                one.model.learner.values[:] *= -1
            return fitted

    before = dict(FAMILIES)
    try:
        register(Rarest(), before="linear")
        assert list(FAMILIES)[:3] == ["majority", "rarest", "linear"]
        climb = climb_collection(
            make_collection("three"), folds=3, repeats=1, rungs=["majority", "rarest"]
        )
        assert [row.rung for row in climb.rungs] == ["majority", "rarest"]
        monkeypatch.chdir(tmp_path)
        names = ["--rungs", "rarest", "--json", "found.json", "--no-report", "--quiet"]
        assert main(["climb", "world", *names]) == 0
        rungs = json.loads((tmp_path / "found.json").read_text())["rungs"]
        assert [row["rung"] for row in rungs] == ["majority", "rarest"]
        assert main(["climb", "--help"]) == 0
    finally:
        FAMILIES.clear()
        FAMILIES.update(before)


def test_features_that_were_computed_otherwise_are_refused(drums):
    model = climb_collection(drums, rungs=["majority", "linear"], repeats=1).model
    assert model.predict(drums).shape == (drums.n_samples,)
    recipe = {**drums.recipes["features"], "hop_length": 256}
    with pytest.raises(InputError, match=r"hop_length 256, the model with 512; compute"):
        model.predict(replace(drums, recipes={"features": recipe}))
    # What only the other one says is a difference, too.
    later = {**drums.recipes["features"], "loudness": "equal"}
    with pytest.raises(InputError, match=r"loudness equal, the model with None; compute"):
        model.predict(replace(drums, recipes={"features": later}))
    assert model.predict(replace(drums, recipes={})).tolist() == model.predict(drums).tolist()


def test_units_of_targets_come_from_the_table_and_stay(tmp_path):
    rng = np.random.default_rng(0)
    rows = "\n".join(f"{a:.3f},{60 + a:.3f},{b:.3f}" for a, b in rng.uniform(0, 90, (60, 2)))
    (tmp_path / "t.csv").write_text(f"a,tempo [BPM],size\n{rows}\n")
    table = read_table(tmp_path / "t.csv", target=["tempo [BPM]", "size"])
    assert (table.target_names, table.target_units) == (("tempo [BPM]", "size"), ("BPM", ""))
    assert read_table(tmp_path / "t.csv", target="size").target_units == ("",)
    climb = climb_collection(table, rungs=["majority", "linear"], repeats=1)
    model = load_model(climb.model.save(tmp_path / "t.gradatim"))
    assert model.units == ("BPM", "")
    assert "tempo [BPM], size" in model._repr_html_()
    named = replace(model, target_names=("tempo", "size"), units=("BPM", "m"))
    assert "tempo (BPM), size (m)" in named._repr_html_()
    said = replace(model, target_names=("tempo", "size (m)"), units=("m", "m"))
    assert "tempo (m), size (m)<" in said._repr_html_()


def test_a_constant_only_counts_rows_of_whatever_kind():
    climb = climb_collection(make_collection("two"), rungs=["majority"], repeats=1)
    frame = pa.table({"words": ["a", "b", "c"], "x": [1.0, None, float("inf")]})
    assert len(set(climb.model.predict(frame))) == 1
    assert climb.model.predict(frame).shape == (3,)
    assert climb.model.predict(climb.collection).shape == climb.collection.y.shape


def test_masked_values_are_missing_and_times_are_no_numbers(climbs):
    model = model_of(climbs("two"), "logistic")
    X = np.asarray(climbs("two").collection.X[model.input], dtype=np.float64)[:4]
    masked = np.ma.masked_array(X, mask=np.eye(4, X.shape[1], dtype=bool))
    assert (model.outputs(masked) == model.outputs(masked.filled(np.nan))).all()
    with pytest.raises(InputError, match=r"type datetime64.*not numbers"):
        model.predict(X.astype("datetime64[s]"))


def test_what_would_be_rounded_too_much_is_no_network_on_raw_inputs():
    rng = np.random.default_rng(0)
    time = 1.6e12 + 250.0 * np.arange(80)
    y = np.where(time + rng.normal(0, 3000, 80) > time.mean(), "late", "early")
    table = Collection("t", {"t": time[:, None]}, y, "classification", np.arange(80))
    assert climb_collection(table, rungs=["majority", "logistic"], repeats=1).model.network is None
    near = replace(table, X={"t": (time - time[0])[:, None]})
    model = climb_collection(near, rungs=["majority", "logistic"], repeats=1).model
    found = evaluate(model.network, near.X["t"])
    np.testing.assert_allclose(found, model.outputs(near), atol=1e-9)


def test_a_rung_that_reads_no_input_is_refused_with_one_before_anything_is_trained():
    with pytest.raises(SpecError, match="the rung majority reads no input; write majority alone"):
        climb_collection(make_collection("two"), rungs=["majority"], keep=["majority/x"])


class NAType:
    """What pandas has for a missing value; neither a number nor equal to anything."""

    def __float__(self):
        raise TypeError("float() argument must be a string or a real number, not 'NAType'")


def test_what_pandas_calls_missing_is_missing(climbs):
    model = model_of(climbs("two"), "logistic")
    X = np.asarray(climbs("two").collection.X[model.input], dtype=object)[:4]
    gap, missing = X.copy(), X.copy()
    gap[1, 0], missing[1, 0] = np.nan, NAType()
    assert (model.outputs(missing) == model.outputs(gap.astype(float))).all()
    with pytest.raises(InputError, match="something that is no number"):
        model.outputs(np.where(X[0, 0] == X, "loud", X))
