"""Pack the data files of `gradatim.datasets` from their sources.

Usage: ``python tools/pack_datasets.py AKWF.npz GEO.csv src/gradatim/datasets/data``

``AKWF.npz`` holds arrays ``X`` (n_sounds, 1024) int16, ``y`` (folder of Adventure Kid Waveforms)
and ``name`` (file name); ``GEO.csv`` is ``default_features_1059_tracks.txt`` of the UCI archive
with a header (68 features, latitude, longitude).
"""

import sys
from pathlib import Path

import numpy as np

MIN_SOUNDS = 25


def pack_timbre(source: Path, target: Path) -> None:
    """Keep the classes with enough sounds, as differences along each cycle."""
    with np.load(source, allow_pickle=False) as archive:
        X, y, name = archive["X"], archive["y"], archive["name"]
    labels, counts = np.unique(y, return_counts=True)
    keep = np.isin(y, labels[counts >= MIN_SOUNDS])
    # Differences along the cycle are small numbers, which deflate to two thirds of the size;
    # int16 wraps around in both directions, so the cumulative sum restores every point.
    steps = np.diff(X[keep], axis=1, prepend=np.int16(0))
    stems = np.array([Path(file).stem for file in name[keep]])
    np.savez_compressed(target, steps=steps, label=y[keep], stem=stems)


def pack_world(source: Path, target: Path) -> None:
    """Store features and positions."""
    table = np.loadtxt(source, delimiter=",", skiprows=1)
    np.savez_compressed(target, features=table[:, :68].astype(np.float32), position=table[:, 68:])


if __name__ == "__main__":
    akwf, geo, folder = map(Path, sys.argv[1:])
    pack_timbre(akwf, folder / "timbre.npz")
    pack_world(geo, folder / "world.npz")
