from pathlib import Path

import numpy as np
import pytest
import soundfile

SR = 22050


def write_tone(path: Path, frequency: float = 440.0, seconds: float = 0.1, sr: int = SR) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(int(seconds * sr)) / sr
    points = np.rint(16000 * np.sin(2 * np.pi * frequency * time)).astype(np.int16)
    soundfile.write(path, points, sr)
    return path


@pytest.fixture
def tone():
    return write_tone


@pytest.fixture
def folder(tmp_path, tone):
    """Two classes of six different sounds each."""
    root = tmp_path / "sounds"
    for k in range(6):
        tone(root / "low" / f"{k}.wav", 100 + 10 * k)
        tone(root / "high" / f"{k}.wav", 2000 + 100 * k)
    return root
