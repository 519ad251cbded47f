"""The perceptron rule: passes over rows in which weights move after mistakes only.

Conventions: inputs have a last column of ones, for the bias. Weights are (n_outputs, n_inputs):
one row for two classes, whose targets are -1 and +1, and one per class for more, whose targets are
their numbers. Rows are visited one by one, but scored a block at a time: within a block, a mistake
changes the scores of the rows still to come by inner products of inputs, which are computed for
all pairs at once. That gives what the plain loop gives, up to rounding, in a fraction of its time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

#: Rows scored at a time: enough for matrix products to pay, few enough for the pairs to be cheap.
BLOCK = 32

#: Rows up to which the inner products of all pairs are kept (128 MiB at most).
GRAM_ROWS = 4096


@dataclass
class PerceptronRule:
    """Weights, and what is remembered on the way."""

    weights: np.ndarray  # (n_outputs, n_inputs): Weights of the plain rule
    # (n_outputs, n_inputs): Sum of every change times the visits before it, from which the
    # average follows
    late: np.ndarray
    n_visits: int = 0  # Rows visited so far
    # (n_outputs, n_inputs): Best weights so far; None if no pocket is kept
    pocket: np.ndarray | None = None
    _pocket_weight: float = field(default=-1.0, init=False, repr=False)
    _longest_run: int = field(default=0, init=False, repr=False)
    _run: int = field(default=0, init=False, repr=False)

    @classmethod
    def start(cls, n_outputs: int, n_inputs: int, pocket: bool) -> PerceptronRule:
        """Start with all weights zero."""
        zeros = np.zeros((n_outputs, n_inputs))
        return cls(zeros, zeros.copy(), pocket=zeros.copy() if pocket else None)

    @property
    def average(self) -> np.ndarray:
        """Mean of the weights after every visit."""
        return self.weights - self.late / max(self.n_visits, 1)

    def visit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        step: np.ndarray,
        order: np.ndarray,
        gram: np.ndarray | None = None,
    ) -> int:
        """Visit rows once.

        `X` (n_samples, n_inputs); `y` (n_samples,); `step` (n_samples,); `order` (n_samples,);
        `gram` (n_samples, n_samples).
        """
        n_mistakes = 0
        for first in range(0, len(order), BLOCK):
            rows = order[first : first + BLOCK]
            inputs, targets = X[rows], y[rows]
            scores = inputs @ self.weights.T
            wrong = is_wrong(scores, targets)
            changes = np.zeros_like(scores)
            if wrong.any():
                pairs = inputs @ inputs.T if gram is None else gram[np.ix_(rows, rows)]
                mistakes = self._correct(scores, targets, step[rows], pairs, changes, wrong)
                if self.pocket is not None:
                    self._consider_runs(X, y, step, inputs, changes, mistakes)
                n_mistakes += len(mistakes)
                before = self.n_visits + np.arange(len(rows))
                self.weights += changes.T @ inputs
                self.late += (before[:, None] * changes).T @ inputs
                self._run = len(rows) - 1 - mistakes[-1]
            else:
                self._run += len(rows)
            self.n_visits += len(rows)
        if self.pocket is not None:
            self._consider(X, y, step, self.weights)
        return n_mistakes

    @staticmethod
    def _correct(
        scores: np.ndarray,
        y: np.ndarray,
        step: np.ndarray,
        pairs: np.ndarray,
        changes: np.ndarray,
        wrong: np.ndarray,
    ) -> list[int]:
        """Go through a block; write each row's change and return the rows of mistakes."""
        several = scores.shape[1] > 1
        mistakes = []
        for i in range(int(wrong.argmax()), len(y)):
            row, target = scores[i], y[i]
            if several:
                own, row[target] = row[target], -np.inf
                rival = row.argmax()
                if own > row[rival]:
                    continue
                change = step[i] * pairs[i + 1 :, i]
                scores[i + 1 :, target] += change
                scores[i + 1 :, rival] -= change
                changes[i, target], changes[i, rival] = step[i], -step[i]
            else:
                if target * row[0] > 0:
                    continue
                scores[i + 1 :, 0] += (step[i] * target) * pairs[i + 1 :, i]
                changes[i, 0] = step[i] * target
            mistakes.append(i)
        return mistakes

    def _consider_runs(
        self,
        X: np.ndarray,
        y: np.ndarray,
        step: np.ndarray,
        inputs: np.ndarray,
        changes: np.ndarray,
        mistakes: list[int],
    ) -> None:
        """Consider weights that had gone longer without a mistake than any before."""
        run, last = self._run, -1
        for i in mistakes:
            run = run + i if last < 0 else i - last - 1
            if run > self._longest_run:
                self._longest_run = run
                self._consider(X, y, step, self.weights + changes[:i].T @ inputs[:i])
            last = i

    def _consider(
        self, X: np.ndarray, y: np.ndarray, step: np.ndarray, weights: np.ndarray
    ) -> None:
        right = float(step[~is_wrong(X @ weights.T, y)].sum())
        if right > self._pocket_weight:
            self.pocket, self._pocket_weight = weights.copy(), right


def is_wrong(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Mark rows whose own score does not exceed every other, or does not have its sign.

    `scores` (n_samples, n_outputs); `y` (n_samples,); returns (n_samples,).
    """
    if scores.shape[1] == 1:
        return y * scores[:, 0] <= 0
    rows = np.arange(len(y))
    others = scores.copy()
    others[rows, y] = -np.inf
    return scores[rows, y] <= others.max(axis=1)


def learn_rule(
    rows: np.ndarray,
    targets: np.ndarray,
    weight: np.ndarray,
    *,
    n_outputs: int,
    max_iter: int,
    rng: np.random.RandomState | None,
    pocket: bool = False,
) -> tuple[PerceptronRule, list[int]]:
    """Pass over rows until none is misclassified; return the rule and the mistakes of each pass.

    `rows` (n_rows, n_inputs) with a last column of ones, `targets` and `weight` (n_rows,); without
    `rng` the rows keep their order.
    """
    n = len(rows)
    # All pairs at once cost less than a block's in every pass, if there are passes enough.
    gram = rows @ rows.T if n <= min(GRAM_ROWS, BLOCK * max_iter) else None
    rule, counts = PerceptronRule.start(n_outputs, rows.shape[1], pocket), []
    while len(counts) < max_iter and (not counts or counts[-1] > 0):
        order = np.arange(n) if rng is None else rng.permutation(n)
        counts.append(rule.visit(rows, targets, weight, order, gram))
    return rule, counts
