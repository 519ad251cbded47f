"""Accuracy of ``preset="strong"`` against RealMLP-TD, TabM and scikit-learn, on the same folds.

Steps of ``python benchmarks/accuracy.py``, since the peer may live in another environment:

1. ``prepare FOLDER --data DATA --seed SEED --repeats 2`` reads the tables and writes each with its
   folds to ``FOLDER/TABLE.npz``. Without ``--data`` only the packaged collections are written;
   DATA is a folder that also holds ``tables/gtzan_features_30s.csv``, ``tables/emotions.arff`` and
   ``drums_hydrogen/``.
2. ``run FOLDER --model strong --model svc [--table world]`` fits and scores, and appends one line
   per fold to ``FOLDER/MODEL.jsonl``; folds that are there already are left out. Of gradatim it
   needs nothing unless its own models are run, so ``realmlp`` and ``tabm`` (pytabkit) can be run
   from an environment of its own.
3. ``climb FOLDER --data DATA --seed SEED --repeats 2`` climbs the same tables on the same folds
   under ``--preset strong``, and appends what its shallow and deep rungs score to
   ``FOLDER/climb_shallow.jsonl`` and ``climb_deep.jsonl``. Their seconds are the processor's, of
   both rungs together, with what it takes to choose.
4. ``report FOLDER`` prints the table, and the differences of each model to RealMLP-TD
   with intervals that know that folds share training rows (Nadeau and Bengio).

Scores are accuracies; for several labels, 1 - Hamming loss. Seconds are those of one fit on one
thread, everything included; ``report`` divides them by the number of networks in a fit.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from pathlib import Path

if not __package__:
    # Beside a script Python finds its neighbors, and coverage.py would hide the package coverage.
    sys.path[:] = [name for name in sys.path if Path(name) != Path(__file__).resolve().parent]

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402 - the number of threads is read when numpy is imported

FOLDS = 5

#: Tables with inputs that are one signal, whose columns share a unit and a scale.
SIGNALS = ("timbre_wave",)


# -- 1. tables and folds ---------------------------------------------------------------------


def read_tables(data):
    """Yield (name, collection, input) for every table that is there."""
    from gradatim import load_timbre, load_world, read_folder, read_table

    yield "world", load_world(), "features"
    timbre = load_timbre()
    yield "timbre_harmonics", timbre, "harmonics"
    yield "timbre_wave", timbre, "wave"
    if data is None:
        return
    gtzan = data / "tables" / "gtzan_features_30s.csv"
    yield "gtzan", read_table(gtzan, "label", drop=["filename", "length"]), "features"
    yield "emotions", read_arff(data / "tables" / "emotions.arff", n_labels=6), "features"
    drums = data / "drums_hydrogen"
    yield "drums", without_copies(read_folder(drums, drums / "groups.csv")), "features"


def read_arff(path, n_labels):
    """Read a dense ARFF file whose last columns are labels; the header's types are not needed."""
    from gradatim.collection import Collection

    lines = [line.strip() for line in path.read_text().splitlines()]
    start = [line.lower() for line in lines].index("@data") + 1
    table = np.array([line.split(",") for line in lines[start:] if line and line[0] != "%"])
    X, y = table[:, :-n_labels].astype(float), table[:, -n_labels:].astype(int)
    return Collection(path.stem, {"features": X}, y, "multilabel", np.arange(len(X)).astype(str))


def without_copies(collection):
    """Keep the first of samples whose inputs are the same."""
    _, first = np.unique(collection.X["features"], axis=0, return_index=True)
    return collection.take(np.sort(first))


def prepare(folder, data, seed, repeats):
    from gradatim.evaluation.folds import make_folds

    folder.mkdir(parents=True, exist_ok=True)
    for name, collection, column in read_tables(data):
        split = make_folds(collection, FOLDS, repeats, seed)
        X, y = collection.X[column], collection.y
        groups = np.empty(0) if collection.groups is None else collection.groups.astype(str)
        y = y if y.ndim == 2 else np.unique(y, return_inverse=True)[1]
        np.savez(folder / f"{name}.npz", X=X, y=y, groups=groups, fold_of=split.fold_of)
        print(f"{name}: {X.shape[0]} rows, {X.shape[1]} features", flush=True)


# -- 2. models -------------------------------------------------------------------------------
# A model is a function (X, y, groups, seed, table) -> fitted object with predict_proba or predict.


def strong(X, y, groups, seed, table, **options):
    from gradatim import NetworkClassifier

    return NetworkClassifier(preset="strong", random_state=seed, **options).fit(X, y)


def realmlp(X, y, groups, seed, table, **options):
    """RealMLP-TD as it comes; it reads one class per row, so labels get a network each."""
    from pytabkit import RealMLP_TD_Classifier
    from sklearn.multioutput import MultiOutputClassifier

    model = RealMLP_TD_Classifier(
        random_state=seed, device="cpu", n_threads=1, verbosity=0, **options
    )
    return (MultiOutputClassifier(model) if y.ndim == 2 else model).fit(X, y)


