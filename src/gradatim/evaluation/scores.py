"""Scores: how well predictions are, larger is better.

Conventions: targets and predictions are labels, 0/1 indicators or real values of equal shape.
"""

from __future__ import annotations

import numpy as np

__all__ = ["METRICS", "score"]

#: Metric by task; label accuracy is one minus the Hamming loss.
METRICS = {"classification": "accuracy", "multilabel": "label_accuracy", "regression": "r2"}


def score(task: str, y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Score predictions with the metric of a task."""
    if task == "regression":
        from sklearn.metrics import r2_score

        return float(r2_score(y_true, y_pred))
    return float(np.mean(y_true == y_pred))
