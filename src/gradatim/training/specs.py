"""A spec: one network to train, described before it exists.

Conventions: every field has one meaning whatever the task; penalties act on weights, never on
biases; rates are per step; the epoch is one pass over the rows of the training set.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

from gradatim.activations import get_activation
from gradatim.errors import SpecError

_CHOICES = {
    "optimizer": ("adam", "adamw", "sgd", "lbfgs"),
    "schedule": ("constant", "cosine"),
    "initialization": ("glorot", "he", "variance", "zeros"),
}

#: Decibels of augmentation at most: a factor of a thousand.
_MOST_LEVEL = 60

_NUMBERS = (
    *("learning_rate", "weight_decay", "momentum", "beta_2", "label_smoothing", "dropout"),
    "input_scale",
)


@dataclass(frozen=True)
class Augmentation:
    """What is done at random to each row of a minibatch, so that a network learns to ignore it.

    A row is a sequence, or several of `length` columns that move together: a cycle of a wave, the
    bands of a spectrogram over time. Only rows that are learnt from are changed, never those that
    are validated on.

    Parameters
    ----------
    shift : float, default 0
        Share of the sequence, in [0, 0.5], by which it may be shifted either way, circularly and
        by whole columns; all shifts within are equally likely, and 0.5 is every one of them.
    level : float, default 0
        Decibels, >= 0, by which it may become louder or quieter, uniformly.
    length : int, optional
        Columns of one sequence; the whole row unless given.

    Raises
    ------
    SpecError
        If a field is out of its range.

    Examples
    --------
    >>> Augmentation(shift=0.5).reach(8), Augmentation(shift=0.25, length=4).reach(8)
    (4, 1)
    """

    shift: float = 0.0
    level: float = 0.0
    length: int | None = None

    def __post_init__(self) -> None:
        for name in ("shift", "level"):
            _require_number(name, getattr(self, name))
        _require(0 <= self.shift <= 0.5, "shift", "in [0, 0.5]", self.shift)
        _require(0 <= self.level <= _MOST_LEVEL, "level", f"in [0, {_MOST_LEVEL}]", self.level)
        if self.length is not None:
            length = whole_number("length", self.length, least=1)
            object.__setattr__(self, "length", length)

    def reach(self, n_features: int) -> int:
        """Return the columns by which rows of `n_features` columns move at most."""
        return int(self.shift * (self.length or n_features))


@dataclass(frozen=True)
class NetworkSpec:
    r"""One network to train.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, default ()
        Units of each hidden layer; ``()`` is linear or logistic regression.
    activation : str, default "relu"
        Activation of the hidden layers. The output's follows from the task: identity for
        regression, softmax for several classes, logistic for two classes and for labels.
    optimizer : {"adam", "adamw", "sgd", "lbfgs"}, default "adam"
        ``adamw`` decays weights apart from the gradient [1]_; ``lbfgs`` uses all rows at once.
    learning_rate : float, default 1e-3
        Step size, > 0; ``lbfgs`` finds its own.
    weight_decay : float, default 0
        :math:`\lambda \ge 0`. For ``adamw`` weights shrink by :math:`\eta \lambda w` a step; for
        the others :math:`\tfrac12 \lambda \lVert w \rVert^2` is added to the mean loss.
    momentum : float, default 0.9
        Momentum of ``sgd``, in [0, 1).
    nesterov : bool, default False
        Nesterov's momentum for ``sgd``.
    beta_2 : float, default 0.999
        Decay of the second moment in Adam, in [0, 1).
    schedule : {"constant", "cosine"}, default "constant"
        ``cosine`` warms up linearly over the first 5 % of the steps, then falls to zero [2]_.
    label_smoothing : float, default 0
        Share of each class label that is spread over all classes, in [0, 1); classification only.
    dropout : float, default 0
        Share of hidden activations set to zero in training, in [0, 1).
    input_scale : float, default 0
        If > 0, every input has a learnable factor, initially 1, whose learning rate is this many
        times `learning_rate`; it is multiplied into the first layer of the finished network.
    initialization : {"glorot", "he", "variance", "zeros"}, default "glorot"
        ``glorot`` as scikit-learn draws it [3]_; ``he`` normal with variance 2 / n_in [4]_;
        ``variance`` keeps the variance of SiLU layers (gain 1, then 1.68) and starts the output
        at zero; ``zeros`` for the convex networks without hidden layers.
    max_epochs : int, optional
        Epochs of this network; overrides `fit_many`'s.
    augmentation : Augmentation, optional
        What is done at random to the rows of each step; the native engine's only.
    seed : int, default 0
        >= 0; seed of the initial weights, of dropout and of augmentation.

    Raises
    ------
    SpecError
        If a field is out of its range.

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    .. [2] I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
       ICLR 2017.
    .. [3] X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural
       networks", AISTATS 2010.
    .. [4] K. He et al., "Delving deep into rectifiers", ICCV 2015.

    Examples
    --------
    >>> NetworkSpec(hidden_layer_sizes=[8, 4], activation="sigmoid").hidden_layer_sizes
    (8, 4)
    """

    hidden_layer_sizes: Sequence[int] = ()
    activation: str = "relu"
    optimizer: Literal["adam", "adamw", "sgd", "lbfgs"] = "adam"
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    momentum: float = 0.9
    nesterov: bool = False
    beta_2: float = 0.999
    schedule: Literal["constant", "cosine"] = "constant"
    label_smoothing: float = 0.0
    dropout: float = 0.0
    input_scale: float = 0.0
    initialization: Literal["glorot", "he", "variance", "zeros"] = "glorot"
    max_epochs: int | None = None
    augmentation: Augmentation | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden_layer_sizes", _widths(self.hidden_layer_sizes))
        activation = get_activation(self.activation)
        if not activation.elementwise:
            raise SpecError("softmax belongs to the output; choose another hidden activation")
        object.__setattr__(self, "activation", activation.name)
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                known = ", ".join(choices)
                raise SpecError(f"{name} must be one of {known}, not {getattr(self, name)!r}")
        self._check_numbers()

    def _check_numbers(self) -> None:
        for name in _NUMBERS:
            _require_number(name, getattr(self, name))
        object.__setattr__(self, "seed", whole_number("seed", self.seed, least=0))
        if self.max_epochs is not None:
            epochs = whole_number("max_epochs", self.max_epochs, least=1)
            object.__setattr__(self, "max_epochs", epochs)
        _require(self.learning_rate > 0, "learning_rate", "> 0", self.learning_rate)
        for name in ("weight_decay", "input_scale"):
            _require(getattr(self, name) >= 0, name, ">= 0", getattr(self, name))
        for name in ("momentum", "beta_2", "label_smoothing", "dropout"):
            _require(0 <= getattr(self, name) < 1, name, "in [0, 1)", getattr(self, name))
        if self.augmentation is not None and not isinstance(self.augmentation, Augmentation):
            raise SpecError(
                f"augmentation must be of the class Augmentation, not {self.augmentation!r}"
            )
        random = self.dropout > 0 or self.augmentation is not None
        if self.optimizer == "lbfgs" and (random or self.input_scale > 0):
            raise SpecError(
                "lbfgs needs a fixed function: set dropout and input_scale to 0, and leave "
                "augmentation out"
            )


def whole_number(name: str, value: Any, *, least: int) -> int:
    """Read a whole number, of any kind that is one; 3.0 is one too."""
    if not _is_whole(value) or value < least:
        raise SpecError(f"{name} must be a whole number of at least {least}, not {value!r}")
    return int(value)


def _widths(sizes: Any) -> tuple[int, ...]:
    """Read the units of each hidden layer; one number is one layer."""
    given = sizes if isinstance(sizes, Iterable) else (sizes,)
    widths = tuple(given)
    if not all(_is_whole(n) and n >= 1 for n in widths):
        raise SpecError(f"hidden_layer_sizes must be positive whole numbers, not {sizes!r}")
    return tuple(int(n) for n in widths)


def _is_whole(n: Any) -> bool:
    if isinstance(n, float):
        return n.is_integer()
    return isinstance(n, Integral) and not isinstance(n, bool)


def _require_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise SpecError(f"{name} must be a number, not {value!r}")


def _require(holds: bool, name: str, range_: str, value: float) -> None:
    if not holds or not math.isfinite(value):
        raise SpecError(f"{name} must be {range_}, not {value}")
