import pytest

from gradatim.music.scores.bars import bar_starts


@pytest.mark.parametrize(
    ("lengths", "starts"),
    [
        ([4, 4], [0, 0]),
        ([1, 4, 4], [3, 0, 0]),  # an upbeat
        ([1, 4, 3], [3, 0, 0]),  # and a last bar without its last beat
        ([1, 4, 3, 1, 4, 3], [3, 0, 0, 3, 0, 0]),  # a bar around a repeat sign
        ([4, 1, 4], [0, 3, 0]),  # an upbeat to the second half
        ([4, 2, 2, 4], [0, 0, 2, 0]),  # a bar written as two
        ([4, 2], [0, 0]),
        ([4, 2, 3, 4], [0, 0, 1, 0]),  # two short bars that are not one
        ([2], [0]),
        ([6, 4], [0, 0]),  # a bar that is too long
    ],
)
def test_where_bars_of_four_quarters_begin(lengths, starts):
    assert bar_starts(lengths, [4.0] * len(lengths)) == starts
