"""Monomials that make classes separable, with the proof of it and of what smaller sets cannot.

Conventions: see `gradatim.separability.features.search`. `AddedFeatures.verify` starts from the
inputs and computes every feature again; it shares nothing with the search but the monomials.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._text import plural
from gradatim.errors import SpecError
from gradatim.feature_maps import Monomial, add_monomials
from gradatim.network.numbers import exact_text
from gradatim.separability.planes.result import Separation, Witness

__all__ = ["AddedFeatures", "Refuted"]


@dataclass(frozen=True)
class Refuted:
    """A set of monomials that does not make the classes separable, with the proof.

    Parameters
    ----------
    added : tuple of Monomial
        The set; empty for the inputs alone.
    positive : hashable
        The class that no plane separates from the rest.
    witness : Witness
        Rows of that class and of the rest whose combinations are one point in the features.
    """

    added: tuple[Monomial, ...]
    positive: Hashable
    witness: Witness


@dataclass(frozen=True, eq=False, repr=False)
class AddedFeatures:
    """Monomials that make classes separable, and what is proved about smaller sets.

    Parameters
    ----------
    rows : tuple of tuple of fractions.Fraction
        The inputs, exactly.
    labels : tuple of hashable
        Label of each row.
    classes : tuple of hashable
        The classes in ascending order.
    degree : int
        Highest degree that was allowed.
    candidates : tuple of Monomial
        The monomials that could be added: those of degree 2 and more that differ on these rows.
    needless : tuple of (Monomial, Monomial or None)
        Monomials left out because they equal an input or another monomial on every row (None: they
        are constant), as x1^2 equals x1 where x1 is 0 or 1; a set with them is no better.
    added : tuple of Monomial or None
        What is added; empty if the inputs alone do, None if no set does or it was not decided.
    separations : tuple of Separation
        The planes in the features: one for two classes, else one per class.
    refuted : tuple of Refuted
        Sets that do not do, smaller sets first.
    at_least : int
        Number of monomials that are needed: all smaller sets are refuted.
    n_sets : int
        Number of sets that were looked at.
    reason : str
        Why something was not decided; empty if all was.
    """

    rows: tuple[tuple[Fraction, ...], ...]
    labels: tuple[Hashable, ...]
    classes: tuple[Hashable, ...]
    degree: int
    candidates: tuple[Monomial, ...]
    needless: tuple[tuple[Monomial, Monomial | None], ...]
    added: tuple[Monomial, ...] | None
    separations: tuple[Separation, ...]
    refuted: tuple[Refuted, ...]
    at_least: int
    n_sets: int
    reason: str = ""

    def __repr__(self) -> str:
        if self.added is None:
            found = "no set does" if self.is_impossible else "undecided"
        else:
            found = ", ".join(one.name() for one in self.added) or "the inputs alone do"
        return f"AddedFeatures: {plural(len(self.rows), 'row')}: {found}; {self.n_sets} sets tried"

    @property
    def is_smallest(self) -> bool:
        """Whether it is proved that no set of fewer monomials does."""
        return self.added is not None and len(self.added) == self.at_least

    @property
    def is_impossible(self) -> bool:
        """Whether it is proved that no set of these monomials does."""
        return self.added is None and any(
            set(one.added) == set(self.candidates) for one in self.refuted
        )

    @property
    def margin(self) -> float | None:
        """Least distance from a plane to a row, in the space of the features."""
        margins = [one.margin for one in self.separations]
        known = [value for value in margins if value is not None]
        return min(known) if known and len(known) == len(margins) else None

    def features(self, X: ArrayLike) -> np.ndarray:
        """Return the inputs (n, n_inputs) and, beside them, their added monomials, as float64."""
        if self.added is None:
            raise SpecError("no monomials make these classes separable, so there are no features")
        return add_monomials(X, self.added)

    def verify(self) -> bool:
        """Check everything that is said, from the inputs and in fractions.

        Every row lies strictly on its side of its planes; every refuted set has a witness; and the
        refuted sets contain all sets of fewer than `at_least` monomials, and, if the set found is
        larger than that, the set without any one of its monomials.

        Returns
        -------
        bool
            Whether it is proved. False also if nothing was found and not everything is refuted.
        """
        if not all(self._is_refuted(one) for one in self.refuted):
            return False
        if not all(self._is_needless(*pair) for pair in self.needless):
            return False
        if self.added is None:
            return self.is_impossible
        several = self.classes if len(self.classes) > 2 else self.classes[1:]
        if tuple(one.classes[1] for one in self.separations) != several:
            return False
        return all(map(self._separates, self.separations)) and self._is_covered()

    def to_dict(self, names: Sequence[str] = ()) -> dict[str, Any]:
        """Return monomials by name, planes as equations, and witnesses of smaller sets for JSON."""
        return {
            "degree": self.degree,
            "added": None if self.added is None else [one.name(names) for one in self.added],
            "is_smallest": self.is_smallest,
            "is_impossible": self.is_impossible,
            "at_least": self.at_least,
            "n_sets": self.n_sets,
            "reason": self.reason,
            "planes": [
                {"positive": str(one.classes[1]), "equation": str(one.hyperplane)}
                for one in self.separations
            ],
            "refuted": [
                {
                    "added": [monomial.name(names) for monomial in one.added],
                    "positive": str(one.positive),
                    "rows": list(one.witness.rows),
                    "negative": list(one.witness.negative),
                    "negative_weights": list(map(exact_text, one.witness.negative_weights)),
                    "positive_weights": list(map(exact_text, one.witness.positive_weights)),
                }
                for one in self.refuted
            ],
        }

    def _is_refuted(self, refuted: Refuted) -> bool:
        w = refuted.witness
        sides = ((w.positive, w.positive_weights, True), (w.negative, w.negative_weights, False))
        points = []
        for index, weights, inside in sides:
            if any((self.labels[i] == refuted.positive) != inside for i in index):
                return False
            if sum(weights) != 1 or min(weights) <= 0:
                return False
            values = [self._exact_features(i, refuted.added) for i in index]
            points.append(
                [
                    sum(a * x for a, x in zip(weights, column, strict=True))
                    for column in zip(*values, strict=True)
                ]
            )
        return points[0] == points[1]

    def _is_needless(self, monomial: Monomial, other: Monomial | None) -> bool:
        if other is None:
            return len({monomial(row) for row in self.rows}) == 1
        return all(monomial(row) == other(row) for row in self.rows)

    def _separates(self, found: Separation) -> bool:
        assert self.added is not None
        if found.weights is None or found.bias is None:
            return False
        for i, label in enumerate(self.labels):
            row = self._exact_features(i, self.added)
            score = sum((w * x for w, x in zip(found.weights, row, strict=True)), found.bias)
            if not (score > 0 if label == found.classes[1] else score < 0):
                return False
        return True

    def _exact_features(self, i: int, added: Sequence[Monomial]) -> list[Fraction]:
        row = self.rows[i]
        return [*row, *(monomial(row) for monomial in added)]

    def _is_covered(self) -> bool:
        assert self.added is not None
        refuted = [frozenset(one.added) for one in self.refuted]
        known = set(refuted)
        smaller = combinations(self.candidates, self.at_least - 1) if self.at_least else ()
        if not all(frozenset(one) in known for one in smaller):
            return False
        without = [frozenset(self.added) - {monomial} for monomial in self.added]
        return self.is_smallest or all(any(one <= big for big in refuted) for one in without)
