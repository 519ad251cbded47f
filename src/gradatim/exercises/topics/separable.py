"""Linearly separable or not: units that separate points, and features that help (L9, L10).

Conventions: a unit separates points if step of its weighted sum is the class of every point.
Whether no unit does is decided exactly; the worked answer gives a proof that needs no computer.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from gradatim.exercises import writing
from gradatim.exercises.model import Part, Question, Table
from gradatim.exercises.numbers import show
from gradatim.exercises.slips import choice_part
from gradatim.exercises.topics._draw import joined, nonzero
from gradatim.exercises.topics._plane import Point, separating_unit

__all__ = ["make_separable"]

_NONE = "No unit with a step does; the points are not linearly separable."
_NOTES = (
    "$step(z) = 1$ if $z ≥ 0$, otherwise $0$; so $step(0) = 1$.",
    "Points are linearly separable if one unit with the step function gives every point its class.",
)
_ASK = {"quantity": "separating unit"}

Rule = tuple[tuple[Fraction, ...], Fraction]
Points = Sequence[tuple[Fraction, ...]]


def make_separable(rng: Random, level: int) -> Question | None:
    """Ask which unit separates points, if any, or at level 3 which feature makes them separable."""
    if level == 3:
        return _feature(rng)
    can = rng.random() < 0.6
    if level == 1:
        return _on_a_line(rng, can)
    return _in_a_plane(rng) if can else _crossing(rng)


def _fits(rule: Rule, points: Points, classes: Sequence[int]) -> bool:
    return _errors(rule, points, classes) == 0


def _errors(rule: Rule, points: Points, classes: Sequence[int]) -> int:
    return sum(
        c != (sum(w * x for w, x in zip(rule[0], p, strict=True)) + rule[1] >= 0)
        for p, c in zip(points, classes, strict=True)
    )


def _text(rule: Rule) -> str:
    names = ["x1", "x2"][: len(rule[0])]
    return f"$step({writing.linear(list(zip(rule[0], names, strict=True)), rule[1])})$"


def _value(rule: Rule) -> dict[str, Any]:
    return {"weights": [str(w) for w in rule[0]], "bias": str(rule[1])}


def _part(rng: Random, right: Rule | None, wrong: Sequence[tuple[Rule, str]]) -> Part | None:
    """Offer rules, and that there is none."""
    if right is None:
        return choice_part(
            rng, "", _ASK, (_NONE, None), [(_text(r), _value(r), slip) for r, slip in wrong]
        )
    none = (_NONE, None, "separability overlooked")
    offered = [(_text(r), _value(r), slip) for r, slip in wrong[:2]]
    return choice_part(rng, "", _ASK, (_text(right), _value(right)), [*offered, none], at_least=4)


def _question(
    points: Points, classes: Sequence[int], part: Part | None, proof: Sequence[str]
) -> Question | None:
    if part is None:
        return None
    names = ["x1", "x2"][: len(points[0])]
    noun = "a line" if len(names) == 1 else "a plane"
    return Question(
        text=[
            f"The table gives points of {noun} and their classes.",
            "Which unit gives every point its class?",
        ],
        table=_table(names, points, classes),
        parts=[part],
        solution=proof,
        notes=_NOTES,
        given=_given(names, points, classes),
        activations=("heaviside",),
    )


def _table(names: Sequence[str], points: Points, classes: Sequence[int]) -> Table:
    rows = [[*(f"${show(x)}$" for x in p), f"${c}$"] for p, c in zip(points, classes, strict=True)]
    return Table([*(f"${name}$" for name in names), "class"], rows)


def _given(names: Sequence[str], points: Points, classes: Sequence[int]) -> dict[str, Any]:
    return {
        "points": [dict(zip(names, map(str, p), strict=True)) for p in points],
        "classes": list(classes),
    }


def _on_a_line(rng: Random, can: bool) -> Question | None:
    xs = [Fraction(x) for x in sorted(rng.sample(range(-6, 10), 5))]
    points = [(x,) for x in xs]
    changes = sorted(rng.sample(range(1, 5), 1 if can else 2))
    first = rng.randint(0, 1)
    classes = [(first + sum(i >= c for c in changes)) % 2 for i in range(5)]
    cuts = [(a + b) / 2 for a, b in pairwise(xs)]
    up, down = [((Fraction(s),), Fraction(0)) for s in (1, -1)]
    rules = [((w,), -w * cut) for cut in cuts for w in (up[0][0], down[0][0])]
    right = [r for r in rules if _fits(r, points, classes)]
    if not can:
        best = sorted((r for r in rules), key=lambda r: _errors(r, points, classes))[:3]
        part = _part(rng, None, [(r, "inseparability overlooked") for r in best])
        return _question(points, classes, part, _between(xs, classes, changes))
    [(weights, bias)] = right
    wrong = [
        ((tuple(-w for w in weights), -bias), "sign flipped"),
        ((weights, -bias), "sign flipped"),
    ]
    wrong += [(r, "point misplaced") for r in rng.sample(rules, len(rules))]
    wrong = [(r, slip) for r, slip in wrong if not _fits(r, points, classes)]
    part = _part(rng, (weights, bias), wrong)
    return _question(points, classes, part, _checked((weights, bias), points, classes))


def _between(xs: Sequence[Fraction], classes: Sequence[int], changes: Sequence[int]) -> list[str]:
    left, middle, right = (show(xs[i]) for i in (changes[0] - 1, changes[0], changes[1]))
    inner, outer = classes[changes[0]], classes[0]
    return [
        f"${middle}$ has class ${inner}$ and lies between ${left}$ and ${right}$, which have class "
        f"${outer}$.",
        "Along a line, a unit changes its class once at most, so no unit gives these three points "
        "their classes.",
    ]


def _checked(rule: Rule, points: Points, classes: Sequence[int]) -> list[str]:
    names = ["x1", "x2"][: len(points[0])]
    total = writing.linear(list(zip(rule[0], names, strict=True)), rule[1])
    sums = [sum(w * x for w, x in zip(rule[0], p, strict=True)) + rule[1] for p in points]
    values = ", ".join(f"${show(z)}$" for z in sums)
    return [
        f"At the points, row by row, ${total}$ is {values}.",
        f"step gives {', '.join(f'${c}$' for c in classes)}: the classes of the table.",
    ]


def _grid_points(rng: Random, n: int) -> list[Point]:
    cells = [(Fraction(a), Fraction(b)) for a in range(5) for b in range(5)]
    return rng.sample(cells, n)


def _in_a_plane(rng: Random) -> Question | None:
    weights = (Fraction(nonzero(rng, 2)), Fraction(nonzero(rng, 2)))
    rule = (weights, Fraction(nonzero(rng, 7)))
    points = _grid_points(rng, 5)
    sums = [sum(w * x for w, x in zip(weights, p, strict=True)) + rule[1] for p in points]
    classes = [int(z >= 0) for z in sums]
    if 0 in sums or sum(classes) not in (2, 3):
        return None
    a, b = weights
    wrong: list[tuple[Rule, str]] = [
        ((weights, -rule[1]), "sign flipped"),
        (((a, -b), rule[1]), "sign flipped"),
        (((-a, -b), -rule[1]), "sign flipped"),
        (((b, a), rule[1]), "axes swapped"),
        ((weights, rule[1] + nonzero(rng, 3)), "point misplaced"),
    ]
    wrong = [(r, slip) for r, slip in wrong if not _fits(r, points, classes)]
    rng.shuffle(wrong)
    part = _part(rng, rule, wrong)
    return _question(points, classes, part, _checked(rule, points, classes))


def _crossing(rng: Random) -> Question | None:
    """Make two pairs of points with a common midpoint, and a fifth point."""
    (a, b), (c, d), (e, f), extra = _grid_points(rng, 4)
    fourth = (a + c - e, b + d - f)
    if not all(0 <= x <= 4 for x in fourth) or fourth in ((a, b), (c, d), (e, f), extra):
        return None
    points = [(a, b), (c, d), (e, f), fourth, extra]
    classes = [1, 1, 0, 0, rng.randint(0, 1)]
    rules = [
        ((Fraction(v), Fraction(w)), Fraction(k))
        for v in (-2, -1, 1, 2)
        for w in (-2, -1, 1, 2)
        for k in range(-6, 7)
    ]
    rng.shuffle(rules)
    best = sorted(rules, key=lambda r: _errors(r, points, classes))[:3]
    assert separating_unit(*_by_class(points, classes)) is None
    middle = f"({show((a + c) / 2)}, {show((b + d) / 2)})"
    proof = [
        f"The points {_pair(points[0], points[1])} have class $1$, "
        f"{_pair(points[2], points[3])} class $0$; both pairs have the midpoint ${middle}$.",
        "A weighted sum at a midpoint is the mean of its values at the two points: it would have "
        "to be $≥ 0$ for one pair and $< 0$ for the other. So there is no such unit.",
    ]
    order = rng.sample(range(5), 5)
    part = _part(rng, None, [(r, "inseparability overlooked") for r in best])
    return _question([points[i] for i in order], [classes[i] for i in order], part, proof)


def _pair(*points: Point) -> str:
    return joined([f"$({show(x)}, {show(y)})$" for x, y in points])


def _feature(rng: Random) -> Question | None:
    xs = [Fraction(x) for x in sorted(rng.sample(range(-6, 7), 6))]
    start, stop = sorted(rng.sample(range(1, 6), 2))
    inner = rng.randint(0, 1)
    classes = [inner if start <= i < stop else 1 - inner for i in range(6)]
    features = _features(rng, xs, start, stop)
    units = [_separation(value, xs, classes) for _, value in features]
    right = [(f, unit) for f, unit in zip(features, units, strict=True) if unit]
    wrong = [f for f, unit in zip(features, units, strict=True) if not unit]
    if len(wrong) < 3:
        return None
    # The lecture's square comes first among those that help, and it always does.
    chosen, unit = right[0] if rng.random() < 0.5 else rng.choice(right)
    part = choice_part(
        rng, "", {"quantity": "feature"}, chosen, [(t, v, _feature_slip(v)) for t, v in wrong], 4
    )
    if part is None:
        return None
    points = [(x,) for x in xs]
    return Question(
        text=[
            "The points of a line in the table are not linearly separable: a unit that reads only "
            "$x1$ cannot give every point its class.",
            "With which added feature $x2$ does some unit that reads $x1$ and $x2$ give every "
            "point its class?",
        ],
        table=_table(["x1"], points, classes),
        parts=[part],
        solution=_feature_solution(chosen, xs, unit),
        notes=_NOTES,
        given=_given(["x1"], points, classes),
        activations=("heaviside",),
    )


def _features(
    rng: Random, xs: Sequence[Fraction], start: int, stop: int
) -> list[tuple[str, dict[str, str]]]:
    cuts = [(a + b) / 2 for a, b in pairwise(xs)]
    center = (cuts[start - 1] + cuts[stop - 1]) / 2
    slope, offset = Fraction(rng.choice((-3, -2, 2, 3))), Fraction(nonzero(rng, 5))
    steps = [cuts[start - 1], xs[0] - 1, xs[-1] + 1, center]
    found = [("$x2 = (x1)^2$", {"kind": "power", "exponent": "2"})]
    found.append((f"$x2 = |{_shifted(center)}|$", {"kind": "absolute", "center": str(center)}))
    found += [
        (f"$x2 = step({_shifted(cut)})$", {"kind": "step", "threshold": str(cut)}) for cut in steps
    ]
    found.append(
        (
            f"$x2 = {writing.linear([(slope, 'x1')], offset)}$",
            {"kind": "affine", "weight": str(slope), "bias": str(offset)},
        )
    )
    found.append(("$x2 = (x1)^3$", {"kind": "power", "exponent": "3"}))
    head, *rest = found
    return [head, *rng.sample(rest, len(rest))]


def _shifted(center: Fraction) -> str:
    return writing.linear([(Fraction(1), "x1")], -center)


def _feature_slip(value: dict[str, str]) -> str:
    return "affine feature" if value["kind"] == "affine" else "feature does not separate"


def _feature_of(value: dict[str, str], x: Fraction) -> Fraction:
    if value["kind"] == "power":
        return x ** int(value["exponent"])
    if value["kind"] == "absolute":
        return abs(x - Fraction(value["center"]))
    if value["kind"] == "step":
        return Fraction(x >= Fraction(value["threshold"]))
    return Fraction(value["weight"]) * x + Fraction(value["bias"])


def _separation(
    value: dict[str, str], xs: Sequence[Fraction], classes: Sequence[int]
) -> Rule | None:
    points = [(x, _feature_of(value, x)) for x in xs]
    return separating_unit(*_by_class(points, classes))


def _by_class(points: Sequence[Point], classes: Sequence[int]) -> list[list[Point]]:
    return [[p for p, c in zip(points, classes, strict=True) if c == k] for k in (1, 0)]


def _feature_solution(
    feature: tuple[str, dict[str, str]], xs: Sequence[Fraction], rule: Rule
) -> list[str]:
    text, value = feature
    sums = [rule[0][0] * x + rule[0][1] * _feature_of(value, x) + rule[1] for x in xs]
    shown = ", ".join(f"${show(z)}$" for z in sums)
    return [
        f"With {text} the unit {_text(rule)} does it.",
        f"At the points, row by row, its weighted sum is {shown}.",
        "With each of the other features, the two classes still overlap in the plane of $x1$ and "
        "$x2$: their convex hulls meet, so no line has one on each side.",
    ]
