"""The peers: the same networks in scikit-learn and in PyTorch, spread over the cores by joblib.

Conventions: a worker process trains one network at a time with one BLAS thread; the costliest
networks are handed out first, which suits the peer. Every fit tells how many epochs it really
trained. PyTorch is used where it happens to be installed and is never needed.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple, cast

import numpy as np
from joblib import Parallel, delayed, parallel_config
from threadpoolctl import threadpool_limits

from benchmarks.workloads import Net, count_parameters

__all__ = [
    "Trained",
    "fit_scikit_learn",
    "fit_torch",
    "has_torch",
    "one_thread_each",
    "run_parallel",
    "train_all",
]


class Trained(NamedTuple):
    """What one fit of a peer did.

    Parameters
    ----------
    n_epochs : int
        Epochs trained.
    loss : float
        Mean training loss of the last epoch, in nats.
    n_parameters : int
        Weights and biases.
    """

    n_epochs: int
    loss: float
    n_parameters: int


Fit = Callable[[np.ndarray, np.ndarray, Net, int, int], Trained]


def fit_scikit_learn(
    X: np.ndarray, y: np.ndarray, net: Net, epochs: int, batch_size: int
) -> Trained:
    """Train one network with `sklearn.neural_network.MLPClassifier`.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Inputs; scikit-learn computes in their precision.
    y : array of shape (n_samples,)
        Classes.
    net : Net
        The network.
    epochs, batch_size : int
        Length of the training, and rows per step.

    Returns
    -------
    Trained
        What was done.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        net.hidden_layer_sizes,
        activation=net.activation,
        alpha=0.0,
        batch_size=batch_size,  # pyright: ignore[reportArgumentType] - its default is text
        learning_rate_init=net.learning_rate,
        max_iter=epochs,
        random_state=net.seed,
        tol=0.0,
        n_iter_no_change=10**9,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    size = sum(w.size for w in [*model.coefs_, *model.intercepts_])
    return Trained(int(model.n_iter_), float(model.loss_), size)


def fit_torch(X: np.ndarray, y: np.ndarray, net: Net, epochs: int, batch_size: int) -> Trained:
    """Train one network with PyTorch in a plain loop over epochs and minibatches.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Inputs.
    y : array of shape (n_samples,)
        Classes, numbered from 0.
    net : Net
        The network.
    epochs, batch_size : int
        Length of the training, and rows per step.

    Returns
    -------
    Trained
        What was done.
    """
    from benchmarks.torch_nets import TorchNet

    model = TorchNet(
        hidden_layer_sizes=net.hidden_layer_sizes,
        activation=net.activation,
        learning_rate=net.learning_rate,
        seed=net.seed,
    )
    n_classes = int(y.max()) + 1
    losses = model.fit(X, y, n_classes, epochs, batch_size)
    size = count_parameters(X.shape[1], net.hidden_layer_sizes, n_classes)
    return Trained(len(losses), losses[-1], size)


def has_torch() -> bool:
    """Tell whether PyTorch is installed.

    Returns
    -------
    bool
        Without importing it.
    """
    return find_spec("torch") is not None


def train_all(
    fit: Fit,
    X: np.ndarray,
    y: np.ndarray,
    nets: Sequence[Net],
    epochs: int,
    batch_size: int,
    n_jobs: int,
) -> list[Trained]:
    """Train networks with a peer in worker processes.

    Parameters
    ----------
    fit : callable
        `fit_scikit_learn` or `fit_torch`.
    X : array of shape (n_samples, n_features)
        Inputs.
    y : array of shape (n_samples,)
        Classes.
    nets : sequence of Net
        Networks.
    epochs, batch_size : int
        Length of the training, and rows per step.
    n_jobs : int
        Worker processes, which stay for the next call.

    Returns
    -------
    list of Trained
        One a network, the costliest first.
    """
    n_classes = int(y.max()) + 1
    costs = [count_parameters(X.shape[1], net.hidden_layer_sizes, n_classes) for net in nets]
    order = np.argsort(costs, kind="stable")[::-1]
    with one_thread_each(n_jobs):
        return run_parallel(delayed(fit)(X, y, nets[i], epochs, batch_size) for i in order)


@contextlib.contextmanager
def one_thread_each(n_jobs: int) -> Iterator[None]:
    """Let joblib use worker processes with one BLAS thread each, or none but this one.

    Parameters
    ----------
    n_jobs : int
        Worker processes; 1 is this process.
    """
    config = parallel_config(backend="loky", n_jobs=n_jobs, inner_max_num_threads=1)
    with config, threadpool_limits(limits=1, user_api="blas"):
        yield


def run_parallel(calls: Iterable[Any]) -> list[Any]:
    """Make joblib's delayed calls in the worker processes that are configured.

    Parameters
    ----------
    calls : iterable
        What `joblib.delayed` made.

    Returns
    -------
    list
        What they returned, in order.
    """
    return cast("list[Any]", Parallel()(calls))
