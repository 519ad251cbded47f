"""A model at work: sounds and tables in, predictions, tables and playlists out.

Conventions: names are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.tagging.explaining import explain as explain
    from gradatim.tagging.explaining import explain_path as explain_path
    from gradatim.tagging.explanations import Explanation as Explanation
    from gradatim.tagging.explanations import NearRow as NearRow
    from gradatim.tagging.files import write_predictions as write_predictions
    from gradatim.tagging.predicting import predict_path as predict_path
    from gradatim.tagging.predictions import Predictions as Predictions
    from gradatim.tagging.scoring import ModelScore as ModelScore
    from gradatim.tagging.scoring import score_path as score_path

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "explaining": ["explain", "explain_path"],
        "explanations": ["Explanation", "NearRow"],
        "files": ["write_predictions"],
        "predicting": ["predict_path"],
        "predictions": ["Predictions"],
        "scoring": ["ModelScore", "score_path"],
    },
)
