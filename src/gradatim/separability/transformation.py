r"""The lecture's transformation (L12-L14): a labeled line made separable by step units.

Conventions: in the convention ``"step"`` a unit is 0 or 1 and ``step(0) = 1``; in ``"sign"`` it is
-1 or +1 and ``sign(0) = 0``, which leaves a point of change itself undecided. One unit stands at
each label change: ``x - t`` where the second class begins, ``-x + t`` where it ends, so that all
second weights of two classes are :math:`w_1 = 1` and only :math:`w_0` depends on the convention.
All arithmetic of a proof is exact.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from gradatim._pictures import Shown
from gradatim._text import plural
from gradatim.certificates.labels import sorted_labels
from gradatim.certificates.proof import Proof
from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.network.graph import Layer, Network
from gradatim.network.numbers import by_size, format_fraction, to_fraction, written
from gradatim.network.rounding import line_of
from gradatim.separability.line import Piece, cut_line, evaluate_exactly, locate_all

__all__ = ["Convention", "Transformation", "transform"]

Convention = Literal["step", "sign"]
Number = int | float | str | Fraction

_ACTIVATIONS = {"step": "heaviside", "sign": "sign"}


@dataclass(frozen=True, repr=False)
class Transformation(Shown):
    """A labeled line and the network that separates its classes.

    Parameters
    ----------
    points : tuple of fractions.Fraction
        Different points in ascending order.
    labels : tuple of hashable
        Label of each point.
    classes : tuple of hashable
        The different labels in ascending order; of two, the second is the one that the output
        unit turns on for.
    thresholds : tuple of fractions.Fraction
        Where the label changes, in ascending order.
    convention : {"step", "sign"}
        What a unit's two values are: 0 and 1, or -1 and +1.
    network : Network
        One hidden unit a threshold; one output for two classes, else one per class.
    """

    points: tuple[Fraction, ...]
    labels: tuple[Hashable, ...]
    classes: tuple[Hashable, ...]
    thresholds: tuple[Fraction, ...]
    convention: Convention
    network: Network

    def __repr__(self) -> str:
        at = ", ".join(map(_n, self.thresholds))
        return f"Transformation: {line_of(self.network)}, {len(self.points)} points cut at {at}"

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The line cut at the thresholds; the network is constant on each piece."""
        return cut_line(self.network)

    @property
    def hyperplanes(self) -> tuple[tuple[tuple[Fraction, ...], Fraction], ...]:
        """Weights and w0 of every output unit; a missing edge has the weight 0."""
        n_hidden = self.network.layers[0].n_out
        return tuple(
            (tuple(unit.weights.get(j, Fraction(0)) for j in range(n_hidden)), unit.bias)
            for unit in self.network.layers[1].exact_units
        )

    def z(self, x: Number) -> Fraction:
        """Compute the weighted sum of the hidden units, to which the first output unit adds w0."""
        hidden = evaluate_exactly(self.network, to_fraction(x))[0]
        return _weighted(self.hyperplanes[0][0], hidden)

    def predict(self, x: Number) -> Hashable | None:
        """Return the class of a point, a float standing for its shortest decimal.

        It is None if the point lies on a hyperplane in the convention ``"sign"``.
        """
        return self.label_of(evaluate_exactly(self.network, to_fraction(x))[-1])

    def label_of(self, outputs: Sequence[Fraction]) -> Hashable | None:
        """Translate the outputs into a class; None if no unit, or more than one, stands for it."""
        if len(self.classes) == 2:
            off = 0 if self.convention == "step" else -1
            [output] = outputs
            return self.classes[1] if output == 1 else self.classes[0] if output == off else None
        turned_on = [label for label, y in zip(self.classes, outputs, strict=True) if y == 1]
        return turned_on[0] if len(turned_on) == 1 else None

    def verify(self) -> Proof:
        """Prove the network right on every point and on every interval between two points.

        Between two points of one class the network must give that class everywhere; between two
        points of different classes it must give the first up to one threshold and the second
        after it; beyond the outermost points, their class. Then every point is also computed in
        float64, which need not tell points apart that are very close. The time grows with the
        number of points, and not with its square.
        """
        return self._proof

    @cached_property
    def _proof(self) -> Proof:
        failures = [
            *self._wrong_points(),
            *self._wrong_gaps(),
            *self._wrong_ends(),
            *self._wrong_floats(),
        ]
        return Proof(len(self.points), len(self.points) - 1, tuple(failures))

    def to_dict(self) -> dict[str, Any]:
        """Return the network, the pieces of the line and the proof as JSON holds them.

        Numbers and classes are texts; the class of a piece without one is None.
        """
        return {
            "convention": self.convention,
            "equation": str(self.network),
            "classes": list(map(str, self.classes)),
            "thresholds": list(map(_n, self.thresholds)),
            "hyperplanes": [{"w": list(map(_n, w)), "w0": _n(w0)} for w, w0 in self.hyperplanes],
            "pieces": [piece.to_dict() | {"class": self._name_of(piece)} for piece in self.pieces],
            "proof": self.verify().to_dict(),
        }

    def _name_of(self, piece: Piece) -> str | None:
        label = self.label_of(piece.outputs)
        return None if label is None else str(label)

    @cached_property
    def _places(self) -> list[int]:
        """The piece in which each point lies."""
        return locate_all(self.pieces, self.points)

    @cached_property
    def _found(self) -> list[Hashable | None]:
        """The class of each piece according to the network."""
        # Equal outputs are few, and nearly always one tuple.
        different = {id(piece.outputs): piece.outputs for piece in self.pieces}
        classes = {key: self.label_of(outputs) for key, outputs in different.items()}
        return [classes[id(piece.outputs)] for piece in self.pieces]

    def _wrong_points(self) -> Iterator[str]:
        for x, label, place in zip(self.points, self.labels, self._places, strict=True):
            found = self._found[place]
            if found != label:
                yield f"{_n(x)} is {label}, but the network says {found}"

    def _wrong_gaps(self) -> Iterator[str]:
        known = zip(self.points, self.labels, self._places, strict=True)
        for (low, before, start), (high, after, end) in pairwise(known):
            # A point of change belongs to either side, and in the convention "sign" to neither:
            # every second piece is one.
            first, past = start + start % 2, end + 1
            open_ = self._found[first:past:2]
            at = self._found[start + 1 - start % 2 : past : 2]
            expected = [before] if before == after else [before, after]
            seen = [label for i, label in enumerate(open_) if i == 0 or label != open_[i - 1]]
            undecided = set() if before == after or self.convention == "step" else {None}
            if seen != expected or not set(at) <= {*expected, *undecided}:
                said = ", ".join(map(str, seen))
                yield f"between {_n(low)} and {_n(high)} the network says {said}"

    def _wrong_ends(self) -> Iterator[str]:
        """Check the rays beyond the outermost points."""
        for found, label, side in (
            (self._found[0], self.labels[0], "left"),
            (self._found[-1], self.labels[-1], "right"),
        ):
            if found != label:
                yield f"to the {side} of all points the network says {found}, not {label}"

    def _wrong_floats(self) -> Iterator[str]:
        """Check that float64 is precise enough to tell the points from the thresholds."""
        # A difference of floats has its exact sign, and the sums are of whole numbers: so float64
        # computes what its rounded numbers would give exactly, and these are in the order of
        # their shortest decimals.
        floats = [written(repr(_as_float(x))) for x in self.points]
        if tuple(floats) == self.points and not any(layer.exact for layer in self.network.layers):
            # Nothing is rounded.
            return
        rounded = Network(
            [replace(layer, exact=None) for layer in self.network.layers],
            self.network.input_names,
            self.network.output_names,
        )
        pieces = cut_line(rounded)
        places = locate_all(pieces, floats)
        for x, label, place in zip(self.points, self.labels, places, strict=True):
            if self.label_of(pieces[place].outputs) != label:
                yield f"{_n(x)} is too close to a threshold for float64"


