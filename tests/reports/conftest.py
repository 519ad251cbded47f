"""Climbs that look like real ones, made in a moment: the report must not need one that ran."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gradatim.climb.result import (
    Climb,
    Comparison,
    EvaluationProtocol,
    LearningCurve,
    RungResult,
    Verdict,
)
from gradatim.collection import Collection, CycleSound, Notice
from gradatim.models import Model
from gradatim.models.learners import AveragedNetworks
from gradatim.network.graph import Layer, Network
from gradatim.scalers import fit_scaler

INSTRUMENTS = ("altosax", "bass_clarinet", "cello", "clarinet", "electric_bass", "electric_piano",
               "flute", "guitar", "organ", "piano", "violin", "voice")  # fmt: skip
RUNGS = ("linear", "logistic", "perceptron", "kernel", "shallow", "deep")
LEVELS = {
    "majority": 0.2,
    "linear": 0.4,
    "logistic": 0.5,
    "perceptron": 0.38,
    "kernel": 0.61,
    "shallow": 0.63,
    "deep": 0.68,
}


def make_network(*sizes, hidden="silu", output="softmax", output_names=(), seed=0):
    rng = np.random.default_rng(seed)
    layers = [
        Layer(
            rng.normal(size=(n_out, n_in)) / np.sqrt(n_in),
            rng.normal(size=n_out) / 10,
            output if i == len(sizes) - 2 else hidden,
        )
        for i, (n_in, n_out) in enumerate(pairwise(sizes))
    ]
    return Network(layers, output_names=output_names)


def models_of(rung, input, network, classes=None):
    scaler = fit_scaler(np.eye(2, network.n_inputs))
    task = "regression" if classes is None else "classification"
    labels = None if classes is None else np.array(classes)
    learner = AveragedNetworks((network,), probabilistic=classes is not None)
    return {(rung, input): Model(rung, input, task, learner, scaler, labels)}


def make_collection(n_samples=600, classes=INSTRUMENTS, seed=0):
    rng = np.random.default_rng(seed)
    y = np.array(classes)[np.arange(n_samples) % len(classes)]
    phase = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    tones = rng.normal(size=(n_samples, 8)) / np.arange(1, 9)
    wave = tones @ np.sin(np.outer(np.arange(1, 9), phase))
    wave /= np.abs(wave).max(axis=1, keepdims=True)
    return Collection(
        name="timbre",
        X={"wave": wave, "harmonics": rng.normal(size=(n_samples, 64))},
        y=y,
        task="classification",
        ids=np.array([f"AKWF_{name}_{i:04}.wav" for i, name in enumerate(y)]),
        groups=np.array([f"{name}-{i // 96}" for i, name in enumerate(y)]),
        media=[CycleSound(cycle.astype(np.float32)) for cycle in wave],
        origin="Adventure Kid Waveforms, CC0 1.0",
    )


def make_curves(rung, seed):
    if rung not in ("shallow", "deep"):
        return ()
    rng = np.random.default_rng(seed)
    epoch = np.arange(60)
    return tuple(
        LearningCurve(
            f"256, rate 0.012, seed {k}",
            2.4 * np.exp(-epoch / rng.uniform(8, 14)) + 0.25,
            2.4 * np.exp(-epoch / 9) + 0.9 + epoch * rng.uniform(0.002, 0.008),
        )
        for k in range(8)
    )


def make_rung(collection, rung, input, level, repeats=2, folds=5, seed=0):
    rng = np.random.default_rng(seed)
    n, classes = collection.n_samples, collection.classes
    wrong = rng.random((repeats, n)) > level
    column = np.searchsorted(classes, collection.y)
    near = (column + rng.choice([1, 1, 1, -1, 2, 4], size=(repeats, n))) % len(classes)
    scores = np.clip(level + rng.normal(0, 0.02, repeats * folds), 0, 1)
    half = 0.014 + 0.004 * rng.random()
    return RungResult(
        rung=rung,
        input=input,
        model={"kernel": "RBF, C 10", "deep": "3 x 256, SiLU, rate 0.012"}.get(rung, "ridge 0.1"),
        n_parameters={"majority": 1, "shallow": 19_724, "deep": 151_308}.get(rung, 780),
        fold_scores=scores,
        interval=(scores.mean() - half, scores.mean() + half),
        seconds=3.2,
        predictions=classes[np.where(wrong, near, column)],
        curves=make_curves(rung, seed),
    )


def make_climb(**collection_options):
    collection = make_collection(**collection_options)
    rungs = [make_rung(collection, "majority", "", LEVELS["majority"])]
    for shift, input in ((-0.05, "wave"), (0.0, "harmonics")):
        rungs += [
            make_rung(collection, rung, input, LEVELS[rung] + shift, seed=i)
            for i, rung in enumerate(RUNGS)
        ]
    best = rungs[-1]
    comparisons = []
    for rung in rungs[:-1]:
        d = best.mean - rung.mean
        p = float(np.clip(0.2 + 12 * d, 0, 0.9999))
        one = Comparison(rung.rung, rung.input, d, (d - 0.03, d + 0.03), p, d + 0.025)
        comparisons.append(one)
    sentence = (
        "The shallow network on harmonics (accuracy 0.645) may be enough: what the deep network on "
        "harmonics could gain is at most 0.068, and 84 groups do not settle it; about 120 more "
        "would."
    )
    verdict = Verdict(
        "shallow",
        "harmonics",
        "cannot decide",
        sentence,
        comparisons,
        gap_at_most=0.068,
        level=[("deep", "wave"), ("deep", "harmonics")],
        more_units=120,
        power=0.043,
        p_chance=0.002,
    )
    return Climb(
        collection=collection,
        protocol=EvaluationProtocol(5, 2, grouped=True, seed=0, metric="accuracy", margin=0.01),
        rungs=rungs,
        verdict=verdict,
        models=models_of("shallow", "harmonics", make_network(64, 256, 256, 12), INSTRUMENTS),
        notices=[
            Notice("left-out", "flute/AKWF_flute_0099.wav is no readable audio; skipped."),
            Notice("few-groups", "cello has only 5 groups, so its scores vary much."),
        ],
        seconds=74.2,
        version="0.1.0",
    )


def make_regression():
    rng = np.random.default_rng(3)
    n = 300
    y = rng.normal(size=(n, 2)) * [20, 60]
    collection = Collection(
        name="world",
        X={"features": rng.normal(size=(n, 5))},
        y=y,
        task="regression",
        ids=np.arange(n).astype(str),
        target_names=("latitude", "longitude"),
    )
    rungs = []
    for rung, level, noise in (("majority", 0.0, 1.0), ("linear", 0.4, 0.7), ("deep", 0.55, 0.5)):
        scores = level + rng.normal(0, 0.03, 5)
        predictions = (y * (1 - noise / 2) + rng.normal(size=y.shape) * noise * 15)[None]
        interval = (scores.mean() - 0.05, scores.mean() + 0.05)
        rungs.append(RungResult(rung, "" if rung == "majority" else "features", "as it is", 12,
                                scores, interval, 1.0, predictions))  # fmt: skip
    return Climb(
        collection=collection,
        protocol=EvaluationProtocol(5, 1, grouped=False, seed=1, metric="r2", margin=0.01),
        rungs=rungs,
        verdict=Verdict("deep", "features", "best", "Climb to the deep network: R² 0.55."),
        models=models_of(
            "deep", "features", make_network(5, 4, 2, hidden="tanh", output="identity")
        ),
        version="0.1.0",
    )


def make_multilabel():
    rng = np.random.default_rng(4)
    y = (rng.random((120, 3)) < [0.3, 0.5, 0.1]).astype(int)
    collection = Collection(
        name="emotions",
        X={"features": rng.normal(size=(120, 5))},
        y=y,
        task="multilabel",
        ids=np.arange(120).astype(str),
        target_names=("amazed", "calm", "sad"),
    )
    predictions = np.stack([y, np.zeros_like(y)])
    rung = RungResult(
        "logistic", "features", "C 1", 18, np.full(10, 0.8), (0.78, 0.82), 1.0, predictions
    )
    return Climb(
        collection=collection,
        protocol=EvaluationProtocol(5, 2, grouped=False, seed=0, metric="accuracy", margin=0.01),
        rungs=[rung],
        verdict=Verdict("logistic", "features", "best", "Stop at logistic regression."),
    )


@pytest.fixture(scope="session")
def climb():
    return make_climb()


@pytest.fixture(scope="session")
def small_network_climb(climb):
    network = make_network(2, 3, 1, hidden="tanh", output="logistic")
    return replace(climb, models=models_of("shallow", "harmonics", network, ("a", "b")))


def with_probabilities(climb, seed=0):
    """Give the winner probabilities that fit its predictions."""
    rng = np.random.default_rng(seed)
    winner, classes = climb.winner, climb.collection.classes
    outputs = rng.dirichlet(np.ones(len(classes)), size=winner.predictions.shape)
    column = np.searchsorted(classes, winner.predictions)[..., None]
    largest = outputs.max(axis=2, keepdims=True) + 1.5 * rng.random(column.shape)
    np.put_along_axis(outputs, column, largest, axis=2)
    outputs /= outputs.sum(axis=2, keepdims=True)
    return replace(climb, rungs=[
        replace(rung, outputs=outputs) if rung is winner else rung for rung in climb.rungs
    ])  # fmt: skip


@pytest.fixture(scope="session")
def probable_climb(climb):
    return with_probabilities(climb)


@pytest.fixture(scope="session")
def regression_climb():
    return make_regression()


@pytest.fixture(scope="session")
def multilabel_climb():
    return make_multilabel()


@pytest.fixture(scope="session")
def hostile_climb():
    names = ("<script>alert(1)</script>", "</script><img src=x onerror=alert(2)>", "a & b \"'")
    climb = make_climb(n_samples=120, classes=names)
    notice = Notice("x", "<b onmouseover=alert(3)>bold</b>")
    return replace(
        climb,
        collection=replace(climb.collection, name="<!--<script>", origin="<i>origin</i>"),
        models=models_of("shallow", "harmonics", make_network(2, 2, 3), names),
        notices=[notice],
    )
