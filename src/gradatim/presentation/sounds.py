"""Sounds inside a page: which are worth hearing, and how they are put into the page.

Conventions: a sound is mono, at most `MOST_SECONDS` long, and becomes a ``data:`` URI of an MP3, or
of a 16-bit WAV where the library cannot write MP3. A sound that cannot be read is left out and
named, never an error: a page must not fail for an illustration.
"""

from __future__ import annotations

import base64
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gradatim.collection import Sound

MOST_SOUNDS = 40
MOST_SECONDS = 1.2
_MOST_CHARACTERS = 1_400_000
_A_CELL = 3
_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
# A variable rate spends 2 kB on a steady tone and some 15 kB on a cymbal; both in good quality.
_MP3 = {
    "format": "MP3",
    "subtype": "MPEG_LAYER_III",
    "bitrate_mode": "VARIABLE",
    "compression_level": 0.4,
}
_WAV_RATE = 16000

Cells = dict[tuple[int, int], list[tuple[int, int]]]


def confused_items(cells: Cells) -> Iterator[int]:
    """Yield the samples worth hearing, those of the most confused pairs first.

    Of each pair of classes up to three confused samples, then one right one of each class to
    compare them with.

    Examples
    --------
    >>> list(confused_items({(0, 0): [(7, 2)], (0, 1): [(3, 1), (4, 2)], (1, 1): [(9, 2)]}))
    [4, 3, 7, 9]
    """
    seen: set[int] = set()
    wrong = {cell: items for cell, items in cells.items() if cell[0] != cell[1]}
    for i, j in sorted(wrong, key=lambda cell: -len(wrong[cell])):
        confused = sorted(wrong[i, j], key=lambda entry: -entry[1])[:_A_CELL]
        right = [*cells.get((i, i), [])[:1], *cells.get((j, j), [])[:1]]
        for item, _ in [*confused, *right]:
            if item not in seen:
                seen.add(item)
                yield item
    # With nothing confused there is still something to hear.
    yield from (items[0][0] for items in cells.values() if items[0][0] not in seen)


def encode_sounds(
    media: Sequence[Sound], items: Iterable[int], most: int = MOST_SOUNDS
) -> tuple[dict[int, str], list[int]]:
    """Encode sounds, up to what a page holds; return them and those that are unreadable."""
    chosen = list(itertools.islice(items, most))
    with ThreadPoolExecutor() as pool:  # the encoder releases the interpreter's lock
        uris = list(pool.map(lambda item: _encode(media[item]), chosen))
    sounds: dict[int, str] = {}
    size = 0
    for item, uri in zip(chosen, uris, strict=True):
        if uri is not None and size + len(uri) <= _MOST_CHARACTERS:
            sounds[item] = uri
            size += len(uri)
    return sounds, [item for item, uri in zip(chosen, uris, strict=True) if uri is None]


def _encode(sound: Sound) -> str | None:
    """Return a data: URI, or None if the sound cannot be read or written."""
    try:
        samples, sr = sound.read(MOST_SECONDS)
        samples = np.asarray(samples, dtype=np.float32)[: int(MOST_SECONDS * sr)]
        if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all():
            return None
        return _write(samples / max(1.0, float(np.abs(samples).max())), sr)
    except Exception:  # a Sound may be anybody's class, and fail in anybody's way
        return None


def _write(samples: np.ndarray, sr: int) -> str:
    import soundfile

    buffer = io.BytesIO()
    if "MP3" in soundfile.available_formats():
        samples, sr = (samples, sr) if sr in _MP3_RATES else _resampled(samples, sr, 22050)
        soundfile.write(buffer, samples, sr, **_MP3)
        kind = "mpeg"
    else:
        samples, sr = _resampled(samples, sr, min(sr, _WAV_RATE))
        soundfile.write(buffer, samples, sr, format="WAV", subtype="PCM_16")
        kind = "wav"
    return f"data:audio/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _resampled(samples: np.ndarray, sr: int, new_sr: int) -> tuple[np.ndarray, int]:
    if sr == new_sr:
        return samples, sr
    import soxr

    return soxr.resample(samples, sr, new_sr), new_sr
