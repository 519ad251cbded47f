"""Exact arithmetic through activations: fractions where there are any, certain digits elsewhere.

Conventions: a real is a fraction plus fractions times atoms, where an atom is an activation that no
fraction equals, such as tanh(1). Equal atoms are one atom, so tanh(1) - tanh(1) is 0. Atoms are
enclosed in intervals by mpmath [1]_, and the precision grows until a sign or a digit is certain.

References
----------
.. [1] The mpmath development team, "mpmath: a Python library for arbitrary-precision floating-point
   arithmetic", https://mpmath.org.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

from gradatim.errors import SpecError
from gradatim.network.expression import WeightedSum

_HALF = Fraction(1, 2)
_LEAK = Fraction(1, 100)

#: The activations that take fractions to fractions, by standard name.
PIECEWISE: Mapping[str, Callable[[Fraction], Fraction]] = MappingProxyType(
    {
        "identity": lambda z: z,
        "heaviside": lambda z: Fraction(z >= 0),
        "sign": lambda z: Fraction((z > 0) - (z < 0)),
        "relu": lambda z: max(z, Fraction(0)),
        "leaky_relu": lambda z: max(z, _LEAK * z),
    }
)

# Bits beyond which a sign or digit counts as undecidable: what is still open then is most likely
# an exact tie, which no precision settles.
_MOST_BITS = 1 << 15


@dataclass(frozen=True)
class _Atom:
    """A function of reals that no fraction equals."""

    function: str
    arguments: tuple[WeightedSum, ...]

    @cached_property
    def key(self) -> tuple[Any, ...]:
        sums = ((frozenset(z.terms.items()), z.constant) for z in self.arguments)
        return (self.function, *sums)


class Reals:
    """The reals of one computation.

    Examples
    --------
    >>> reals = Reals()
    >>> z = reals.apply("tanh", WeightedSum({}, Fraction(1)))
    >>> reals.rounded(z, 10), reals.sign(z)
    (Decimal('0.7615941560'), 1)
    >>> reals.rounded(reals.apply("relu", WeightedSum({}, Fraction(1, 3))), 10)
    Fraction(1, 3)
    """

    def __init__(self) -> None:
        self._atoms: list[_Atom] = []
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._enclosures: dict[int, tuple[Any, list[Any]]] = {}

    def apply(self, activation: str, z: WeightedSum) -> WeightedSum:
        """Return an activation of a real."""
        if activation == "identity":
            return z
        if activation in ("heaviside", "sign", "relu", "leaky_relu"):
            return _piecewise(activation, z, self.sign(z))
        if activation == "elu" and self.sign(z) >= 0:
            return z
        if not z.terms and not z.constant and activation in _AT_ZERO:
            return WeightedSum({}, _AT_ZERO[activation])
        if activation == "tanh" and self._leads_negative(z):
            return self._atom("tanh", z.times(Fraction(-1))).times(Fraction(-1))
        if activation == "logistic" and self._leads_negative(z):
            mirrored = self._atom("logistic", z.times(Fraction(-1))).times(Fraction(-1))
            return WeightedSum.total([WeightedSum({}, Fraction(1)), mirrored])
        return self._atom(activation, z)

    def softmax(self, z: Sequence[WeightedSum]) -> list[WeightedSum]:
        """Return the softmax of reals."""
        activations = []
        for z_i in z:
            minus = z_i.times(Fraction(-1))
            gaps = [_without_zeros(WeightedSum.total([z_j, minus])) for z_j in z]
            if any(gap.terms or gap.constant for gap in gaps):
                activations.append(self._atom("softmax", *gaps))
            else:
                activations.append(WeightedSum({}, Fraction(1, len(gaps))))
        return activations

    def total(self, parts: Sequence[WeightedSum]) -> WeightedSum:
        """Return the sum of reals."""
        return _without_zeros(WeightedSum.total(parts))

    def sign(self, z: WeightedSum) -> int:
        """Return -1, 0 or 1."""
        if not z.terms:
            return (z.constant > 0) - (z.constant < 0)
        bits = 64
        while bits <= _MOST_BITS:
            low, high = self._bounds(z, bits)
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            bits *= 2
        raise SpecError(
            "a pre-activation is so close to 0 that its sign cannot be decided exactly; change an "
            "input, or evaluate in floats"
        )

    def rounded(self, z: WeightedSum, digits: int) -> Fraction | Decimal:
        """Return a fraction as it is, and any other real correctly rounded."""
        if not z.terms:
            return z.constant
        bits, scale = 64 + 4 * digits, 10**digits
        while bits <= _MOST_BITS + 8 * digits:
            low, high = (round(bound * scale) for bound in self._bounds(z, bits))
            if low == high:
                return Decimal((low < 0, [int(d) for d in str(abs(low))], -digits))
            bits *= 2
        raise SpecError(f"the decimal {digits} of a value cannot be decided; ask for another one")

    def _atom(self, function: str, *arguments: WeightedSum) -> WeightedSum:
        atom = _Atom(function, arguments)
        if atom.key not in self._numbers:
            self._numbers[atom.key] = len(self._atoms)
            self._atoms.append(atom)
        return WeightedSum({self._numbers[atom.key]: Fraction(1)})

    def _leads_negative(self, z: WeightedSum) -> bool:
        """Tell which of z and -z is written as a function of the other."""
        first = min(z.terms, key=str, default=None)
        return (z.constant if first is None else z.terms[first]) < 0

    def _bounds(self, z: WeightedSum, bits: int) -> tuple[Fraction, Fraction]:
        """Return fractions between which a real lies."""
        # Large coefficients and constants cost absolute precision.
        sizes = [z.constant, *z.terms.values()]
        bits += max(0, *(n.numerator.bit_length() - n.denominator.bit_length() for n in sizes))
        context, enclosures = self._enclosed(bits)
        interval = _combined(context, z, enclosures)
        return _fraction(interval.a), _fraction(interval.b)

    def _enclosed(self, bits: int) -> tuple[Any, list[Any]]:
        """Return an interval arithmetic of this precision and an enclosure of every atom."""
        if bits not in self._enclosures:
            from mpmath.ctx_iv import MPIntervalContext

            context: Any = MPIntervalContext()
            context.prec = bits
            self._enclosures[bits] = (context, [])
        context, enclosures = self._enclosures[bits]
        # An atom's arguments hold earlier atoms only.
        for atom in self._atoms[len(enclosures) :]:
            arguments = [_combined(context, z, enclosures) for z in atom.arguments]
            enclosures.append(_FUNCTIONS[atom.function](context, *arguments))
        return context, enclosures


_AT_ZERO = {"logistic": _HALF, "tanh": Fraction(0), "silu": Fraction(0), "gelu": Fraction(0)}


def _piecewise(activation: str, z: WeightedSum, sign: int) -> WeightedSum:
    if activation == "heaviside":
        return WeightedSum({}, Fraction(sign >= 0))
    if activation == "sign":
        return WeightedSum({}, Fraction(sign))
    if sign >= 0:
        return z
    return z.times(_LEAK) if activation == "leaky_relu" else WeightedSum()


def _without_zeros(z: WeightedSum) -> WeightedSum:
    return WeightedSum({atom: w for atom, w in z.terms.items() if w}, z.constant)


def _combined(context: Any, z: WeightedSum, enclosures: Sequence[Any]) -> Any:
    total = _interval(context, z.constant)
    for atom, weight in z.terms.items():
        total += _interval(context, weight) * enclosures[atom]  # pyright: ignore
    return total


def _interval(context: Any, value: Fraction) -> Any:
    return context.mpf(value.numerator) / context.mpf(value.denominator)


def _fraction(bound: Any) -> Fraction:
    """Return the value of an interval's end."""
    sign, mantissa, exponent, _ = bound._mpi_[0]
    if not mantissa and exponent:
        raise SpecError("a value is too large for exact evaluation; evaluate in floats")
    value = Fraction(mantissa) * Fraction(2) ** exponent
    return -value if sign else value


def _logistic(context: Any, z: Any) -> Any:
    return 1 / (1 + context.exp(-z))


def _tanh(context: Any, z: Any) -> Any:
    return 1 - 2 / (context.exp(2 * z) + 1)


def _softmax(context: Any, *gaps: Any) -> Any:
    return 1 / sum((context.exp(gap) for gap in gaps), context.mpf(0))


def _normal_cdf(context: Any, z: Any) -> Any:
    """Enclose the normal distribution by its ends, widened far beyond mpmath's own error."""
    from mpmath import MPContext

    # Working bits twice those of the interval, of which half are then given away.
    real: Any = MPContext()
    real.prec = 2 * context.prec + 40
    low, high = (real.ncdf(real.make_mpf(end._mpi_[0])) for end in (z.a, z.b))
    slack = real.ldexp(1, -context.prec - 20)
    return context.mpf([low - slack, high + slack])


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "logistic": _logistic,
    "tanh": _tanh,
    "elu": lambda context, z: context.exp(z) - 1,
    "silu": lambda context, z: z * _logistic(context, z),
    "gelu": lambda context, z: z * _normal_cdf(context, z),
    "softplus": lambda context, z: context.log(1 + context.exp(z)),
    "softmax": _softmax,
}
