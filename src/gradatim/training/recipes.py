"""The recipes: two ways of training that are good together, and how many are averaged.

Conventions: a recipe is a `NetworkSpec` in full length; member k of an ensemble takes recipe k
modulo their number. Inputs are scaled robustly first. Measured on seven music tables, and on tables
whose truth is nearly linear; see docs/accuracy.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradatim.training.specs import Augmentation, NetworkSpec

#: Rows per step of the recipe, where there are enough.
BATCH_SIZE = 128

#: Units of the hidden layers.
SHALLOW, DEEP = (256,), (256, 256, 256)

STRONG = NetworkSpec(
    hidden_layer_sizes=DEEP,
    activation="silu",
    optimizer="adamw",
    learning_rate=0.012,
    beta_2=0.95,
    weight_decay=0.01,
    schedule="cosine",
    label_smoothing=0.1,
    dropout=0.15,
    input_scale=6.0,
    initialization="variance",
    max_epochs=60,
)

#: A third of the rate and half the epochs under heavy dropout: overfits where the other is at its
#: best, and the other way round.
GENTLE = replace(STRONG, learning_rate=0.004, max_epochs=30, dropout=0.4)


def convex_spec(strength: float, n_rows: int, length: float = 1.0) -> NetworkSpec:
    """Return the network without hidden layers, solved exactly; `strength` is scikit-learn's C."""
    return NetworkSpec(
        optimizer="lbfgs",
        initialization="zeros",
        # C multiplies the summed loss; here the mean loss has factor 1.
        weight_decay=1.0 / (strength * n_rows),
        max_epochs=round(100 * length),
    )


#: For cycles of a wave. Where a cycle begins says nothing of what sounds: shifted in every way, and
#: trained ten times as long as `STRONG`, a network learns that.
BLIND = replace(
    STRONG,
    learning_rate=0.003,
    input_scale=0.0,
    max_epochs=480,
    augmentation=Augmentation(shift=0.5),
)

#: In recordings cut by one hand it may say something: shifted a little only, a network can tell.
AWARE = replace(BLIND, max_epochs=150, augmentation=Augmentation(shift=0.015))

#: Rows up to which a network goes through the rows as often as the recipe says; of more rows it
#: takes no more steps, so that its time does not grow.
MOST_STEPS_ROWS = 25_000


@dataclass(frozen=True)
class Ensemble:
    """Networks by several recipes, to be averaged."""

    n_members: int  # Networks
    length: float = 1.0  # Share of the recipes' epochs, or of the solver's iterations
    # In turn; a number is the C of a network without hidden layers
    recipes: tuple[NetworkSpec | float, ...] = (STRONG, GENTLE)
    bound: float = 1.0  # Share of these epochs that many rows leave

    def bounded(self, n_samples: int) -> Ensemble:
        """Shorten the epochs so that they take no more steps than those of `MOST_STEPS_ROWS` rows.

        Examples
        --------
        >>> Ensemble(2).bounded(1_000).bound, Ensemble(2).bounded(100_000).bound
        (1.0, 0.25)
        """
        return replace(self, bound=min(1.0, MOST_STEPS_ROWS / n_samples))

    def specs(
        self, hidden_layer_sizes: tuple[int, ...], task: str, seed: int, n_rows: int = 1
    ) -> list[NetworkSpec]:
        """Write the members out, for a number of rows to learn from.

        Examples
        --------
        >>> [s.max_epochs for s in Ensemble(3, length=0.5).specs((8,), "classification", 0)]
        [30, 15, 30]
        """
        return [
            replace(
                recipe,
                hidden_layer_sizes=hidden_layer_sizes,
                max_epochs=max(1, round(self.length * self.bound * (recipe.max_epochs or 1))),
                label_smoothing=0.0 if task == "regression" else recipe.label_smoothing,
                seed=seed + k,
            )
            if isinstance(recipe, NetworkSpec)
            else convex_spec(recipe, n_rows, self.length)
            for k in range(self.n_members)
            for recipe in [self.recipes[k % len(self.recipes)]]
        ]


def choose_batch_size(n_samples: int) -> int:
    """Choose the rows of a step, so that an epoch has steps enough on small collections too.

    The recipe's 128 rows make one step per epoch of a hundred rows, and its epochs then are too few
    to learn anything. Six steps per epoch, but at least 16 rows per step, were as good or better on
    all collections of 67 to 600 rows that were tried; see docs/accuracy.md.

    Examples
    --------
    >>> [choose_batch_size(n) for n in (60, 300, 1000)]
    [16, 50, 128]
    """
    return min(BATCH_SIZE, max(16, n_samples // 6))


#: ``quick`` costs an eighth of ``strong`` and is .01 to .02 below it; see docs/accuracy.md.
PRESETS = {"quick": Ensemble(2, length=0.7), "strong": Ensemble(8)}

#: Where truth is nearly linear every hidden unit learns noise: one gentle network in three keeps
#: what there is besides, and two without hidden layers hold it near the line.
NEAR_LINEAR = {
    name: replace(usual, n_members=3 * max(1, usual.n_members // 3), recipes=(GENTLE, 0.03, 0.3))
    for name, usual in PRESETS.items()
}

#: What stands for both when it is asked whether truth is nearly linear: networks of one narrow
#: layer for the recipe (shallow or deep: an eighth of the time), and the line by itself.
TRIAL = (128,), Ensemble(2, length=0.7)
LINEAR = Ensemble(1, length=0.3, recipes=(0.1,))

#: What the line must be better than, too, before deep networks lean on it: what only depth learns
#: (parity, spirals) neither the line nor one layer does.
DEEP_TRIAL = (128, 128, 128), Ensemble(2, length=0.7)

#: For inputs that are cycles, in place of ``strong``: on the waves of `timbre` the two kinds are
#: better together than any number of one; see docs/lecture/features.md.
CYCLES = Ensemble(4, recipes=(BLIND, AWARE))
