import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler

from gradatim import climb_collection
from gradatim.cli import main
from gradatim.climb.ladder import choose_families
from gradatim.climb.result import Comparison
from gradatim.collection import Collection
from gradatim.errors import GradatimError, MissingExtraError, SpecError
from gradatim.models.families.base import Fit
from gradatim.models.families.references import Forest, LightGBM
from gradatim.models.families.registry import REFERENCES, get_family, register, require_savable
from gradatim.models.training_set import TrainingSet
from gradatim.presentation.climbs import reference_lines


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(Forest, "n_trees", 10)
    monkeypatch.setattr(LightGBM, "n_trees", 5)


def table(task, n=160, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    y = {
        "two": np.where(X[:, 0] > 0, "b", "a"),
        "three": np.array(["a", "b", "c"])[np.digitize(X[:, 0], [-0.4, 0.4])],
        "labels": np.stack([X[:, 0] > 0, X[:, 1] > 0], axis=1).astype(int),
        "numbers": X[:, :2] @ [[1.0, 0.0], [0.0, 2.0]],
    }[task]
    kind = {"labels": "multilabel", "numbers": "regression"}.get(task, "classification")
    return Collection(task, {"x": X}, y, kind, np.arange(n).astype(str))


def outputs(family, task, train, test):
    data = TrainingSet(table(task))
    fit = Fit(family.candidates(data, "x")[0], train, test)
    [fitted] = family.fit(data, "x", [fit], lambda *told: None)
    return fitted


FAMILIES = [Forest, pytest.param(LightGBM, marks=pytest.mark.slow)]


@pytest.mark.parametrize("kind", FAMILIES)
@pytest.mark.parametrize(
    ("task", "width"), [("two", 1), ("three", 3), ("labels", 2), ("numbers", 2)]
)
def test_a_reference_answers_every_task_in_the_form_of_the_rungs(kind, task, width):
    pytest.importorskip("lightgbm") if kind is LightGBM else None
    fitted = outputs(kind(), task, np.arange(120), np.arange(120, 160))
    assert fitted.outputs.shape == (40, width)
    assert fitted.model.n_parameters > 10
    truth = TrainingSet(table(task)).targets
    if task != "numbers":
        assert ((fitted.outputs >= 0) & (fitted.outputs <= 1)).all()
        right = truth.decide(fitted.outputs) == table(task).y[120:]
        assert right.mean() > 0.6


def test_the_forest_is_scikit_learns():
    train, test = np.arange(120), np.arange(120, 160)
    collection = table("three")
    X, y = collection.X["x"].astype(np.float32), np.unique(collection.y, return_inverse=True)[1]
    Z = StandardScaler().fit(X[train].astype(float)).transform(X.astype(float)).astype(np.float32)
    theirs = RandomForestClassifier(10, random_state=0).fit(Z[train], y[train])
    ours = outputs(Forest(), "three", train, test).outputs
    assert ours == pytest.approx(theirs.predict_proba(Z[test]))


def test_a_class_or_label_that_training_rows_lack_has_no_probability():
    collection = table("three")
    train = np.flatnonzero(collection.y != "b")
    found = outputs(Forest(), "three", train, np.arange(160)).outputs
    assert (found[:, 1] == 0).all()
    assert found.sum(axis=1) == pytest.approx(1)
    labels = table("labels").y
    found = outputs(Forest(), "labels", np.flatnonzero(labels[:, 0] == 1), np.arange(160)).outputs
    assert (found[:, 0] == 1).all()


def test_rows_without_weight_are_not_learnt():
    made, wrong = table("two"), np.arange(60, 120)
    weights = np.r_[np.ones(60), np.zeros(60), np.ones(40)]
    labels = made.y.copy()
    labels[wrong] = np.where(labels[wrong] == "a", "b", "a")
    said = []
    for y in (made.y, labels):
        data = TrainingSet(replace(made, y=y, weights=weights))
        fit = Fit(None, np.arange(120), np.arange(120, 160))
        [fitted] = Forest().fit(data, "x", [fit], lambda *told: None)
        said.append(fitted.outputs)
    assert np.array_equal(*said)


def test_what_was_let_go_cannot_be_asked():
    model = outputs(Forest(), "two", np.arange(120), np.arange(120, 160)).model
    with pytest.raises(GradatimError, match="10 trees, as it comes was let go"):
        model.predict(table("two").X["x"])


def test_a_plus_adds_to_the_ladder_and_a_name_alone_does_not():
    ladder = [f.name for f in choose_families(None, "classification")]
    assert not set(ladder) & set(REFERENCES)
    added = [f.name for f in choose_families(["+forest"], "classification")]
    assert added == [*ladder, "forest"]
    few = [f.name for f in choose_families(["+forest", "linear"], "classification")]
    assert few == ["linear", "forest"]
    with pytest.raises(SpecError, match=r"forest is a reference, .* write \+forest"):
        choose_families(["forest"], "classification")
    read = "target 'key' was read as quantities"
    with pytest.raises(SpecError, match=rf"no rung 'logistic' for regression; .*; {read}"):
        choose_families(["logistic"], "regression", reading=read)
    with pytest.raises(SpecError, match=r"lightgbm$"):
        choose_families(["logistics"], "regression", reading=read)
    with pytest.raises(SpecError, match='did you mean "forest"'):
        get_family("+forst")


def test_no_verdict_stops_on_a_reference_or_depends_on_it():
    # A line cannot tell these classes, a tree can.
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, size=(80, 2))
    y = np.where(X[:, 0] * X[:, 1] > 0, "a", "b")
    collection = Collection("xor", {"x": X}, y, "classification", np.arange(80).astype(str))
    options = {"repeats": 1, "n_jobs": 1}
    alone = climb_collection(collection, rungs=["majority", "linear"], **options)
    both = climb_collection(collection, rungs=["majority", "linear", "+forest"], **options)
    assert both.verdict == alone.verdict
    assert [row.rung for row in both.rungs] == ["majority", "linear"]
    [forest], [compared] = both.references, both.reference_comparisons
    assert forest.mean > both.winner.mean
    assert compared.difference == pytest.approx(both.winner.mean - forest.mean)
    said = both.to_dict()
    assert [row["rung"] for row in said["references"]] == ["forest"]
    assert said["reference_comparisons"][0]["rung"] == "forest"
    assert "forest" not in json.dumps([said["rungs"], said["verdict"]])
    assert set(both.models) == {(both.verdict.rung, both.verdict.input)}


