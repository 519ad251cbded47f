"""The logistic and deep rungs against scikit-learn, on the same folds.

Usage: ``python benchmarks/bench_ladder.py [TABLE.csv TARGET [DROP ...]]``; without a table it runs
on the packaged collections. For every input it prints the accuracy of gradatim's rung, of
scikit-learn's counterpart, and the difference:

- logistic: ``LogisticRegression`` on standardized inputs, C chosen on the same two inner folds;
- deep: ``MLPClassifier((128, 128, 128))`` on standardized inputs, otherwise as it comes.
"""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from gradatim import climb_collection, load_timbre, load_world, read_table
from gradatim.evaluation.folds import make_folds

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)


def logistic(C):
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))


def accuracy(model, X, y, train, test):
    return model.fit(X[train], y[train]).score(X[test], y[test])


def tuned_logistic(X, y, split, r, k):
    def judge(C):
        neighbors = [(k - 1) % split.folds, (k + 1) % split.folds]
        return np.mean(
            [
                accuracy(logistic(C), X, y, split.rows_without(r, k, j), split.rows(r, j))
                for j in neighbors
            ]
        )

    C = max(STRENGTHS, key=judge)
    return accuracy(logistic(C), X, y, split.rows_without(r, k), split.rows(r, k))


def mlp(X, y, split, r, k):
    model = make_pipeline(StandardScaler(), MLPClassifier((128, 128, 128), random_state=r))
    return accuracy(model, X, y, split.rows_without(r, k), split.rows(r, k))


def compare(collection):
    ours = climb_collection(collection, rungs=["logistic", "deep"])
    split = make_folds(collection, 5, 2, 0)
    for row in ours.rungs:
        peer = tuned_logistic if row.rung == "logistic" else mlp
        start = time.perf_counter()
        X = collection.X[row.input]
        scores = [peer(X, collection.y, split, r, k) for r, k in split.outer]
        seconds = time.perf_counter() - start
        print(
            f"{collection.name:12} {row.input:10} {row.rung:9} gradatim {row.mean:.3f} "
            f"({row.seconds:.0f} s)  scikit-learn {np.mean(scores):.3f} ({seconds:.0f} s)  "
            f"difference {row.mean - np.mean(scores):+.3f}",
            flush=True,
        )


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    if len(sys.argv) > 2:
        collections = [read_table(sys.argv[1], sys.argv[2], drop=sys.argv[3:])]
    else:
        collections = [load_timbre(), load_world()]
    with threadpool_limits(limits=1, user_api="blas"):
        for collection in collections:
            compare(collection)


if __name__ == "__main__":
    main()
