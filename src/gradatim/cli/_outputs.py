"""The files that a climb leaves: checked before the work, written after it.

Conventions: ``-`` as the JSON file is standard output. An output that cannot be written does not
keep the others from being written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim._files import check_writable, write_atomically
from gradatim.errors import OutputError

if TYPE_CHECKING:
    from gradatim.climb.result import Climb

__all__ = ["Outputs"]


@dataclass(frozen=True)
class Outputs:
    """Where the results of a climb go; None for what is not wanted."""

    json: str | None  # File of the JSON object, or ``-`` for standard output
    report: Path | None  # File of the report

    def check(self, inputs: Sequence[Path]) -> None:
        """Refuse what could not be written, or would go over an input or over each other."""
        files = [file for file in (self.json, self.report) if file is not None and file != "-"]
        targets = [check_writable(file) for file in files]
        for target in targets:
            if target in [file.resolve() for file in inputs]:
                raise OutputError(f"{target} is read as input; write the result to another file")
        if len(set(targets)) < len(targets):
            raise OutputError(f"--json and --report both name {targets[0]}; give two files")

    def write(self, climb: Climb) -> Iterator[tuple[str, Path]]:
        """Write every output and yield what it is and where it lies."""
        failures = []
        for label, write in {"json": self._write_json, "report": self._write_report}.items():
            try:
                file = write(climb)
            except OutputError as error:
                failures.append(str(error))
            else:
                if file is not None:
                    yield label, file
        if failures:
            raise OutputError("; ".join(failures))

    def _write_json(self, climb: Climb) -> Path | None:
        if self.json is None:
            return None
        # NaN and Infinity are no JSON: better to fail here than in whatever reads the file.
        text = json.dumps(climb.to_dict(), indent=2, allow_nan=False, ensure_ascii=False) + "\n"
        if self.json == "-":
            sys.stdout.write(text)
            return None
        return write_atomically(self.json, text)

    def _write_report(self, climb: Climb) -> Path | None:
        if self.report is None:
            return None
        from gradatim.reports import write_report

        return write_report(climb, self.report)
