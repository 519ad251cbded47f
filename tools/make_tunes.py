"""Make examples/tunes: dance tunes that never were, in ABC, for the commands of the documents.

Conventions: run from anywhere; the same tunes every time. A tune walks over the steps of its scale
and ends on the tonic; jigs, reels and waltzes differ in meter, rhythm and leaps. The last waltz is
the first one in another key.
"""

import random
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "examples" / "tunes"
BOOKS, TUNES, BARS = 8, 6, 8
WORDS = ("River", "Night", "Stone", "Summer", "Train", "Mirror", "Harbor", "Winter")
KEYS = ("C", "G", "D", "A", "F", "Am", "Em", "Ddor")
LETTERS = "CDEFGAB"

# Of each dance: meter, bars as lengths in eighths, and the widest step
DANCES = {
    "jig": ("6/8", ((1, 1, 1, 1, 1, 1), (2, 1, 1, 1, 1), (2, 1, 2, 1), (1, 1, 1, 3)), 2),
    "reel": ("C|", ((1,) * 8, (2, 1, 1, 1, 1, 1, 1), (1, 1, 1, 1, 2, 2), (3, 1, 2, 2)), 2),
    "waltz": ("3/4", ((2, 2, 2), (4, 2), (2, 1, 1, 2), (3, 1, 2)), 4),
}


def pitch(step: int) -> str:
    """Write a step above middle C in ABC."""
    octave, letter = divmod(step, 7)
    if octave <= 0:
        return LETTERS[letter] + "," * -octave
    return LETTERS[letter].lower() + "'" * (octave - 1)


def walk(dance: str, chance: random.Random) -> list[list[tuple[int, int]]]:
    """Return bars of (steps above the tonic, eighths)."""
    _, patterns, widest = DANCES[dance]
    bars, step = [], 0
    for _ in range(BARS):
        bar = []
        for length in chance.choice(patterns):
            bar.append((step, length))
            step = min(9, max(0, step + chance.choice((-1, 1)) * chance.randint(1, widest)))
        bars.append(bar)
    whole = sum(length for _, length in bars[-1])
    return [*bars[:-1], [(0, whole)]]


def write(number: int, title: str, dance: str, key: str, bars: list[list[tuple[int, int]]]) -> str:
    """Write a tune in ABC."""
    tonic = LETTERS.index(key[0]) if key[0] in "CDEFG" else LETTERS.index(key[0]) - 7
    notes = [
        " ".join(f"{pitch(tonic + step)}{'' if n == 1 else n}" for step, n in bar) for bar in bars
    ]
    half = BARS // 2
    lines = [f"{' | '.join(notes[:half])} |", f"{' | '.join(notes[half:])} |]"]
    head = [f"X:{number}", f"T:{title}", f"R:{dance}", f"M:{DANCES[dance][0]}", "L:1/8", f"K:{key}"]
    return "\n".join([*head, *lines]) + "\n"


def main() -> None:
    """Write eight books of six tunes each."""
    chance = random.Random(5)
    FOLDER.mkdir(exist_ok=True)
    first = None
    for book in range(BOOKS):
        tunes = []
        for number in range(TUNES):
            dance = list(DANCES)[number % 3]
            key, bars = chance.choice(KEYS), walk(dance, chance)
            if dance == "waltz" and first is None:
                first, key = bars, "C"
            if (book, number) == (BOOKS - 1, TUNES - 1) and first is not None:
                bars, key = first, "G"
            title = f"{WORDS[book]} {WORDS[(book + number + 1) % 8]}"
            tunes.append(write(number + 1, title, dance, key, bars))
        (FOLDER / f"{WORDS[book].lower()}.abc").write_text("\n".join(tunes), encoding="utf-8")


if __name__ == "__main__":
    main()