def transform(
    points: Sequence[Number],
    labels: Sequence[Hashable],
    *,
    convention: Convention = "step",
    thresholds: Sequence[Number] | None = None,
) -> Transformation:
    r"""Build the network that separates a labeled line, one step unit a label change.

    For two classes with k label changes, f of them ends of the second class, the sum
    :math:`z = \sum_j h_j` of 0/1 units is :math:`c` on the first class and :math:`c + 1` on the
    second, where :math:`c = f - 1` if the leftmost point is of the second class, else
    :math:`c = f`. So :math:`z + w_0 \ge 0` with :math:`w_0 = -(c + 1)` separates. Units of -1 and
    +1 have the sum :math:`2 z - k`, so there :math:`w_0 = k - 2 c - 1`, half way between both
    classes. For several classes every unit is ``x - t`` and each class has an output of its own,
    whose weights are +1 where the class begins, -1 where it ends, and absent elsewhere (in the
    convention ``"sign"`` the same, with another w0).

    Parameters
    ----------
    points : sequence of number, str or fractions.Fraction
        Points of the line in any order; text such as ``"1/3"`` or ``"0.1"`` is taken exactly, a
        float as its shortest decimal. A point may be repeated with the same label.
    labels : sequence of hashable
        Label of each point; at least two different ones.
    convention : {"step", "sign"}, default "step"
        Whether units are 0 or 1, or -1 or +1.
    thresholds : sequence of number, str or fractions.Fraction, optional
        Where the label changes, one number strictly between the points on its two sides; by
        default half way.

    Returns
    -------
    Transformation
        The network, the hyperplane, the pieces of the line, and the proof.

    Raises
    ------
    ShapeError
        If there is not one label per point.
    LabelError
        If all labels are the same, or one point has two.
    SpecError
        If a number cannot be read or is not finite, the convention is unknown, or a threshold
        does not separate.

    Examples
    --------
    The lecture's intervals (L13), in both conventions:

    >>> x, y = [20, 40, 60, 90, 110, 130], [1, 1, 0, 0, 1, 1]
    >>> step = transform(x, y)
    >>> [str(t) for t in step.thresholds], step.network.layers[1].bias
    (['50', '100'], array([-1.]))
    >>> print(step.verify())
    Proved in exact arithmetic: right on all 6 points and on every one of the 5 intervals
    between them.
    >>> transform(x, y, convention="sign").network.layers[1].bias
    array([1.])
    """
    if convention not in _ACTIVATIONS:
        raise SpecError(f"there is no convention {convention!r}; choose step or sign")
    known = _labeled(points, labels)
    xs, ys = list(known), list(known.values())
    classes = tuple(sorted_labels(ys, len(ys)))
    if len(classes) < 2:
        raise LabelError(f"all points are labeled {ys[0]}; two different labels are needed")
    changes = [i for i, (before, after) in enumerate(pairwise(ys)) if before != after]
    gaps = [(xs[i], xs[i + 1]) for i in changes]
    cuts = _thresholds(gaps, thresholds)
    runs = [ys[i] for i in changes] + ys[-1:]
    build = _two_classes if len(classes) == 2 else _several_classes
    return Transformation(
        tuple(xs), tuple(ys), classes, cuts, convention, build(cuts, runs, classes, convention)
    )


