r"""Features that make classes separable: the smallest set of monomials, with a proof (L10).

Conventions: monomials are added to the inputs, which stay; their values are exact products of the
given floats. Two classes are separable if a plane has them on different sides; several, if each
is separable from the rest. What a set of features cannot separate, no part of it can, so if all
sets of one size are refuted, so are all smaller ones.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from gradatim._progress import Progress, steady
from gradatim.certificates.labels import name_columns, read_labels
from gradatim.errors import SpecError
from gradatim.feature_maps import Monomial, add_monomials, monomials, n_monomials
from gradatim.separability.features.result import AddedFeatures, Refuted
from gradatim.separability.planes.decide import separate
from gradatim.separability.planes.result import Separation
from gradatim.separability.planes.table import as_table

# Monomials beyond which even one question takes minutes.
_MOST_MONOMIALS = 1000

Set = tuple[int, ...]


def find_features(
    X: ArrayLike,
    y: Sequence[Hashable] | np.ndarray,
    *,
    degree: int = 3,
    max_sets: int = 500,
    input_names: Sequence[str] = (),
    progress: Progress | None = None,
) -> AddedFeatures:
    r"""Find the smallest set of monomials whose addition makes classes separable.

    First all monomials together are tried: if no plane separates them, none separates any part of
    them. Then come all sets of one monomial, of two, and so on; of one size, those of the lowest
    total degree first. Where that would be more than `max_sets`, the search is greedy: a plane
    with the least sum of absolute weights of monomials is found by a linear program, and monomials
    are left out, the smallest weight first, as long as the rest does. What that gives cannot
    spare any of its monomials, but another set may be smaller.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_inputs)
        Inputs, as `separate` takes them.
    y : sequence of hashable of length n_samples
        Labels of two or more classes.
    degree : int, default 3
        Highest degree of a monomial, at least 1.
    max_sets : int, default 500
        How many sets may be looked at one by one.
    input_names : sequence of str, optional
        Names of the inputs, for the planes.
    progress : callable, optional
        Called with the share of the sets that may have to be looked at, and what is done.

    Returns
    -------
    AddedFeatures
        The monomials, the planes, and the proofs that smaller sets do not do.

    Raises
    ------
    ShapeError
        If `X` is no table or there is not one label per row.
    InputError
        If an entry of `X` is no number, missing or infinite.
    LabelError
        If there is only one class.
    SpecError
        If an option is out of its range, or there are more than 1,000 monomials.

    Examples
    --------
    The lecture's line (L10), and XOR:

    >>> found = find_features([[20], [40], [60], [90], [110], [130]], [1, 1, 0, 0, 1, 1])
    >>> [str(monomial) for monomial in found.added], found.is_smallest, found.verify()
    (['x1^2'], True, True)
    >>> xor = find_features([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> [str(monomial) for monomial in xor.added], round(xor.margin, 4)
    (['x1 x2'], 0.2041)
    """
    search = _FeatureSearch(X, y, degree, max_sets, input_names, progress)
    everything = tuple(range(len(search.candidates)))
    if not search.does(everything):
        return search.result(None)
    for size in range(len(everything) + 1):
        if size > 1 and search.n_sets + comb(len(everything), size) > max_sets:
            return search.result(_without_needless(search, _sparse(search)), at_least=size)
        for chosen in _by_degree(search, size):
            if search.does(chosen):
                return search.result(chosen, at_least=size)
            if search.reason:
                return search.result(None)
    raise AssertionError("all monomials together do")


class _FeatureSearch:
    """Sets of monomials that were looked at, on one table."""

    def __init__(
        self,
        X: ArrayLike,
        y: Sequence[Hashable] | np.ndarray,
        degree: int,
        max_sets: int,
        input_names: Sequence[str],
        progress: Progress | None,
    ) -> None:
        table = as_table(X)
        self.labels, self.classes, _ = read_labels(y, len(table))
        _check_whole("degree", degree)
        _check_whole("max_sets", max_sets)
        n_inputs = table.shape[1]
        self.names = name_columns(input_names, n_inputs)
        n_candidates = n_monomials(n_inputs, degree, lowest=2)
        if n_candidates > _MOST_MONOMIALS:
            raise SpecError(
                f"{n_inputs} inputs have {n_candidates:,} monomials of degree 2 to {degree}, more "
                f"than {_MOST_MONOMIALS:,}; choose a lower degree or fewer columns"
            )
        self.degree, self.max_sets, self.n_inputs = degree, max_sets, n_inputs
        self.rows = tuple(tuple(Fraction(value) for value in row) for row in table.tolist())
        self.candidates, self.needless = _different(self.rows, degree)
        self.values = add_monomials(table, self.candidates, exact=True)
        self.refuted: dict[Set, Refuted] = {}
        self.n_sets, self.reason = 0, ""
        self._progress = steady(progress)
        self._hardest = self.classes[-1]

    def question(self, positive: Hashable, chosen: Set, margin: bool = False) -> Separation:
        columns = [*range(self.n_inputs), *(self.n_inputs + k for k in chosen)]
        names = [*self.names, *(self.candidates[k].name(self.names) for k in chosen)]
        return separate(
            _plain(self.values[:, columns]),
            self.labels,
            positive=positive,
            input_names=names,
            margin=margin,
        )

    def positives(self) -> list[Hashable]:
        """Return the class of every question, the one that was the hardest so far first."""
        several = self.classes if len(self.classes) > 2 else self.classes[1:]
        return sorted(several, key=lambda label: label != self._hardest)

    def does(self, chosen: Set) -> bool:
        """Tell whether a set makes the classes separable; keep the proof if it does not."""
        self.n_sets += 1
        self._progress(self.n_sets / max(self.max_sets, self.n_sets), "sets of monomials")
        for positive in self.positives():
            found = self.question(positive, chosen)
            if found.separable:
                continue
            if found.witness is None:
                self.reason = f"{self._in_words(chosen)}: {found.reason}"
                return False
            self._hardest = positive
            added = tuple(self.candidates[k] for k in chosen)
            self.refuted[chosen] = Refuted(added, positive, found.witness)
            return False
        return True

    def _in_words(self, chosen: Set) -> str:
        return ", ".join(self.candidates[k].name(self.names) for k in chosen) or "the inputs alone"

    def result(self, chosen: Set | None, at_least: int = 0) -> AddedFeatures:
        planes = ()
        if chosen is not None:
            several = self.classes if len(self.classes) > 2 else self.classes[1:]
            planes = tuple(self.question(label, chosen, margin=True) for label in several)
        return AddedFeatures(
            rows=self.rows,
            labels=tuple(self.labels),
            classes=self.classes,
            degree=self.degree,
            candidates=self.candidates,
            needless=self.needless,
            added=None if chosen is None else tuple(self.candidates[k] for k in chosen),
            separations=planes,
            refuted=tuple(sorted(self.refuted.values(), key=lambda one: len(one.added))),
            at_least=at_least,
            n_sets=self.n_sets,
            reason=self.reason,
        )


def _check_whole(name: str, value: int) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise SpecError(f"{name} must be a whole number from 1 on, not {value!r}")


def _different(
    rows: Sequence[Sequence[Fraction]], degree: int
) -> tuple[tuple[Monomial, ...], tuple[tuple[Monomial, Monomial | None], ...]]:
    """Return the monomials of degree 2 and more that differ on some row, and the others."""
    seen: dict[tuple[Fraction, ...], Monomial] = {}
    different, needless = [], []
    for monomial in monomials(len(rows[0]), degree):
        values = tuple(monomial(row) for row in rows)
        constant = len(set(values)) == 1
        if not constant and values not in seen:
            seen[values] = monomial
            if monomial.degree > 1:
                different.append(monomial)
        elif monomial.degree > 1:
            needless.append((monomial, None if constant else seen[values]))
    return tuple(different), tuple(needless)


def _plain(values: np.ndarray) -> np.ndarray:
    """Return exact values as float64 where that rounds none of them; floats are quicker."""
    if values.dtype != object:
        return values
    try:
        floats = values.astype(np.float64)
    except OverflowError:
        return values
    same = all(Fraction(a) == b for a, b in zip(floats.flat, values.flat, strict=True))
    return floats if same else values


def _by_degree(search: _FeatureSearch, size: int) -> Iterator[Set]:
    chosen = combinations(range(len(search.candidates)), size)
    yield from sorted(chosen, key=lambda one: sum(search.candidates[k].degree for k in one))


def _sparse(search: _FeatureSearch) -> list[int]:
    """Return monomials of a plane of few of them, the least important first."""
    from scipy.optimize import linprog

    values = search.values.astype(np.float64)
    spread = np.ptp(values, axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)
    n_inputs, n = search.n_inputs, len(search.candidates)
    weight = np.zeros(n)
    for positive in search.positives():
        signs = np.where([label == positive for label in search.labels], 1.0, -1.0)
        signed = signs[:, None] * np.column_stack([scaled, np.ones(len(scaled))])
        added = signed[:, n_inputs:-1]
        left = -np.column_stack([signed, -added])
        cost = np.concatenate([np.zeros(n_inputs), np.ones(n), [0.0], np.ones(n)])
        bounds = [(None, None)] * n_inputs + [(0, None)] * n + [(None, None)] + [(0, None)] * n
        found = linprog(cost, left, -np.ones(len(left)), bounds=bounds, method="highs")
        if found.status != 0:
            return list(range(n))[::-1]
        both = found.x[n_inputs : n_inputs + n], found.x[n_inputs + n + 1 :]
        weight = np.maximum(weight, np.abs(both[0] - both[1]))
    order = [int(k) for k in np.argsort(weight, kind="stable")]
    kept = [k for k in order if weight[k] > 1e-9 * max(weight.max(), 1e-300)]
    # What floats left out may be needed after all.
    return kept if search.does(tuple(sorted(kept))) else order


def _without_needless(search: _FeatureSearch, order: Sequence[int]) -> Set:
    chosen = set(order)
    for k in order:
        rest = tuple(sorted(chosen - {k}))
        if rest in search.refuted:
            continue
        if search.does(rest):
            chosen.remove(k)
    return tuple(sorted(chosen))
