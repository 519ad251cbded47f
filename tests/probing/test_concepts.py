"""What is measured of sounds: tones of known pitch, level, brightness and attack."""

import numpy as np
import pytest

from gradatim.collection import Collection, CycleSound
from gradatim.probing.concepts import concepts_of, measure_sound

SR = 22050
TIME = np.arange(SR) / SR


def tone(frequency, amplitude=0.5):
    order = np.arange(1, 9)
    y = (np.sin(2 * np.pi * frequency * np.outer(order, TIME)) / order[:, None]).sum(axis=0)
    return amplitude * y / np.abs(y).max()


@pytest.mark.parametrize("midi", [40, 57, 69, 81])
def test_the_pitch_of_a_tone_is_found_to_a_tenth_of_a_semitone(midi):
    assert measure_sound(tone(440 * 2 ** ((midi - 69) / 12)), SR)["pitch"] == pytest.approx(
        midi, abs=0.1
    )


def test_noise_has_no_pitch_and_silence_has_nothing():
    rng = np.random.default_rng(0)
    assert np.isnan(measure_sound(rng.normal(size=SR), SR)["pitch"])
    assert np.isnan(list(measure_sound(np.zeros(SR), SR).values())).all()


def test_half_the_amplitude_is_six_decibels_less_and_changes_nothing_else():
    loud, soft = measure_sound(tone(220, 0.5), SR), measure_sound(tone(220, 0.25), SR)
    assert loud["loudness"] - soft["loudness"] == pytest.approx(20 * np.log10(2))
    for name in ("pitch", "brightness", "attack"):
        assert loud[name] == pytest.approx(soft[name])


def test_an_octave_higher_is_an_octave_brighter():
    low, high = (measure_sound(np.sin(2 * np.pi * f * TIME), SR)["brightness"] for f in (300, 600))
    assert high - low == pytest.approx(1.0, abs=0.01)


def test_attack_is_the_time_from_a_tenth_to_nine_tenths():
    rising = np.clip(TIME / 0.25, 0, 1) * np.sin(2 * np.pi * 440 * TIME)
    assert 10 ** measure_sound(rising, SR)["attack"] == pytest.approx(0.2, abs=0.011)


def collection(n=40, **more):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    y = np.array(["a", "b"])[np.arange(n) % 2]
    ids = np.array([f"row {i}" for i in range(n)])
    return Collection("test", {"x": X}, y, "classification", ids, **more)


def test_cycles_have_loudness_and_brightness_but_neither_pitch_nor_attack():
    phase = 2 * np.pi * np.arange(64) / 64
    media = [CycleSound((1 + i) / 40 * np.sin((1 + i % 7) * phase)) for i in range(40)]
    found, left = concepts_of(collection(media=media))
    assert [one.name for one in found] == ["label", "loudness", "brightness"]
    assert left == ["pitch, which none has", "attack, which none has"]


def test_columns_are_numbers_or_categories_that_several_groups_have():
    numbers = np.array([str(i / 3) for i in range(40)])
    numbers[5] = ""
    texts = {
        "tempo": numbers,
        "mode": np.array(["major", "minor"])[np.arange(40) // 4 % 2],
        "name": np.array([f"song {i}" for i in range(40)]),
    }
    found, _ = concepts_of(collection(texts=texts, groups=np.arange(40) // 4))
    assert [(one.name, one.task) for one in found[1:]] == [
        ("tempo", "regression"),
        ("mode", "classification"),
    ]
    assert not found[1].there[5]
    assert found[1].there.sum() == 39
