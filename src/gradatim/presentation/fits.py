"""What is said of a network without a hidden layer that was fitted to a table.

Conventions: reads the object that ``gradatim fit --json`` prints.
"""

from __future__ import annotations

from typing import Any

__all__ = ["fit_lines"]


def fit_lines(found: dict[str, Any]) -> list[str]:
    """Return how it was fitted, what it answers, and how well it meets its own rows."""
    method = "least squares" if found["loss"] == "squared" else "maximum likelihood"
    penalty = f" with alpha = {found['alpha']:g}" if found["alpha"] else ""
    lines = [f"{method}{penalty} on {found['n_rows']} rows of {found['data']['file']}"]
    classes = found["classes"]
    if found["activation"] == "sigmoid":
        lines.append(f"class {classes[1]} where the output >= 0.5, else class {classes[0]}")
    names = {"r2": "R^2", "root_mean_squared_error": "root mean squared error"}
    scores = ", ".join(
        f"{names.get(name, name.replace('_', ' '))} {_score_text(value)}"
        for name, value in found["scores"].items()
    )
    return [*lines, f"on the same rows: {scores}"]


def _score_text(value: float | None) -> str:
    if value is None:
        return "undefined, since the target is the same in every row"
    return f"{value:.4g}"
