"""What is said and shown of the layers of a network: sentences, a table, and what views are given.

Conventions: a change between two layers is said only where its 95 % interval does not hold 0;
names from the data are shown safely; numbers for views have at most four significant digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradatim._text import name_inputs, plural, show_name
from gradatim.collection import CycleSound, Sound
from gradatim.evaluation.metrics import METRICS
from gradatim.presentation.climbs import score, score_range
from gradatim.presentation.lines import Column, Grid, Line, notes
from gradatim.presentation.sounds import encode_sounds
from gradatim.probing import LayerChange, LayerFindings, LayerProbe, Layers
from gradatim.probing.result import ShownUnit, UnitStimuli
from gradatim.probing.units import unscale

__all__ = [
    "change_sentence",
    "dashes_sentence",
    "layer_lines",
    "layers_data",
    "layers_headline",
    "layers_meaning",
    "probe_rows",
    "probes_data",
    "training_sentence",
]

_HEADS = ("score", "95 % interval", "control", "memorized", "selectivity", "untrained")
_MOST_POINTS = 1200
_MOST_SOUNDS = 150
_N_WAVE = 128  # Points of a wave that a page shows
_N_HARMONICS = 48
_RIM = 0.99
_N_NAMED = 5  # Inputs that are named of a unit
_WEIGHTS = "its weights"
_FLOOR = -60.0  # dB below the strongest harmonic


def layer_lines(found: Layers) -> Iterator[Line | Grid]:
    """Yield what was looked at, what probes read, and what changes between layers."""
    yield [(found.collection.in_words, "bold")]
    sizes = ", ".join(f"{one.name} {one.n_units}" for one in found.layers)
    yield [(f"{found.network}; units: {sizes}", "dim")]
    if found.probes:
        yield [(f"linear probes on held-out samples: {found.unfolded}", "dim")]
        yield [""]
        columns = [Column("read", names=True), Column("of layer", names=True)]
        heads = _HEADS if _has_untrained(found) else _HEADS[:-1]
        columns += [Column(head, right=True, spare=head == "memorized") for head in heads]
        rows = [[[cell] for cell in row[: len(columns)]] for row in _grid_rows(found)]
        yield Grid(columns, rows)
        yield [""]
        yield from ([change_sentence(one)] for one in found.changes)
        if sentence := training_sentence(found):
            yield [sentence]
    yield from notes(found.notices)


def _grid_rows(found: Layers) -> Iterator[list[str]]:
    for concept in found.concepts:
        for k, one in enumerate(found.probes_of(concept)):
            name = f"{show_name(concept, 24)}, {METRICS[one.metric].head}" if k == 0 else ""
            yield [name, one.layer, *_numbers(one)]


def _numbers(one: LayerProbe) -> list[str]:
    numbers = (one.control, one.memorized, one.selectivity, _untrained(one))
    return [score(one.score), score_range(one.interval), *map(score, numbers)]


def _untrained(one: LayerProbe) -> float:
    return math.nan if one.untrained is None else one.untrained


def _has_untrained(found: Layers) -> bool:
    """Tell whether a network with random weights stands beside; the pretrained net has none."""
    return any(one.untrained is not None for one in found.probes)


def dashes_sentence(found: Layers) -> str:
    """Say what the dashed lines beside the probes are."""
    control = "the control, the same probe of targets dealt at random, which is chance"
    if not _has_untrained(found):
        return f"The dashed line is {control}."
    return f"The dashed lines are {control}, and the same probe of an untrained network."


def probe_rows(found: Layers) -> list[dict[str, Any]]:
    """Return the rows of the page's table."""
    return [
        {
            "concept": one.concept,
            "metric": METRICS[one.metric].title,
            "layer": one.layer,
            "score": [score(one.score), score_range(one.interval)],
            "control": score(one.control),
            "memorized": score(one.memorized),
            "selectivity": [score(one.selectivity), score_range(one.selectivity_interval)],
            "untrained": score(_untrained(one)),
            "is_first": k == 0,
        }
        for concept in found.concepts
        for k, one in enumerate(found.probes_of(concept))
    ]


