"""What is said of each way to make classes separable: a row of the table.

Conventions: what is proved is told from what was only trained; margins are in the space that the
plane lives in, so they cannot be compared between methods.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradatim._text import plural
from gradatim.comparisons.separable.kernels import KernelMachine
from gradatim.comparisons.separable.trained import TrainedLayer
from gradatim.separability.features import AddedFeatures
from gradatim.separability.hidden import HiddenLayer


@dataclass(frozen=True)
class Method:
    """One way to separate the classes, as a row of a table."""

    name: str  # What it is
    added: str  # What it adds to the inputs
    separable: bool | None  # Whether it has every row on its side; None if that was not decided
    proof: str  # What is proved, or that nothing is
    size: str  # Units and parameters, or support vectors
    margin: float | None = None  # Distance from its plane to the nearest row, in the plane's space


def alone_row(found: AddedFeatures, n_inputs: int) -> Method:
    """Say whether the plane separates without anything added."""
    size = plural((n_inputs + 1) * max(len(found.separations), 1), "parameter")
    if found.added is not None:
        return Method("plane", "nothing", True, "checked on every row", size, found.margin)
    if not found.refuted:
        return Method("plane", "nothing", None, found.reason, "")
    return Method("plane", "nothing", False, _why_not(found), "")


def _why_not(found: AddedFeatures) -> str:
    last = found.refuted[-1]
    n_points = plural(last.witness.n_points, "row")
    rest = f" of {last.positive} and the rest" if len(found.classes) > 2 else ""
    return f"{n_points}{rest} prove that no plane can"


def features_row(found: AddedFeatures, names: Sequence[str]) -> Method:
    """Say which monomials make the classes separable."""
    if found.added is None:
        n = len(found.candidates)
        if not found.is_impossible:
            return Method("features", "", None, found.reason, "")
        added = f"all {n} monomials up to degree {found.degree}" if n else "nothing to add"
        return Method("features", added, False, f"{_why_not(found)}, nor with fewer of them", "")
    added = ", ".join(monomial.name(names) for monomial in found.added) or "nothing"
    n_parameters = (len(names) + len(found.added) + 1) * len(found.separations)
    size = plural(n_parameters, "parameter")
    return Method("features", added, True, "; ".join(_about_sets(found)), size, found.margin)


def _about_sets(found: AddedFeatures) -> Iterator[str]:
    yield "checked on every row"
    if not found.added:
        return
    if found.is_smallest:
        n = sum(len(one.added) < found.at_least for one in found.refuted)
        yield f"no smaller set does ({plural(n, 'witness', 'witnesses')})"
    else:
        yield f"greedy: none can be left out, and at least {found.at_least} are needed"


def kernel_row(machine: KernelMachine) -> Method:
    """Say whether a kernel machine separates."""
    n_wrong = len(machine.errors)
    said = "no proof: trained, " + (
        "no error" if not n_wrong else f"{plural(n_wrong, 'error')} in {machine.n_rows:,} rows"
    )
    if not machine.converged:
        said += ", stopped before its end"
    if machine.accuracy is not None:
        said += f"; {100 * machine.accuracy:.0f} % right when left out ({machine.folds} parts)"
    size = f"{machine.n_support:,} support vectors"
    return Method(machine.name, f"C = {machine.C:g}", not n_wrong, said, size)


def built_row(found: HiddenLayer) -> Method:
    """Say which hidden layer was built."""
    size = plural(found.network.n_parameters, "parameter")
    along = "every direction" if found.all_directions else plural(found.n_directions, "direction")
    said = "every row, exactly"
    if found.is_smallest:
        said += "; no smaller layer of step units does"
    elif found.construction == "line":
        said += f"; label changes along the best of {along}"
    else:
        said += f"; by cuts (along one line: {found.line_units:,}, the best of {along})"
    return Method(
        "hidden layer, built", plural(found.n_units, "step unit"), found.verify(), said, size
    )


def trained_row(found: TrainedLayer) -> Method:
    """Say which hidden layer was trained."""
    last = found.tried[-1]
    if found.network is None:
        fewest = min(found.tried, key=lambda one: one.fewest_errors)
        said = (
            f"no proof: none of {last.n_seeds} seeds up to {last.width} units; the best has "
            f"{plural(fewest.fewest_errors, 'error')}"
        )
        return Method("hidden layer, trained", f"{found.activation} units", False, said, "")
    said = f"every row, in ball arithmetic; {last.n_solved} of {last.n_seeds} seeds"
    if last.width > 1:
        said += f", none with {last.width - 1}"
    size = plural(found.network.n_parameters, "parameter")
    added = plural(last.width, f"{found.activation} unit")
    return Method("hidden layer, trained", added, found.verify(), said, size)
