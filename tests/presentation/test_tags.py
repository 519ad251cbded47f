from pathlib import Path

from gradatim.presentation.lines import Grid
from gradatim.presentation.tags import restored_lines, tag_lines
from gradatim.tagging import LeftFile, TagChange, TagChanges, TagsRestored

CHANGES = [
    TagChange("a\x1b[2J.wav", Path("a"), ("Rock\n", "Pop"), ("kick",)),
    TagChange("b.wav", Path("b"), None, ("kick", "snare")),
]


def text(lines):
    return [
        "".join(piece if isinstance(piece, str) else piece[0] for piece in line)
        for line in lines
        if not isinstance(line, Grid)
    ]


def test_a_plan_is_a_table_of_old_and_new():
    left = [LeftFile("c\u202e.wav", "is read-only")]
    grid, *lines = tag_lines(TagChanges("genre", CHANGES, n_same=3, n_silent=1, left=left))
    assert [one.head for one in grid.columns] == ["path", "genre now", "genre new"]
    assert [[cell[0] for cell in row] for row in grid.rows] == [
        ["a\\x1b[2J.wav", "Rock\\n; Pop", "kick"],
        ["b.wav", "-", "kick; snare"],
    ]
    assert text(lines) == [
        "",
        "tag genre: 2 files would change, 3 already so, 1 without a prediction, 1 left",
        "left: c\\u202e.wav is read-only",
        "nothing was written; --apply writes",
    ]


def test_where_nothing_would_change_there_is_nothing_to_apply():
    lines = list(tag_lines(TagChanges("genre", [], n_same=3)))
    assert text(lines) == ["tag genre: 0 files would change, 3 already so", "nothing was written"]


def test_what_was_written_is_counted():
    lines = list(tag_lines(TagChanges("genre", CHANGES, applied=True)))
    assert text(lines) == [
        "tag genre: 2 files changed",
        "what was there is in .gradatim-tags.json of each folder; gradatim untag takes it back",
    ]
    assert text(tag_lines(TagChanges("genre", [], applied=True))) == ["tag genre: 0 files changed"]


def test_what_came_back_is_counted():
    left = [LeftFile("d.wav", "is gone; --force forgets it")]
    assert text(restored_lines(TagsRestored("music", 1, 2, 3, left))) == [
        "music: tags from before given back to 1 file, 2 had them, 3 gone and forgotten, 1 left",
        "left: d.wav is gone; --force forgets it",
    ]
