"""The forward pass against one written from the definition, and against TensorFlow's output."""

from importlib import resources

import numpy as np
import pytest
from safetensors.numpy import load
from scipy import signal

from gradatim.music.embeddings.forward import MusicnnNet, read_net, run_patch

FILE = resources.files("gradatim.music.embeddings").joinpath("data", "musicnn.safetensors")
HALVES = load(FILE.read_bytes())
LAYERS = ("timbral", "temporal", "mid_1", "mid_2", "mid_3", "max_pool", "mean_pool")

# Sigmoid outputs of the original package under TensorFlow 2.21 for `smooth_patch()`.
TENSORFLOW_TAGS = [
    *(0.0403, 0.1413, 0.0172, 0.0105, 0.0429, 0.1053, 0.1873, 0.0181, 0.0041, 0.0072),
    *(0.0030, 0.0045, 0.0029, 0.0081, 0.0054, 0.0522, 0.0032, 0.0013, 0.0110, 0.0106),
    *(0.0018, 0.0216, 0.0023, 0.0043, 0.0016, 0.0055, 0.0019, 0.0042, 0.0014, 0.0010),
    *(0.0113, 0.0138, 0.0008, 0.0574, 0.0040, 0.0193, 0.0036, 0.0020, 0.0169, 0.0097),
    *(0.0395, 0.0157, 0.0016, 0.0014, 0.0060, 0.0847, 0.0010, 0.0008, 0.0585, 0.0019),
]


def smooth_patch():
    t, f = np.arange(187)[:, None], np.arange(96)
    return (2.5 + 1.5 * np.sin(t * f / 40) + np.cos(t / 3)).astype(np.float32)


def naive_layers(arrays, patch):
    """Follow the definition in float64: each filter by itself, normalized before the maximum."""
    w = {name: array.astype(float) for name, array in arrays.items()}

    def normalized(name, x):
        spread = np.sqrt(w[f"{name}.variance"] + 0.001)
        return w[f"{name}.scale"] * (x - w[f"{name}.mean"]) / spread + w[f"{name}.shift"]

    def convolved(name, x):  # (frames, bands) -> (frames, places, units), as many frames as before
        kernel = w[f"{name}.kernel"][:, :, 0]
        before = (len(kernel) - 1) // 2
        padded = np.pad(x, ((before, len(kernel) - 1 - before), (0, 0)))
        units = [
            signal.correlate(padded, kernel[..., u], mode="valid", method="direct")
            for u in range(kernel.shape[-1])
        ]
        return normalized(name, np.maximum(np.stack(units, axis=-1) + w[f"{name}.bias"], 0))

    x = normalized("input", patch)
    timbral = np.hstack([convolved(n, x).max(axis=1) for n in ("timbral_38", "timbral_67")])
    names = ("temporal_128", "temporal_64", "temporal_32")
    temporal = np.hstack([convolved(n, x).max(axis=1) for n in names])
    mid_1 = convolved("mid_1", np.hstack([timbral, temporal]))[:, 0]
    mid_2 = mid_1 + convolved("mid_2", mid_1)[:, 0]
    mid_3 = mid_2 + convolved("mid_3", mid_2)[:, 0]
    frames = np.hstack([timbral, temporal, mid_1, mid_2, mid_3])
    largest, mean = frames.max(axis=0), frames.sum(axis=0) / len(frames)
    pooled = np.empty(2 * len(mean))
    pooled[0::2], pooled[1::2] = largest, mean
    hidden = normalized("pooled", pooled) @ w["penultimate.kernel"] + w["penultimate.bias"]
    hidden = normalized("penultimate", np.maximum(hidden, 0))
    logits = hidden @ w["tags.kernel"] + w["tags.bias"]
    values = (timbral, temporal, mid_1, mid_2, mid_3, largest, mean)
    return dict(zip(LAYERS, values, strict=True)) | {
        "penultimate": hidden,
        "tags": 1 / (1 + np.exp(-logits)),
    }


