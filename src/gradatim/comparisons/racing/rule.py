"""The perceptron of a race: Rosenblatt's rule, pass by pass.

Conventions: `gradatim.estimators.PerceptronClassifier` on standardized rows to learn from. It is
not trained by `gradatim.training`, whose engines descend a loss that has a slope; a step has none,
and the rule moves after each single mistake. Where no hyperplane separates the classes, the weights
never come to rest; those after the pass count that got most of the rows to learn from right, which
is Gallant's pocket, looked into once a pass. (Rows to choose on would choose the luckiest pass.)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradatim.comparisons.racing.runs import Decision, Run, accuracy_of, network_decision
from gradatim.comparisons.racing.task import RaceTask, Split
from gradatim.network.initialize import count_parameters

#: Passes at most.
N_PASSES = 100


def passes(split: Split, task: RaceTask, seed: int) -> Iterator[Decision]:
    """Teach a perceptron, and yield what it decides by after every pass."""
    from gradatim.estimators import PerceptronClassifier

    rows, labels = split.learning
    classes = np.unique(labels)
    model = PerceptronClassifier(random_state=seed)
    for _ in range(N_PASSES):
        model.partial_fit(rows, labels, classes=classes)
        # The model goes on learning, but makes a new network of it every time.
        yield network_decision(model.network_, split.scaler.transform, classes, task)
        if model.converged_:
            return


def train_rule(split: Split, task: RaceTask, seed: int) -> Run:
    """Teach a perceptron on a seed's rows."""
    X, y = split.X[: split.n_train], split.y[: split.n_train]
    found = list(passes(split, task, seed))
    best = int(np.argmax([accuracy_of(decision, X, y) for decision in found]))
    n_parameters = count_parameters((task.n_features, task.n_outputs))
    return Run.of(split, f"pass {best + 1}", n_parameters, found[best], epoch=best + 1)
