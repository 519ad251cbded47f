r"""The sawtooth: a function that a deep network has for nothing and a shallow one pays for.

Conventions: a sawtooth of T teeth is :math:`s(x) = 1 - |1 - 2 (T x - \lfloor T x \rfloor)|` on
[0, 1]: 0 at every j / T, 1 half way between. It has 2 T linear pieces, all of slope 2 T or -2 T.
T is a power of two, for then the sawtooth is the mirror map :math:`m(x) = 2 x` up to 1/2 and
:math:`2 (1 - x)` after it, composed with itself k + 1 times where :math:`T = 2^k` [1]_. All numbers
are dyadic, so floats hold them exactly. Outside [0, 1] nothing is said.

References
----------
.. [1] M. Telgarsky, "Representation benefits of deep feedforward networks", arXiv:1509.08101, 2015.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from gradatim.certificates.proof import Proof
from gradatim.depth.pieces import LinearPiece, linear_pieces
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Layer, Network
from gradatim.network.numbers import format_fraction, to_fraction

__all__ = [
    "MOST_TEETH",
    "deep_sawtooth",
    "prove_sawtooth",
    "sawtooth",
    "shallow_sawtooth",
    "teeth_exponent",
]

#: Teeth up to which a sawtooth is built; a shallow network then has 8,192 units.
MOST_TEETH = 1 << 12

_ROWS_AT_ONCE = 1 << 22

_n = format_fraction


def teeth_exponent(teeth: int) -> int:
    """Return k where the number of teeth is 2 to the power of k."""
    if teeth < 1 or teeth & (teeth - 1):
        raise SpecError(f"{teeth} is no power of two; write a number of teeth such as 2^6 or 64")
    if teeth > MOST_TEETH:
        raise SpecError(f"{teeth:,} teeth are too many to be proved; take at most {MOST_TEETH:,}")
    return teeth.bit_length() - 1


def sawtooth(x: int | float | str | Fraction, teeth: int) -> Fraction:
    """Compute the sawtooth at a point.

    `x` lies in [0, 1], a float standing for its shortest decimal; `teeth` is a power of two.

    Examples
    --------
    >>> [str(sawtooth(x, 2)) for x in ("0", "1/8", "1/4", "1/2", "2/3")]
    ['0', '1/2', '1', '0', '2/3']
    """
    teeth_exponent(teeth)
    point = to_fraction(x)
    if not 0 <= point <= 1:
        raise SpecError(f"the sawtooth is defined from 0 to 1, not at {_n(point)}")
    return 1 - abs(1 - 2 * (teeth * point % 1))


def deep_sawtooth(teeth: int) -> Network:
    r"""Build a sawtooth of :math:`2^k` teeth from 2 (k + 1) ReLU units in k + 1 hidden layers.

    Every hidden layer is the pair relu(y), relu(y - 1/2) of what comes before, and
    :math:`m(y) = 2\,relu(y) - 4\,relu(y - 1/2)` is the mirror map [1]_.

    It has 6 k + 7 parameters and is right on [0, 1].

    References
    ----------
    .. [1] M. Telgarsky, "Representation benefits of deep feedforward networks", arXiv:1509.08101,
       2015.

    Examples
    --------
    >>> network = deep_sawtooth(64)
    >>> network.layer_sizes, network.n_parameters
    ((1, 2, 2, 2, 2, 2, 2, 2, 1), 43)
    >>> print(prove_sawtooth(network, 64))
    Proved in exact arithmetic: right on all 129 points and on every one of the 128 intervals
    between them.
    """
    k = teeth_exponent(teeth)
    first = Layer(np.ones((2, 1)), np.array([0.0, -0.5]), "relu")
    again = Layer(np.array([[2.0, -4.0]] * 2), np.array([0.0, -0.5]), "relu")
    output = Layer(np.array([[2.0, -4.0]]), np.zeros(1))
    return Network([first, *[again] * k, output], ["x"], ["y"])


def shallow_sawtooth(teeth: int, n_units: int | None = None) -> Network:
    """Build a sawtooth from one hidden layer, or so much of it as the units are enough for.

    One unit gives the first slope, each other one a bend. The 2 T - 1 bends of T teeth take 2 T
    units, and no fewer do: a unit bends once, so 2 T - 1 units would all have to bend inside,
    by 4 T or -4 T each; the slope on the very left, the sum of those units that are on there,
    would be a multiple of 4 T, and it has to be 2 T. With fewer, the network follows the sawtooth
    from the left and stays at 1/2 when its units are used up.

    `teeth` is a power of two, `n_units` from 2 to 2 T, 2 T if not given; it has 3 `n_units` + 1
    parameters.

    Examples
    --------
    >>> print(shallow_sawtooth(2))
    y = 4 relu(x) - 8 relu(x - 0.25) + 8 relu(x - 0.5) - 8 relu(x - 0.75)
    >>> shallow_sawtooth(64).n_parameters
    385
    """
    teeth_exponent(teeth)
    whole = 2 * teeth
    n_units = whole if n_units is None else n_units
    if not 2 <= n_units <= whole:
        raise SpecError(f"{teeth} teeth take from 2 to {whole} units, not {n_units}")
    bends = np.arange(n_units) / whole
    jumps = np.where(np.arange(n_units) % 2, -2.0, 2.0) * whole
    jumps[0] = whole
    if n_units < whole:
        # The last unit makes level what the last slope has brought to 1/2.
        bends[-1] -= 1 / (2 * whole)
        jumps[-1] /= 2
    hidden = Layer(np.ones((n_units, 1)), -bends, "relu")
    return Network([hidden, Layer(jumps[None], np.zeros(1))], ["x"], ["y"])


def prove_sawtooth(network: Network, teeth: int) -> Proof:
    """Prove that a network is a sawtooth on [0, 1], or say where it is not.

    The network is cut into its linear pieces in exact arithmetic; each must have the ends, the
    slope and the values of a piece of the sawtooth. Then all ends and midpoints are computed
    in float64 too.

    At most five failures are told.

    Examples
    --------
    >>> print(prove_sawtooth(deep_sawtooth(2), 4))
    Wrong: it has 4 linear pieces, not 8; from 0 to 0.25 it is 4 x, not 8 x.
    """
    teeth_exponent(teeth)
    if network.n_outputs != 1:
        raise ShapeError(f"a sawtooth is one output; this network has {network.n_outputs}")
    failures = list(_wrong_pieces(linear_pieces(network, on=(0, 1)), teeth))
    if not failures:
        failures = list(_wrong_floats(network, teeth))
    return Proof(2 * teeth + 1, 2 * teeth, tuple(failures))


def _wrong_pieces(pieces: tuple[LinearPiece, ...], teeth: int) -> Iterator[str]:
    whole = 2 * teeth
    if len(pieces) != whole:
        yield f"it has {len(pieces)} linear pieces, not {whole}"
    for j, piece in enumerate(pieces[:whole]):
        slope = Fraction(-whole if j % 2 else whole)
        intercept = Fraction(j + 1 if j % 2 else -j)
        expected = Fraction(j, whole), Fraction(j + 1, whole), slope, intercept
        if (piece.low, piece.high, piece.slopes[0], piece.intercepts[0]) != expected:
            assert piece.low is not None
            assert piece.high is not None
            found = _affine(piece.slopes[0], piece.intercepts[0])
            yield (
                f"from {_n(piece.low)} to {_n(piece.high)} it is {found}, not "
                f"{_affine(slope, intercept)}"
            )
            # What comes after the first wrong piece is shifted and says nothing more.
            return


def _affine(slope: Fraction, intercept: Fraction) -> str:
    if not slope:
        return _n(intercept)
    sign = "-" if intercept < 0 else "+"
    return f"{_n(slope)} x" + (f" {sign} {_n(abs(intercept))}" if intercept else "")


def _wrong_floats(network: Network, teeth: int) -> Iterator[str]:
    """Check that float64 gives the same at every end of a piece and half way between."""
    n = 4 * teeth
    rows = max(1, _ROWS_AT_ONCE // max(network.layer_sizes))
    for start in range(0, n + 1, rows):
        j = np.arange(start, min(start + rows, n + 1))
        y = network((j / n)[:, None])[:, 0]
        wrong = np.flatnonzero(y != np.array([0.0, 0.5, 1.0, 0.5])[j % 4])
        if wrong.size:
            yield f"float64 gives {y[wrong[0]]} at {j[wrong[0]] / n}"
            return
