"""Sounds made to find what units respond to: tones of rising pitch, and of rising loudness.

Conventions: a tone is one second of ten harmonics whose amplitudes fall as 1/k, peak at most 1/2. A
network of single cycles has no pitch: it is given one harmonic after another instead, each with the
power of a usual cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gradatim.collection import Collection, CycleSound
from gradatim.music.recipes import SetRecipe, UnionRecipe, apply_recipe

_PITCHES = np.arange(36.0, 97.0, 6.0)  # C2 to C7
_LEVELS = np.arange(-60.0, 1.0, 10.0)  # dB relative to the loudest
_LEVEL_PITCH = 57.0  # A3
_N_HARMONICS = 10
_HARMONICS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
_CYCLE_LEVELS = np.arange(-36.0, 13.0, 6.0)
_FADE = 0.010


@dataclass(frozen=True, eq=False)
class Stimuli:
    """Rows of a network's input that differ in one respect each."""

    pitch_name: str  # What `pitch` is
    pitch: np.ndarray  # (n_pitches,): MIDI numbers, or numbers of harmonics
    loudness: np.ndarray  # (n_levels,): dB
    pitch_layers: Mapping[str, np.ndarray]  # Layers of the rows of rising pitch
    loudness_layers: Mapping[str, np.ndarray]


def _tone(pitch: float, level: float, sr: int) -> np.ndarray:
    time = np.arange(sr) / sr
    frequency = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
    order = np.arange(1, _N_HARMONICS + 1)
    order = order[order * frequency < sr / 2]
    y = (np.sin(2 * np.pi * frequency * np.outer(order, time)) / order[:, None]).sum(axis=0)
    fade = np.clip(np.minimum(time, time[::-1]) / _FADE, 0.0, 1.0)
    return (0.5 * 10.0 ** (level / 20.0) * y * fade / np.abs(y).max()).astype(np.float32)


def tones(
    recipe: SetRecipe | UnionRecipe, layers: Callable[[np.ndarray], Mapping[str, np.ndarray]]
) -> Stimuli:
    """Play tones to a network that reads what a recipe makes of sounds."""

    def rows(pairs: list[tuple[float, float]]) -> np.ndarray:
        return np.stack([apply_recipe(_tone(*pair, recipe.sr), recipe) for pair in pairs])

    by_pitch = layers(rows([(pitch, 0.0) for pitch in _PITCHES.tolist()]))
    by_level = layers(rows([(_LEVEL_PITCH, level) for level in _LEVELS.tolist()]))
    return Stimuli("pitch, MIDI", _PITCHES, _LEVELS, by_pitch, by_level)


def are_cycles(collection: Collection, X: np.ndarray) -> bool:
    """Tell whether rows are single cycles of sounds, point by point."""
    media = collection.media
    return (
        media is not None
        and len(media) > 0
        and isinstance(media[0], CycleSound)
        and len(media[0].cycle) == X.shape[1]
        and np.allclose(media[0].cycle, X[0])
    )


def cycles(X: np.ndarray, layers: Callable[[np.ndarray], Mapping[str, np.ndarray]]) -> Stimuli:
    """Give harmonics to a network that reads single cycles `X` (n_rows, n_points)."""
    n_points = X.shape[1]
    usual = float(np.median(np.sqrt(np.mean(X**2, axis=1))))
    order = np.array([k for k in _HARMONICS if k < n_points // 2])
    sines = np.sin(2 * np.pi * np.outer(order, np.arange(n_points)) / n_points)
    buzz = (sines / order[:, None]).sum(axis=0)
    buzz *= usual / np.sqrt(np.mean(buzz**2))
    levels = 10.0 ** (_CYCLE_LEVELS / 20.0)
    return Stimuli(
        "harmonic",
        order.astype(float),
        _CYCLE_LEVELS,
        layers(sines * np.sqrt(2.0) * usual),
        layers(np.outer(levels, buzz)),
    )
