"""A model in a file, and back.

Conventions: a container of `gradatim.persistence.container`, made by `gradatim.models.records`.
Keys and tensors that are not known are ignored, so that later versions may add sections; known
ones are checked. A loaded model predicts bit for bit what the saved one did.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from gradatim.errors import InputError
from gradatim.models.calibration import calibration_from_record
from gradatim.models.learners import (
    AveragedNetworks,
    Constant,
    KernelMachines,
    LandmarkMachine,
    Learner,
    Perceptrons,
    SupportVectors,
)
from gradatim.models.model import Model
from gradatim.models.ranges import ranges_from_tensors
from gradatim.models.records import KINDS, MODEL_SUFFIX, SCHEMA
from gradatim.models.training_rows import TrainingRows
from gradatim.network.graph import Network
from gradatim.persistence import networks as network_files
from gradatim.persistence.container import Tensors, read_container
from gradatim.scalers import Scaler

__all__ = ["from_record", "load_model"]

T = TypeVar("T")

#: Characters of class labels in an array, which is as wide as the longest.
_MOST_TEXT = 1 << 22

# NumPy would read more, some of it with a warning.
_DTYPE = re.compile(r"[<>|=]?[Uiubf][0-9]+")

#: Shifts of a row over which a network may be averaged.
_MOST_SHIFTS = 256

#: Degree from which a polynomial kernel is a fault of the file.
_MOST_DEGREE = 20


def load_model(path: str | os.PathLike[str]) -> Model:
    """Load a model that ``gradatim climb --save`` or `Model.save` saved.

    Parameters
    ----------
    path : path-like
        A file ending in ``.gradatim``.

    Returns
    -------
    Model
        Predicts bit for bit what the saved one did.

    Raises
    ------
    InputError
        If the file cannot be read, is damaged, holds no model, or is of a newer version.

    Examples
    --------
    >>> import tempfile
    >>> from gradatim import climb_collection, load_world
    >>> world = load_world()
    >>> found = climb_collection(world, rungs=["majority", "linear"], repeats=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = found.model.save(f"{folder}/world.gradatim")
    ...     model = load_model(path)
    >>> model
    Model(linear on 'features' (68 columns): network 68-33, 33 classes)
    >>> str(model.predict(world.X["features"][:1])[0])
    'China'
    """
    return read_container(path, MODEL_SUFFIX, "model", from_record)


def from_record(record: Any, tensors: Tensors) -> Model:
    """Make the model of which `to_record` gave a record and its arrays."""
    if record["kind"] != "model":
        raise InputError(f"it is a {record['kind']}; gradatim.load_network reads networks")
    if type(record["schema"]) is not int or record["schema"] != SCHEMA:
        raise InputError(
            f"it is of schema {record['schema']}, and this version reads schema {SCHEMA}; update "
            "gradatim"
        )
    task = record["task"]
    if task not in ("classification", "multilabel", "regression"):
        raise InputError(f"there is no task {task!r}")
    scaler = None if record["scaler"] is None else _scaler(record["scaler"], tensors)
    n_features = None if scaler is None else len(scaler.center)
    learner = _learner(record["learner"], n_features, tensors)
    n_outputs = _n_outputs(learner)
    classes = _classes(record["classes"], n_outputs) if task == "classification" else None
    if classes is None and n_outputs > 1 and _decides_alone(learner):
        # Nothing but labels of classes counts its outputs.
        raise InputError(f"one machine decides between {n_outputs} outputs that are no classes")
    flat = _of_type(record["flat"], bool)
    if flat and classes is None and n_outputs > 1:
        raise InputError(f"{n_outputs} outputs make no flat predictions")
    return Model(
        rung=_of_type(record["rung"], str),
        input=_of_type(record["input"], str),
        task=task,
        learner=learner,
        scaler=scaler,
        classes=classes,
        target_names=_names(record["target_names"], n_outputs),
        units=_names(record["units"], n_outputs, unique=False),
        flat=flat,
        feature_names=_names(record["feature_names"], n_features),
        recipe=None if record["recipe"] is None else _of_type(record["recipe"], dict),
        setting=_of_type(record["setting"], str),
        about=_about(record["about"]),
        calibration=calibration_from_record(
            record.get("calibration"), tensors, 1 if classes is not None else n_outputs
        ),
        ranges=None if n_features is None else ranges_from_tensors(tensors, n_features),
        training_rows=_training_rows(record.get("training_rows"), n_features, tensors),
    )


def _of_type(value: Any, kind: type[T]) -> T:
    if type(value) is not kind:
        raise InputError(f"{value!r:.40} is no {kind.__name__}")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise InputError(f"{value!r:.40} is no number of things")
    return value


def _real(value: Any, *, above: float = -math.inf) -> float:
    if type(value) not in (int, float) or not above < float(value) < math.inf:
        raise InputError(f"{value!r:.40} is no finite number above {above:g}")
    return float(value)


def _names(values: Any, n: int | None, *, unique: bool = True) -> tuple[str, ...]:
    names = tuple(_of_type(name, str) for name in _of_type(values, list))
    if names and len(names) != n:
        raise InputError(f"{len(names)} names for {n or 0} columns")
    if unique and len(set(names)) < len(names):
        raise InputError(f"two names of {len(names)} are the same")
    return names


def _classes(record: Any, n_outputs: int) -> np.ndarray:
    """Read sorted labels; the type is asked for again, since it says how much memory they take."""
    labels, written = _of_type(record["labels"], list), _of_type(record["dtype"], str)
    if not _DTYPE.fullmatch(written):
        raise InputError(f"class labels cannot be of the type {written}")
    dtype = np.dtype(written)
    if len(labels) < 2:
        raise InputError("a model needs at least two classes")
    if n_outputs != (1 if len(labels) == 2 else len(labels)):
        raise InputError(f"{n_outputs} outputs do not fit {len(labels)} classes")
    lengths = [len(label) for label in labels if isinstance(label, str)]
    if len(labels) * max(lengths, default=0) > _MOST_TEXT + 64 * sum(lengths):
        raise InputError(f"a class label has {max(lengths):,} characters")
    natural = np.array(labels)
    if natural.dtype.kind not in "Uiubf" or natural.ndim != 1:
        raise InputError(f"class labels cannot be of the type {dtype}")
    if dtype.itemsize > max(natural.dtype.itemsize, 8):
        raise InputError(f"the type {dtype} is larger than any class label")
    classes = natural.astype(dtype)
    if classes.tolist() != labels or not np.array_equal(np.unique(classes), classes):
        raise InputError(f"the class labels are not different and sorted ones of the type {dtype}")
    return classes


def _about(record: Any) -> dict[str, Any]:
    about = _of_type(record, dict)
    if (score := about.get("score")) is not None:
        low, high = _of_type(score["interval"], list)
        _of_type(score["metric"], str)
        known = [_real(value) for value in (low, score["mean"], high) if value is not None]
        if known != sorted(known):
            raise InputError("the mean score lies outside of its interval")
    return about


def _training_rows(record: Any, n_features: int | None, tensors: Tensors) -> TrainingRows | None:
    """Read the rows that a model keeps; models of before have none."""
    if record is None:
        return None
    ids, labels = (
        tuple(_of_type(text, str) for text in _of_type(_of_type(record, dict)[key], list))
        for key in ("ids", "labels")
    )
    n_all = _count(record["n_all"])
    if not 0 < len(ids) == len(labels) <= n_all:
        raise InputError(f"{len(ids)} ids and {len(labels)} labels are not those of rows")
    scaled = tensors.get("training_rows.scaled", (len(ids), n_features or 0), finite=True)
    return TrainingRows(scaled, ids, labels, n_all)


def _n_outputs(learner: Learner) -> int:
    if isinstance(learner, Constant):
        return len(learner.values)
    if isinstance(learner, AveragedNetworks):
        return learner.members[0].n_outputs
    assert isinstance(learner, Perceptrons | KernelMachines | LandmarkMachine)
    return learner.n_outputs


def _decides_alone(learner: Learner) -> bool:
    """Tell whether classes are told apart by one learner, which may know fewer of them."""
    if isinstance(learner, Perceptrons):
        return len(learner.units) == 1
    if isinstance(learner, KernelMachines):
        return len(learner.machines) == 1
    return isinstance(learner, LandmarkMachine) and bool(learner.codes)


def _scaler(record: Mapping[str, Any], tensors: Tensors) -> Scaler:
    shape = (_count(record["n_features"]),)
    center, scale = (
        tensors.get(f"scaler.{name}", shape, finite=True) for name in ("center", "scale")
    )
    # NaN where a missing value is an error.
    fill = tensors.get("scaler.fill", shape)
    if np.isinf(fill).any():
        raise InputError("a missing value cannot become infinite")
    if not (scale > 0).all():
        raise InputError("a scale must be above 0")
    clip = record["clip"]
    return Scaler(center, scale, fill, None if clip is None else _real(clip, above=0))


def _learner(record: Mapping[str, Any], n_features: int | None, tensors: Tensors) -> Learner:
    kind = record["kind"]
    if kind not in KINDS:
        raise InputError(f"there is no learner {kind!r}; update gradatim")
    if kind == "constant":
        return Constant(tensors.get("constant", (_count(record["n_outputs"]),), finite=True))
    if n_features is None:
        raise InputError("a model that reads an input needs a scaler")
    if kind in ("networks", "networks over shifts"):
        members = _networks(record["networks"], n_features, tensors)
        if not members or len({network.n_outputs for network in members}) > 1:
            raise InputError("averaged networks must have the same outputs")
        shifts = _shifts(record["n_shifts"], members) if kind != "networks" else ()
        return AveragedNetworks(members, _of_type(record["probabilistic"], bool), shifts)
    n_outputs = _count(record["n_outputs"])
    if kind == "perceptrons":
        networks = list(_networks(record["networks"], n_features, tensors))
        units = tuple(_unit(unit, networks, n_outputs) for unit in record["units"])
        if len(units) not in (1, n_outputs):
            raise InputError(f"{len(units)} perceptrons for {n_outputs} outputs")
        return Perceptrons(units, n_outputs)
    if kind == "landmarks":
        return _landmarks(record, n_features, n_outputs, tensors)
    machines = tuple(
        _machine(i, machine, n_features, n_outputs, tensors)
        for i, machine in enumerate(record["machines"])
    )
    if len(machines) != n_outputs and not (len(machines) == 1 and machines[0].codes):
        raise InputError(f"{len(machines)} kernel machines for {n_outputs} outputs")
    return KernelMachines(machines, n_outputs)


def _shifts(values: Any, members: Sequence[Network]) -> tuple[int, ...]:
    """Read the number of shifts of each network."""
    shifts = tuple(map(_count, _of_type(values, list)))
    most = max(shifts, default=0)
    if len(shifts) != len(members) or not set(shifts) <= {1, most}:
        raise InputError(f"{list(shifts)!r:.40} are no shifts of {len(members)} networks")
    if not 1 <= most <= min(_MOST_SHIFTS, members[0].n_inputs):
        raise InputError(f"{most} shifts of rows of {members[0].n_inputs} columns")
    return shifts


def _landmarks(
    record: Mapping[str, Any], n_features: int, n_outputs: int, tensors: Tensors
) -> LandmarkMachine:
    codes = _codes(record["codes"], n_outputs) if record["codes"] else ()
    # One class needs no machine, two need one.
    n_machines = {0: n_outputs, 1: 0, 2: 1}.get(len(codes), len(codes))
    n = _count(record["n_landmarks"])
    decides = _of_type(record["decides"], bool)
    if codes and not decides:
        raise InputError("classes are decided")
    return LandmarkMachine(
        degree=_degree(record["degree"]),
        gamma=_real(record["gamma"], above=0),
        landmarks=tensors.get("landmarks", (n, n_features), finite=True),
        coefficients=tensors.get("coefficients", (n_machines, n), finite=True),
        intercepts=tensors.get("intercepts", (n_machines,), finite=True),
        n_outputs=n_outputs,
        codes=codes,
        decides=decides,
    )


def _unit(
    record: Mapping[str, Any], networks: list[Network], n_outputs: int
) -> tuple[Network | None, tuple[int, ...]]:
    """Take the next network for a perceptron, if it has one."""
    codes = _codes(record["codes"], n_outputs)
    if not _of_type(record["network"], bool):
        return None, codes
    network = networks.pop(0)
    if network.n_outputs != (1 if len(codes) == 2 else len(codes)):
        raise InputError(f"a perceptron of {network.n_outputs} units cannot name {len(codes)}")
    return network, codes


def _codes(values: Sequence[Any], n_outputs: int) -> tuple[int, ...]:
    codes = tuple(map(_count, values))
    if not codes or list(codes) != sorted(set(codes)) or codes[-1] >= max(2, n_outputs):
        raise InputError(f"{list(values)} are no codes of classes")
    return codes


def _networks(
    records: Sequence[Mapping[str, Any]], n_features: int, tensors: Tensors
) -> tuple[Network, ...]:
    networks = tuple(
        network_files.from_record(record, tensors, f"networks.{i}.", finite=True)
        for i, record in enumerate(records)
    )
    for network in networks:
        if network.n_inputs != n_features:
            raise InputError(f"a network of {network.n_inputs} inputs cannot read {n_features}")
        if network.is_open:
            raise InputError("a network's activation is left open")
    return networks


def _degree(value: Any) -> int:
    if _count(value) > _MOST_DEGREE:
        raise InputError(f"a kernel of degree {value} is no kernel of gradatim")
    return value


def _machine(
    i: int, record: Mapping[str, Any], n_features: int, n_outputs: int, tensors: Tensors
) -> SupportVectors:
    n, codes = _count(record["n_vectors"]), record["codes"]
    codes = _codes(codes, n_outputs) if codes else ()
    counts = tuple(map(_count, record["counts"]))
    k = len(codes)
    if k > 1 and (len(counts) != k or sum(counts) != n):
        raise InputError(f"{list(counts)} vectors for {k} classes are not {n}")
    rows, pairs = (max(0, k - 1), k * (k - 1) // 2) if codes else (1, 1)
    return SupportVectors(
        degree=_degree(record["degree"]),
        gamma=_real(record["gamma"], above=0),
        vectors=tensors.get(f"machines.{i}.vectors", (n, n_features), finite=True),
        coefficients=tensors.get(f"machines.{i}.coefficients", (rows, n), finite=True),
        intercepts=tensors.get(f"machines.{i}.intercepts", (pairs,), finite=True),
        codes=codes,
        counts=counts,
        mean=_real(record["mean"]),
        spread=_real(record["spread"], above=0),
    )