def change_sentence(one: LayerChange) -> str:
    """Say whether a concept can be read better or worse of a later layer."""
    numbers = f"{score(one.change)} ({score_range(one.interval)})"
    name, between = show_name(one.concept), f"from {one.first} to {one.last}"
    if one.kind == "cannot tell":
        return f"{name}: whether it rises or falls {between} cannot be told: {numbers}"
    return f"{name} {one.kind} {between}: {numbers}"


def layers_headline(found: Layers) -> str:
    """Say in a sentence what becomes of the label from layer to layer."""
    change = next((one for one in found.changes if one.concept == found.concepts[0]), None)
    if change is None:
        return "A look inside the network"
    name = show_name(change.concept, 40)
    subject = "the label" if name == "label" else name
    own = {one.layer: one for one in found.probes_of(change.concept)}
    values = [score(own[layer].score) for layer in (change.first, change.last)]
    first, last = (_of_layer(layer) for layer in (change.first, change.last))
    if change.kind == "cannot tell":
        return (
            f"It cannot be told whether {subject} is read better from {last} ({values[1]}) than "
            f"from {first} ({values[0]})"
        )
    how = "better" if change.kind == "rises" else "worse"
    whole = (
        f"{subject} is read {how} from {last} than from {first}: {values[1]} against {values[0]}"
    )
    return whole[:1].upper() + whole[1:]


def _of_layer(name: str) -> str:
    return name if name[-1:].isdigit() else f"the {name}"


def _joined(names: Sequence[str]) -> str:
    shown = [show_name(name, 40) for name in names]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def layers_meaning(found: Layers) -> str:
    """Say what becomes of other concepts after the first layer, and whether that is a staircase."""
    changes = list({one.concept: one for one in found.changes}.values())
    if len(changes) < 2:
        return ""
    label, *others = changes
    kinds = {
        kind: [one.concept for one in others if one.kind == kind]
        for kind in ("rises", "falls", "cannot tell")
    }
    parts = [
        f"{_joined(own)} {kind if len(own) == 1 else kind[:-1]}"
        for kind, own in kinds.items()
        if own and kind != "cannot tell"
    ]
    if unclear := kinds["cannot tell"]:
        parts.append(f"what becomes of {_joined(unclear)} cannot be told")
    said = f"From {_of_layer(label.first)} to {_of_layer(label.last)}, {'; '.join(parts)}."
    stair = label.kind == "rises" and kinds["falls"] and not kinds["rises"]
    verdict = (
        "The label rises there: low-level features are clearest early, it is late."
        if stair
        else "No staircase from low-level features to the label is shown."
    )
    return " ".join(filter(None, [said, verdict, training_sentence(found)]))


def training_sentence(found: Layers) -> str:
    """Say what training adds to the label at the last hidden layer, where that is known."""
    if not found.probes or not found.changes:
        return ""
    concept, last = found.concepts[0], found.changes[0].last
    one = next(one for one in found.probes_of(concept) if one.layer == last)
    if one.gain is None or one.gain_interval is None:
        return ""
    numbers = f"{score(one.gain)} ({score_range(one.gain_interval)})"
    low, high = one.gain_interval
    name = "the label" if concept == "label" else show_name(concept, 40)
    where = f"what is read of {name} from {_of_layer(last)}"
    if low <= 0 <= high:
        return f"Whether training adds to {where} cannot be told: {numbers} over random weights."
    verb = "adds to" if low > 0 else "takes from"
    return f"Training {verb} {where}: {numbers} over random weights."


def _short(values: Any) -> Any:
    array = np.asarray(values, dtype=float)
    if array.ndim:
        return [_short(one) for one in array]
    return float(f"{array:.4g}") if np.isfinite(array) else None


