"""``gradatim layers``: what the layers of a network hold of a collection.

Conventions: it reads what ``climb`` reads and takes the same options for labels and groups; how
sounds are analyzed is the model's. Files are written before anything is shown.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from gradatim.cli._interrupt import interruptible
from gradatim.cli._json import header
from gradatim.cli._options import OUTPUT, DebugLibraries, Jobs, JsonFile, Output
from gradatim.cli._output_files import check_files, deliver_object, html, json_file, writer
from gradatim.cli._reading import READING, Reading, TableOptions

_READING = Reading()
_PRETRAINED = "musicnn"


def layers(
    model: Annotated[str, Parameter(group=READING, metavar=r"MODEL|musicnn")],
    path: Annotated[str, Parameter(group=READING)],
    /,
    *,
    reading: Reading = _READING,
    table: TableOptions | None = None,
    jobs: Jobs = None,
    seed: Annotated[int, Parameter(group=READING, metavar="N", validator=Number(gte=0))] = 0,
    units: Annotated[
        int, Parameter(group=OUTPUT, metavar="N", validator=Number(gte=0, lte=100))
    ] = 3,
    output: Output = None,
    json: JsonFile = None,
    debug: DebugLibraries = False,
) -> None:
    """Look into the layers of a saved network, or of the pretrained one.

    Linear probes tell what can be read of each layer (the label, pitch, loudness, brightness,
    attack, columns of a table), on samples that neither network nor probe has learnt from, with
    intervals and a control of random labels. The page adds pictures of the samples in each layer,
    and single units with the sounds that excite them most and least.

    Parameters
    ----------
    model
        A shallow or deep model (.gradatim) that climb saved, or musicnn for the pretrained net.
    path
        A folder of audio or scores with a folder per class, a table (csv, tsv, parquet, arff), or a
        dataset's name.
    seed
        Seed of the folds, the controls, and networks that are trained anew.
    units
        Units of each layer that the page shows.
    output
        Write the page (.html).
    json
        Write everything as JSON, all units included; - is standard output, and nothing else goes
        there.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.models import load_model
    from gradatim.sources.registry import files_of

    how = reading.options(table, jobs)
    pages = [] if output is None else [("-o", output, html)]
    models = [] if model == _PRETRAINED else [Path(model)]
    check_files([*pages, *json_file(json)], [*files_of(path, how), *models])
    loaded = load_model(model) if models else model
    with silent_libraries(debug):
        from gradatim import probing
        from gradatim.cli._screen import Screen
        from gradatim.presentation.layers import layer_lines

        screen = Screen(to_stderr=json == "-", quiet=False)
        with screen.reading(path) as progress:
            told = replace(how, progress=progress)
            found = interruptible(
                lambda: probing.layers(
                    loaded, path, told, n_units=units, seed=seed, progress=progress
                )
            )

        def whole() -> dict[str, object]:
            return {**header(), **found.to_dict()}

        def page(to: Path) -> Path:
            from gradatim.reports import write_layers

            return write_layers(found, to)

        deliver_object(json, whole, lambda: layer_lines(found), screen, writer(output, page))
