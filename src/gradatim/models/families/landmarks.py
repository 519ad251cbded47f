"""Kernel machines of many rows: Nystroem's approximation, which stands on a few of the rows.

Conventions: a machine is f(x) = sum_j a_j k(x, l_j) + b with landmarks l_j, which minimizes
|a|_K^2 / 2 + C / 2 times the sum of squared losses: of classes the squared hinge, one class against
the others; of real values, in units of their spread, the squared error. Time and memory grow with
the number of rows, not with its square.

References
----------
Williams and Seeger (2000), Using the Nystroem method to speed up kernel machines.
Rudi, Carratino and Rosasco (2017), FALKON: an optimal large scale kernel method.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gradatim.models.learners import kernel_of

#: Landmarks of a machine that is scored.
LANDMARKS = 2_000

#: Landmarks of a machine that only serves to choose a setting.
LANDMARKS_TO_CHOOSE = 1_000

#: Rows from which a machine learns that only serves to choose a setting.
MOST_ROWS_TO_CHOOSE = 8_000

# Measured: more steps moved no score of six tables by more than .005.
_STEPS = 12

# A ridge in units of the mean square of a landmark's kernel: equal landmarks make no trouble.
_RIDGE = 1e-9


def choose_landmarks(n_rows: int, judging: bool, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw the rows to learn from, and those of them that are landmarks, both ascending."""
    random = np.random.RandomState(seed)
    n_learnt = min(n_rows, MOST_ROWS_TO_CHOOSE) if judging else n_rows
    drawn = random.permutation(n_rows)[:n_learnt]
    n_landmarks = LANDMARKS_TO_CHOOSE if judging else LANDMARKS
    return np.sort(drawn), np.sort(drawn[:n_landmarks])


def fit_on_landmarks(
    Z: np.ndarray,
    landmarks: np.ndarray,
    degree: int,
    gamma: float,
    Cs: Sequence[float],
    values: np.ndarray,
    hinge: bool,
    weights: np.ndarray | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Fit machines for each C on one kernel.

    `Z` (n_rows, n_features) and `landmarks` (n_landmarks, n_features) are scaled; `values`
    (n_rows, n_machines) are -1 and 1 for the hinge, else real; `weights` (n_rows,) are 1 on
    average. Yields coefficients (n_machines, n_landmarks) and intercepts (n_machines,).
    """
    from scipy.linalg import LinAlgError, cholesky, solve_triangular

    K = kernel_of(Z, landmarks, degree, gamma)
    M = kernel_of(landmarks, landmarks, degree, gamma)
    center = np.average(K, axis=0, weights=weights)
    level = np.average(values, axis=0, weights=weights)
    K -= center
    counted = K if weights is None else K * weights[:, None]
    G, R = counted.T @ K, counted.T @ (values - level)
    unit = np.trace(G) / len(G) + np.trace(M) / len(M)
    for C in Cs:
        ridge = _RIDGE
        while True:
            A = G + M / C
            A[np.diag_indices_from(A)] += ridge * unit
            try:
                root = cholesky(A, lower=True, overwrite_a=True, check_finite=False)
                break
            except LinAlgError:
                ridge *= 10.0
        # In these coordinates the squared loss is round, and the squared hinge nearly so.
        u = solve_triangular(root, R, lower=True, check_finite=False)
        b = level
        if hinge:
            u, b = _minimize_hinge(K, M, root, C, values, weights, u, b)
        a = solve_triangular(root, u, lower=True, trans=1, check_finite=False)
        yield a.T, b - center @ a


def _minimize_hinge(
    K: np.ndarray,
    M: np.ndarray,
    root: np.ndarray,
    C: float,
    signs: np.ndarray,
    weights: np.ndarray | None,
    u: np.ndarray,
    b: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Go from the least squares to the least squared hinge by L-BFGS."""
    from scipy.linalg import solve_triangular
    from scipy.optimize import minimize

    unit = np.sqrt(len(K))
    counts = 1.0 if weights is None else weights[:, None]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        u, b = flat[:-n].reshape(-1, n), flat[-n:] / unit
        a = solve_triangular(root, u, lower=True, trans=1, check_finite=False)
        short = np.maximum(1.0 - signs * (K @ a + b), 0.0)
        pull, smooth = -signs * counts * short, M @ a / C
        down = solve_triangular(root, K.T @ pull + smooth, lower=True, check_finite=False)
        value = 0.5 * ((counts * short**2).sum() + (a * smooth).sum())
        return value, np.concatenate([down.ravel(), pull.sum(axis=0) / unit])

    n = signs.shape[1]
    start = np.concatenate([u.ravel(), b * unit])
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return flat[:-n].reshape(-1, n), flat[-n:] / unit
