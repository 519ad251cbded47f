"""Many small networks: gradatim against scikit-learn's MLPClassifier under joblib.

495 networks (57 features, 1,000 rows, 10 classes, widths 8 to 128, 1 to 3 hidden layers, ReLU,
Adam, batches of 50, 20 epochs) on two cores. scikit-learn trains every eighth of them and its
time is multiplied. Prints seconds cold (compiling included) and warm, and the ratio first.
"""

from __future__ import annotations

import time
import warnings

import numpy as np
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from gradatim import NetworkSpec, fit_many

EPOCHS, EVERY = 20, 8


def train_one(X, y, sizes, seed):
    warnings.simplefilter("ignore", ConvergenceWarning)
    MLPClassifier(sizes, batch_size=50, max_iter=EPOCHS, random_state=seed).fit(X, y)


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(1000, 57)), rng.integers(0, 10, 1000)
    shapes = [(w,) * depth for depth in (1, 2, 3) for w in (8, 16, 32, 64, 128)]
    nets = [(shape, seed) for shape in shapes for seed in range(33)]
    specs = [NetworkSpec(hidden_layer_sizes=shape, seed=seed) for shape, seed in nets]
    ours = [seconds(lambda: fit_many(specs, X, y, max_epochs=EPOCHS)) for _ in range(4)]
    jobs = [delayed(train_one)(X, y, shape, seed) for shape, seed in nets[::EVERY]]
    Parallel(n_jobs=2)(jobs[:2])
    peer = [seconds(lambda: Parallel(n_jobs=2)(jobs)) * len(nets) / len(jobs) for _ in range(3)]
    ratio = np.median(peer) / np.median(ours[1:])
    print(f"scikit-learn / gradatim: {ratio:.1f}")
    print(
        f"gradatim: {ours[0]:.1f} s cold, {np.median(ours[1:]):.1f} s warm, {len(specs)} networks"
    )
    print(f"scikit-learn: {np.median(peer):.1f} s")


if __name__ == "__main__":
    main()
