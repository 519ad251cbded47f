"""What music21 makes of small scores, against what stands in them."""

import numpy as np
import pytest

from gradatim.music import NoteList
from gradatim.music.scores.worker import _sounding, read_notes

C_MAJOR = [60, 62, 64, 65, 67, 69, 71, 72]

KERN = """**kern\t**kern
*M3/4\t*M3/4
*k[f#]\t*k[f#]
*G:\t*G:
=1\t=1
4G\t[4g
4A\t8g]
.\t8a
4B\t4r
=2\t=2
2.G\t2.g
==\t==
*-\t*-
"""


def read(format, data):
    [score] = read_notes(format, data if isinstance(data, bytes) else data.encode())
    return NoteList.from_dict(score["notes"])


@pytest.fixture
def by_format(midi, musicxml):
    return {
        "abc": b"X:1\nM:8/4\nL:1/4\nK:C\nC D E F G A B c |]\n",
        "midi": midi(C_MAJOR, numerator=8),
        "musicxml": musicxml(C_MAJOR).split("?>")[1].encode(),
        "kern": ("**kern\n*M8/4\n=1\n" + "".join(f"4{n}\n" for n in [
            "c", "d", "e", "f", "g", "a", "b", "cc"]) + "==\n*-\n").encode(),
    }  # fmt: skip


@pytest.mark.parametrize("format", ["abc", "midi", "musicxml", "kern"])
def test_a_scale_is_the_same_notes_in_every_format(by_format, format):
    notes = read(format, by_format[format])
    assert notes.pitch.tolist() == C_MAJOR
    assert notes.onset.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert notes.duration.tolist() == [1.0] * 8
    assert notes.position.tolist() == [k / 8 for k in range(8)]
    assert notes.meter == (8, 4)


def test_the_key_of_abc_is_the_tonic_and_changes_the_pitches():
    notes = read("abc", "X:1\nM:4/4\nL:1/4\nK:Edor\nE F G c |]\n")
    assert notes.tonic == 4
    assert notes.pitch.tolist() == [64, 66, 67, 73]


def test_midi_and_musicxml_without_a_mode_name_no_tonic(midi, by_format):
    assert read("midi", midi(C_MAJOR)).tonic is None
    assert read("musicxml", by_format["musicxml"]).tonic is None


def test_the_key_that_a_midi_file_names_is_not_believed(midi):
    c_major = b"\x00\xff\x59\x02\x00\x00"
    assert read("midi", midi([67, 69, 71, 72], more=c_major)).tonic is None


def test_ties_are_joined_and_rests_and_parts_stay():
    notes = read("kern", KERN)
    upper = notes.part == 0
    assert notes.pitch[upper].tolist() == [67, 69, 67]
    assert notes.duration[upper].tolist() == [1.5, 0.5, 3.0]
    assert notes.onset[upper].tolist() == [0.0, 1.5, 3.0]
    assert notes.pitch[~upper].tolist() == [55, 57, 59, 55]
    assert notes.tonic == 7


def test_a_repeated_note_without_a_tie_is_struck_again():
    assert read("abc", "X:1\nM:4/4\nL:1/4\nK:C\nC C D2 |]\n").pitch.tolist() == [60, 60, 62]


def test_a_tie_over_the_bar_line_is_one_note():
    notes = read("abc", "X:1\nM:2/4\nL:1/4\nK:C\nC E- | E G | C2 | C2 |]\n")
    assert notes.pitch.tolist() == [60, 64, 67, 60, 60]
    assert notes.duration.tolist() == [1.0, 2.0, 1.0, 2.0, 2.0]


def test_without_a_meter_there_are_no_bars():
    notes = read("abc", "X:1\nM:none\nL:1/4\nK:C\nC D E F\n")
    assert notes.meter is None
    assert np.isnan(notes.position).all()


def test_chord_symbols_and_grace_notes_are_no_notes():
    notes = read("abc", 'X:1\nM:4/4\nL:1/4\nK:C\n"Am"C "G7"{d}E "4"G2 |]\n')
    assert notes.pitch.tolist() == [60, 64, 67]


def test_a_chord_symbol_that_has_a_duration_is_no_note_either():
    from music21 import chord, harmony

    assert _sounding(harmony.ChordSymbol("Am", quarterLength=4)) == []
    assert len(_sounding(chord.Chord(["C4", "E4"]))) == 2


def test_an_upbeat_ends_its_bar():
    notes = read("abc", "X:1\nM:4/4\nL:1/4\nK:C\nG | c d e f | g3 :|\n")
    assert notes.position.tolist() == [0.75, 0.0, 0.25, 0.5, 0.75, 0.0]


def test_drums_of_midi_have_no_pitch(midi):
    data = midi([36, 38]).replace(b"\x90", b"\x99").replace(b"\x80", b"\x89")
    [score] = read_notes("midi", data)
    assert score["notes"]["pitch"] == []


def test_sixteenth_triplets_and_thirty_seconds_of_midi_stay(midi):
    assert read("midi", midi([60, 62], ticks=60)).duration.tolist() == [0.125, 0.125]
    assert read("midi", midi([60, 62], ticks=80)).duration.tolist() == pytest.approx([1 / 6] * 2)


def test_title_of_musicxml_is_a_tag(by_format):
    [score] = read_notes("musicxml", by_format["musicxml"])
    assert score["tags"]["title"] == "By hand"
