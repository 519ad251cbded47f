"""The page of a network's layers: one HTML file that opens offline, with sounds inside.

Conventions: see `gradatim.reports.page`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from gradatim._files import write_atomically
from gradatim.presentation import layers as words
from gradatim.probing import Layers
from gradatim.reports import page

_PROBE = (
    "Ridge regression on the standardized activations of one layer; classes are one-hot targets, "
    "of which the largest wins (Alain and Bengio 2017). The penalty is chosen on another fold."
)
_CONTROL = (
    "The same probe of targets dealt at random over the groups (Hewitt and Liang 2019). On "
    "held-out groups it scores by chance; what it scores on the samples that it has learnt from, "
    "memorized, tells how much a probe of that layer can learn by heart. Selectivity is the score "
    "less the control's."
)
_UNTRAINED = (
    "The same probe of a network of the same shape with random weights, which keep the variance of "
    "what they read: what the shape gives without training. The pretrained net has none here."
)
_CONCEPTS = (
    "Pitch by YIN (de Cheveigné and Kawahara 2002) at the loudest place, loudness in dB, "
    "brightness as the spectral centroid in octaves, attack as the logarithm of the time from a "
    "tenth to nine tenths of the amplitude; columns of the table as they are."
)
_INTERVALS = (
    "95 %, by a jackknife over groups, or samples where there are none. Each holds for itself "
    "alone: of twenty changes that are none, one looks like one."
)
_UNITS = (
    "Those whose variance lies most between classes, each highest for another class as long as "
    "there are such. Their answers are to tones of ten harmonics, or of a network of single "
    "cycles to one harmonic after another. What excites a unit most is found by gradient ascent "
    "among inputs as long as a usual one (Erhan and others 2009); it and the weights are shown "
    "within the directions that hold 99 % of the samples' squares. The JSON object has every "
    "unit."
)


def write_layers(found: Layers, path: str | os.PathLike[str]) -> Path:
    """Write the page of a network's layers as one HTML file.

    Parameters
    ----------
    found : Layers
        What was found.
    path : path-like
        Where the file goes; its folder must exist.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before is then unchanged.
    """
    return write_atomically(path, render_layers(found).encode("utf-8", errors="replace"))


def render_layers(found: Layers) -> str:
    """Return the page of a network's layers as HTML."""
    probes = words.probes_data(found)
    model, n_unreadable = words.layers_data(found)
    models = {**({} if probes is None else {"probes": probes}), "layers": model}
    content = {
        "name": found.collection.name,
        "headline": words.layers_headline(found),
        "meaning": words.layers_meaning(found),
        "dashes": words.dashes_sentence(found),
        "facts": [found.network, *found.collection.contents],
        "changes": list(map(words.change_sentence, found.changes)),
        "rows": words.probe_rows(found),
        **page.notices(found.notices),
        "has_learnt": found.has_learnt,
        "playable": bool(model["sounds"]),
        "n_unreadable": n_unreadable,
        "protocol": list(_protocol(found)),
        "origin": found.collection.origin,
        "sha256": found.collection.sha256,
        "versions": page.versions(version("gradatim")),
    }
    return page.render("layers.html.jinja", models, content)


def _protocol(found: Layers) -> Iterator[tuple[str, str]]:
    if found.probes:
        yield "Held out", f"{found.unfolded[:1].upper()}{found.unfolded[1:]}."
        yield "Probes", _PROBE
        yield "Control", _CONTROL
        yield "Untrained", _UNTRAINED
        yield "Concepts", _CONCEPTS
        yield "Intervals", _INTERVALS
    yield "Units", _UNITS
