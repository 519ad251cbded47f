"""A saved model in the lab: its network, in front of the rows it keeps.

Conventions: the page's coordinates are the model's scaled inputs, so the network stands in the page
as it was learnt. It has learnt from all rows, so none are held out. A number is brought to mean 0
and variance 1 over the kept rows, as the page does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.errors import SpecError
from gradatim.lab.lesson import (
    MOST_CLASSES,
    MOST_POINTS,
    MOST_UNITS,
    Lesson,
    check_size,
    network_start,
    on_grid,
)
from gradatim.models.folding import average
from gradatim.models.learners import AveragedNetworks
from gradatim.models.model import Model
from gradatim.models.training_rows import TrainingRows
from gradatim.network.graph import Layer, Network
from gradatim.scalers import Scaler

LEARNT = "The model has learnt from these rows, so they cannot tell how well it does on others."


def lesson_from_model(model: Model, title: str) -> Lesson:
    """Return the lesson of a saved model of one network that reads one or two columns."""
    members, rows, scaler = _shown(model, title)
    network, notices = members[0], []
    if (whole := average(members)) is not None and max(whole.layer_sizes) <= MOST_UNITS:
        network = whole
    else:
        text = f"The model averages {plural(len(members), 'network')}; the first is shown."
        notices.append(Notice("left-out", text))
    check_size(network)
    if rows.n_all > len(rows.ids):
        text = f"The {len(rows.ids):,} rows that the model keeps, of {rows.n_all:,}, are shown."
        notices.append(Notice("left-out", text))
    names = model.feature_names or [f"column {k + 1}" for k in range(network.n_inputs)]
    table: dict[str, Any] = {
        "names": [f"x{k + 1}" for k in range(network.n_inputs)],
        "X": on_grid(rows.scaled[:MOST_POINTS].astype(float)),
        "note": " ".join([_says(names, scaler), LEARNT, *(notice.message for notice in notices)]),
    }
    if model.task == "regression":
        targets = np.array([float(label) for label in rows.labels[:MOST_POINTS]])
        network = _standardized(network, targets)
        table |= {"labels": [0] * len(targets), "classes": [], "targets": targets.tolist()}
    else:
        assert model.classes is not None  # `_shown` refuses labels
        classes = [str(label) for label in model.classes]
        labels = [classes.index(label) for label in rows.labels[:MOST_POINTS]]
        table |= {"labels": labels, "classes": [show_name(one) for one in classes]}
    start = {"view": "network", "net": network_start(network), "held": 0}
    return Lesson(show_name(title), start, table, notices)


def _shown(model: Model, title: str) -> tuple[Sequence[Network], TrainingRows, Scaler]:
    """Return what the page needs, or say why it cannot show the model."""
    learner, rows, scaler = model.learner, model.training_rows, model.scaler
    if not isinstance(learner, AveragedNetworks) or scaler is None:
        raise SpecError(
            f"{title} is {learner.describe()}, and the lab opens models that are networks "
            "(linear, logistic, shallow, deep); save another rung with --save-rung"
        )
    network = learner.members[0]
    if network.n_inputs > 2:
        raise SpecError(
            f"{title} reads {network.n_inputs} columns, and the lab shows one or two; "
            "climb with two columns, and save that model"
        )
    if model.task == "multilabel" or (model.task == "regression" and network.n_outputs > 1):
        raise SpecError(f"{title} predicts several things at once, and the lab shows one")
    if model.task == "regression" and network.n_inputs > 1:
        raise SpecError(f"{title} predicts a number from two columns, and the lab's curve has one")
    if model.classes is not None and len(model.classes) > MOST_CLASSES:
        n = plural(len(model.classes), "class", "classes")
        raise SpecError(f"{title} tells {n} apart, and the lab shows up to {MOST_CLASSES}")
    if rows is None:
        raise SpecError(
            f"{title} keeps no rows, so there would be no points; open the table instead"
        )
    return learner.members, rows, scaler


def _standardized(network: Network, targets: np.ndarray) -> Network:
    """Let a network answer in the page's units of a target."""
    *rest, last = network.layers
    spread = float(targets.std()) or 1.0
    bias = (last.bias - targets.mean()) / spread
    return Network([*rest, Layer(last.weight / spread, bias, last.activation, last.mask)])


def _says(names: Sequence[str], scaler: Scaler) -> str:
    limited = ", limited smoothly" if scaler.clip is not None else ""
    return " ".join(
        f"x{'₁₂'[k]} stands for ({show_name(name)} \N{MINUS SIGN} {scaler.center[k]:.4g}) / "
        f"{scaler.scale[k]:.4g}{limited}."
        for k, name in enumerate(names)
    )
