"""What was found inside a network: layers, their units, and what probes read of them.

Conventions: samples are numbers of rows of the collection; a value knows its JSON object, in which
samples are called by their ids.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim._pictures import Shown
from gradatim._text import plural
from gradatim.collection import Collection, Notice
from gradatim.probing.probes import LayerProbe
from gradatim.scalers import Scaler

__all__ = ["LayerChange", "LayerFindings", "Layers", "ShownUnit", "UnitStimuli"]


@dataclass(frozen=True, eq=False)
class UnitStimuli:
    """What the units of a layer answer to sounds made for that.

    Parameters
    ----------
    pitch_name : str
        What `pitch` is: ``"pitch, MIDI"`` of tones, or ``"harmonic"`` of single cycles.
    pitch : array of shape (n_pitches,)
        Pitches, or numbers of harmonics.
    loudness : array of shape (n_levels,), dB
        Levels.
    to_pitch : array of shape (n_units, n_pitches)
        Activations.
    to_loudness : array of shape (n_units, n_levels)
        Activations.
    """

    pitch_name: str
    pitch: np.ndarray
    loudness: np.ndarray
    to_pitch: np.ndarray
    to_loudness: np.ndarray


@dataclass(frozen=True, eq=False)
class ShownUnit:
    """A telling unit, looked at more closely.

    Parameters
    ----------
    unit : int
        Its number in the layer, from 0.
    weights : array of shape (n_inputs,) or (n_bands, n_frames), optional
        Weights on scaled inputs, of a unit of the first layer, within the span of the samples; of
        the front ends of the pretrained net their filter of mel bands over time.
    optimized : array of shape (n_inputs,), optional
        Scaled input within that span that excites it most.
    reached : float
        Its pre-activation for that input.
    """

    unit: int
    weights: np.ndarray | None = None
    optimized: np.ndarray | None = None
    reached: float = math.nan


@dataclass(frozen=True, eq=False)
class LayerFindings:
    """One layer, what the collection is like in it, and its units.

    Parameters
    ----------
    name : str
        ``"input"``, ``"hidden 1"`` and so on, ``"output"``, or a layer of MSD_musicnn.
    activations : array of shape (n_samples, n_units)
        What its units do for each sample.
    projection : array of shape (n_samples, 2)
        First two principal components of the standardized activations.
    explained : tuple of float
        Share of the variance that each of them holds.
    telling : array of shape (n_units,)
        Share of each unit's variance that lies between classes.
    highest, lowest : sequence of sequence of int
        Of each unit the samples that excite it most and least, one per group each.
    correlations : mapping of str to array of shape (n_units,)
        Spearman's correlation of each unit with each concept of numbers.
    stimuli : UnitStimuli, optional
        What units answer to tones, where the network hears sounds.
    unit_names : sequence of str
        What units are called, where they have names.
    shown : sequence of ShownUnit
        The most telling units.
    """

    name: str
    activations: np.ndarray
    projection: np.ndarray
    explained: tuple[float, float]
    telling: np.ndarray
    highest: Sequence[Sequence[int]]
    lowest: Sequence[Sequence[int]]
    correlations: Mapping[str, np.ndarray]
    stimuli: UnitStimuli | None = None
    unit_names: Sequence[str] = ()
    shown: Sequence[ShownUnit] = ()

    @property
    def n_units(self) -> int:
        """Number of units."""
        return self.activations.shape[1]


@dataclass(frozen=True)
class LayerChange:
    """How much better a concept can be read of a later layer than of an earlier one.

    Parameters
    ----------
    concept : str
        What is read.
    first, last : str
        The layers.
    change : float
        Score of the last less that of the first.
    interval : tuple of float
        Its 95 % interval.
    """

    concept: str
    first: str
    last: str
    change: float
    interval: tuple[float, float]

    @property
    def kind(self) -> str:
        """``"rises"`` or ``"falls"``, or ``"cannot tell"`` where the interval holds 0."""
        if self.interval[0] > 0:
            return "rises"
        return "falls" if self.interval[1] < 0 else "cannot tell"


@dataclass(frozen=True, eq=False, repr=False)
class Layers(Shown):
    """What was found inside a network.

    Parameters
    ----------
    collection : Collection
        Samples that it was shown.
    network : str
        The network in a few words.
    layers : sequence of LayerFindings
        Its layers, what it reads first.
    probes : sequence of LayerProbe
        How well each layer tells each concept; empty where the samples are too few.
    changes : sequence of LayerChange
        What is gained of each concept from what the network reads to its last hidden layer, and
        from the layer after the first.
    unfolded : str
        How probes were kept from what the network has learnt: in words.
    notices : sequence of Notice
        What a person should know.
    has_learnt : bool
        Whether the network that is shown has learnt from these samples.
    input_names : sequence of str
        Names of the network's inputs.
    is_cycle : bool
        Whether an input is one cycle of a sound, point by point.
    scaler : Scaler, optional
        What scales the network's inputs, where it is a model's.
    """

    collection: Collection
    network: str
    layers: Sequence[LayerFindings]
    probes: Sequence[LayerProbe] = ()
    changes: Sequence[LayerChange] = ()
    unfolded: str = ""
    notices: Sequence[Notice] = ()
    has_learnt: bool = False
    input_names: Sequence[str] = ()
    is_cycle: bool = False
    scaler: Scaler | None = None

    @property
    def concepts(self) -> list[str]:
        """Names of what was probed for, the label first."""
        return list(dict.fromkeys(one.concept for one in self.probes))

    def probes_of(self, concept: str) -> list[LayerProbe]:
        """Return the probes of one of `concepts`, layer by layer."""
        return [one for one in self.probes if one.concept == concept]

    def to_dict(self) -> dict[str, Any]:
        """Return everything, all units too, as a JSON object."""
        ids = [str(one) for one in self.collection.ids]
        return {
            "network": self.network,
            "collection": self.collection.to_dict(),
            "has_learnt": self.has_learnt,
            "held_out": self.unfolded,
            "probes": [_probe_object(one) for one in self.probes],
            "changes": [
                {
                    "concept": one.concept,
                    "first": one.first,
                    "last": one.last,
                    "change": _plain(one.change),
                    "interval": _plain(one.interval),
                    "kind": one.kind,
                }
                for one in self.changes
            ],
            "layers": [_layer_object(one, ids) for one in self.layers],
            "warnings": [{"code": one.code, "message": one.message} for one in self.notices],
        }

    def __repr__(self) -> str:
        sizes = ", ".join(f"{one.name} {one.n_units}" for one in self.layers)
        n = plural(self.collection.n_samples, "sample")
        return f"Layers: {self.network}, {n}: {sizes}"


def _plain(values: Any) -> Any:
    """Return numbers as JSON holds them, with six significant digits; None where not finite."""
    array = np.asarray(values, dtype=float)
    if array.ndim:
        return [_plain(one) for one in array]
    return float(f"{array:.6g}") if np.isfinite(array) else None


def _probe_object(one: LayerProbe) -> dict[str, Any]:
    return {
        "layer": one.layer,
        "concept": one.concept,
        "metric": one.metric,
        "score": _plain(one.score),
        "interval": _plain(one.interval),
        "control": _plain(one.control),
        "memorized": _plain(one.memorized),
        "selectivity": _plain(one.selectivity),
        "selectivity_interval": _plain(one.selectivity_interval),
        "untrained": None if one.untrained is None else _plain(one.untrained),
        "gain": None if one.gain is None else _plain(one.gain),
        "gain_interval": None if one.gain_interval is None else _plain(one.gain_interval),
    }


def _layer_object(layer: LayerFindings, ids: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": layer.name,
        "n_units": layer.n_units,
        "projection": _plain(layer.projection),
        "explained": _plain(layer.explained),
    }
    stimuli = layer.stimuli
    if stimuli is not None:
        found |= {
            "pitch_name": stimuli.pitch_name,
            "pitch": _plain(stimuli.pitch),
            "loudness": _plain(stimuli.loudness),
        }
    shown = {one.unit: one for one in layer.shown}
    found["units"] = [_unit_object(layer, k, shown.get(k), ids) for k in range(layer.n_units)]
    return found


def _unit_object(
    layer: LayerFindings, k: int, shown: ShownUnit | None, ids: Sequence[str]
) -> dict[str, Any]:
    def samples(rows: Sequence[int]) -> list[dict[str, Any]]:
        return [{"id": ids[i], "activation": _plain(layer.activations[i, k])} for i in rows]

    found: dict[str, Any] = {
        "unit": k,
        "name": layer.unit_names[k] if layer.unit_names else None,
        "telling": _plain(layer.telling[k]),
        "most": samples(layer.highest[k]),
        "least": samples(layer.lowest[k]),
        "correlations": {name: _plain(own[k]) for name, own in layer.correlations.items()},
    }
    if layer.stimuli is not None:
        found["to_pitch"] = _plain(layer.stimuli.to_pitch[k])
        found["to_loudness"] = _plain(layer.stimuli.to_loudness[k])
    if shown is not None and shown.weights is not None:
        found["weights"] = _plain(shown.weights)
    if shown is not None and shown.optimized is not None:
        found |= {"optimized": _plain(shown.optimized), "reached": _plain(shown.reached)}
    return found
