"""A model written out: plain values for JSON, named arrays for safetensors.

Conventions: the JSON object stands in the header of the file under ``gradatim``;
`gradatim.models.files` reads it back. The model comes untyped, since its class calls this module.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.errors import OutputError
from gradatim.models.learners import (
    AveragedNetworks,
    Constant,
    KernelMachines,
    LandmarkMachine,
    Learner,
    Perceptrons,
    SupportVectors,
)
from gradatim.network.graph import Network
from gradatim.persistence import networks as network_files
from gradatim.persistence.container import write_container

#: Ending of a file that holds a model.
MODEL_SUFFIX = ".gradatim"

#: Version of the JSON object: it grows when a key changes its meaning or goes.
SCHEMA = 1

#: The kinds of learners, by the name that a file gives them.
KINDS = {
    "constant": Constant,
    "networks": AveragedNetworks,
    # Another kind, so that a version that knows of no shifts refuses it.
    "networks over shifts": AveragedNetworks,
    "perceptrons": Perceptrons,
    "kernel machines": KernelMachines,
    "landmarks": LandmarkMachine,
}


def save_model(model: Any, path: str | os.PathLike[str]) -> Path:
    """Save a `Model`; see its `save`."""
    return write_container(path, MODEL_SUFFIX, "model", *to_record(model))


@cache
def _version() -> str:
    # Read from a file each time, and a climb keeps a hundred models.
    return version("gradatim")


def to_record(model: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Write a `Model` out as plain values and named arrays."""
    learner, tensors = _learner_record(model.learner)
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "model",
        "gradatim": _version(),
        "rung": model.rung,
        "input": model.input,
        "task": model.task,
        "learner": learner,
        "scaler": None,
        "classes": None,
        "target_names": list(model.target_names),
        "units": list(model.units),
        "flat": model.flat,
        "feature_names": list(model.feature_names),
        "recipe": None if model.recipe is None else dict(model.recipe),
        "setting": model.setting,
        "about": dict(model.about),
    }
    if model.scaler is not None:
        record["scaler"] = {"clip": model.scaler.clip, "n_features": model.n_features}
        for name in ("center", "scale", "fill"):
            tensors[f"scaler.{name}"] = getattr(model.scaler, name)
    if (kept := model.training_rows) is not None:
        record["training_rows"] = {
            "n_all": kept.n_all,
            "ids": list(kept.ids),
            "labels": list(kept.labels),
        }
        tensors["training_rows.scaled"] = kept.scaled
    if model.classes is not None:
        classes = model.classes
        if classes.dtype.kind in "OT" and all(isinstance(label, str) for label in classes):
            classes = classes.astype(str)  # as pandas gives texts
        if classes.dtype.kind not in "Uiubf":
            raise OutputError(
                f"class labels of the type {classes.dtype} cannot be saved; make them text"
            )
        record["classes"] = {"dtype": classes.dtype.str, "labels": classes.tolist()}
    if model.calibration is not None:
        record["calibration"], arrays = model.calibration.to_record()
        tensors |= arrays
    if model.ranges is not None:
        tensors |= model.ranges.to_tensors()
    return record, tensors


def learner_bytes(learner: Learner) -> int:
    """Return how much memory the numbers of a learner take."""
    return sum(numbers.nbytes for numbers in _learner_record(learner)[1].values())


def _learner_record(learner: Learner) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    kind = next(name for name, made in KINDS.items() if isinstance(learner, made))
    record: dict[str, Any] = {"kind": kind}
    tensors: dict[str, np.ndarray] = {}
    if isinstance(learner, Constant):
        record["n_outputs"] = len(learner.values)
        tensors["constant"] = learner.values
    elif isinstance(learner, AveragedNetworks):
        record["probabilistic"] = learner.probabilistic
        record["networks"] = _networks_record(learner.members, tensors)
        if learner.n_shifts:
            record |= {"kind": "networks over shifts", "n_shifts": list(learner.n_shifts)}
    elif isinstance(learner, Perceptrons):
        record["n_outputs"] = learner.n_outputs
        record["networks"] = _networks_record(learner.networks, tensors)
        record["units"] = [
            {"network": network is not None, "codes": list(codes)}
            for network, codes in learner.units
        ]
    elif isinstance(learner, KernelMachines):
        record["n_outputs"] = learner.n_outputs
        record["machines"] = [
            _machine_record(i, machine, tensors) for i, machine in enumerate(learner.machines)
        ]
    elif isinstance(learner, LandmarkMachine):
        for name in ("landmarks", "coefficients", "intercepts"):
            tensors[name] = getattr(learner, name)
        record |= {
            "n_outputs": learner.n_outputs,
            "degree": learner.degree,
            "gamma": learner.gamma,
            "n_landmarks": len(learner.landmarks),
            "codes": list(learner.codes),
            "decides": learner.decides,
        }
    return record, tensors


def _networks_record(
    networks: Sequence[Network], tensors: dict[str, np.ndarray]
) -> list[dict[str, Any]]:
    records = []
    for i, network in enumerate(networks):
        record, arrays = network_files.to_record(network, f"networks.{i}.")
        records.append(record)
        tensors |= arrays
    return records


def _machine_record(
    i: int, machine: SupportVectors, tensors: dict[str, np.ndarray]
) -> dict[str, Any]:
    for name in ("vectors", "coefficients", "intercepts"):
        tensors[f"machines.{i}.{name}"] = getattr(machine, name)
    return {
        "degree": machine.degree,
        "gamma": machine.gamma,
        "n_vectors": len(machine.vectors),
        "codes": list(machine.codes),
        "counts": list(machine.counts),
        "mean": machine.mean,
        "spread": machine.spread,
    }
