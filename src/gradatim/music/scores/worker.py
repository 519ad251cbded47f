"""A process that reads scores: what music21 makes of a text, as notes.

Conventions: run as ``python -m gradatim.music.scores.worker``. A question is a ``format`` and
``data`` (base64), the answer the notes of one or more ``scores``. A process of its own, since a
score may take minutes or the stack, and then only the process ends.
"""

from __future__ import annotations

import base64
import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from gradatim.executors.serving import serve
from gradatim.music.scores.bars import bar_starts

#: Bytes of address space of the process: a hundred times what a string quartet takes.
MOST_MEMORY = 8 << 30

_MUSIC21_NAMES = {"abc": "abc", "kern": "humdrum", "musicxml": "musicxml"}
# Of a quarter note: thirty-seconds and triplets of sixteenths. music21 takes (4, 3) by itself.
_DIVISORS = (8, 6)


def read_notes(format: str, data: bytes) -> list[dict[str, Any]]:
    """Read the scores in a file's content, each as `NoteList.to_dict` writes it, with its tags."""
    from music21 import converter, stream
    from music21.midi.translate import midiStringToStream

    if format == "midi":
        read = midiStringToStream(data, quarterLengthDivisors=_DIVISORS)
    else:
        reader = converter.Converter().getSubConverterFormats()[_MUSIC21_NAMES[format]]()
        reader.parseData(data.decode())
        read = reader.stream
    scores = list(read.scores) if isinstance(read, stream.Opus) else [read]
    found = [{"notes": _notes_of(score), "tags": _tags_of(score)} for score in scores]
    if format == "midi":
        # Many programs write C major into every file.
        for one in found:
            one["notes"]["tonic"] = None
    return found


def _tags_of(score: Any) -> dict[str, str]:
    held = score.metadata
    found = {} if held is None else {"title": held.bestTitle, "composer": held.composer}
    return {name: str(text) for name, text in found.items() if text}


def _notes_of(score: Any) -> dict[str, Any]:
    from music21 import key, meter

    parts = list(score.parts) or [score]
    rows = [row for k, part in enumerate(parts) for row in _rows_of(part, k)]
    first_meter = next(iter(score.recurse().getElementsByClass(meter.TimeSignature)), None)
    first_key = next(iter(score.recurse().getElementsByClass(key.Key)), None)
    columns = ("onset", "duration", "pitch", "part", "position")
    return {
        **{name: [row[k] for row in rows] for k, name in enumerate(columns)},
        "meter": first_meter and [first_meter.numerator, first_meter.denominator],
        "tonic": None if first_key is None else first_key.tonic.pitchClass,
    }


def _rows_of(part: Any, number: int) -> Iterator[list[Any]]:
    """Yield onset, duration, pitch, part and position of the notes of a part, ties joined."""
    from music21 import stream

    measures = list(part.getElementsByClass(stream.Measure))
    found = list(_measured(measures) if measures else _unmeasured(part))
    held: dict[int, list[Any]] = {}
    rows = []
    for element, onset, position in found:
        for note in _sounding(element):
            duration = float(element.duration.quarterLength)
            pitch = round(note.pitch.ps)
            tied = note.tie is not None and note.tie.type in ("stop", "continue")
            before = held.get(pitch)
            if tied and before is not None and abs(before[0] + before[1] - onset) < 1e-3:
                before[1] += duration
            elif duration > 0 and not element.duration.isGrace:
                held[pitch] = [onset, duration, pitch, number, position]
                rows.append(held[pitch])
    yield from rows


def _unmeasured(part: Any) -> Iterator[tuple[Any, float, float | None]]:
    """Yield the notes of a part without bars, as of short tunes: the first note begins one."""
    from music21 import meter

    flat = part.flatten()
    signature = next(iter(flat.getElementsByClass(meter.TimeSignature)), None)
    bar = 0.0 if signature is None else float(signature.barDuration.quarterLength)
    for element in flat.notes:
        onset = float(element.offset)
        yield element, onset, onset / bar % 1.0 if bar > 0 else None


def _measured(measures: list[Any]) -> Iterator[tuple[Any, float, float | None]]:
    """Yield the notes of bars with their onsets and where in the bar they begin."""
    signature = None
    lengths, whole = [], []
    for measure in measures:
        signature = measure.timeSignature or signature
        length = float(measure.highestTime)
        lengths.append(length)
        whole.append(length if signature is None else float(signature.barDuration.quarterLength))
    has_meter = signature is not None
    starts = bar_starts(lengths, whole)
    for measure, start, bar in zip(measures, starts, whole, strict=True):
        begins = float(measure.offset)
        for element in measure.recurse().notes:
            offset = float(element.getOffsetInHierarchy(measure))
            position = (start + offset) / bar % 1.0 if has_meter and bar > 0 else None
            yield element, begins + offset, position


def _sounding(element: Any) -> list[Any]:
    """Return the notes with a pitch of a note or chord; none of a chord symbol or a drum."""
    from music21 import chord, harmony, note

    if isinstance(element, harmony.Harmony):
        return []
    if isinstance(element, chord.Chord):
        return list(element.notes)
    return [element] if isinstance(element, note.Note) else []


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    return {"scores": read_notes(asked["format"], base64.b64decode(asked["data"]))}


def _limit_memory() -> None:
    """Let a score that needs too much memory fail, not the machine."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(hard, MOST_MEMORY)
        # Some systems know the limit and refuse to set it.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    _limit_memory()
    serve(_answer)
