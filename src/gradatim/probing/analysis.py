"""Layers: a network is shown a collection, and each of its layers and units is read.

Conventions: a probe is scored on samples from which neither it nor the network has learnt. Where
the network has learnt from some of the collection, it is trained anew without each fold by its own
recipe; what is shown of single units is always the saved network's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from gradatim._progress import Progress, silent
from gradatim._text import plural, show_name
from gradatim.climb.result import Climb
from gradatim.climb.task import Units
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError, SpecError
from gradatim.evaluation.evidence import difference_bounds
from gradatim.evaluation.folds import Folds, make_folds
from gradatim.models.axes import principal_axes
from gradatim.models.families.base import Fit
from gradatim.models.families.registry import FAMILIES
from gradatim.models.model import Model
from gradatim.models.training_set import TrainingSet
from gradatim.music.recipes import MusicnnRecipe, read_recipe
from gradatim.probing import stimuli
from gradatim.probing.activations import (
    INPUT,
    OUTPUT,
    layer_network,
    layers_of_model,
    layers_of_network,
    untrained_like,
)
from gradatim.probing.concepts import Concept, concepts_of
from gradatim.probing.probes import LayerProbe, probe
from gradatim.probing.reading import Looked, own_network, pretrained_net, read_rows
from gradatim.probing.result import LayerChange, LayerFindings, Layers, ShownUnit, UnitStimuli
from gradatim.probing.units import (
    choose_units,
    correlations,
    extremes,
    first_weights,
    maximize,
    span_of,
    telling,
)
from gradatim.scalers import fit_scaler
from gradatim.sources.registry import Options
from gradatim.training.recipes import CYCLES

__all__ = ["MUSICNN", "layers", "layers_of_climb"]

#: Name of the pretrained net in the place of a model.
MUSICNN = "musicnn"

#: Samples that are looked at, whole groups of them; of a larger collection these are a sample.
MOST_SAMPLES = 4000

#: The same for the report of a climb, which is not to wait long for it.
MOST_IN_REPORT = 800

_FOLDS = 5
_EXTREMES = 3
_SCORED = ("input", "mel bands")


def layers(
    model: Model | str,
    path: str | os.PathLike[str],
    options: Options | None = None,
    *,
    n_units: int = 3,
    seed: int = 0,
    progress: Progress | None = None,
) -> Layers:
    """Look into the layers of a network that is shown a collection.

    Parameters
    ----------
    model : Model or "musicnn"
        A model with hidden layers, or the pretrained net that is in the package.
    path : path-like
        What it is shown: a folder of audio or scores, a table, or the name of a dataset; read by
        the model's own recipe.
    options : Options, optional
        Where labels and groups are found, as `gradatim.sources` reads them.
    n_units : int, default 3
        Units of each layer to look at more closely.
    seed : int, default 0
        Of folds, controls, and networks that are trained anew.
    progress : callable, optional
        Called with the share that is done, and what is done.

    Returns
    -------
    Layers
        Projections, probes with controls, and units.

    Raises
    ------
    SpecError
        If the model has no hidden layers, or options do not go with `path`.
    InputError
        If there is nothing at `path`, or it lacks what the model reads.
    """
    text, options = os.fspath(path), options or Options()
    if isinstance(model, str):
        if model != MUSICNN:
            raise SpecError(f"the pretrained net is called {MUSICNN}, not {show_name(model)}")
        looked, collection = pretrained_net(text, options)
    else:
        layer_network(model)
        collection, X = read_rows(model, text, options)
        looked, collection = own_network(model, X), collection
    with threadpool_limits(limits=1, user_api="blas"):
        return _look(looked, collection, n_units, seed, options.n_jobs, progress or silent)


def layers_of_climb(climb: Climb, *, n_units: int = 0, n_jobs: int | None = None) -> Layers | None:
    """Look into the network of a climb's winner; None if it has no hidden layers.

    Probes read the networks of the first repeat's folds; `n_units` of each layer are looked at more
    closely.
    """
    models, pair = climb.fold_models, (climb.verdict.rung, climb.verdict.input)
    if not models or pair not in climb.models or climb.fold_of is None:
        return None
    try:
        layer_network(climb.model)
    except SpecError:
        return None
    folds = Folds(climb.fold_of[:1], (), climb.protocol.split == "fixed")
    collection = climb.collection
    X = collection.X[climb.verdict.input]
    how = "each fold by the network of the climb that had not learnt from it"
    looked = own_network(climb.model, X)
    seed = climb.protocol.seed
    with threadpool_limits(limits=1, user_api="blas"):
        return _look(looked, collection, n_units, seed, n_jobs, silent, (folds, models, how))


_Ready = tuple[Folds, Sequence[Model], str]
_Stacks = tuple[Folds, list[dict[str, np.ndarray]], str]


def _look(
    looked: Looked,
    collection: Collection,
    n_units: int,
    seed: int,
    n_jobs: int | None,
    progress: Progress,
    ready: _Ready | None = None,
) -> Layers:
    """Probe layers and look at units; `ready` has the folds and their models, if there are any."""
    threads = n_jobs or os.cpu_count() or 1
    rows, cut = _sample(collection, MOST_IN_REPORT if ready else MOST_SAMPLES, seed)
    if cut:
        collection = collection.take(rows)
        looked = replace(looked, X=_rows_of(looked.X, rows))
        if ready is not None:
            folds, models, how = ready
            ready = Folds(folds.fold_of[:, rows], (), folds.fixed), models, how
    progress(None, "looking into the layers")
    stack = looked.of_rows(looked.X)
    concepts, left = concepts_of(collection, threads)
    notices = [*collection.notices, *([cut] if cut else [])]
    seen = ready is not None or _has_learnt(looked)
    units = Units.of(collection.groups, collection.n_samples).codes
    probes: list[LayerProbe] = []
    how = ""
    try:
        if ready is None:
            folds, stacks, how = _folds(looked, collection, stack, seen, seed, threads, progress)
        else:
            folds, models, how = ready
            stacks = [layers_of_model(one, looked.X) for one in models]
        if concepts:
            progress(None, "probing the layers")
            probes = probe(stacks, concepts, folds, units, seed=seed, n_jobs=threads)
            probes = _beside_untrained(looked, stack, probes, concepts, folds, units, seed, threads)
    except (LabelError, SpecError) as error:
        notices.append(Notice("no-probes", f"nothing is probed: {error}"))
    if left:
        notices.append(Notice("no-concept", f"not probed for: {'; '.join(left)}"))
    label = next((one for one in concepts if one.kind == "label"), None)
    played = _stimuli(looked, collection) if n_units else None
    span = span_of(stack[INPUT]) if n_units and looked.model is not None else None
    found = []
    for depth, (name, activations) in enumerate(stack.items()):
        scores = telling(activations, label)
        projection, explained = _project(activations)
        both = [extremes(column, units, _EXTREMES) for column in activations.T] if n_units else []
        chosen = choose_units(activations, scores, label, n_units) if name not in _SCORED else []
        found.append(
            LayerFindings(
                name,
                activations,
                projection,
                explained,
                scores,
                [high for high, _ in both],
                [low for _, low in both],
                correlations(activations, concepts) if n_units else {},
                _answers(played, name),
                looked.output_names if name in (OUTPUT, "tags") else (),
                _shown(looked, name, depth, chosen, stack, span, seed),
            )
        )
    scaler = None if looked.model is None else looked.model.scaler
    return Layers(
        collection,
        looked.words,
        found,
        probes,
        _changes(probes, list(stack), len(np.unique(units))),
        how,
        notices,
        seen,
        looked.input_names,
        looked.model is not None and stimuli.are_cycles(collection, looked.X),
        scaler,
    )


def _beside_untrained(
    looked: Looked,
    stack: dict[str, np.ndarray],
    probes: list[LayerProbe],
    concepts: Sequence[Concept],
    folds: Folds,
    units: np.ndarray,
    seed: int,
    n_jobs: int,
) -> list[LayerProbe]:
    """Say of each probe what it would read of the same layer before training."""
    if looked.model is None:
        return probes
    network = untrained_like(layer_network(looked.model), seed)
    own = layers_of_network(network, stack[INPUT])
    # What is read has no weights: it is the same before, and the most expensive of all to probe.
    del own[INPUT]
    asked = probe([own] * folds.folds, concepts, folds, units, seed=seed, n_jobs=n_jobs)
    before = {(one.layer, one.concept): one for one in asked}
    return [one.beside(before.get((one.layer, one.concept), one)) for one in probes]


def _rows_of(X: Any, rows: np.ndarray) -> Any:
    return {name: own[rows] for name, own in X.items()} if isinstance(X, Mapping) else X[rows]


def _sample(collection: Collection, most: int, seed: int) -> tuple[np.ndarray, Notice | None]:
    """Choose whole groups at random, until there are enough samples."""
    n = collection.n_samples
    if n <= most:
        return np.arange(n), None
    codes = Units.of(collection.groups, n).codes
    order = np.random.default_rng([seed, 3]).permutation(codes.max() + 1)
    place = np.empty(len(order), dtype=int)
    place[order] = np.arange(len(order))
    sizes = np.cumsum(np.bincount(codes)[order])
    last = max(1, int(np.searchsorted(sizes, most, side="right")))
    rows = np.flatnonzero(place[codes] < last)
    text = f"{len(rows):,} of {n:,} samples are looked at, chosen at random in whole groups"
    return rows, Notice("sampled", text)


def _has_learnt(looked: Looked) -> bool:
    """Tell whether a model has learnt from any of the rows, as far as it keeps those."""
    model = looked.model
    if model is None or model.scaler is None or model.training_rows is None:
        return False
    known = {row.tobytes() for row in model.training_rows.scaled}
    return any(row.tobytes() in known for row in model.scaler.transform(looked.X))


def _folds(
    looked: Looked,
    collection: Collection,
    stack: dict[str, np.ndarray],
    seen: bool,
    seed: int,
    n_jobs: int,
    progress: Progress,
) -> _Stacks:
    """Deal folds, and return the layers that a probe of each may read."""
    folds = make_folds(collection, _FOLDS, 1, seed)
    kept = "groups kept together" if collection.groups is not None else "no groups"
    if not seen or looked.model is None:
        why = "the network has not learnt from these samples"
        return folds, [stack] * folds.folds, f"{plural(folds.folds, 'fold')}, {kept}; {why}"
    model = looked.model
    if collection.task != model.task:
        raise SpecError("the model has learnt from these samples, whose label is another here")
    cycles = [name for name in collection.cycles if name == model.input]
    inside = replace(collection, X={model.input: looked.X}, cycles=cycles)
    preset = model.about.get("protocol", {}).get("preset", "quick")
    family = FAMILIES[model.rung]
    data = TrainingSet(
        inside, seed, n_jobs, preset=preset if preset in ("quick", "strong") else "quick"
    )
    candidates = family.candidates(data, model.input)
    own = [one for one in candidates if family.describe(one) == model.setting]
    candidate = (own or list(candidates))[0]
    if candidate != CYCLES:
        # Layers are those of one network; a mixture of kinds is trained as a whole.
        candidate = replace(candidate, n_members=1)
    fits = [Fit(candidate, folds.rows_without(r, k), folds.rows(r, k)[:0]) for r, k in folds.outer]

    def tell(share: float | None, doing: str) -> None:
        progress(share, "training a network without each fold")

    trained = family.fit(data, model.input, fits, tell)
    stacks = [layers_of_model(one.model, looked.X) for one in trained]
    if any(one.keys() != stack.keys() for one in stacks):
        raise SpecError(f"the {model.rung} networks of this version have other layers; climb again")
    how = (
        f"{plural(folds.folds, 'fold')}, {kept}; the network has learnt from these samples, so it "
        "was trained anew without each fold"
    )
    return folds, stacks, how


def _project(activations: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Return the first two principal components of the samples, and their shares of variance."""
    Z = fit_scaler(activations).transform(activations, np.float64)
    axes, squares = principal_axes(Z)
    two = np.zeros((len(Z), 2))
    n = min(2, axes.shape[1])
    # The sign of an axis is nobody's choice: its largest weight is positive.
    signs = np.sign(axes[np.abs(axes[:, :n]).argmax(axis=0), np.arange(n)])
    two[:, :n] = Z @ axes[:, :n] * signs
    shares = [*(squares[:2] / squares.sum()).tolist(), 0.0, 0.0] if len(squares) else [0.0, 0.0]
    return two, (shares[0], shares[1])


