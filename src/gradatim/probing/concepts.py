"""Concepts that probes look for: pitch, loudness, brightness, attack time, columns of a table.

Conventions: a sound's values are measured from its first `MOST_SECONDS`: pitch in semitones (A4 is
69), loudness in dB below full scale, brightness as the spectral centroid in octaves above 1 Hz,
attack time as its logarithm to base 10 in seconds. NaN is where a sound has no such value: noise
has no pitch, and a cycle that is repeated has no attack.

References
----------
.. [1] A. de Cheveigne and H. Kawahara, "YIN, a fundamental frequency estimator for speech and
   music", Journal of the Acoustical Society of America 111(4), pp. 1917-1930, 2002.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from gradatim.collection import Collection, CycleSound, Sound, Task
from gradatim.errors import GradatimError

__all__ = ["SOUND_CONCEPTS", "Concept", "concepts_of", "measure_sound"]

#: What is read of a sound.
MOST_SECONDS = 3.0

#: Rows with a value from which a concept is probed.
LEAST_ROWS = 30

_LEAST_GROUPS = 3  # In which a category must be found, so that some are left to be scored
_MOST_CATEGORIES = 20
_MOST_COLUMNS = 8
_LEAST_VALUES = 6  # Different numbers from which a column is held to be one of measurements

_LOWEST, _HIGHEST = 40.0, 2000.0  # Hz: pitches that are looked for
_APERIODIC = 0.15  # Share of a frame's power from which YIN finds no period
_ENVELOPE = 0.005  # Seconds of a step of the envelope
_SILENCE = 1e-8  # Power below which there is nothing to be measured

#: What is measured of a sound: its unit, and the deviation below which all sounds have the same.
SOUND_CONCEPTS = {
    "pitch": ("semitones", 0.1),
    "loudness": ("dB", 0.1),
    "brightness": ("octaves", 0.01),
    "attack": ("log10 s", 0.02),
}


@dataclass(frozen=True, eq=False)
class Concept:
    """Something that every sample has, or some of them."""

    name: str
    kind: str  # "label", "sound" or "column"
    task: Task
    y: np.ndarray  # (n_samples,), or (n_samples, n_targets)
    there: np.ndarray  # (n_samples,): Whether the sample has a value
    unit: str = ""


def concepts_of(collection: Collection, n_jobs: int = 1) -> tuple[list[Concept], list[str]]:
    """Return the label, then concepts of the sounds, then columns; and what is left out, why."""
    found, left = [], []
    label = _label(collection)
    if label is None:
        left.append("the label, which all samples share")
    else:
        found.append(label)
    if collection.media is not None:
        for concept in _of_sounds(collection.media, n_jobs):
            reason = _unfit(concept)
            if reason:
                left.append(f"{concept.name}, {reason}")
            else:
                found.append(concept)
    columns = [one for one in _columns(collection) if one is not None]
    return [*found, *columns[:_MOST_COLUMNS]], left


def _label(collection: Collection) -> Concept | None:
    y = np.asarray(collection.y)
    if y.ndim == 1 and len(np.unique(y)) < 2:
        return None
    name = ", ".join(map(str, collection.target_names[:3])) or "label"
    return Concept(
        "label" if collection.task != "regression" else name,
        "label",
        collection.task,
        y if collection.task != "classification" else y.astype(str),
        np.ones(len(y), dtype=bool),
    )


def _of_sounds(media: Sequence[Sound], n_jobs: int) -> Iterator[Concept]:
    with ThreadPoolExecutor(n_jobs) as pool:
        rows = list(pool.map(_measured, media))
    for name, (unit, _) in SOUND_CONCEPTS.items():
        values = np.array([row[name] for row in rows])
        yield Concept(name, "sound", "regression", values, np.isfinite(values), unit)


def _unfit(concept: Concept) -> str:
    """Say why a concept of sounds cannot be probed, if so."""
    values = concept.y[concept.there]
    if len(values) < LEAST_ROWS:
        return f"which {f'only {len(values)} samples have' if len(values) else 'none has'}"
    return "which is the same for all" if values.std() < SOUND_CONCEPTS[concept.name][1] else ""


def _measured(sound: Sound) -> dict[str, float]:
    try:
        # A cycle only comes again.
        y, sr = sound.read(0.25 if isinstance(sound, CycleSound) else MOST_SECONDS)
        values = measure_sound(np.asarray(y, dtype=np.float64), sr)
    except (GradatimError, OSError):
        return dict.fromkeys(SOUND_CONCEPTS, np.nan)
    if isinstance(sound, CycleSound):
        # How it is played is no property of a cycle.
        values |= {"pitch": np.nan, "attack": np.nan}
    return values


def measure_sound(y: np.ndarray, sr: int) -> dict[str, float]:
    """Measure pitch, loudness, brightness and attack time of mono samples, NaN where it has none.

    Examples
    --------
    >>> time = np.arange(22050) / 22050
    >>> found = measure_sound(0.5 * np.sin(2 * np.pi * 440 * time), 22050)
    >>> loudness = float(found["loudness"])
    >>> round(found["pitch"], 1), round(loudness, 1), round(2 ** found["brightness"])
    (69.0, -9.0, 440)
    """
    power = float(np.mean(y**2)) if len(y) else 0.0
    if power < _SILENCE:
        return dict.fromkeys(SOUND_CONCEPTS, np.nan)
    envelope = _envelope(y, sr)
    loudest = int(envelope.argmax() * _ENVELOPE * sr)
    return {
        "pitch": _pitch(y[loudest:], sr),
        "loudness": 10.0 * np.log10(power),
        "brightness": _brightness(y, sr),
        "attack": _attack(envelope),
    }


def _envelope(y: np.ndarray, sr: int) -> np.ndarray:
    """Return the root of the mean power of each `_ENVELOPE` seconds."""
    step = max(1, int(_ENVELOPE * sr))
    whole = np.pad(y, (0, -len(y) % step)).reshape(-1, step)
    return np.sqrt(np.mean(whole**2, axis=1))


def _attack(envelope: np.ndarray) -> float:
    """Return the logarithm of the time from a tenth to nine tenths of the largest amplitude."""
    high = int(np.argmax(envelope >= 0.9 * envelope.max()))
    low = int(np.argmax(envelope >= 0.1 * envelope.max()))
    return float(np.log10(max(high - low, 0.5) * _ENVELOPE))


def _brightness(y: np.ndarray, sr: int) -> float:
    """Return the centroid of the power spectrum of the whole sound, in octaves above 1 Hz."""
    power = np.abs(np.fft.rfft(y * np.hanning(len(y)))) ** 2
    frequencies = np.fft.rfftfreq(len(y), 1.0 / sr)
    total = power[1:].sum()
    return float(np.log2((frequencies[1:] * power[1:]).sum() / total)) if total > 0 else np.nan


def _pitch(y: np.ndarray, sr: int) -> float:
    """Return the pitch by YIN [1]_, in semitones; NaN where no period is clear."""
    longest, shortest = int(sr / _LOWEST), max(2, int(sr / _HIGHEST))
    window = min(2 * longest, len(y) - longest)
    if window < longest:
        return np.nan
    lags = np.arange(longest + 1)
    start, whole = y[:window], y[: window + longest]
    size = len(whole) + window
    product = np.fft.irfft(np.conj(np.fft.rfft(start, size)) * np.fft.rfft(whole, size), size)
    sums = np.concatenate([[0.0], np.cumsum(whole**2)])
    difference = sums[window] + (sums[lags + window] - sums[lags]) - 2.0 * product[lags]
    running = np.cumsum(difference[1:])
    normal = np.ones(longest + 1)
    normal[1:] = difference[1:] * lags[1:] / np.maximum(running, 1e-30)
    below = np.flatnonzero(normal[shortest:longest] < _APERIODIC) + shortest
    if not len(below):
        return np.nan
    lag = int(below[0])
    while lag + 1 < longest and normal[lag + 1] < normal[lag]:
        lag += 1
    a, b, c = difference[lag - 1 : lag + 2]
    bend = a - 2.0 * b + c
    exact = lag + (0.5 * (a - c) / bend if bend > 0 else 0.0)
    return float(69.0 + 12.0 * np.log2(sr / exact / 440.0))


def _columns(collection: Collection) -> Iterator[Concept | None]:
    units = np.arange(collection.n_samples) if collection.groups is None else collection.groups
    for name, texts in collection.texts.items():
        yield _column(name, np.asarray(texts).astype(str), units)


def _column(name: str, texts: np.ndarray, units: np.ndarray) -> Concept | None:
    """Read a column as numbers or as categories; None if it is neither."""
    there = np.array([bool(text.strip()) for text in texts])
    if there.sum() < LEAST_ROWS:
        return None
    numbers = np.full(len(texts), np.nan)
    try:
        numbers[there] = texts[there].astype(float)
    except ValueError:
        numbers = None
    if numbers is not None and len(np.unique(numbers[there])) >= _LEAST_VALUES:
        return Concept(name, "column", "regression", numbers, np.isfinite(numbers))
    categories = np.unique(texts[there])
    spread = [len(np.unique(units[there & (texts == one)])) for one in categories]
    if not 2 <= len(categories) <= _MOST_CATEGORIES or min(spread) < _LEAST_GROUPS:
        return None
    return Concept(name, "column", "classification", texts, there)