def probes_data(found: Layers) -> dict[str, Any] | None:
    """Return the model of the view ``probes``; None if nothing was probed."""
    if not found.probes:
        return None
    panels = []
    for concept in found.concepts:
        own = found.probes_of(concept)
        metric = METRICS[own[0].metric]
        panels.append(
            {
                "title": concept,
                "metric": metric.title,
                "points": [
                    {
                        "layer": one.layer,
                        "score": _short(one.score),
                        "interval": _short(one.interval),
                        "control": _short(one.control),
                        "untrained": _short(_untrained(one)),
                    }
                    for one in own
                ],
            }
        )
    return {"layers": [one.name for one in found.layers], "panels": panels}


def layers_data(found: Layers) -> tuple[dict[str, Any], int]:
    """Return the model of the view ``layers``, and the number of unreadable sounds."""
    collection = found.collection
    rows = _points(found)
    sounds, unreadable = _sounds(found, rows)
    made = {f"{layer.name} {one.unit}": one for layer in found.layers for one in layer.shown}
    wanted = _optimized_sounds(found, made)
    labels, classes, values = _colors(found)
    used = sorted({*rows, *sounds, *_samples(found)})
    model = {
        "layers": [_layer(found, layer, rows, wanted) for layer in found.layers],
        "rows": rows,
        "labels": None if labels is None else [labels[i] for i in rows],
        "values": None if values is None else [values[i] for i in rows],
        "classes": classes,
        "ids": {i: str(collection.ids[i]) for i in used},
        "sounds": sounds,
    }
    return model, len(unreadable)


def _points(found: Layers) -> list[int]:
    n = found.collection.n_samples
    if n <= _MOST_POINTS:
        return list(range(n))
    return np.linspace(0, n - 1, _MOST_POINTS).round().astype(int).tolist()


def _colors(found: Layers) -> tuple[list[int] | None, list[str], list[float | None] | None]:
    """Return the class of each sample, or where it lies among all, from 0 to 1."""
    collection = found.collection
    if collection.task == "classification":
        names, codes = np.unique(np.asarray(collection.y).astype(str), return_inverse=True)
        return codes.tolist(), names.tolist(), None
    y = np.asarray(collection.y, dtype=float).reshape(collection.n_samples, -1)[:, 0]
    if collection.task == "regression" and y.std() > 0:
        ranks = np.argsort(np.argsort(y, kind="stable"), kind="stable") / max(1, len(y) - 1)
        return None, [], _short(ranks)
    return None, [], None


def _samples(found: Layers) -> Iterator[int]:
    """Yield the samples that units show, those of the highest activations first."""
    for place in range(3):
        for layer in found.layers:
            for one in layer.shown:
                yield from layer.highest[one.unit][place : place + 1]
                yield from layer.lowest[one.unit][place : place + 1]


def _sounds(found: Layers, rows: Sequence[int]) -> tuple[dict[int, str], list[int]]:
    if found.collection.media is None or not any(layer.shown for layer in found.layers):
        return {}, []
    order = [*dict.fromkeys([*_samples(found), *rows])]
    return encode_sounds(found.collection.media, order, _MOST_SOUNDS)


def _optimized_sounds(found: Layers, made: dict[str, ShownUnit]) -> dict[str, str]:
    """Return the optimized inputs that can be heard, by layer and unit."""
    if not found.is_cycle:
        return {}
    names = [name for name, one in made.items() if one.optimized is not None]
    media: list[Sound] = []
    for name in names:
        wave = _raw(found, made[name].optimized)
        media.append(CycleSound(0.5 * wave / max(1e-12, float(np.abs(wave).max()))))
    uris, _ = encode_sounds(media, range(len(media)), len(media))
    return {names[k]: uri for k, uri in uris.items()}


def _layer(
    found: Layers, layer: LayerFindings, rows: Sequence[int], wanted: dict[str, str]
) -> dict[str, Any]:
    points = layer.projection[np.asarray(rows, dtype=int)]
    # A single sample far away would leave the others no room: it lies on the rim.
    size = float(np.quantile(np.abs(layer.projection).max(axis=1), _RIM)) or 1.0
    return {
        "name": layer.name,
        "n_units": plural(layer.n_units, "unit")
        if layer.name != "input"
        else (plural(layer.n_units, "number")),
        "points": np.round(np.clip(points / size, -1.0, 1.0), 3).tolist(),
        "explained": f"{100 * sum(layer.explained):.0f} % of the variance",
        "units": [_unit(found, layer, one, wanted) for one in layer.shown],
    }


