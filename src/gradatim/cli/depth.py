"""``gradatim depth``: what deep networks have for nothing, built, proved, bounded and trained.

Conventions: what was built is proved in exact arithmetic and bounds are exact; what was trained is
told apart from it. Files are checked before anything is computed; what is asked for is
written before anything is printed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from gradatim._progress import scaled
from gradatim.cli import _output_files
from gradatim.cli._json import header
from gradatim.cli._options import OUTPUT, Debug, Json, Output
from gradatim.cli._progress_bar import work
from gradatim.errors import SpecError
from gradatim.presentation import pictures

if TYPE_CHECKING:
    from gradatim.comparisons import DepthComparison

_INPUT = Group("What is built", sort_key=1)
_TRAINING = Group("What is trained beside it", sort_key=2)
_File = Parameter(group=OUTPUT, metavar="FILE")

_SEEDS, _EPOCHS = 50, 500
_Number = Annotated[int | None, Parameter(group=_TRAINING, metavar="N")]


def depth(
    *,
    teeth: Annotated[str | None, Parameter(group=_INPUT, metavar="2^K")] = None,
    parity: Annotated[int | None, Parameter(group=_INPUT, metavar="BITS")] = None,
    seeds: _Number = None,
    budgets: Annotated[str | None, Parameter(group=_TRAINING, metavar="N,...")] = None,
    epochs: _Number = None,
    seed: _Number = None,
    output: Output = None,
    graph: Annotated[Path | None, _File] = None,
    network: Annotated[Path | None, _File] = None,
    which: Annotated[Literal["deep", "shallow"], Parameter(group=OUTPUT)] = "deep",
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Show what depth separates: a sawtooth, or the parity of bits.

    A sawtooth of 2^k teeth takes 2 (k + 1) ReLU units when deep, 2^(k + 1) in one layer; what fewer
    must get wrong is a theorem. Parity takes n step units in one layer, or a tree of XORs.

    Parameters
    ----------
    teeth
        Teeth of the sawtooth, a power of two: 2^6 or 64.
    parity
        Bits whose parity is built, from 2 to 16.
    seeds
        Networks trained a shape; 50 unless given, 0 trains none.
    budgets
        Numbers of parameters of trained networks, such as 20,50,100.
    epochs
        Epochs of each; 500 unless given.
    seed
        First seed; 0 unless given.
    output
        Picture of the sawtooth, the networks and their errors: .svg, .pdf or .png.
    graph
        Picture of the network that was built: .svg, .pdf, .png, .dot, .mmd or .tex.
    network
        That network for other verbs: .txt (its equation) or .safetensors.
    which
        Whether that is the deep network or the shallow one.
    """
    if (teeth is None) == (parity is None):
        raise SpecError("give either --teeth 2^6 or --parity 8")
    training = {"--seeds": seeds, "--budgets": budgets, "--epochs": epochs, "--seed": seed}
    if parity is not None:
        options = training | {"--output": output}
        given = [name for name, value in options.items() if value is not None]
        if given:
            raise SpecError(f"{given[0]} is for --teeth; parity is built and proved only")
    _output_files.check_built(output, graph, network)
    if parity is not None:
        _parity(parity, which, graph, network, json)
        return
    found = _sawtooth(
        _number_of_teeth(teeth or ""),
        _SEEDS if seeds is None else seeds,
        _numbers(budgets),
        _EPOCHS if epochs is None else epochs,
        seed or 0,
    )

    from gradatim.presentation.depth import depth_in_words

    built = next(one.network for one in found.built if one.kind == which)
    writers = [
        *_output_files.plot_writer(output, lambda: pictures.plot_depth(found)),
        *_output_files.network_writers(built, graph, network),
    ]
    _output_files.deliver_words(json, found.to_dict, lambda: depth_in_words(found), writers)
    wrong = [str(one.proof) for one in found.built if one.proof and not one.proof.holds]
    if wrong:
        raise SpecError(f"a network that was built is not right: {'; '.join(wrong)}")


def _number_of_teeth(text: str) -> int:
    found = re.fullmatch(r"\s*(\d{1,9})\s*(?:(?:\^|\*\*)\s*(\d{1,3}))?\s*", text)
    if not found:
        raise SpecError(f"{text!r} is no number of teeth; write a power of two such as 2^6 or 64")
    return int(found[1]) ** int(found[2] or 1)


def _numbers(text: str | None) -> list[int] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if not re.fullmatch(r"\d{1,9}", part):
            raise SpecError(f"{part!r} is no number of parameters; write --budgets 20,50,100")
    return [int(part) for part in parts]


def _sawtooth(
    teeth: int, n_seeds: int, budgets: list[int] | None, epochs: int, seed: int
) -> DepthComparison:
    from gradatim.comparisons import compare_depth

    task = "training sawtooths"
    return work(
        task,
        lambda progress: compare_depth(
            teeth,
            n_seeds=n_seeds,
            budgets=budgets,
            max_epochs=epochs,
            random_state=seed,
            progress=scaled(progress, 0.0, 1.0, task),
        ),
    )


def _parity(
    n_bits: int,
    which: Literal["deep", "shallow"],
    graph: Path | None,
    network: Path | None,
    json: bool,
) -> None:
    from gradatim.depth import build_parity
    from gradatim.presentation.depth import parity_in_words

    built = build_parity(n_bits)
    _output_files.deliver_words(
        json,
        lambda: header() | built.to_dict(),
        lambda: parity_in_words(built),
        _output_files.network_writers(built.networks[which], graph, network),
    )
