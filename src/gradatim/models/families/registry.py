"""The ladder: every family by its name, simplest first.

Conventions: whoever adds a rung defines one class and registers it here, or from outside by
`register`; everything else reads this list.
"""

from __future__ import annotations

from gradatim.errors import SpecError
from gradatim.models.families.base import Family
from gradatim.models.families.baselines import Linear, Majority
from gradatim.models.families.kernel import Kernel
from gradatim.models.families.networks import Logistic, NetworkFamily
from gradatim.models.families.perceptron import Perceptron
from gradatim.training.recipes import DEEP, SHALLOW

__all__ = ["FAMILIES", "get_family", "register"]

#: The families by name, in the order of the ladder.
FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Majority(),
        Linear(),
        Logistic(),
        Perceptron(),
        Kernel(),
        NetworkFamily("shallow", "the shallow network", SHALLOW),
        NetworkFamily("deep", "the deep network", DEEP),
    )
}


def register(family: Family, before: str | None = None) -> None:
    """Put a family on the ladder, before another one or at the end; a name it had is replaced."""
    FAMILIES.pop(family.name, None)
    names = list(FAMILIES)
    place = len(names) if before is None else names.index(get_family(before).name)
    later = {name: FAMILIES.pop(name) for name in names[place:]}
    FAMILIES[family.name] = family
    FAMILIES.update(later)


def get_family(name: str) -> Family:
    """Return the family of a name."""
    if name not in FAMILIES:
        raise SpecError(f"there is no rung {name!r}; choose among {', '.join(FAMILIES)}")
    return FAMILIES[name]