def test_a_reference_is_shown_beside_the_ladder(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = [f"{a:.3f},{'x' if a > 0 else 'y'}" for a in rng.normal(size=60)]
    (tmp_path / "t.csv").write_text("a,label\n" + "\n".join(rows) + "\n")
    command = "climb t.csv --target label --rungs linear +forest --repeats 1 --report r.html"
    assert main(command.split()) == 0
    out = capsys.readouterr().out
    assert any(line.split()[:2] == ["+", "forest"] for line in out.splitlines())
    assert "For reference: the random forest has" in " ".join(out.split())
    page = (tmp_path / "r.html").read_text()
    assert "Random forest" in page
    assert '<span class="tag quiet">reference</span>' in page


def test_a_reference_is_better_or_worse_only_where_the_interval_shows_it():
    compared = Comparison("forest", "x", 0.005, (-0.026, 0.036), 0.6, 0.03)
    row = SimpleNamespace(rung="forest", input="x", mean=0.9, n_parameters=3, seconds=1.0)
    winner = SimpleNamespace(rung="linear", input="x")
    collection = Collection(
        "t", {"x": np.eye(2)}, np.array(["a", "b"]), "classification", np.eye(2)[0]
    )

    def said(one):
        climb = SimpleNamespace(
            winner=winner, collection=collection, references=[row], reference_comparisons=[one]
        )
        return next(reference_lines(climb))

    assert "not shown to be better or worse than linear regression" in said(compared)
    assert "differs by 0.005 (\N{MINUS SIGN}0.026 to 0.036)" in said(compared)
    worse = replace(compared, interval=(0.001, 0.009))
    assert "worse than linear regression by 0.005 (0.001 to 0.009)" in said(worse)
    better = replace(compared, difference=-0.005, interval=(-0.009, -0.001))
    assert "better than linear regression by 0.005 (0.001 to 0.009)" in said(better)


def test_a_reference_is_not_saved(capsys):
    assert (
        main(
            [
                "climb",
                "timbre",
                "--rungs",
                "linear",
                "+forest",
                "--save-rung",
                "forest",
                "f.gradatim",
            ]
        )
        == 2
    )
    assert "forest is a reference, whose model no file" in capsys.readouterr().err
    with pytest.raises(SpecError, match="forest is a reference"):
        climb_collection(table("two"), rungs=["linear", "+forest"], keep=["forest"])


def test_a_missing_library_is_named_before_anything_is_read(capsys, monkeypatch):
    monkeypatch.setattr("gradatim.models.families.references.find_spec", lambda name: None)
    assert main(["climb", "nowhere", "--rungs", "+lightgbm"]) == 2
    assert "pip install 'gradatim[lightgbm]'" in capsys.readouterr().err
    with pytest.raises(MissingExtraError, match="LightGBM, which is not installed"):
        choose_families(["+lightgbm"], "classification")


def test_lightgbm_is_asked_for_one_column_at_a_time(monkeypatch):
    class Model:
        booster_ = SimpleNamespace(dump_model=lambda: {"tree_info": [{"num_leaves": 2}]})

        def __init__(self, **options):
            assert options["n_jobs"] == 1

        def fit(self, Z, y, sample_weight):
            assert y.ndim == 1
            assert sample_weight is None
            self.mean = y.mean()
            return self

        def predict_proba(self, Z):
            return np.tile([1 - self.mean, self.mean], (len(Z), 1))

    monkeypatch.setattr(LightGBM, "require", lambda self: None)
    monkeypatch.setitem(sys.modules, "lightgbm", SimpleNamespace(LGBMClassifier=Model))
    fitted = outputs(LightGBM(), "labels", np.arange(120), np.arange(120, 160))
    assert fitted.outputs[0] == pytest.approx(table("labels").y[:120].mean(axis=0))
    assert fitted.model.n_parameters == 2 * 3


def test_lightgbm_has_small_trees_where_classes_are_many():
    y = np.arange(44)
    made = {
        n: Collection("c", {"x": y[:, None] * 1.0}, y % n, "classification", y.astype(str))
        for n in (10, 11)
    }
    found = {n: LightGBM().candidates(TrainingSet(one), "x")[0] for n, one in made.items()}
    assert found == {10: (31, 255), 11: (15, 63)}
    assert LightGBM().describe(found[10]) == f"{LightGBM.n_trees} trees, as it comes"
    assert LightGBM().describe(found[11]) == f"{LightGBM.n_trees} trees of 15 leaves, 63 bins"
    nodes = [LightGBM().n_nodes(TrainingSet(made[n]), 44) / n for n in (10, 11)]
    assert nodes == [LightGBM.n_trees * 61, LightGBM.n_trees * 29]


def test_who_registers_a_reference_finds_it_beside_the_ladder():
    class Stump(Forest):
        name, title, n_trees = "stump", "the stump", 1

    try:
        register(Stump())
        assert [f.name for f in choose_families(["linear", "+stump"], "classification")] == [
            "linear",
            "stump",
        ]
    finally:
        REFERENCES.pop("stump", None)


def test_what_can_be_saved_is_offered_without_references():
    with pytest.raises(SpecError, match="no rung ''; choose among") as refused:
        require_savable("")
    assert "forest" not in str(refused.value)
    with pytest.raises(SpecError, match='did you mean "shallow"'):
        require_savable("shalow")
