"""What is looked into: the network, the collection that it is shown, and the rows that it reads.

Conventions: a model reads by its own recipe; what has no labels is read all the same, and a notice
says that none is probed for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._text import show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import InputError, LabelError, SpecError
from gradatim.models.learners import AveragedNetworks
from gradatim.models.model import Model
from gradatim.probing.activations import layer_network, layers_of_model, musicnn_layers
from gradatim.sources.registry import SOURCES, Options, find_kind, read_source
from gradatim.tagging.samples import SampleRows, find_samples
from gradatim.tagging.scoring import options_for, rows_for


@dataclass(frozen=True, eq=False)
class Looked:
    """A network, and how its layers are computed of rows."""

    words: str
    of_rows: Callable[[Any], dict[str, np.ndarray]]
    X: Any  # What it reads of the collection
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    model: Model | None = None


def own_network(model: Model, X: np.ndarray) -> Looked:
    """Look into the first network of a model, which is shown rows (n_samples, n_features)."""
    network = layer_network(model)
    assert isinstance(model.learner, AveragedNetworks)
    n = len(model.learner.members)
    sizes = "-".join(map(str, network.layer_sizes))
    words = f"{model.rung} network {sizes} on {model.input}"
    words += f", the first of {n} that are averaged" if n > 1 else ""
    names = model.output_names if len(model.output_names) == network.n_outputs else ()
    return Looked(
        words, partial(layers_of_model, model), X, model.feature_names, tuple(names), model
    )


def read_rows(model: Model, text: str, options: Options) -> tuple[Collection, np.ndarray]:
    """Read a collection, also one without labels, and the rows that a model reads of it."""
    kind = find_kind(text)
    unlabelled = kind is SOURCES["table"] and not options.target
    if not unlabelled:
        try:
            collection = read_source(text, options_for(model, text, options))
            rows = rows_for(model, collection)
            X = rows.X[model.input] if isinstance(rows, Collection) else rows
            return collection, X
        except LabelError as error:
            if kind is not SOURCES["folder"] or options.labels or options.label_pattern:
                raise
            reason = str(error)
    else:
        reason = "--target COLUMN names one"
    found = find_samples(model, text, None, None, options.follow_links, 1, None)
    if not isinstance(found, SampleRows):
        raise InputError(f"the sounds of {show_name(text)} have no labels: {reason}")
    notice = Notice("no-label", f"no label is probed for: {reason}")
    y = np.zeros(len(found.X))
    name = Path(text).name
    ids = np.array(found.paths, dtype=object)
    collection = Collection(
        name, {model.input: found.X}, y, "regression", ids, notices=(*found.notices, notice)
    )
    return collection, found.X


def pretrained_net(text: str, options: Options) -> tuple[Looked, Collection]:
    """Look into the net that is in the package, which is shown a folder of audio."""
    if options.features:
        raise SpecError("the pretrained net hears the sounds themselves; leave --features out")
    kind = find_kind(text)
    if kind is not None and kind is not SOURCES["folder"]:
        raise InputError(
            f"{show_name(text)} is {kind.phrase}, and the pretrained net hears sounds; give it a "
            "folder of audio"
        )
    collection = read_source(text, replace(options, features=("musicnn", "mel")))
    words = "the pretrained net MSD_musicnn"
    from gradatim.music.embeddings import MUSICNN_TAGS

    looked = Looked(words, musicnn_layers, dict(collection.X), (), MUSICNN_TAGS)
    return looked, collection