def random_net(rng):
    """Every layer alive, half of the slopes negative, few units."""
    shapes = {
        "timbral_38": (7, 38, 1, 6),
        "timbral_67": (7, 67, 1, 4),
        "temporal_128": (128, 1, 1, 3),
        "temporal_64": (64, 1, 1, 5),
        "temporal_32": (32, 1, 1, 2),
        "mid_1": (7, 20, 1, 4),
        "mid_2": (7, 4, 1, 4),
        "mid_3": (7, 4, 1, 4),
        "pooled": (64,),
        "penultimate": (64, 9),
        "tags": (9, 50),
        "input": (1,),
    }
    arrays = {}
    for name, shape in shapes.items():
        n_units = shape[-1]
        if len(shape) > 1:
            fan_in = np.prod(shape[:-1])
            arrays[f"{name}.kernel"] = rng.normal(size=shape) / np.sqrt(fan_in)
            arrays[f"{name}.bias"] = rng.normal(size=n_units)
        if name != "tags":
            arrays[f"{name}.scale"] = rng.normal(size=n_units)
            arrays[f"{name}.shift"] = rng.normal(size=n_units)
            arrays[f"{name}.mean"] = rng.normal(size=n_units)
            arrays[f"{name}.variance"] = rng.uniform(0.001, 2, size=n_units)
    return {name: array.astype(np.float32) for name, array in arrays.items()}


@pytest.mark.parametrize("seed", range(3))
def test_every_layer_of_a_random_net_is_what_the_definition_gives(seed):
    rng = np.random.default_rng(seed)
    arrays, patch = random_net(rng), rng.uniform(0, 5, (11, 96)).astype(np.float32)
    layers, wanted = run_patch(MusicnnNet(arrays), patch), naive_layers(arrays, patch)
    assert list(layers) == list(wanted)
    for name in wanted:
        np.testing.assert_allclose(layers[name], wanted[name], rtol=2e-3, atol=2e-4, err_msg=name)


def test_every_layer_of_the_packaged_net_is_what_the_definition_gives():
    patch = np.random.default_rng(5).uniform(0, 5, (9, 96)).astype(np.float32)
    layers, wanted = run_patch(read_net(), patch), naive_layers(HALVES, patch)
    for name in wanted:
        scale = np.abs(wanted[name]).max()
        assert np.abs(layers[name] - wanted[name]).max() < 1e-5 * scale, name


def test_the_tags_are_those_of_tensorflow():
    """Within what rounding the weights to 16 bits does: with those of 32 bits it was 1e-6."""
    tags = run_patch(read_net(), smooth_patch())["tags"]
    np.testing.assert_allclose(tags, TENSORFLOW_TAGS, atol=0.002)


def test_the_package_holds_64_arrays_of_792079_halves():
    assert len(HALVES) == 64
    assert sum(array.size for array in HALVES.values()) == 792_079
    assert {array.dtype for array in HALVES.values()} == {np.dtype(np.float16)}


def test_licence_and_training_data_stand_beside_the_weights():
    text = FILE.with_name("musicnn.LICENSE.txt").read_text(encoding="utf-8")
    assert "Permission to use, copy, modify" in text
    assert "Million Song Dataset" in text
    assert "may have heard tracks on which you test it" in text


def test_a_filter_is_what_a_unit_of_a_front_end_looks_for():
    net, patch = read_net(), smooth_patch()
    layers, x = run_patch(net, patch), net.normalize("input", smooth_patch())
    for front_end, unit, layer in (
        ("timbral", 210, "timbral_67"),
        ("timbral", 5, "timbral_38"),
        ("temporal", 60, "temporal_64"),
    ):
        filters = net.filters(front_end)
        assert len(filters) == layers[front_end].shape[1]
        own = filters[unit]
        at = unit - next(k for k, one in enumerate(filters) if one.shape == own.shape)
        n_frames = own.shape[1]
        before = (n_frames - 1) // 2
        padded = np.pad(x.T, ((0, 0), (before, n_frames - 1 - before)))
        found = signal.correlate2d(padded, own, mode="valid")
        raw = np.maximum(found + net.arrays[f"{layer}.bias"][at], 0)
        answers = net._slopes[layer][at] * raw + net._offsets[layer][at]
        np.testing.assert_allclose(answers.max(axis=0), layers[front_end][:, unit], atol=1e-3)
