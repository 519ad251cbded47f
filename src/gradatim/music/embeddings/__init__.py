"""What a pretrained net makes of a sound: its tags and each of its layers.

Conventions: a net ships with its weights in ``data``, its licence and what it was trained on
beside it; it is run by NumPy alone.
"""

from __future__ import annotations

from gradatim.music.embeddings.musicnn import (
    MUSICNN_NAMES,
    MUSICNN_TAGS,
    MusicnnOutput,
    musicnn_features,
    run_musicnn,
)

__all__ = ["MUSICNN_NAMES", "MUSICNN_TAGS", "MusicnnOutput", "musicnn_features", "run_musicnn"]
