"""MSD_musicnn: a deep net that learnt 50 tags of music on three-second patches of sound.

It has two front ends, timbral and temporal, three middle layers and a back end (`forward`).

Conventions: the net has heard the Million Song Dataset, so scores that it helps to reach on
published music may be too high. NumPy multiplies its matrices with as many threads as BLAS is
given.

References
----------
.. [1] J. Pons and X. Serra, "musicnn: Pre-trained convolutional neural networks for music audio
   tagging", late-breaking demo, ISMIR 2019; package musicnn 0.1.0, `configuration.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradatim.music.audio import checked_samples
from gradatim.music.embeddings.forward import read_net, run_patch
from gradatim.music.embeddings.patches import PATCH_RATE, cut_patches, log_mel

#: The tags, as listeners wrote them, in the order of the output.
MUSICNN_TAGS = (
    *("rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s"),
    *("alternative rock", "jazz", "beautiful", "metal", "chillout", "male vocalists"),
    *("classic rock", "soul", "indie rock", "Mellow", "electronica", "80s", "folk", "90s", "chill"),
    *("instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic"),
    *("experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country"),
    *("easy listening", "sexy", "catchy", "funk", "electro", "heavy metal", "Progressive rock"),
    *("60s", "rnb", "indie pop", "sad", "House", "happy"),
)

#: Layers with a number per frame, and how many they have.
FRAME_LAYERS = {"timbral": 408, "temporal": 153, "mid_1": 64, "mid_2": 64, "mid_3": 64}

#: Names of the features, in the order of `musicnn_features`: 753 units, mean and maximum.
MUSICNN_NAMES = tuple(
    f"{layer}_{k}_{what}"
    for layer, n_units in FRAME_LAYERS.items()
    for k in range(n_units)
    for what in ("mean", "max")
)


@dataclass(frozen=True, eq=False, repr=False)
class MusicnnOutput:
    """Every layer of the net for each patch of a sound."""

    timbral: np.ndarray  # (n_patches, 187, 408): Front end of filters that span bands, per frame
    temporal: np.ndarray  # (n_patches, 187, 153): Front end of filters that span frames
    mid_1: np.ndarray  # (n_patches, 187, 64): Middle layers
    mid_2: np.ndarray  # Likewise
    mid_3: np.ndarray  # Likewise
    # (n_patches, 753): Maximum and mean over the frames of the five layers above, side by side
    max_pool: np.ndarray
    mean_pool: np.ndarray  # Likewise
    penultimate: np.ndarray  # (n_patches, 200): Last hidden layer
    tags: np.ndarray  # (n_patches, 50): Each tag of `MUSICNN_TAGS` by itself, in (0, 1)

    def best_tags(self, n_tags: int = 5) -> list[tuple[str, float]]:
        """Return the likeliest tags of the whole sound.

        Parameters
        ----------
        n_tags : int, optional
            How many.

        Returns
        -------
        list of (str, float)
            Tags with their mean over the patches, the likeliest first.
        """
        mean = self.tags.mean(axis=0)
        return [(MUSICNN_TAGS[k], float(mean[k])) for k in np.argsort(-mean, stable=True)[:n_tags]]

    def __repr__(self) -> str:
        tags = ", ".join(f"{tag} {score:.2f}" for tag, score in self.best_tags(3))
        return f"MusicnnOutput(n_patches={len(self.tags)}; {tags})"


def run_musicnn(y: np.ndarray, sr: int) -> MusicnnOutput:
    """Return what every layer of the net makes of a sound.

    A sound is cut into patches of 187 frames (3 s), as few as hold every frame, evenly spread; one
    that is shorter is repeated until it fills a patch. The layers of an hour take 0.7 GB;
    `musicnn_features` keeps those of one patch at a time.

    Parameters
    ----------
    y : array of shape (n_points,)
        Mono samples.
    sr : int, Hz
        Their rate; other rates than 16,000 Hz are resampled.

    Returns
    -------
    MusicnnOutput
        Layers and tags, float32.

    Raises
    ------
    ShapeError
        If `y` is not one-dimensional or has no samples.
    AudioError
        If a sample is not finite, or so large that its power would not be.

    Examples
    --------
    >>> time = np.arange(3 * 16000) / 16000
    >>> output = run_musicnn(0.5 * np.sin(2 * np.pi * 440 * time), 16000)
    >>> output.mid_3.shape, output.best_tags(1)[0][0]
    ((2, 187, 64), 'ambient')
    """
    layers = [*_run_patches(y, sr)]
    return MusicnnOutput(**{name: np.stack([one[name] for one in layers]) for name in layers[0]})


def musicnn_features(y: np.ndarray, sr: int) -> np.ndarray:
    """Describe a sound by the mean and maximum over time of five layers of the net.

    The two front ends and the three middle layers, over the frames of all patches.

    Parameters
    ----------
    y : array of shape (n_points,)
        Mono samples.
    sr : int, Hz
        Their rate; other rates than 16,000 Hz are resampled.

    Returns
    -------
    array of shape (1506,)
        float32 features, named by `MUSICNN_NAMES`.

    Raises
    ------
    ShapeError
        If `y` is not one-dimensional or has no samples.
    AudioError
        If a sample is not finite, or so large that its power would not be.

    Examples
    --------
    >>> vector = musicnn_features(np.zeros(16000), 16000)
    >>> named = dict(zip(MUSICNN_NAMES, vector.tolist()))
    >>> len(named), named["timbral_0_mean"] <= named["timbral_0_max"]
    (1506, True)
    """
    pools = [(layers["mean_pool"], layers["max_pool"]) for layers in _run_patches(y, sr)]
    mean = np.mean([mean for mean, _ in pools], axis=0)
    maximum = np.max([maximum for _, maximum in pools], axis=0)
    return np.stack([mean, maximum], axis=1).ravel()


def _run_patches(y: np.ndarray, sr: int) -> Iterator[dict[str, np.ndarray]]:
    """Yield the layers of each patch of a sound."""
    for patch in cut_patches(log_mel(checked_samples(y, sr, PATCH_RATE))):
        yield run_patch(read_net(), patch)
