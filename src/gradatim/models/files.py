"""A model in a file, and back: safetensors for the numbers, JSON for the rest.

Conventions: the JSON object stands in the header under ``gradatim``. Every tensor that it asks
for is checked for shape and type before it is read; tensors and keys that it does not know are
ignored, so that later versions may add sections. A loaded model predicts bit for bit what the
saved one did. Nothing in a file can run code.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from gradatim.errors import GradatimError, InputError
from gradatim.models.learners import (
    AveragedNetworks,
    Constant,
    KernelMachines,
    Learner,
    Perceptrons,
    SupportVectors,
)
from gradatim.models.model import Model
from gradatim.models.records import KINDS, MODEL_SUFFIX, SCHEMA
from gradatim.network.graph import Layer, Network
from gradatim.scalers import Scaler

__all__ = ["Tensors", "from_record", "load_model"]


#: Bytes of names and settings that a file may have.
_MOST_HEADER = 50_000_000

_DTYPES = {"F32": np.float32, "F64": np.float64, "BOOL": np.bool_, "I64": np.int64}


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
    from safetensors import SafetensorError, safe_open

    if Path(path).is_dir():
        raise InputError(f"{path} is a folder; give a file ending in {MODEL_SUFFIX}")
    try:
        with open(path, "rb") as file:
            n_header = int.from_bytes(file.read(8), "little")
        if n_header > _MOST_HEADER:
            raise InputError(f"{path} is no model: its header would have {n_header:,} bytes")
        with safe_open(os.fspath(path), framework="numpy") as file:
            text = (file.metadata() or {}).get("gradatim")
            if text is None:
                raise InputError(f"{path} holds tensors but no model of gradatim")
            return from_record(json.loads(text, parse_constant=_refuse), _Checked(file))
    except InputError as error:
        named = str(error) if str(path) in str(error) else f"{path} holds no model that can be "
        raise InputError(named if str(path) in str(error) else f"{named}read: {error}") from error
    except OSError as error:
        reason = error.strerror or "it is no file"
        raise InputError(f"{path} cannot be read ({reason.lower()})") from error
    except SafetensorError as error:
        raise InputError(f"{path} is no whole model file: {error}") from error
    except (GradatimError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"{path} holds no model that can be read: {error}") from error
    except RecursionError as error:
        raise InputError(f"{path} holds no model that can be read: too deeply nested") from error


def _refuse(constant: str) -> NoReturn:
    raise InputError(f"{constant} is no number of JSON")


class Tensors:
    """Tensors by name, each with the shape that the record says it has."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        self._arrays = arrays

    def get(self, name: str, shape: Sequence[int | None]) -> np.ndarray:
        """Return a tensor; None in `shape` stands for any length."""
        array = self._arrays[name]
        _check_shape(name, array.shape, shape)
        return array

    def has(self, name: str) -> bool:
        """Whether there is a tensor of that name."""
        return name in self._arrays


class _Checked(Tensors):
    """Tensors of a file, whose shapes and types are checked before they are read."""

    def __init__(self, file: Any) -> None:
        self._file, self._names = file, set(file.keys())

    def get(self, name: str, shape: Sequence[int | None]) -> np.ndarray:
        if name not in self._names:
            raise InputError(f"the tensor {name} is missing")
        view = self._file.get_slice(name)
        if view.get_dtype() not in _DTYPES:
            raise InputError(f"the tensor {name} is of type {view.get_dtype()}")
        _check_shape(name, view.get_shape(), shape)
        array = self._file.get_tensor(name)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise InputError(f"the tensor {name} holds numbers that are not finite")
        return array

    def has(self, name: str) -> bool:
        return name in self._names


def _check_shape(name: str, found: Sequence[int], wanted: Sequence[int | None]) -> None:
    fits = len(found) == len(wanted) and all(
        b is None or a == b for a, b in zip(found, wanted, strict=True)
    )
    if not fits:
        text = ", ".join("any" if n is None else str(n) for n in wanted)
        raise InputError(f"the tensor {name} has the shape {tuple(found)}, not ({text})")


# -- models as records --------------------------------------------------------------------------


