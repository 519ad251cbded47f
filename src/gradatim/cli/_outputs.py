"""The files that a climb leaves: checked before the work, written after it.

Conventions: ``-`` as the JSON file is standard output, and then no file but among what is shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim._files import check_folder, write_atomically
from gradatim._text import plural, shell_word, show_name
from gradatim.cli._json import json_text, print_json
from gradatim.cli._output_files import Writer, check_files, ending, model

if TYPE_CHECKING:
    from gradatim.climb.result import Climb


@dataclass(frozen=True)
class Outputs:
    """Where the results of a climb go; None for what is not wanted."""

    json: str | None  # File of the JSON object, or ``-`` for standard output
    report: Path | None  # File of the report
    predictions: Path | None = None  # File of the out-of-fold predictions
    models: Sequence[tuple[str, Path]] = ()  # Rungs and files of models; "" is the verdict's rung
    figures: str | None = None  # Folder of the figures

    def check(self, inputs: Sequence[Path]) -> None:
        """Refuse what could not be written, or would go over an input or over each other."""
        named = [
            ("--json", self.json if self.json != "-" else None, ending(".json")),
            ("--report", self.report, ending(".html", ".htm")),
            ("--predictions", self.predictions, ending(".csv")),
        ]
        wanted = [(option, Path(file), kind) for option, file, kind in named if file is not None]
        wanted += [("--save-rung" if rung else "--save", file, model) for rung, file in self.models]
        check_files(wanted, inputs)
        if self.figures is not None:
            check_folder(self.figures)

    def writers(self, climb: Climb) -> list[Writer]:
        """Return what writes each file."""
        found = [partial(self._write_model, rung, file, climb) for rung, file in self.models]
        if self.predictions is not None:
            found.append(partial(self._write_predictions, self.predictions, climb))
        if self.figures is not None:
            found.append(partial(self._write_figures, self.figures, climb))
        if self.report is not None:
            found.append(partial(self._write_report, self.report, climb))
        if self.json not in (None, "-"):
            found.append(partial(self._write_json, self.json, climb))
        return found

    def show_json(self, climb: Climb) -> None:
        """Print the JSON object if it goes to standard output."""
        if self.json == "-":
            print_json(climb.to_dict())

    def _write_json(self, path: str, climb: Climb) -> str:
        text = json_text(climb.to_dict()) + "\n"
        return f"json: {show_name(write_atomically(path, text))}"

    def _write_report(self, path: Path, climb: Climb) -> str:
        from gradatim.reports import write_report

        return f"report: {show_name(write_report(climb, path))}"

    def _write_predictions(self, path: Path, climb: Climb) -> str:
        from gradatim.climb import write_predictions

        return f"predictions: {show_name(write_predictions(climb, path))}"

    def _write_figures(self, folder: str, climb: Climb) -> str:
        from gradatim.reports import write_figures

        paths = write_figures(climb, folder)
        return f"figures: {plural(len(paths) - 1, 'drawing')}, shown in {show_name(paths[-1])}"

    def _write_model(self, rung: str, file: Path, climb: Climb) -> str:
        model = climb.find_model(rung) if rung else climb.model
        path = show_name(model.save(file))
        read = (
            f" on {show_name(model.input)}"
            if model.input
            else ", which gives one answer for all rows"
        )
        verb = f"gradatim predict {show_name(shell_word(str(file)))} PATH"
        use = f"gradatim.load_model({json.dumps(str(file))}).predict(X)"
        return f"model: {path} ({model.rung}{read}); use it: {verb}, or in Python: {use}"
