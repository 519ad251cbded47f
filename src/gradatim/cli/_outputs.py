"""The files that a climb leaves: checked before the work, written after it.

Conventions: ``-`` as the JSON file is standard output. An output that cannot be written does not
keep the others from being written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim._files import write_atomically
from gradatim.cli._json import json_text
from gradatim.cli._output_files import any_file, check_files, model
from gradatim.errors import OutputError

if TYPE_CHECKING:
    from gradatim.climb.result import Climb

__all__ = ["Outputs"]


@dataclass(frozen=True)
class Outputs:
    """Where the results of a climb go; None for what is not wanted."""

    json: str | None  # File of the JSON object, or ``-`` for standard output
    report: Path | None  # File of the report
    models: Sequence[tuple[str, Path]] = ()  # Rungs and files of models; "" is the verdict's rung

    def check(self, inputs: Sequence[Path]) -> None:
        """Refuse what could not be written, or would go over an input or over each other."""
        named = {"--json": self.json if self.json != "-" else None, "--report": self.report}
        wanted = [
            (option, Path(file), any_file) for option, file in named.items() if file is not None
        ]
        wanted += [("--save-rung" if rung else "--save", file, model) for rung, file in self.models]
        check_files(wanted, inputs)

    def write(self, climb: Climb) -> tuple[list[str], list[str]]:
        """Write every output; return a line on each that was written, and what went wrong."""
        written, failures = [], []
        writers = [partial(self._write_model, rung, file) for rung, file in self.models]
        # Last, since it may go to standard output, and files are written before anything is shown.
        writers += [self._write_report, self._write_json]
        for write in writers:
            try:
                if line := write(climb):
                    written.append(line)
            except OutputError as error:
                failures.append(str(error))
        return written, failures

    def _write_json(self, climb: Climb) -> str | None:
        if self.json is None:
            return None
        text = json_text(climb.to_dict()) + "\n"
        if self.json == "-":
            sys.stdout.write(text)
            return None
        return f"json: {write_atomically(self.json, text)}"

    def _write_report(self, climb: Climb) -> str | None:
        if self.report is None:
            return None
        from gradatim.reports import write_report

        return f"report: {write_report(climb, self.report)}"

    def _write_model(self, rung: str, file: Path, climb: Climb) -> str:
        model = climb.find_model(rung) if rung else climb.model
        path = model.save(file)
        read = f" on {model.input}" if model.input else ", which gives one answer for all rows"
        use = f"gradatim.load_model({json.dumps(str(file))}).predict(X)"
        return f"model: {path} ({model.rung}{read}); use it in Python: {use}"
