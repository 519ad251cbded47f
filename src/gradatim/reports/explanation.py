"""The page of an explanation: what moved one decision, as a picture, and sounds to compare it with.

Conventions: see `gradatim.reports.page`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from gradatim._files import write_atomically
from gradatim._text import number_text, plural
from gradatim.collection import Sound
from gradatim.drawing.axes import ChartAxis, Tone
from gradatim.drawing.bars import ValueBar, draw_bars
from gradatim.drawing.chart import Chart, ChartPoint, Series, draw_chart
from gradatim.presentation import explanations as words
from gradatim.presentation.climbs import capitalized
from gradatim.presentation.sounds import encode_sounds
from gradatim.reports import page
from gradatim.tagging import Explanation

__all__ = ["render_explanation", "write_explanation"]

#: From this number on, numbered inputs, such as the points of a cycle, are drawn as a line.
_A_LINE = 16

_NUMBERED = re.compile(r"(.*?)\s*(\d+)")


def write_explanation(
    found: Explanation,
    path: str | os.PathLike[str],
    *,
    sound: Sound | None = None,
    nearest: Sequence[Sound | None] = (),
    top: int = 12,
) -> Path:
    """Write the page of an explanation as one HTML file.

    Parameters
    ----------
    found : Explanation
        What was found.
    path : path-like
        Where the file goes; its folder must exist.
    sound : Sound, optional
        What is explained, to be played.
    nearest : sequence of Sound or None, optional
        Sounds of the nearest training rows, in their order; None for one that is not there.
    top : int, default 12
        Inputs with a bar of their own.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before is then unchanged.
    """
    text = render_explanation(found, sound=sound, nearest=nearest, top=top)
    return write_atomically(path, text.encode("utf-8", errors="replace"))


def render_explanation(
    found: Explanation,
    *,
    sound: Sound | None = None,
    nearest: Sequence[Sound | None] = (),
    top: int = 12,
) -> str:
    """Return the page of an explanation as HTML; options as of `write_explanation`."""
    media = [sound, *nearest, *[None] * (len(found.nearest) - len(nearest))]
    there = [k for k, one in enumerate(media) if one is not None]
    uris, _ = encode_sounds([one for one in media if one is not None], range(len(there)))
    playable = {there[k]: uri for k, uri in uris.items()}
    rows = [
        {
            "id": one.id,
            "label": one.label,
            "distance": f"{one.distance:.3f}",
            "sound": playable.get(k, ""),
        }
        for k, one in enumerate(found.nearest, start=1)
    ]
    content = {
        "name": found.sample or "one row",
        "headline": words.decision_sentence(found, 40),
        "meaning": f"{capitalized(words.meaning(found))}.",
        "facts": list(_facts(found)),
        "sound": playable.get(0, ""),
        "figures": [] if found.method == "constant" else list(_figures(found, top)),
        "nearest": rows,
        "playable": any(row["sound"] for row in rows),
        "searched": words.searched(found),
        "protocol": list(_protocol(found)),
        **page.notices(found.notices),
        "versions": page.versions(version("gradatim")),
    }
    return page.render("explanation.html.jinja", {}, content)


def _facts(found: Explanation) -> Iterator[str]:
    if found.source not in ("", found.sample):
        yield found.source
    yield f"{found.rung}{f' on {found.input}' if found.input else ''}"
    if len(found.feature_names):
        yield plural(len(found.feature_names), "input")
    if found.n_pieces > 1:
        yield plural(found.n_pieces, "piece")


def _protocol(found: Explanation) -> Iterator[tuple[str, str]]:
    if found.method == "constant":
        return
    yield "Contributions", f"{capitalized(words.method(found))}."
    yield (
        "Baseline",
        f"The {found.baseline} of the training rows: contributions say what speaks for the answer "
        "in comparison with it, not what would happen if an input were changed alone.",
    )


def _figures(found: Explanation, top: int) -> Iterator[dict[str, Any]]:
    # Of what and against what stands above and below; here it would run out of the picture.
    what = words.measured(found, 22) if found.measure == "value" else found.measure
    axis = f"contribution to the {what}"
    if line := _numbered(found):
        yield _line_figure(found, line)
    shown, others = found.order[:top], found.order[top:]
    pairs = list(zip(words.input_names(found, shown), found.contributions[shown], strict=True))
    if len(others):
        together = float(found.contributions[others].sum())
        pairs.append((plural(len(others), "other input"), together))
    bars = [
        ValueBar(name, float(value), tone="accent" if value >= 0 else "other")
        for name, value in pairs
    ]
    said = "; ".join(f"{name}: {number_text(float(value), 3)}" for name, value in pairs)
    svg = draw_bars("What moved the decision", axis, bars, said)
    caption = f"To the right what speaks for {found.explained}, to the left what speaks against it."
    yield {"svg": Markup(svg), "caption": caption}


def _numbered(found: Explanation) -> str:
    """Return what inputs are that are numbered one after another; empty if they are not."""
    parts = [_NUMBERED.fullmatch(str(name)) for name in found.feature_names]
    if len(parts) < _A_LINE or not all(parts):
        return ""
    stems = {part[1] for part in parts if part}
    numbers = [int(part[2]) for part in parts if part]
    in_order = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return (stems.pop() or "input") if len(stems) == 1 and in_order else ""


def _line_figure(found: Explanation, unit: str) -> dict[str, Any]:
    places = range(len(found.filled))
    largest = float(abs(found.contributions).max(initial=0.0)) or 1.0
    height = float(abs(found.filled - found.baseline_values).max(initial=0.0)) or 1.0
    away = (found.filled - found.baseline_values) / height * largest
    drawn: list[tuple[str, np.ndarray, Tone, bool]] = [
        ("contribution", found.contributions, "accent", False),
        ("the sample less the baseline, scaled to fit", away, "muted", True),
    ]
    series = [
        Series(
            [ChartPoint(float(x), float(y)) for x, y in zip(places, values, strict=True)],
            name,
            tone=tone,
            line=True,
            dots=False,
            dashed=dashed,
        )
        for name, values, tone, dashed in drawn
    ]
    title = f"Contributions along the inputs, by {unit}"
    svg = draw_chart(
        Chart(title, ChartAxis(unit), ChartAxis("contribution"), series, description=title)
    )
    caption = f"Every {unit}: above 0 it speaks for {found.explained}, below against it."
    return {"svg": Markup(svg), "caption": caption}
