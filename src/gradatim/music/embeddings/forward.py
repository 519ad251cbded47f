"""The forward pass of MSD_musicnn.

Two front ends look at the spectrogram: a timbral one, whose filters are 7 frames long and span 38
or 67 bands, and a temporal one, whose filters are 32, 64 or 128 frames of one band. Each filter
keeps its maximum over the bands, so that 408 and 153 numbers per frame remain. Three middle layers
of 64 units see 7 frames of the layer below; the second and the third add it to what they find. A
back end takes maximum and mean over the patch of all of these and leads through 200 units to the
tags [1]_.

Conventions: every convolution runs over time alone. Rows are (time, channels) with any axes
before them; a filter that spans bands meets each place of its bands as one more row. A layer is
convolution, bias, rectifier, then normalization by the statistics of the training. All is float32.

References
----------
.. [1] J. Pons and X. Serra, "musicnn: Pre-trained convolutional neural networks for music audio
   tagging", late-breaking demo, ISMIR 2019; package musicnn 0.1.0, `models.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

_FRONT_ENDS = {
    "timbral": ("timbral_38", "timbral_67"),
    "temporal": ("temporal_128", "temporal_64", "temporal_32"),
}

_EPSILON = np.float32(1e-3)  # TensorFlow adds it to every variance


class MusicnnNet:
    """The weights by layer, and what each kind of layer does with them."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        self.arrays = arrays
        self._slopes, self._offsets = {}, {}
        for name in (key.removesuffix(".variance") for key in arrays if key.endswith(".variance")):
            slope = arrays[f"{name}.scale"] / np.sqrt(arrays[f"{name}.variance"] + _EPSILON)
            self._slopes[name] = slope
            self._offsets[name] = arrays[f"{name}.shift"] - slope * arrays[f"{name}.mean"]

    def kernel(self, layer: str) -> np.ndarray:
        """Return weights (n_inputs, n_units), all numbers under a filter in one row."""
        kernel = self.arrays[f"{layer}.kernel"]
        return kernel.reshape(-1, kernel.shape[-1])

    def filters(self, front_end: str) -> list[np.ndarray]:
        """Return (n_bands, n_frames) of each unit of ``"timbral"`` or ``"temporal"``."""
        found = []
        for layer in _FRONT_ENDS[front_end]:
            kernel = self.arrays[f"{layer}.kernel"]
            found += list(kernel.reshape(len(kernel), -1, kernel.shape[-1]).transpose(2, 1, 0))
        return found

    def normalize(self, layer: str, x: np.ndarray) -> np.ndarray:
        """Scale and shift each unit as the statistics of the training say."""
        return x * self._slopes[layer] + self._offsets[layer]

    def activate(self, layer: str, x: np.ndarray) -> np.ndarray:
        """Add the bias, rectify, normalize."""
        return self.normalize(layer, np.maximum(x + self.arrays[f"{layer}.bias"], 0))

    def timbral(self, layer: str, x: np.ndarray) -> np.ndarray:
        """Filter every place of the bands of (n_frames, 96), keep the maximum: (n_frames, 204)."""
        n_frames, n_bands = self.arrays[f"{layer}.kernel"].shape[:2]
        places = sliding_window_view(_pad_time(x, n_frames), n_bands, axis=1)
        return self._filter_and_pool(layer, places.transpose(1, 0, 2), n_frames)

    def temporal(self, layer: str, x: np.ndarray) -> np.ndarray:
        """Filter each band of (n_frames, 96), keep the maximum: (n_frames, 51)."""
        n_frames = len(self.arrays[f"{layer}.kernel"])
        return self._filter_and_pool(layer, _pad_time(x, n_frames).T[:, :, None], n_frames)

    def middle(self, layer: str, x: np.ndarray) -> np.ndarray:
        """Filter all channels of (n_frames, n_channels): (n_frames, 64)."""
        n_frames = len(self.arrays[f"{layer}.kernel"])
        windows = _windows_in_time(_pad_time(x, n_frames), n_frames)
        return self.activate(layer, windows @ self.kernel(layer))

    def _filter_and_pool(self, layer: str, places: np.ndarray, n_frames: int) -> np.ndarray:
        """Return the maximum over places (n_places, time, channels) of a layer."""
        # What follows the filter is monotone in each unit, falling where the slope is negative:
        # so the maximum is taken before it, of the filter's negative where it falls.
        sign = np.where(self._slopes[layer] < 0, np.float32(-1), np.float32(1))
        kernel = self.kernel(layer) * sign
        windows = _windows_in_time(places, n_frames)
        filtered = windows.reshape(-1, len(kernel)) @ kernel
        highest = filtered.reshape(*windows.shape[:2], -1).max(axis=0)
        return self.activate(layer, highest * sign)


def _pad_time(x: np.ndarray, n_frames: int) -> np.ndarray:
    """Add silence to both ends so that a filter gives as many frames as there are."""
    before = (n_frames - 1) // 2
    return np.pad(x, ((before, n_frames - 1 - before), (0, 0)))


def _windows_in_time(x: np.ndarray, n_frames: int) -> np.ndarray:
    """Return (..., time - n_frames + 1, n_frames * channels) of (..., time, channels)."""
    n_channels = x.shape[-1]
    flat = np.ascontiguousarray(x).reshape(*x.shape[:-2], -1)
    return sliding_window_view(flat, n_frames * n_channels, axis=-1)[..., ::n_channels, :]


@functools.cache
def read_net() -> MusicnnNet:
    """Read the weights once."""
    from safetensors.numpy import load

    file = resources.files("gradatim.music.embeddings").joinpath("data", "musicnn.safetensors")
    halves = load(file.read_bytes())
    return MusicnnNet({name: array.astype(np.float32) for name, array in halves.items()})


def run_patch(net: MusicnnNet, patch: np.ndarray) -> dict[str, np.ndarray]:
    """Return the layers of a patch (n_frames, 96), in the order of `MusicnnOutput`."""
    from scipy import special

    x = net.normalize("input", patch)
    timbral, temporal = (
        np.concatenate([filtered(layer, x) for layer in _FRONT_ENDS[name]], axis=1)
        for name, filtered in (("timbral", net.timbral), ("temporal", net.temporal))
    )
    mid_1 = net.middle("mid_1", np.concatenate([timbral, temporal], axis=1))
    mid_2 = net.middle("mid_2", mid_1) + mid_1
    mid_3 = net.middle("mid_3", mid_2) + mid_2
    frames = np.concatenate([timbral, temporal, mid_1, mid_2, mid_3], axis=1)
    max_pool, mean_pool = frames.max(axis=0), frames.mean(axis=0)
    penultimate, logits = run_back_end(net, max_pool, mean_pool)
    return {
        "timbral": timbral,
        "temporal": temporal,
        "mid_1": mid_1,
        "mid_2": mid_2,
        "mid_3": mid_3,
        "max_pool": max_pool,
        "mean_pool": mean_pool,
        "penultimate": penultimate,
        "tags": special.expit(logits),
    }


def run_back_end(
    net: MusicnnNet, max_pool: np.ndarray, mean_pool: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the last hidden layer (..., 200) and the tags' log-odds (..., 50) of pooled frames.

    `max_pool` and `mean_pool` (..., 753).
    """
    # It was trained on maximum and mean of each unit side by side.
    both = np.stack([max_pool, mean_pool], axis=-1)
    pooled = net.normalize("pooled", both.reshape(*max_pool.shape[:-1], -1))
    penultimate = net.activate("penultimate", pooled @ net.kernel("penultimate"))
    return penultimate, penultimate @ net.kernel("tags") + net.arrays["tags.bias"]