_n = format_fraction


def _labeled(points: Sequence[Number], labels: Sequence[Hashable]) -> dict[Fraction, Hashable]:
    """Return the label of every different point, in ascending order."""
    if len(points) != len(labels) or not len(points):
        raise ShapeError(
            f"{len(points)} points and {len(labels)} labels; give at least one point, each with a "
            "label"
        )
    known: dict[Fraction, Hashable] = {}
    pairs = zip((to_fraction(x, "a point") for x in points), labels, strict=True)
    for x, label in sorted(pairs, key=lambda pair: by_size(pair[0])):
        first = known.setdefault(x, label)
        if first != label:
            raise LabelError(f"the point {_n(x)} is labeled {first} and {label}; give it one label")
    return known


def _thresholds(
    gaps: Sequence[tuple[Fraction, Fraction]], given: Sequence[Number] | None
) -> tuple[Fraction, ...]:
    if given is None:
        return tuple((low + high) / 2 for low, high in gaps)
    cuts = tuple(sorted((to_fraction(cut, "a threshold") for cut in given), key=by_size))
    if len(cuts) != len(gaps):
        counted = f"{plural(len(cuts), 'threshold')} for {plural(len(gaps), 'label change')}"
        raise SpecError(f"{counted}; give one for each, parted by semicolons as in 20;65")
    for cut, (low, high) in zip(cuts, gaps, strict=True):
        if not low < cut < high:
            raise SpecError(
                f"the threshold {_n(cut)} is not strictly between {_n(low)} and {_n(high)}, where "
                "the label changes"
            )
    return cuts


def _two_classes(
    cuts: Sequence[Fraction],
    runs: Sequence[Hashable],
    classes: Sequence[Hashable],
    convention: Convention,
) -> Network:
    # +1 where the second class begins, -1 where it ends.
    signs = [1 if after == classes[1] else -1 for after in runs[1:]]
    first = signs.count(-1) - (runs[0] == classes[1])
    bias = -(first + 1) if convention == "step" else len(cuts) - 2 * first - 1
    output = Layer(np.ones((1, len(cuts))), np.array([bias]), _ACTIVATIONS[convention])
    return Network([_hidden(cuts, signs, convention), output], ["x"], ["y"])


def _several_classes(
    cuts: Sequence[Fraction],
    runs: Sequence[Hashable],
    classes: Sequence[Hashable],
    convention: Convention,
) -> Network:
    on = np.array([[run == label for run in runs] for label in classes], dtype=float)
    weight = np.diff(on, axis=1)
    # The indicator of a class is on[0] + sum w h with 0/1 units; with h = (s + 1) / 2 twice that
    # minus 1 is 2 on[0] - 1 + sum w + sum w s.
    bias = on[:, 0] - 1 if convention == "step" else 2 * on[:, 0] - 1 + weight.sum(axis=1)
    output = Layer(weight, bias, _ACTIVATIONS[convention], mask=weight != 0)
    hidden = _hidden(cuts, [1] * len(cuts), convention)
    return Network([hidden, output], ["x"], [str(label) for label in classes])


def _hidden(cuts: Sequence[Fraction], signs: Sequence[int], convention: Convention) -> Layer:
    """Return one unit per threshold t: x - t, or -x + t where the sign is -1."""
    biases = [-sign * cut for sign, cut in zip(signs, cuts, strict=True)]
    stored = [_as_float(bias) for bias in biases]
    pairs = list(zip(biases, stored, strict=True))
    exact = {(j, -1): b for j, (b, s) in enumerate(pairs) if written(repr(s)) != b}
    weight = np.array(signs, dtype=float)[:, None]
    return Layer(weight, np.array(stored), _ACTIVATIONS[convention], exact=exact or None)


def _as_float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        raise SpecError("a point is too large to be a weight; scale the line down") from None


def _weighted(weights: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    return sum((w * v for w, v in zip(weights, values, strict=True)), start=Fraction(0))
