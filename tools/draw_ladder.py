"""Draw docs/images/ladder.svg: the ladder of `gradatim climb timbre` as the terminal shows it.

Conventions: run from anywhere, with gradatim installed; trains for a minute or two. The picture is
what a run with the default protocol printed, never edited by hand.
"""

import io
import re
from pathlib import Path

from rich.console import Console

from gradatim import climb_collection, load_timbre
from gradatim.cli._screen import show_climb

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "ladder.svg"


def main() -> None:
    """Climb timbre and save what is shown."""
    console = Console(
        file=io.StringIO(), record=True, width=80, force_terminal=True, highlight=False
    )
    show_climb(console, climb_collection(load_timbre()))
    svg = console.export_svg(title="gradatim climb timbre")
    # A picture that is looked at offline cannot fetch a font.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    PICTURE.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