def realmlp_refit(X, y, groups, seed, table):
    """RealMLP-TD trained again on all rows, once a fifth of them has chosen the epoch."""
    return realmlp(X, y, groups, seed, table, n_refit=1)


def tabm(X, y, groups, seed, table):
    """TabM as pytabkit sets it (TabM_D): 32 networks that share most of their weights."""
    from pytabkit import TabM_D_Classifier
    from sklearn.multioutput import MultiOutputClassifier

    model = TabM_D_Classifier(random_state=seed, device="cpu", n_threads=1, verbosity=0)
    return (MultiOutputClassifier(model) if y.ndim == 2 else model).fit(X, y)


def logistic(X, y, groups, seed, table):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=2000)
    return tuned(model, {"C": [1e-3, 1e-2, 1e-1, 1.0, 10.0]}, X, y, groups, seed, table)


def svc(X, y, groups, seed, table):
    from sklearn.svm import SVC

    # The gamma of "scale" for standardized columns is 1 / n_features.
    grid = {"C": [1.0, 3.0, 10.0, 30.0, 100.0], "gamma": np.array([0.1, 0.3, 1.0]) / X.shape[1]}
    return tuned(SVC(), grid, X, y, groups, seed, table)


def forest(X, y, groups, seed, table):
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(500, random_state=seed).fit(X, y)


def lightgbm(X, y, groups, seed, table):
    from lightgbm import LGBMClassifier
    from sklearn.multioutput import MultiOutputClassifier

    model = LGBMClassifier(random_state=seed, n_jobs=1, verbosity=-1)
    return (MultiOutputClassifier(model) if y.ndim == 2 else model).fit(X, y)


def mlp(X, y, groups, seed, table):
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline

    return make_pipeline(scaler(table), MLPClassifier((128, 128, 128), random_state=seed)).fit(X, y)


def double(X):
    """Bring a signal to about unit spread."""
    return 2.0 * X


def scaler(table):
    """Standardize columns; those of a signal share one scale."""
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    if table in SIGNALS:
        return FunctionTransformer(double)
    return StandardScaler()


def tuned(model, grid, X, y, groups, seed, table):
    """Choose hyperparameters by three folds of the training rows, groups whole, a label each."""
    from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, StratifiedKFold
    from sklearn.pipeline import make_pipeline

    step = type(model).__name__.lower()
    grid = {f"{step}__{name}": values for name, values in grid.items()}
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    folds = kind(3, shuffle=True, random_state=seed)

    def search(target):
        found = GridSearchCV(make_pipeline(scaler(table), model), grid, cv=folds)
        return found.fit(X, target, groups=groups)

    return search(y) if y.ndim == 1 else Several([search(column) for column in y.T])


class Several:
    """One model a label."""

    def __init__(self, models):
        self.models = models

    def predict(self, X):
        return np.stack([model.predict(X) for model in self.models], axis=1)


MODELS = {
    f.__name__: f
    for f in (strong, realmlp, realmlp_refit, tabm, logistic, svc, forest, lightgbm, mlp)
}


def score(model, X, y):
    """Return accuracy (1 - Hamming loss) and log loss (None without probabilities)."""
    accuracy = float(np.mean(model.predict(X) == y))
    if not hasattr(model, "predict_proba"):
        return accuracy, None
    p = model.predict_proba(X)
    if isinstance(p, list):  # scikit-learn's form for several labels
        p = np.stack([one[:, 1] for one in p], axis=1)
    true = np.where(y == 1, p, 1 - p) if y.ndim == 2 else p[np.arange(len(y)), y]
    return accuracy, float(-np.mean(np.log(np.maximum(true, 1e-12))))


def run(folder, models, tables, repeats=None):
    warnings.simplefilter("ignore")
    for name in tables or sorted(path.stem for path in folder.glob("*.npz")):
        arrays = np.load(folder / f"{name}.npz")
        for model in models:
            run_one(folder / f"{model}.jsonl", MODELS[model], name, arrays, repeats)


def run_one(path, fit, table, arrays, repeats):
    X, y, fold_of = arrays["X"].astype(np.float32), arrays["y"], arrays["fold_of"]
    groups = arrays["groups"] if len(arrays["groups"]) else None
    done = {(s["table"], s["repeat"], s["fold"]) for s in read_scores(path)}
    for r in range(len(fold_of))[:repeats]:
        for k in range(FOLDS):
            if (table, r, k) in done:
                continue
            train, test = fold_of[r] != k, fold_of[r] == k
            start = time.perf_counter()
            part = None if groups is None else groups[train]
            fitted = fit(X[train], y[train], part, 100 * r + k, table)
            seconds = time.perf_counter() - start
            accuracy, loss = score(fitted, X[test], y[test])
            line = {"table": table, "repeat": r, "fold": k, "accuracy": accuracy}
            line |= {"log_loss": loss, "seconds": round(seconds, 3)}
            with path.open("a") as file:
                file.write(json.dumps(line) + "\n")


