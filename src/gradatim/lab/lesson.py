"""What a page of the lab begins with: a neuron, a network, a problem, or a person's own table.

Conventions: a lesson is plain values that the page reads as JSON. Coordinates of a table are
standardized; two columns are taken as they are asked for, more are projected onto their first two
principal axes. A page holds at most `MOST_POINTS` points and `MOST_CLASSES` classes, and says what
it leaves out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._text import plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import SpecError
from gradatim.network import parse
from gradatim.network.graph import Network
from gradatim.presentation.sounds import encode_sounds
from gradatim.problems import PROBLEMS, get_problem
from gradatim.scalers import fit_scaler

__all__ = [
    "MOST_CLASSES",
    "MOST_POINTS",
    "Lesson",
    "check_size",
    "feature_names",
    "flat_parameters",
    "input_name",
    "is_curve",
    "lesson_from_collection",
    "lesson_from_network",
    "lesson_from_problem",
    "lesson_of",
    "names_problem",
    "network_start",
    "on_grid",
]

#: What a page holds at most; `state.js` has the same limits.
MOST_POINTS, MOST_CLASSES, MOST_LAYERS, MOST_UNITS = 2000, 6, 8, 16

#: The problems that the page draws itself; `problems.js` has the same.
PROBLEM_NAMES = (
    "blobs",
    "wedge",
    "xor",
    "moons",
    "circles",
    "checkerboard-4",
    "spirals-3",
    "threshold",
    "intervals",
    "sawtooth-4",
)

# The page's line runs from 0 to 150 and is brought to order 1, as its problem "intervals".
_CENTER, _SPREAD = 75.0, 50.0


@dataclass(frozen=True)
class Lesson:
    """What a page of the lab begins with.

    Parameters
    ----------
    title : str
        What the page is called.
    start : mapping
        Where it begins: ``view`` and, where it is not the usual, ``neuron``, ``net``, ``hidden``,
        ``problem`` or ``held`` (percent of points that only check), in plain values.
    table : mapping or None
        Points of a person's own: ``names``, ``X``, ``labels``, ``classes``, ``note``, where they
        have a number instead of a class ``targets``, and, where they can be played, ``sounds``:
        some of them by the place of their point.
    notices : sequence of Notice
        What was left out.
    """

    title: str = "gradatim lab"
    start: Mapping[str, Any] = field(default_factory=dict)
    table: Mapping[str, Any] | None = None
    notices: Sequence[Notice] = ()


def lesson_of(thing: str | Network | Collection | Lesson | None) -> Lesson:
    """Return the lesson of what a person names or has."""
    if thing is None:
        return Lesson()
    if isinstance(thing, Lesson):
        return thing
    if isinstance(thing, Network):
        return lesson_from_network(thing)
    if isinstance(thing, Collection):
        return lesson_from_collection(thing, thing.name)
    if not isinstance(thing, str):
        raise SpecError(
            f"the lab shows an equation, a problem, a network or a collection, not {thing!r:.60}"
        )
    if names_problem(thing):
        return lesson_from_problem(thing.strip().lower())
    return lesson_from_network(parse(thing))


def names_problem(text: str) -> bool:
    """Tell whether a text is meant as the name of a problem."""
    word = text.strip().lower()
    # No equation is one word of three letters.
    return word in PROBLEMS or re.fullmatch(r"[a-z]{3,}(-\d+)?", word) is not None


def lesson_from_problem(name: str) -> Lesson:
    """Return the lesson of a problem with one or two inputs: a network before its points."""
    # A family's own name stands for its usual size.
    problem = PROBLEMS.get(name)
    full = name if problem is None else problem.name
    if full not in PROBLEM_NAMES:
        close = get_close_matches(name, PROBLEM_NAMES, 1)
        hint = f"did you mean {close[0]}?" if close else "choose one of them"
        raise SpecError(f"the lab draws {', '.join(PROBLEM_NAMES)}, not {show_name(name)}; {hint}")
    problem = get_problem(full)
    return Lesson(problem.title, {"view": "network", "problem": problem.name})


def lesson_from_network(network: Network) -> Lesson:
    """Return the lesson of a neuron or of a network.

    One unit of one or two inputs is shown in the view of one neuron, another network of such inputs
    and one output before its points; SpecError if it is more than the page shows.
    """
    _check_network(network)
    if network.depth == 1:
        return Lesson(str(network), {"view": "neuron", "neuron": _neuron(network)})
    layers = [(layer.weight.astype(float), layer.bias.astype(float)) for layer in network.layers]
    if network.n_inputs == 1:
        weight, bias = layers[0]
        layers[0] = (weight * _SPREAD, bias + weight[:, 0] * _CENTER)
    start = {
        "view": "network",
        "problem": "intervals" if network.n_inputs == 1 else "xor",
        "net": network_start(network) | {"parameters": flat_parameters(layers)},
    }
    return Lesson("A network", start)


def network_start(network: Network) -> dict[str, Any]:
    """Return a network as the page begins with it."""
    layers = network.layers
    masks = [np.ones(one.weight.shape) if one.mask is None else one.mask for one in layers]
    return {
        "inputs": 1 if network.n_inputs == 1 else 3,
        "activations": [list(layer.activations) for layer in layers],
        "parameters": flat_parameters([(layer.weight, layer.bias) for layer in layers]),
        "edges": flat_parameters(
            [(mask, np.ones(one.bias.shape)) for mask, one in zip(masks, layers, strict=True)]
        ),
    }


def flat_parameters(layers: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[float]:
    """Return weights, then biases, layer by layer."""
    return np.concatenate([part.ravel() for pair in layers for part in pair]).astype(float).tolist()


def _neuron(network: Network) -> dict[str, Any]:
    [layer] = network.layers
    points = [[0.0, 0.0, 0], [0.0, 1.0, 0], [1.0, 0.0, 0], [1.0, 1.0, 1]]
    n = network.n_inputs
    return {
        "weights": layer.weight[0].astype(float).tolist(),
        "bias": float(layer.bias[0]),
        "activation": layer.activations[0],
        "at": [1.0] * n,
        "threshold": None,
        "points": points if n == 2 else [],
    }


def _check_network(network: Network) -> None:
    names = [name for layer in network.layers for name in layer.activations]
    if network.is_open:
        raise SpecError("the equation leaves its function open; write tanh(...) instead of a(...)")
    if not 1 <= network.n_inputs <= 2:
        raise SpecError(
            f"the lab draws networks of one or two inputs, not {network.n_inputs}; leave some out"
        )
    if network.n_outputs != 1 or "softmax" in names:
        raise SpecError(
            "the lab begins with a network of one output that is no softmax; write one equation"
        )
    check_size(network)


def check_size(network: Network) -> None:
    """Refuse a network that is larger than the page shows."""
    widest = max(network.layer_sizes[1:])
    if network.depth > MOST_LAYERS or widest > MOST_UNITS:
        raise SpecError(
            f"the lab shows up to {MOST_LAYERS} layers of up to {MOST_UNITS} units, not "
            f"{network.depth} of up to {widest}"
        )
    if not all(
        np.isfinite(part).all() for layer in network.layers for part in (layer.weight, layer.bias)
    ):
        raise SpecError("the lab computes with finite numbers only; the network has others")


def lesson_from_collection(
    collection: Collection,
    title: str,
    *,
    input: str | None = None,
    columns: Sequence[str] = (),
    seed: int = 0,
    sounds: bool = True,
) -> Lesson:
    """Return the lesson of a person's own rows with classes, or with one number each.

    Shown is the `input` of the fewest features unless one is named. One or two `columns` may be;
    else all are standardized and projected onto their first two principal axes, and a number is
    shown over the column of the largest correlation. Where there are too many rows `seed` chooses;
    some sounds travel along unless `sounds` is false.
    """
    name = input_name(collection, input, title)
    if is_curve(collection):
        return _lesson_of_curve(collection, name, title, columns, seed, sounds)
    if collection.task != "classification":
        raise SpecError(
            f"the lab shows classes or one number, and {title} has neither; learn one column"
        )
    (X, filled), names = _without_gaps(collection.X[name], title), feature_names(collection, name)
    labels = np.asarray(collection.y).astype(str)
    rows, notices = _choose_rows(labels, title, seed)
    notices = [*filled, *notices]
    places, note = _coordinates(X[rows], names, columns, title)
    classes = sorted(set(labels[rows]))
    table = {
        "names": [f"x{i + 1}" for i in range(places.shape[1])],
        "X": on_grid(places),
        "labels": [classes.index(label) for label in labels[rows]],
        "classes": [show_name(one) for one in classes],
        "note": " ".join([note, *(notice.message for notice in notices)]),
    }
    if sounds and collection.media is not None:
        table["sounds"] = _sounds(collection, rows, table["labels"])
    return Lesson(show_name(title), {"view": "network"}, table, notices)


def on_grid(places: np.ndarray) -> list[list[float]]:
    """Return coordinates as links hold them exactly: on a grid, within reach."""
    return (np.round(np.clip(places, -31, 31) * 1024) / 1024).tolist()


def is_curve(collection: Collection) -> bool:
    """Tell whether one number is learnt, which the page draws as a curve."""
    return collection.task == "regression" and np.ndim(collection.y) == 1


def _lesson_of_curve(
    collection: Collection, name: str, title: str, columns: Sequence[str], seed: int, sounds: bool
) -> Lesson:
    """Return the lesson of a number over one column: a curve through the rows."""
    (X, filled), names = _without_gaps(collection.X[name], title), feature_names(collection, name)
    y = np.asarray(collection.y, dtype=float)
    if len(y) < 2 or not np.isfinite(y).all():
        raise SpecError(f"{title} has targets that are missing, or fewer than two rows")
    if len(columns) > 1:
        raise SpecError(f"a number is shown over one column, not {len(columns)}; name one")
    rows, notices = _draw_rows(np.arange(len(y)), title, seed)
    notices = [*filled, *notices]
    column = list(columns) or [names[_steepest(X, y)]]
    places, note = _coordinates(X[rows], names, column, title)
    chosen = "" if columns else ", the column that goes most with it"
    [target] = map(show_name, collection.target_names or ("the target",))
    table = {
        "names": ["x1"],
        "X": on_grid(places),
        "labels": [0] * len(rows),
        "classes": [],
        "targets": [float(f"{value:.9g}") for value in y[rows]],
        "note": " ".join(
            [f"{target} over {show_name(column[0])}{chosen}.", note, *(n.message for n in notices)]
        ),
    }
    if sounds and collection.media is not None:
        table["sounds"] = _sounds(collection, rows, table["labels"])
    return Lesson(show_name(title), {"view": "network"}, table, notices)


def _steepest(X: np.ndarray, y: np.ndarray) -> int:
    """Return the place of the column whose correlation with a target is the largest."""
    Z, t = X - X.mean(axis=0), y - y.mean()
    size = np.sqrt((Z**2).sum(axis=0) * (t**2).sum())
    return int(np.argmax(np.abs(t @ Z) / np.where(size > 0, size, 1)))


def _sounds(
    collection: Collection, rows: np.ndarray, labels: Sequence[int]
) -> dict[str, dict[str, str]]:
    """Return sounds of some points of every class, by their place, each with its name."""
    assert collection.media is not None
    # The first of each class, then the second, so that every class is heard.
    seen: Counter[int] = Counter()
    turns = []
    for place, label in enumerate(labels):
        turns.append((seen[label], place))
        seen[label] += 1
    places = {int(rows[place]): place for _, place in sorted(turns)}
    sounds, _ = encode_sounds(collection.media, places)
    return {
        str(places[row]): {"name": show_name(str(collection.ids[row])), "uri": uri}
        for row, uri in sounds.items()
    }


def input_name(collection: Collection, input: str | None, title: str) -> str:
    """Return the input that is named, or the one with the fewest features."""
    if input is None:
        return min(collection.X, key=lambda name: collection.X[name].shape[1])
    if input not in collection.X:
        known = ", ".join(map(show_name, collection.X))
        raise SpecError(f"{title} has no input {show_name(input)}; choose one of {known}")
    return input


def feature_names(collection: Collection, name: str) -> list[str]:
    """Return the names of the columns of an input."""
    given = collection.feature_names.get(name, ())
    n = collection.X[name].shape[1]
    return list(given) if len(given) == n else [f"{name} {i + 1}" for i in range(n)]


def _choose_rows(labels: np.ndarray, title: str, seed: int) -> tuple[np.ndarray, list[Notice]]:
    """Return the rows that are shown, in random order, and what was left out."""
    counted = Counter(labels.tolist()).most_common()
    if len(counted) < 2:
        raise SpecError(f"{title} has one class only; the lab needs two to tell apart")
    notices = []
    shown = {name for name, _ in counted[:MOST_CLASSES]}
    if len(counted) > MOST_CLASSES:
        text = f"The {MOST_CLASSES} largest of {len(counted)} classes are shown."
        notices.append(Notice("left-out", text))
    rows = np.flatnonzero(np.isin(labels, sorted(shown)))
    rows, left_out = _draw_rows(rows, title, seed)
    return rows, [*notices, *left_out]


def _draw_rows(rows: np.ndarray, title: str, seed: int) -> tuple[np.ndarray, list[Notice]]:
    """Return as many rows as a page holds, in random order, and what was left out."""
    notices = []
    rows = np.random.default_rng(seed).permutation(rows)
    if len(rows) > MOST_POINTS:
        text = f"{MOST_POINTS:,} of {plural(len(rows), 'row')} are shown, drawn at random."
        notices.append(Notice("left-out", text))
    return rows[:MOST_POINTS], notices


def _without_gaps(X: ArrayLike, title: str) -> tuple[np.ndarray, list[Notice]]:
    """Fill missing values with the medians of their columns, as they are asked for when reading."""
    X = np.asarray(X, dtype=float)
    if np.isinf(X).any():
        raise SpecError(f"{title} has infinite values; leave their columns out with --drop")
    gaps = np.isnan(X)
    if not gaps.any():
        return X, []
    text = f"Filled with the median of the column: {plural(int(gaps.sum()), 'missing value')}."
    return np.where(gaps, fit_scaler(X).fill, X), [Notice("imputed", text)]


def _coordinates(
    X: np.ndarray, names: Sequence[str], columns: Sequence[str], title: str
) -> tuple[np.ndarray, str]:
    """Return one or two standardized coordinates per row, and what they are."""
    center, spread = X.mean(axis=0), X.std(axis=0)
    Z = (X - center) / np.where(spread > 0, spread, 1)
    if columns or X.shape[1] <= 2:
        places = [_place(names, column, title) for column in columns] or list(range(X.shape[1]))
        if len(places) > 2:
            raise SpecError(f"--columns names one or two columns, not {len(places)}")
        said = [
            f"x{'₁₂'[k]} stands for ({show_name(names[i])} \N{MINUS SIGN} {center[i]:.4g}) / "
            f"{spread[i]:.4g}."
            for k, i in enumerate(places)
        ]
        return Z[:, places], " ".join(said)
    U, S, _ = np.linalg.svd(Z - Z.mean(axis=0), full_matrices=False)
    axes = U[:, :2] * S[:2]
    share = (S[:2] ** 2).sum() / max((S**2).sum(), 1e-300)
    axes = axes / np.where(axes.std(axis=0) > 0, axes.std(axis=0), 1)
    text = (
        f"{plural(X.shape[1], 'feature')}, projected onto the first two principal axes, which "
        f"hold {share:.0%} of the variance."
    )
    return axes, text


def _place(names: Sequence[str], column: str, title: str) -> int:
    if column not in names:
        known = ", ".join(map(show_name, names[:12]))
        raise SpecError(f"{title} has no column {show_name(column)} of numbers; it has {known}")
    return list(names).index(column)
