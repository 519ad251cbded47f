"""``gradatim features``: compute the features of sounds once, into a table with its recipe.

Conventions: where the table goes is checked before anything is read. A file that cannot be read is
a row with the reason. What was computed is kept in the cache that all verbs share, chunk by chunk,
so that a second run, also after an interrupt, does only what is missing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gradatim._progress import Progress, under
from gradatim._text import show_name
from gradatim.cli._cluster import ClusterOption, connected
from gradatim.cli._json import header, json_text, print_json
from gradatim.cli._options import FLAG, OUTPUT, DebugLibraries, Jobs, JsonFile
from gradatim.cli._output_files import Writer, check_files, deliver, ending, json_file
from gradatim.cli._print import SafeConsole, print_lines
from gradatim.cli._progress_bar import work
from gradatim.cli._reading import READING, SoundReading

if TYPE_CHECKING:
    from gradatim.music import FeatureTable

_READING = SoundReading()
_KEPT = "; what is finished is kept, and the same command goes on"


def features(
    path: Annotated[str, Parameter(group=READING)],
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], group=OUTPUT, metavar="FILE")],
    reading: SoundReading = _READING,
    verify: Annotated[bool, FLAG, Parameter(group=READING)] = False,
    jobs: Jobs = None,
    cluster: ClusterOption = None,
    json: JsonFile = None,
    debug: DebugLibraries = False,
) -> None:
    """Compute the features of sounds into a table, which climb reads without any option.

    The columns are path, label, group, error, and then the features; a file that cannot be read
    has its reason under error. What was computed is kept, so a second run does what is missing.

    Parameters
    ----------
    path
        An audio file, or a folder of audio; its folders are the labels unless something is said.
    output
        Write the table here (.parquet, with the recipe, or .csv, which has no place for it).
    verify
        Know files again by the hash of their bytes, not by their size and time of change.
    json
        Write what was done as JSON; - is standard output, and nothing else goes there.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.sources.registry import extract_source, files_of

    how = reading.options(n_jobs=jobs)
    wanted = [("-o", output, ending(".parquet", ".csv"))]
    check_files([*wanted, *json_file(json)], [Path(path), *files_of(path, how)])
    with silent_libraries(debug), connected(cluster) as nodes:
        doing = f"reading {show_name(path)}"

        def run(progress: Progress) -> FeatureTable:
            told = replace(how, progress=under(progress, doing), cluster=nodes)
            return extract_source(path, told, verify=verify)

        table = work(doing, run, "" if how.cache is None else _KEPT)
        # Without the screen of climbs, which imports what trains them.
        console = SafeConsole(stderr=json == "-")
        whole = {**header(), **table.to_dict()}
        written: list[Path] = []

        def show() -> None:
            from gradatim.presentation.extractions import feature_lines

            if json == "-":
                print_json(whole)
            else:
                print_lines(
                    console, feature_lines(table, output if written else None), soft_wrap=True
                )

        def say(sentence: str) -> None:
            print_lines(console, [[sentence]], soft_wrap=True)

        deliver(_writers(table, whole, output, json, written), show, say)


def _writers(
    table: FeatureTable,
    whole: dict[str, object],
    output: Path,
    json: str | None,
    written: list[Path],
) -> list[Writer]:
    from gradatim._files import write_atomically
    from gradatim.music import write_features

    def write() -> str:
        written.append(write_features(table, output))
        return f"wrote {show_name(written[0])}"

    writers: list[Writer] = [write]
    if json is not None and json != "-":
        text = json_text(whole) + "\n"
        writers.append(lambda: f"json: {show_name(write_atomically(json, text))}")
    return writers
