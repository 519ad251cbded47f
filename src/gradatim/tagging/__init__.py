"""A model at work: sounds and tables in, predictions, tables and playlists out.

Conventions: names are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.tagging.changes import LeftFile as LeftFile
    from gradatim.tagging.changes import TagChange as TagChange
    from gradatim.tagging.changes import TagChanges as TagChanges
    from gradatim.tagging.changes import TagsRestored as TagsRestored
    from gradatim.tagging.explaining import explain as explain
    from gradatim.tagging.explaining import explain_path as explain_path
    from gradatim.tagging.explanations import Explanation as Explanation
    from gradatim.tagging.explanations import NearRow as NearRow
    from gradatim.tagging.fields import check_tagging as check_tagging
    from gradatim.tagging.files import write_predictions as write_predictions
    from gradatim.tagging.predicting import predict_path as predict_path
    from gradatim.tagging.predictions import Predictions as Predictions
    from gradatim.tagging.restoring import restore_tags as restore_tags
    from gradatim.tagging.scoring import ModelScore as ModelScore
    from gradatim.tagging.scoring import score_path as score_path
    from gradatim.tagging.writing import plan_tags as plan_tags
    from gradatim.tagging.writing import write_tags as write_tags

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "changes": ["LeftFile", "TagChange", "TagChanges", "TagsRestored"],
        "fields": ["check_tagging"],
        "explaining": ["explain", "explain_path"],
        "explanations": ["Explanation", "NearRow"],
        "files": ["write_predictions"],
        "predicting": ["predict_path"],
        "predictions": ["Predictions"],
        "restoring": ["restore_tags"],
        "scoring": ["ModelScore", "score_path"],
        "writing": ["plan_tags", "write_tags"],
    },
)