def _unit(
    found: Layers, layer: LayerFindings, one: ShownUnit, wanted: dict[str, str]
) -> dict[str, Any]:
    k = one.unit
    title = f"{layer.unit_names[k]}" if layer.unit_names else f"unit {k}"
    column = layer.activations[:, k]

    def samples(rows: Sequence[int]) -> list[list[Any]]:
        return [[row, _short(column[row])] for row in rows]

    return {
        "title": title,
        "says": _telling(found, layer, k),
        "most": samples(layer.highest[k]),
        "least": samples(layer.lowest[k]),
        "follows": _follows(layer, k),
        "responses": [] if layer.stimuli is None else _responses(layer.stimuli, k),
        "weights": _input_view(found, one.weights, _WEIGHTS),
        "optimized": _input_view(found, one.optimized, "optimized input"),
        "sound": wanted.get(f"{layer.name} {k}"),
        "reached": None if math.isnan(one.reached) else _short(one.reached),
    }


def _telling(found: Layers, layer: LayerFindings, k: int) -> str:
    if found.collection.task != "classification" or not found.probes:
        return ""
    y = np.asarray(found.collection.y).astype(str)
    names, codes = np.unique(y, return_inverse=True)
    sums = np.bincount(codes, layer.activations[:, k])
    best = str(names[int((sums / np.bincount(codes)).argmax())])
    return f"highest for {show_name(best, 40)}; {100 * layer.telling[k]:.0f} % between classes"


def _follows(layer: LayerFindings, k: int) -> str:
    """Name what a unit goes with, the strongest first."""
    own = sorted(((name, float(r[k])) for name, r in layer.correlations.items()),
                 key=lambda pair: -abs(pair[1]))  # fmt: skip
    said = ", ".join(f"{show_name(name, 24)} {score(value)[:-1]}" for name, value in own[:3])
    return f"rank correlation: {said}" if said else ""


def _responses(stimuli: UnitStimuli, k: int) -> list[dict[str, Any]]:
    return [
        {"title": stimuli.pitch_name, "x": _short(stimuli.pitch), "y": _short(stimuli.to_pitch[k])},
        {
            "title": "loudness, dB",
            "x": _short(stimuli.loudness),
            "y": _short(stimuli.to_loudness[k]),
        },
    ]


def _raw(found: Layers, optimized: np.ndarray | None) -> np.ndarray:
    assert optimized is not None
    assert found.scaler is not None
    return unscale(optimized, found.scaler)


def _input_view(found: Layers, values: np.ndarray | None, title: str) -> dict[str, Any] | None:
    """Show an input: a wave with its spectrum, or the inputs that are furthest from the middle."""
    if values is None:
        return None
    if values.ndim == 2:
        levels = np.round(100.0 * values / (np.abs(values).max() or 1.0)).astype(int)
        n_bands, n_frames = values.shape
        said = f"{plural(n_bands, 'band')} by {plural(n_frames, 'frame')}"
        return {"title": title, "patch": levels.tolist(), "says": said}
    if not found.is_cycle:
        names = name_inputs(found.input_names, len(values))
        top = np.argsort(-np.abs(values), kind="stable")[:_N_NAMED]
        inputs = [[show_name(names[j], 40), _short(values[j])] for j in top.tolist()]
        return {"title": title, "inputs": inputs}
    wave = values if title == _WEIGHTS else _raw(found, values)
    at = np.linspace(0, len(wave) - 1, _N_WAVE).round().astype(int)
    spectrum = np.abs(np.fft.rfft(wave))[1 : _N_HARMONICS + 1]
    decibels = 20.0 * np.log10(np.maximum(spectrum / (spectrum.max() or 1.0), 1e-6))
    return {
        "title": title,
        "wave": np.round(wave[at] / (np.abs(wave).max() or 1.0), 3).tolist(),
        "spectrum": np.round(np.maximum(decibels, _FLOOR), 1).tolist(),
    }