def from_record(record: Any, tensors: Tensors) -> Model:
    """Make the model of which `to_record` gave a record and its arrays."""
    if record["kind"] != "model":
        raise InputError(f"it is a {record['kind']}; gradatim.load_network reads networks")
    if record["schema"] != SCHEMA:
        raise InputError(
            f"it is of schema {record['schema']}, and this version reads schema {SCHEMA}; update "
            "gradatim"
        )
    task = record["task"]
    if task not in ("classification", "multilabel", "regression"):
        raise InputError(f"there is no task {task!r}")
    scaler = None if record["scaler"] is None else _scaler(record["scaler"], tensors)
    classes = None
    if task == "classification":
        kind = np.dtype(record["classes"]["dtype"])
        if kind.kind not in "Uiubf":
            raise InputError(f"class labels cannot be of the type {kind}")
        classes = np.array(record["classes"]["labels"], dtype=kind)
        if classes.ndim != 1 or len(classes) < 2:
            raise InputError("a model needs at least two classes")
    n_features = None if scaler is None else len(scaler.center)
    model = Model(
        rung=str(record["rung"]),
        input=str(record["input"]),
        task=task,
        learner=_learner(record["learner"], n_features, tensors),
        scaler=scaler,
        classes=classes,
        target_names=tuple(map(str, record["target_names"])),
        units=tuple(map(str, record["units"])),
        flat=bool(record["flat"]),
        feature_names=tuple(map(str, record["feature_names"])),
        recipe=record["recipe"],
        setting=str(record["setting"]),
        about=dict(record["about"]),
    )
    if model.feature_names and len(model.feature_names) != n_features:
        raise InputError(f"{len(model.feature_names)} names for {n_features} columns")
    n_outputs = _n_outputs(model.learner)
    wanted = n_outputs if classes is None else 1 if len(classes) == 2 else len(classes)
    if n_outputs != wanted:
        raise InputError(f"{n_outputs} outputs do not fit {wanted} that the classes need")
    return model


def _n_outputs(learner: Learner) -> int:
    if isinstance(learner, Constant):
        return len(learner.values)
    if isinstance(learner, AveragedNetworks):
        return learner.members[0].n_outputs
    assert isinstance(learner, Perceptrons | KernelMachines)
    return learner.n_outputs


def _scaler(record: Mapping[str, Any], tensors: Tensors) -> Scaler:
    shape = (_count(record["n_features"]),)
    parts = (tensors.get(f"scaler.{name}", shape) for name in ("center", "scale", "fill"))
    clip = record["clip"]
    return Scaler(*parts, clip=None if clip is None else float(clip))


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(f"{value!r} is no number of things")
    return value


def _learner(record: Mapping[str, Any], n_features: int | None, tensors: Tensors) -> Learner:
    kind = record["kind"]
    if kind not in KINDS:
        raise InputError(f"there is no learner {kind!r}; update gradatim")
    if kind == "constant":
        return Constant(tensors.get("constant", (_count(record["n_outputs"]),)))
    if n_features is None:
        raise InputError("a model that reads an input needs a scaler")
    if kind == "networks":
        members = _networks(record["networks"], n_features, tensors)
        if not members or len({network.n_outputs for network in members}) > 1:
            raise InputError("averaged networks must have the same outputs")
        return AveragedNetworks(members, bool(record["probabilistic"]))
    n_outputs = _count(record["n_outputs"])
    if kind == "perceptrons":
        networks = iter(_networks(record["networks"], n_features, tensors))
        units = tuple(
            (next(networks) if unit["network"] else None, _codes(unit["codes"], n_outputs))
            for unit in record["units"]
        )
        if len(units) not in (1, n_outputs):
            raise InputError(f"{len(units)} perceptrons for {n_outputs} outputs")
        return Perceptrons(units, n_outputs)
    machines = tuple(
        _machine(i, machine, n_features, n_outputs, tensors)
        for i, machine in enumerate(record["machines"])
    )
    if len(machines) != n_outputs and not (len(machines) == 1 and machines[0].codes):
        raise InputError(f"{len(machines)} kernel machines for {n_outputs} outputs")
    return KernelMachines(machines, n_outputs)


def _codes(values: Sequence[Any], n_outputs: int) -> tuple[int, ...]:
    codes = tuple(map(_count, values))
    if not codes or list(codes) != sorted(set(codes)) or codes[-1] >= max(2, n_outputs):
        raise InputError(f"{list(values)} are no codes of classes")
    return codes


def _networks(
    records: Sequence[Mapping[str, Any]], n_features: int, tensors: Tensors
) -> tuple[Network, ...]:
    networks = []
    for i, record in enumerate(records):
        sizes = list(map(_count, record["layer_sizes"]))
        if not sizes or sizes[0] != n_features:
            raise InputError(f"a network of {sizes[:1]} inputs cannot read {n_features} columns")
        layers = []
        pairs = zip(sizes[:-1], sizes[1:], record["activations"], strict=True)
        for k, (n_in, n_out, activation) in enumerate(pairs):
            name = f"networks.{i}.layers.{k}"
            mask = f"{name}.mask"
            layers.append(
                Layer(
                    tensors.get(f"{name}.weight", (n_out, n_in)),
                    tensors.get(f"{name}.bias", (n_out,)),
                    activation if isinstance(activation, str) else tuple(activation),
                    tensors.get(mask, (n_out, n_in)) if tensors.has(mask) else None,
                )
            )
        networks.append(Network(layers))
    return tuple(networks)


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
        degree=_count(record["degree"]),
        gamma=float(record["gamma"]),
        vectors=tensors.get(f"machines.{i}.vectors", (n, n_features)),
        coefficients=tensors.get(f"machines.{i}.coefficients", (rows, n)),
        intercepts=tensors.get(f"machines.{i}.intercepts", (pairs,)),
        codes=codes,
        counts=counts,
        mean=float(record["mean"]),
        spread=float(record["spread"]),
    )
