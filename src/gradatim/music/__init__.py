"""Music in: a folder of audio or of scores becomes a `Collection`.

Conventions: names are loaded when first used, so that importing this part imports no library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.music.audio import FileSound as FileSound
    from gradatim.music.audio import load_audio as load_audio
    from gradatim.music.embeddings import MUSICNN_NAMES as MUSICNN_NAMES
    from gradatim.music.embeddings import MUSICNN_TAGS as MUSICNN_TAGS
    from gradatim.music.embeddings import MusicnnOutput as MusicnnOutput
    from gradatim.music.embeddings import musicnn_features as musicnn_features
    from gradatim.music.embeddings import run_musicnn as run_musicnn
    from gradatim.music.extraction import extract_table as extract_table
    from gradatim.music.feature_reading import read_feature_table as read_feature_table
    from gradatim.music.feature_tables import FeatureTable as FeatureTable
    from gradatim.music.feature_tables import write_features as write_features
    from gradatim.music.features import FEATURE_NAMES as FEATURE_NAMES
    from gradatim.music.features import RECIPE as RECIPE
    from gradatim.music.features import FeatureRecipe as FeatureRecipe
    from gradatim.music.features import extract_features as extract_features
    from gradatim.music.folders import read_folder as read_folder
    from gradatim.music.scores.features import SCORE_FEATURES as SCORE_FEATURES
    from gradatim.music.scores.features import SCORE_RECIPE as SCORE_RECIPE
    from gradatim.music.scores.features import ScoreRecipe as ScoreRecipe
    from gradatim.music.scores.features import score_features as score_features
    from gradatim.music.scores.folders import read_scores as read_scores
    from gradatim.music.scores.ngrams import NGRAM_RECIPE as NGRAM_RECIPE
    from gradatim.music.scores.ngrams import NgramRecipe as NgramRecipe
    from gradatim.music.scores.ngrams import score_ngrams as score_ngrams
    from gradatim.music.scores.notes import NoteList as NoteList

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "audio": ["FileSound", "load_audio"],
        "embeddings": [
            "MUSICNN_NAMES",
            "MUSICNN_TAGS",
            "MusicnnOutput",
            "musicnn_features",
            "run_musicnn",
        ],
        "extraction": ["extract_table"],
        "feature_reading": ["read_feature_table"],
        "feature_tables": ["FeatureTable", "write_features"],
        "features": ["FEATURE_NAMES", "RECIPE", "FeatureRecipe", "extract_features"],
        "folders": ["read_folder"],
        "scores.features": ["SCORE_FEATURES", "SCORE_RECIPE", "ScoreRecipe", "score_features"],
        "scores.folders": ["read_scores"],
        "scores.ngrams": ["NGRAM_RECIPE", "NgramRecipe", "score_ngrams"],
        "scores.notes": ["NoteList"],
    },
)
