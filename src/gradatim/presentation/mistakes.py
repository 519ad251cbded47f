"""The winner's most confident errors: items that it got wrong and was sure of, with their sounds.

Conventions: how sure a rung is of an item is the mean over repeats of the probability of what it
said of it; an item is wrong as the confusion matrix counts it. Of numbers, the largest errors are
told. Of a fixed split, items are those of the scored part. Of classes without probabilities it is
the margin by which the score of what was said leads, over the repeats that said it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradatim._text import list_text, number_text
from gradatim.climb.predictions import held_out_probabilities
from gradatim.climb.result import Climb
from gradatim.presentation.climb_views import probability, usual
from gradatim.presentation.climbs import score
from gradatim.presentation.sounds import encode_sounds

_MOST = 12

# Digits of a number to predict.
_DIGITS = 4


# By task, and whether there are no probabilities: what tells how bad an error is.
_HEADS = {
    ("classification", False): "Probability",
    ("classification", True): "Margin",
    ("multilabel", False): "Probability",
    ("regression", True): "Error",
}


def mistake_table(climb: Climb) -> dict[str, Any] | None:
    """Return the worst errors, those of which the winner was most sure first; None without any."""
    if climb.verdict.found_nothing:
        return None
    found = _largest(climb) if climb.collection.task == "regression" else _surest(climb)
    if not found:
        return None
    collection = climb.scored
    sounds: dict[int, str] = {}
    unreadable: list[int] = []
    if collection.media is not None:
        sounds, unreadable = encode_sounds(collection.media, dict.fromkeys(r["row"] for r in found))
    for row in found:
        i = row["row"]
        row["id"] = str(collection.ids[i])
        row["group"] = "" if collection.groups is None else str(collection.groups[i])
        row["sound"] = sounds.get(i, "")
        row["silence"] = "sound unreadable" if i in unreadable else ""
    return {
        "rows": found,
        "grouped": collection.groups is not None,
        "playable": bool(sounds),
        "sure": _HEADS[climb.collection.task, held_out_probabilities(climb, climb.winner) is None],
    }


def _surest(climb: Climb) -> list[dict[str, Any]]:
    """List wrong labels with the probability that was given to them, the largest first."""
    chances = held_out_probabilities(climb, climb.winner)
    if chances is None:
        return _furthest(climb)
    sure, predictions = chances.mean(axis=0), np.asarray(climb.winner.predictions)
    found = _wrong_classes if climb.collection.task == "classification" else _wrong_labels
    wrong = found(climb, predictions, sure)
    wrong.sort(key=lambda row: (-row["p"], row["row"]))
    return [row | {"sure": probability(row["p"])} for row in wrong[:_MOST]]


def _wrong_classes(climb: Climb, predictions: np.ndarray, sure: np.ndarray) -> list[dict[str, Any]]:
    column = {name: c for c, name in enumerate(climb.collection.classes.tolist())}
    truth = np.asarray(climb.scored.y).tolist()
    said = [usual(one)[0] for one in predictions.T.tolist()]
    return [
        {"row": i, "true": str(true), "said": str(name), "p": float(sure[i, column[name]])}
        for i, (true, name) in enumerate(zip(truth, said, strict=True))
        if name != true
    ]


def _furthest(climb: Climb) -> list[dict[str, Any]]:
    """List wrong answers whose scores lead by the largest margins."""
    margins = climb.winner.margins
    if climb.collection.task != "classification" or margins is None:
        return []
    truth = np.asarray(climb.scored.y).tolist()
    found = []
    for i, said in enumerate(np.asarray(climb.winner.predictions).T.tolist()):
        name, _ = usual(said)
        leads = [m for m, one in zip(margins[:, i].tolist(), said, strict=True) if one == name]
        if name != truth[i] and math.isfinite(lead := float(np.mean(leads))):
            found.append({"row": i, "true": str(truth[i]), "said": str(name), "lead": lead})
    found.sort(key=lambda row: (-row["lead"], row["row"]))
    return [row | {"sure": score(row["lead"])} for row in found[:_MOST]]


def _wrong_labels(climb: Climb, predictions: np.ndarray, sure: np.ndarray) -> list[dict[str, Any]]:
    truth = np.asarray(climb.scored.y, dtype=int)
    names = list(climb.collection.target_names)
    names = names or [f"label {k + 1}" for k in range(truth.shape[1])]
    found = []
    for i, k in np.argwhere(predictions.mean(axis=0) != truth).tolist():
        there, _ = usual(predictions[:, i, k].tolist())
        if there == truth[i, k]:
            continue
        words = (names[k], f"no {names[k]}")
        p = float(sure[i, k] if there else 1.0 - sure[i, k])
        found.append({"row": i, "true": words[int(there)], "said": words[1 - int(there)], "p": p})
    return found


def _largest(climb: Climb) -> list[dict[str, Any]]:
    """List the largest errors of the mean prediction, each target in its standard deviations."""
    collection = climb.scored
    true = np.asarray(collection.y, dtype=float).reshape(collection.n_samples, -1)
    said = np.asarray(climb.winner.predictions, dtype=float).reshape(-1, *true.shape).mean(axis=0)
    spread = true.std(axis=0)
    away = (said - true) / np.where(spread > 0, spread, 1.0)
    error = np.sqrt(np.mean(away**2, axis=1))
    order = [i for i in np.argsort(-error, kind="stable").tolist() if math.isfinite(error[i])]

    def written(values: np.ndarray) -> str:
        return list_text(
            number_text(value, _DIGITS).replace("-", "\N{MINUS SIGN}") for value in values.tolist()
        )

    return [
        {"row": i, "true": written(true[i]), "said": written(said[i]), "sure": score(error[i])}
        for i in order[:_MOST]
    ]
