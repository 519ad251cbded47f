"""Weighted sums and the units over them: what an equation says, before it is cut into layers.

Conventions: a source is an input, by its name (str), or a unit, by its number (int) in the order in
which the text names them, innermost first. Coefficients are fractions, so nothing typed is lost.
Equal units are one unit; the members of a softmax are never merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

Source = str | int


@dataclass(frozen=True)
class WeightedSum:
    """A sum of sources times coefficients, plus a constant."""

    # Coefficient of every source that was named, zero included
    terms: Mapping[Source, Fraction] = field(default_factory=dict)
    constant: Fraction = Fraction(0)  # What is added

    @property
    def is_constant(self) -> bool:
        """Whether no source is named."""
        return not self.terms

    @property
    def only_source(self) -> Source | None:
        """The source that this sum is, if it is one and nothing else."""
        if len(self.terms) == 1 and not self.constant:
            [(source, weight)] = self.terms.items()
            return source if weight == 1 else None
        return None

    def times(self, factor: Fraction) -> WeightedSum:
        """Return the sum with every coefficient multiplied."""
        terms = {source: weight * factor for source, weight in self.terms.items()}
        return WeightedSum(terms, self.constant * factor)

    @staticmethod
    def total(parts: Iterable[WeightedSum]) -> WeightedSum:
        """Add sums up, in the order in which they name their sources."""
        terms: dict[Source, Fraction] = {}
        constant = Fraction(0)
        for part in parts:
            constant += part.constant
            for source, weight in part.terms.items():
                terms[source] = terms[source] + weight if source in terms else weight
        return WeightedSum(terms, constant)


@dataclass(frozen=True)
class UnitSum:
    """A unit: an activation of a weighted sum."""

    activation: str  # Standard name, or ``a`` if it is left open
    body: WeightedSum  # Its pre-activation
    group: int | None = None  # Number of the softmax that it belongs to


@dataclass(frozen=True)
class Output:
    """One output: a unit, or a weighted sum that becomes one."""

    body: WeightedSum  # What it is
    name: str | None = None  # What it is called; None for its number


class UnitTable:
    """The units of one text; equal ones are kept once."""

    def __init__(self) -> None:
        self.all: list[UnitSum] = []
        self._numbers: dict[tuple[object, ...], int] = {}
        self._n_groups = 0

    def add(self, activation: str, body: WeightedSum) -> WeightedSum:
        """Return the unit of this activation and sum, a new one if there is none yet."""
        # Integers, because a fraction takes long to hash.
        weights = ((s, w.numerator, w.denominator) for s, w in body.terms.items())
        constant = (body.constant.numerator, body.constant.denominator)
        key = (activation, frozenset(weights), *constant)
        if key not in self._numbers:
            self._numbers[key] = len(self.all)
            self.all.append(UnitSum(activation, body))
        return WeightedSum({self._numbers[key]: Fraction(1)})

    def add_softmax(self, bodies: Iterable[WeightedSum]) -> list[WeightedSum]:
        """Return the units of a softmax."""
        group, self._n_groups = self._n_groups, self._n_groups + 1
        first = len(self.all)
        self.all.extend(UnitSum("softmax", body, group) for body in bodies)
        return [WeightedSum({i: Fraction(1)}) for i in range(first, len(self.all))]


@dataclass(frozen=True)
class Expression:
    """Everything that a text says."""

    inputs: tuple[str, ...]  # Names of the inputs, in order
    units: list[UnitSum]  # Units by number
    outputs: list[Output]  # Outputs in order