def read_scores(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


# -- 3. the climb's own protocol -------------------------------------------------------------


def climb(folder, data, seed, repeats, tables):
    """Score the strong rungs as a climb does, which chooses inside the folds."""
    from gradatim import climb_collection

    for name, collection, column in read_tables(data):
        paths = {rung: folder / f"climb_{rung}.jsonl" for rung in ("shallow", "deep")}
        done = {s["table"] for path in paths.values() for s in read_scores(path)}
        if name in done or (tables and name not in tables):
            continue
        start = time.process_time()
        found = climb_collection(
            collection,
            rungs=list(paths),
            inputs=[column],
            preset="strong",
            folds=FOLDS,
            repeats=repeats,
            seed=seed,
            n_jobs=1,
        )
        fold_of = np.load(folder / f"{name}.npz")["fold_of"]
        if not np.array_equal(found.fold_of, fold_of):
            raise SystemExit(f"{name}: the folds in {folder} were prepared with another seed")
        seconds = (time.process_time() - start) / (FOLDS * repeats)
        for row in found.rungs:
            if row.rung in paths:
                with paths[row.rung].open("a") as file:
                    for line in climbed(found, row, name, seconds):
                        file.write(json.dumps(line) + "\n")


def climbed(found, row, table, seconds):
    """Yield the scores of a rung by fold, in the form of `run_one`."""
    from gradatim.climb.predictions import held_out_probabilities

    y, chances = found.collection.y, held_out_probabilities(found, row)
    if y.ndim == 1:
        truth = found.collection.classes == y[:, None]
    for (r, fold_of), said in zip(enumerate(found.fold_of), row.predictions, strict=True):
        for k in range(FOLDS):
            test = fold_of == k
            loss = None
            if chances is not None:
                p = chances[r][test]
                true = np.where(y[test] == 1, p, 1 - p) if y.ndim == 2 else p[truth[test]]
                loss = float(-np.mean(np.log(np.maximum(true, 1e-12))))
            line = {"table": table, "repeat": r, "fold": k}
            line |= {"accuracy": float(np.mean(said[test] == y[test])), "log_loss": loss}
            yield line | {"seconds": round(seconds, 3)}


# -- 4. report -------------------------------------------------------------------------------


def report(folder, against, nets):
    from gradatim.evaluation.statistics import posterior

    found = {path.stem: read_scores(path) for path in sorted(folder.glob("*.jsonl"))}
    tables = sorted({s["table"] for scores in found.values() for s in scores})

    def column(model, table, key):
        return {
            (s["repeat"], s["fold"]): s[key]
            for s in found[model]
            if s["table"] == table and s[key] is not None
        }

    def cells(model, key, form):
        values = [list(column(model, table, key).values()) for table in tables]
        return " | ".join(form.format(np.mean(v)) if v else "-" for v in values)

    for key, form in (("accuracy", "{:.3f}"), ("log_loss", "{:.2f}"), ("seconds", "{:.2f}")):
        print(f"\n| {key} | " + " | ".join(tables) + " |\n|---" * 1 + "|---:" * len(tables) + "|")
        for model in found:
            print(f"| {model} | {cells(model, key, form)} |")
    if against not in found:
        return
    print(f"\n| difference to {against} | " + " | ".join(tables) + " |")
    print("|---" + "|---:" * len(tables) + "|")
    for model in found:  # on the folds that both were run on
        row = []
        for table in tables:
            ours, theirs = (column(m, table, "accuracy") for m in (model, against))
            shared = sorted(set(ours) & set(theirs))
            if model == against or len(shared) < 2:
                row.append("-")
                continue
            belief = posterior([ours[i] - theirs[i] for i in shared], 1 / (FOLDS - 1))
            low, high = belief.interval()
            row.append(f"{belief.mean:+.3f} ({low:+.3f} to {high:+.3f})")
        print(f"| {model} | " + " | ".join(row) + " |")
    if "strong" in found and against in found:
        for table in tables:
            ours, theirs = (column(m, table, "seconds").values() for m in ("strong", against))
            if ours and theirs:
                # The least of the folds is what other work on the machine disturbed least.
                ratio = min(theirs) / (min(ours) / nets)
                print(f"{table}: a fit of {against} takes {ratio:.1f} times as long as a network")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=("prepare", "run", "climb", "report"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--repeats", type=int, default=None)
    parser.add_argument("--model", action="append", choices=MODELS)
    parser.add_argument("--table", action="append")
    parser.add_argument("--against", default="realmlp")
    parser.add_argument("--nets", type=int, default=8, help="networks in a fit of strong")
    given = parser.parse_args()
    if given.step == "prepare":
        prepare(given.folder, given.data, given.seed, given.repeats or 1)
    elif given.step == "run":
        run(given.folder, given.model or ["strong"], given.table, given.repeats)
    elif given.step == "climb":
        climb(given.folder, given.data, given.seed, given.repeats or 1, given.table)
    else:
        report(given.folder, given.against, given.nets)


if __name__ == "__main__":
    main()
