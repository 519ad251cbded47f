"""Features of sounds per core: gradatim beside librosa called feature by feature, and a decode.

Conventions: seconds of processor time of this process with one thread for BLAS, so that what else
the machine does counts little; medians over rounds in which each side takes its turn. A clip is 30
seconds of generated sound at 22,050 Hz, a hit 0.4. The naive side calls librosa once for each
feature, with its own spectrogram each time, as its examples do. Run as
``python -m benchmarks.bench_features``; the exit status is 1 if a floor is missed.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Mapping

import librosa
import numpy as np
import soundfile
from threadpoolctl import threadpool_limits

from gradatim.music import RECIPE, extract_features, musicnn_features
from gradatim.music.mel import MelRecipe, mel_vector

__all__ = ["clip", "cost", "main", "naive_features"]

SR = RECIPE.sr
#: How much faster than the naive way the classical features are at least, per core.
FLOOR_CLASSICAL = 1.8
#: How many seconds of sound the net hears in a second of one core at least.
FLOOR_MUSICNN = 20.0
ROUNDS = 7


def clip(seconds: float) -> np.ndarray:
    """Return notes of three partials over a beat of noise, float32 at 22,050 Hz."""
    rng = np.random.default_rng(0)
    at = np.arange(int(seconds * SR)) / SR
    note = 110 * 2 ** (np.floor(at * 4) % 12 / 12)
    phase = 2 * np.pi * np.cumsum(note) / SR
    tone = sum(np.sin(k * phase) / k for k in (1, 2, 3))
    beat = np.exp(-20 * (at % 0.5)) * rng.normal(size=len(at))
    return (0.3 * tone * np.exp(-3 * (at % 0.25)) + 0.1 * beat).astype(np.float32)


def naive_features(y: np.ndarray) -> np.ndarray:
    """Return mean and deviation of the same tracks, one call of librosa for each feature."""
    frames = {"n_fft": RECIPE.n_fft, "hop_length": RECIPE.hop_length}
    feature = librosa.feature
    tracks = np.concatenate([
        feature.mfcc(y=y, sr=SR, n_mfcc=RECIPE.n_mfcc, **frames),
        feature.chroma_stft(y=y, sr=SR, tuning=0.0, **frames),
        feature.spectral_centroid(y=y, sr=SR, **frames),
        feature.spectral_bandwidth(y=y, sr=SR, **frames),
        feature.spectral_rolloff(y=y, sr=SR, **frames),
        feature.spectral_contrast(y=y, sr=SR, **frames),
        feature.spectral_flatness(y=y, **frames),
        feature.zero_crossing_rate(y, frame_length=RECIPE.n_fft, hop_length=RECIPE.hop_length),
        feature.rms(y=y, frame_length=RECIPE.n_fft, hop_length=RECIPE.hop_length),
    ]).astype(np.float64)  # fmt: skip
    return np.stack([tracks.mean(axis=1), tracks.std(axis=1)], axis=1).ravel()


def cost(sides: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Return the seconds of each side in each round, after one call that counts for nothing."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    with threadpool_limits(1):
        for round_ in range(rounds + 1):
            for name, run in sides.items():
                start = time.process_time()
                run()
                if round_:
                    seconds[name].append(time.process_time() - start)
    return seconds


def main() -> int:
    """Print a row per length, and say whether the floors were met."""
    met = True
    for name, seconds, times in (("clip of 30 s", 30.0, 1), ("hit of 0.4 s", 0.4, 20)):
        y, file = clip(seconds), io.BytesIO()
        soundfile.write(file, y, SR, format="FLAC")
        data = file.getvalue()

        def repeat(run: Callable[[], object], times: int = times) -> Callable[[], object]:
            return lambda: [run() for _ in range(times)]

        found = cost({
            "librosa": repeat(lambda y=y: naive_features(y)),
            "classical": repeat(lambda y=y: extract_features(y, SR)),
            "mel": repeat(lambda y=y: mel_vector(y, SR, MelRecipe())),
            "musicnn": repeat(lambda y=y: musicnn_features(y, SR)),
            "decode": repeat(lambda data=data: soundfile.read(io.BytesIO(data))),
        })  # fmt: skip
        middle = {side: float(np.median(all_)) / times for side, all_ in found.items()}
        ratios = np.array(found["librosa"]) / np.array(found["classical"])
        off = np.abs(extract_features(y, SR) - naive_features(y)) / (1 + np.abs(naive_features(y)))
        ratio, speed = float(np.median(ratios)), seconds / middle["musicnn"]
        print(name, "  ".join(f"{side} {1000 * s:.2f} ms" for side, s in middle.items()))
        print(
            f"  classical {ratio:.2f} times as fast as librosa feature by feature "
            f"({ratios.min():.2f} to {ratios.max():.2f}), largest difference {off.max():.1e}; "
            f"musicnn {speed:.1f} times real time"
        )
        met &= ratio >= FLOOR_CLASSICAL and (seconds < 3 or speed >= FLOOR_MUSICNN)
        met &= float(off.max()) < 1e-5
    print("floors met" if met else "a floor was missed")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
