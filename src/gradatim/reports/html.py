"""The report: one HTML file that opens offline and shows what a climb found.

Conventions: everything a person gave (names of classes, files, columns) is escaped by the
template or by `page.json_text`; what all pages share is in `gradatim.reports.page`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from gradatim._files import write_atomically
from gradatim._text import plural
from gradatim.climb.predictions import held_out_probabilities
from gradatim.climb.result import Climb, RungResult
from gradatim.collection import Notice
from gradatim.drawing.svg import draw_svg
from gradatim.evaluation.metrics import METRICS
from gradatim.network.graph import Network
from gradatim.presentation import (
    breakdowns,
    climb_figures,
    climb_views,
    climbs,
    kernels,
    layers,
    mistakes,
)
from gradatim.probing import Layers, layers_of_climb
from gradatim.reports import page

# Letters of a command after which a line may break.
_A_PIECE = 60


def write_report(climb: Climb, path: str | os.PathLike[str]) -> Path:
    """Write the report of a climb as one HTML file.

    Parameters
    ----------
    climb : Climb
        What was found.
    path : path-like
        Where the file goes; its folder must exist.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before is then unchanged.
    """
    # A file name on disk need not be valid Unicode; the page shows such bytes as "?".
    return write_atomically(path, render_report(climb).encode("utf-8", errors="replace"))


def render_report(climb: Climb) -> str:
    """Return the report of a climb as HTML."""
    models, n_unreadable = _models(climb)
    collection = climb.collection
    inside = layers_of_climb(climb)
    if inside is not None and (probes := layers.probes_data(inside)):
        models |= {"probes": probes, "layers": layers.layers_data(inside)[0]}
    content = {
        "collection": collection,
        "headline": climbs.headline(climb),
        "verdict": climb.verdict,
        "meaning": climbs.explain_verdict(climb),
        "facts": list(_facts(climb)),
        "ladder": list(_ladder(climb)),
        "references": list(climbs.reference_lines(climb)),
        "has_inputs": any(rung.input for rung in climb.rungs),
        **page.notices(_notices(climb)),
        "n_unreadable": n_unreadable,
        "playable": bool(models.get("confusion", {}).get("sounds")),
        "repeats": len(climb.winner.predictions),
        "classes": breakdowns.class_table(climb),
        "groups": breakdowns.group_table(climb),
        "mistakes": mistakes.mistake_table(climb),
        "probable": held_out_probabilities(climb, climb.winner) is not None,
        "fixed": climb.protocol.split == "fixed",
        "higher_is_better": climb.protocol.higher_is_better,
        "costs": list(map(_figure, climb_figures.cost_figures(climb))),
        "importance": list(map(_figure, climb_figures.importance_figures(climb))),
        "sizes": list(map(_figure, filter(None, [climb_figures.size_figure(climb)]))),
        "importance_score": climbs.score(climb.importance.score) if climb.importance else "",
        "metric": METRICS[climb.protocol.metric].title,
        "calibration": list(map(_figure, filter(None, [climb_figures.calibration_figure(climb)]))),
        "winner": _winner(climb),
        "kernel": list(map(_figure, filter(None, [kernels.kernel_figure(climb)]))),
        "support": kernels.kernel_table(climb),
        "protocol": list(climbs.explain_protocol(climb)),
        "margin": climbs.score(climb.verdict.margin),
        "best": climbs.in_sentence(climbs.best_of(climb), climb.collection),
        "comparisons": climb_views.comparison_rows(climb),
        "validated": climb_views.has_validation(climb),
        "layers": None if inside is None else _layers(inside),
        "versions": page.versions(climb.version),
        "seed": climb.protocol.seed,
        "command": _command(climb.command),
        "sha256": collection.sha256,
    }
    return page.render("report.html.jinja", models, content)


def _models(climb: Climb) -> tuple[dict[str, Any], int]:
    """Return the data of every view that has something to show, and unreadable sounds."""
    models: dict[str, Any] = {"ladder": climb_views.ladder_data(climb)}
    n_unreadable = 0
    if climb.collection.task == "classification":
        models["confusion"], n_unreadable = climb_views.confusion_data(climb)
    scatter = climb_views.scatter_data(climb) if climb.collection.task == "regression" else None
    if scatter and scatter["ids"]:
        models["scatter"] = scatter
    curves = climb_views.curve_data(climb)
    if curves is not None:
        models["curves"] = curves
    return models, n_unreadable


def _facts(climb: Climb) -> Iterator[str]:
    """Yield what was climbed, in a few words each."""
    collection = climb.collection
    yield from collection.contents
    yield from (f"{name}: {plural(X.shape[1], 'number')}" for name, X in collection.X.items())
    yield climbs.split_words(climb, "\N{MULTIPLICATION SIGN}")
    if climb.seconds >= 1:
        yield plural(round(climb.seconds), "second")


def _ladder(climb: Climb) -> Iterator[dict[str, Any]]:
    task, best = climb.collection.task, climbs.best_of(climb)
    for rung in (*climb.rungs, *climb.references):
        yield {
            "title": climbs.title_of(rung.rung, task),
            "input": rung.input,
            "model": rung.model,
            "n_parameters": f"{rung.n_parameters:,}",
            "mean": climbs.score(rung.mean),
            "interval": climbs.score_range(rung.interval),
            "seconds": f"{rung.seconds:,.1f}",
            "is_winner": rung is climb.winner,
            "is_best": rung is best,
            "is_reference": rung.reference,
        }


def _notices(climb: Climb) -> list[Notice]:
    """Return the notices of the climb and of reading its data, each once."""
    return list(dict.fromkeys([*climb.notices, *climb.collection.notices]))


def _winner(climb: Climb) -> dict[str, Any]:
    rung = climb.winner
    networks = climb.model.networks if climb.models else ()
    return {
        "name": climbs.capitalized(climbs.in_sentence(rung, climb.collection)),
        "name_inside": climbs.in_sentence(rung, climb.collection),
        "model": rung.model,
        "n_parameters": f"{rung.n_parameters:,}",
        "drawing": _drawing(networks[0], rung) if networks else None,
    }


def _figure(figure: climb_figures.ClimbFigure) -> dict[str, Any]:
    return {"title": figure.title, "caption": figure.caption, "svg": Markup(figure.svg)}


def _layers(found: Layers) -> dict[str, Any]:
    return {
        "headline": layers.layers_headline(found),
        "meaning": layers.layers_meaning(found),
        "dashes": layers.dashes_sentence(found),
        "network": found.network,
    }


def _command(text: str) -> Markup:
    """Write a command whole, since what is cut cannot be typed again, with places to break it."""
    pieces = [text[i : i + _A_PIECE] for i in range(0, len(text), _A_PIECE)]
    return Markup("<wbr>").join(map(escape, pieces))


def _drawing(network: Network, rung: RungResult) -> Markup:
    return Markup(draw_svg(network, title=f"The winner: {rung.rung} network"))