def _stimuli(looked: Looked, collection: Collection) -> stimuli.Stimuli | None:
    model = looked.model
    if model is None:
        recipe = read_recipe(collection.recipes["musicnn"])
        mel = read_recipe(collection.recipes["mel"])
        from gradatim.music.recipes import UnionRecipe

        assert isinstance(recipe, MusicnnRecipe)
        n = len(recipe.names)
        return stimuli.tones(
            UnionRecipe((recipe, mel)),  # pyright: ignore[reportArgumentType]
            lambda X: looked.of_rows({"musicnn": X[:, :n], "mel": X[:, n:]}),
        )
    if stimuli.are_cycles(collection, looked.X):
        return stimuli.cycles(looked.X, looked.of_rows)
    if model.recipe is None or "kind" in model.recipe:
        return None
    return stimuli.tones(read_recipe(model.recipe), looked.of_rows)


def _answers(played: stimuli.Stimuli | None, name: str) -> UnitStimuli | None:
    if played is None:
        return None
    return UnitStimuli(
        played.pitch_name,
        played.pitch,
        played.loudness,
        played.pitch_layers[name].T,
        played.loudness_layers[name].T,
    )


def _shown(
    looked: Looked,
    name: str,
    depth: int,
    chosen: Sequence[int],
    stack: dict[str, np.ndarray],
    span: np.ndarray | None,
    seed: int,
) -> list[ShownUnit]:
    """Look at what chosen units weigh and want, and at the filters of the pretrained net."""
    if looked.model is None:
        from gradatim.music.embeddings.forward import read_net

        filters = read_net().filters(name) if name in ("timbral", "temporal") else None
        return [ShownUnit(k, None if filters is None else filters[k]) for k in chosen]
    if span is None or not chosen:
        return [ShownUnit(unit) for unit in chosen]
    network = layer_network(looked.model)
    wanted, reached = maximize(network, depth, chosen, stack[INPUT], span, seed)
    weights = first_weights(network, span) if depth == 1 else None
    return [
        ShownUnit(unit, None if weights is None else weights[unit], wanted[i], float(reached[i]))
        for i, unit in enumerate(chosen)
    ]


def _changes(probes: Sequence[LayerProbe], names: list[str], n_units: int) -> list[LayerChange]:
    """Compare what is read first, and the layer after it, with the last hidden layer."""
    last, found = names[-2], []
    for concept in dict.fromkeys(one.concept for one in probes):
        own = {one.layer: one for one in probes if one.concept == concept}
        for first in names[: min(2, len(names) - 2)]:
            change = own[last].score - own[first].score
            away = own[last].without - own[first].without
            ends = difference_bounds(change, away, max(1.0, n_units - 1.0))
            found.append(LayerChange(concept, first, last, change, ends))
    return found
