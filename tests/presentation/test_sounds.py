import base64
import io

import numpy as np
import pytest
import soundfile

from gradatim.collection import CycleSound
from gradatim.presentation import sounds
from gradatim.presentation.sounds import confused_items, encode_sounds


class Recorded:
    def __init__(self, samples, sr):
        self.samples, self.sr = samples, sr

    def read(self, max_seconds):
        return self.samples, self.sr


class Broken:
    def read(self, max_seconds):
        raise OSError("no such file")


def tone(seconds=1.0, sr=22050):
    return Recorded(0.5 * np.sin(np.arange(int(seconds * sr)) * 0.06), sr)


def decode(uri):
    return soundfile.read(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def test_a_sound_survives_encoding():
    (uri,) = encode_sounds([tone()], [0])[0].values()
    samples, sr = decode(uri)
    assert uri.startswith("data:audio/mpeg;base64,")
    assert sr == 22050
    # An encoder may pad, and shifts by its delay; level and length remain.
    assert len(samples) == pytest.approx(22050, abs=2500)
    assert np.std(samples[3000:18000]) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_a_sound_is_cut_to_the_longest_allowed():
    (uri,) = encode_sounds([tone(9.0)], [0])[0].values()
    samples, sr = decode(uri)
    assert len(samples) / sr <= sounds.MOST_SECONDS + 0.15


def test_a_rate_that_mp3_does_not_know_is_resampled():
    (uri,) = encode_sounds([tone(sr=30000)], [0])[0].values()
    assert decode(uri)[1] == 22050


def test_without_an_mp3_writer_a_sound_becomes_wav(monkeypatch):
    monkeypatch.setattr(soundfile, "available_formats", lambda: {"WAV": "WAV"})
    (uri,) = encode_sounds([tone()], [0])[0].values()
    assert uri.startswith("data:audio/wav;base64,")
    assert decode(uri)[1] == 16000


@pytest.mark.parametrize(
    "sound",
    [
        Broken(),
        Recorded(np.array([]), 22050),
        Recorded(np.full(100, np.nan), 22050),
        Recorded(np.zeros((100, 2)), 22050),
    ],
)
def test_a_sound_that_cannot_be_used_is_left_out_and_named(sound):
    found, unreadable = encode_sounds([sound, tone(0.1)], [0, 1])
    assert (list(found), unreadable) == ([1], [0])


def test_sounds_stop_at_the_limit():
    media = [CycleSound(np.sin(np.arange(64) * 0.1))] * (sounds.MOST_SOUNDS + 1)
    assert list(encode_sounds(media, range(9), 3)[0]) == [0, 1, 2]
    assert len(encode_sounds(media, range(len(media)))[0]) == sounds.MOST_SOUNDS


def test_sounds_stop_before_the_page_grows_too_large(monkeypatch):
    monkeypatch.setattr(sounds, "_MOST_CHARACTERS", 10_000)
    found, unreadable = encode_sounds([tone()] * 9, range(9))
    assert 0 < len(found) < 9
    assert sum(map(len, found.values())) <= 10_000
    assert unreadable == []


def test_the_most_confused_pair_comes_first_and_nothing_twice():
    cells = {
        (0, 0): [(0, 2)],
        (0, 1): [(1, 1)],
        (1, 0): [(2, 1), (3, 2), (4, 2), (5, 2)],
        (1, 1): [(6, 2)],
    }
    items = list(confused_items(cells))
    assert items[:5] == [3, 4, 5, 6, 0]
    assert len(items) == len(set(items))


def test_without_confusion_each_class_can_still_be_heard():
    assert list(confused_items({(0, 0): [(3, 2), (4, 2)], (1, 1): [(7, 2)]})) == [3, 7]
