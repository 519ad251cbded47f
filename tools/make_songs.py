"""Make examples/songs.csv: songs that never were, for the commands of the documents.

Conventions: run from anywhere; the same songs every time. Dances are faster and louder than
ballads, but the two overlap, and songs of one artist are alike.
"""

import csv
import random
from pathlib import Path

TABLE = Path(__file__).parent.parent / "examples" / "songs.csv"
WORDS = ("River", "Night", "Stone", "Summer", "Train", "Mirror", "Harbor", "Winter")


def main() -> None:
    """Write 16 artists with five songs each."""
    chance = random.Random(3)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["title", "artist", "tempo", "energy", "length", "latitude", "longitude", "genre"]
        )
        for artist in range(16):
            dances = artist % 2 == 1
            habit, home = chance.gauss(0, 8), (chance.uniform(35, 60), chance.uniform(-10, 25))
            for song in range(5):
                tempo = round((124 if dances else 92) + habit + chance.gauss(0, 9))
                energy = round(min(0.95, max(0.05, tempo / 200 + chance.gauss(0, 0.08))), 2)
                title = f"{WORDS[artist % 8]} {WORDS[(artist + song + 1) % 8]} {song + 1}"
                place = (round(side + chance.gauss(0, 0.5), 2) for side in home)
                length = round(chance.uniform(150, 330))
                genre = "dance" if dances else "ballad"
                name = f"{WORDS[artist // 2]} {'Band' if dances else 'Trio'}"
                writer.writerow([title, name, tempo, energy, length, *place, genre])


if __name__ == "__main__":
    main()
