"""Tiny scores, written by hand: notes as values, and files as bytes."""

import struct

import pytest

from gradatim.music import NoteList

C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 72)

TUNE = "X:{number}\nT:{title}\nR:{rhythm}\nM:4/4\nL:1/4\nK:{key}\n{notes} |]\n"


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory):
    """Keep what music21 read for all tests: a process takes a second to start."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _shared_cache(shared_cache, monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", str(shared_cache))


def _notes(pitches, durations=None, *, onsets=None, parts=None, meter=(4, 4), tonic=0):
    """Return notes one after the other, in 4/4 from the first beat."""
    durations = durations or [1.0] * len(pitches)
    if onsets is None:
        onsets = [sum(durations[:k]) for k in range(len(pitches))]
    bar = 4.0 * meter[0] / meter[1] if meter else None
    held = {
        "onset": onsets,
        "duration": durations,
        "pitch": list(pitches),
        "part": parts or [0] * len(pitches),
        "position": [onset / bar % 1.0 if bar else None for onset in onsets],
        "meter": meter and list(meter),
        "tonic": tonic,
    }
    return NoteList.from_dict(held)


@pytest.fixture
def notes():
    return _notes


@pytest.fixture
def scale():
    """Return the C major scale over an octave, in quarters."""
    return _notes(C_MAJOR)


def _midi(pitches, ticks=480, *, numerator=4, power=2):
    """Return a MIDI file of quarter notes, one after the other, 480 ticks each."""

    def varied(value):
        out = [value & 0x7F]
        while value := value >> 7:
            out.append(value & 0x7F | 0x80)
        return bytes(reversed(out))

    events = b"\x00\xff\x58\x04" + bytes([numerator, power, 24, 8])
    for pitch in pitches:
        events += b"\x00\x90" + bytes([pitch, 64])
        events += varied(ticks) + b"\x80" + bytes([pitch, 0])
    events += b"\x00\xff\x2f\x00"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480)
    return header + b"MTrk" + struct.pack(">I", len(events)) + events


@pytest.fixture
def midi():
    return _midi


def _abc(notes="C D E F | G A B c", *, number=1, title="Scale", rhythm="reel", key="C"):
    return TUNE.format(number=number, title=title, rhythm=rhythm, key=key, notes=notes)


@pytest.fixture
def abc():
    return _abc


def _musicxml(pitches):
    steps = {0: "C", 2: "D", 4: "E", 5: "F", 7: "G", 9: "A", 11: "B"}
    written = "".join(
        f"<note><pitch><step>{steps[p % 12]}</step><octave>{p // 12 - 1}</octave></pitch>"
        "<duration>1</duration><type>quarter</type></note>"
        for p in pitches
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><score-partwise version="3.1">'
        '<work><work-title>By hand</work-title></work><part-list><score-part id="P1">'
        "<part-name>x</part-name></score-part></part-list>"
        '<part id="P1"><measure number="1"><attributes><divisions>1</divisions>'
        "<time><beats>8</beats><beat-type>4</beat-type></time></attributes>"
        f"{written}</measure></part></score-partwise>"
    )


@pytest.fixture
def musicxml():
    return _musicxml
