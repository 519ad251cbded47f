"""A container: tensors and one JSON object in a safetensors file.

Conventions: the object stands in the header under ``gradatim``. A tensor is read only after its
type and shape are those that the reader expects, and a header only after its length is; so a file
takes no more memory than what it says it holds. Nothing in a file can run code.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np

from gradatim._files import open_regular, write_atomically
from gradatim._text import show_name, show_sentence, show_text
from gradatim.errors import GradatimError, InputError, OutputError

__all__ = ["Tensors", "read_container", "write_container"]

T = TypeVar("T")

#: Bytes of names and settings that a file may have.
_MOST_HEADER = 50_000_000

_DTYPES = {"F32": np.dtype(np.float32), "F64": np.dtype(np.float64), "BOOL": np.dtype(np.bool_)}


class Tensors:
    """Tensors by name, handed out if they are what is expected."""

    def __init__(
        self, kinds: Mapping[str, tuple[Any, Sequence[int]]], read: Callable[[str], np.ndarray]
    ) -> None:
        self._kinds, self._read = kinds, read

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Tensors:
        """Hand out arrays."""
        return cls({name: (a.dtype, a.shape) for name, a in arrays.items()}, arrays.__getitem__)

    def __contains__(self, name: str) -> bool:
        return name in self._kinds

    def get(
        self, name: str, shape: Sequence[int | None], kind: str = "f", *, finite: bool = False
    ) -> np.ndarray:
        """Return a tensor of a shape, in which None is any length, and a kind as NumPy names it."""
        if name not in self:
            raise InputError(f"the tensor {name} is missing")
        dtype, found = self._kinds[name]
        if getattr(dtype, "kind", "") != kind:
            raise InputError(f"the tensor {name} is of type {dtype}")
        wanted = [n if m is None else m for m, n in zip(shape, found, strict=False)]
        if len(shape) != len(found) or list(found) != wanted:
            text = ", ".join("any" if n is None else str(n) for n in shape)
            raise InputError(f"the tensor {name} has the shape {tuple(found)}, not ({text})")
        array = self._read(name)
        if finite and not np.isfinite(array).all():
            raise InputError(f"the tensor {name} holds numbers that are not finite")
        return array


def write_container(
    path: str | os.PathLike[str],
    suffix: str,
    what: str,
    record: Mapping[str, Any],
    tensors: Mapping[str, np.ndarray],
) -> Path:
    """Write a record and its tensors to a file of an ending; `what` it is, for the message."""
    from safetensors.numpy import save

    if Path(path).suffix.lower() != suffix:
        raise OutputError(f"{path} cannot hold a {what}; end it in {suffix}")
    text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    # Names of files may hold halves of characters, which UTF-8 has not but JSON can escape.
    text = re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    return write_atomically(path, save(arrays, metadata={"gradatim": text}))


def read_container(
    path: str | os.PathLike[str], suffix: str, what: str, make: Callable[[Any, Tensors], T]
) -> T:
    """Make what a file holds of its record and tensors; whatever is wrong is an `InputError`."""
    from safetensors import SafetensorError, safe_open

    if "\0" in os.fspath(path) or not os.fspath(path):
        raise InputError(f"{os.fspath(path)!r} cannot be the name of a file")
    if Path(path).is_dir():
        raise InputError(f"{path} is a folder; give a file ending in {suffix}")
    try:
        with open_regular(path) as stream:
            n_header = int.from_bytes(stream.read(8), "little")
        if n_header > _MOST_HEADER:
            raise InputError(
                f"{path} is no {what}: it does not begin like one; give a file ending in {suffix}"
            )
        with safe_open(os.fspath(path), framework="numpy") as file:
            text = (file.metadata() or {}).get("gradatim")
            if text is None:
                raise InputError(f"{path} holds tensors but no {what} of gradatim")
            views = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            kinds = {
                name: (_DTYPES.get(view.get_dtype(), view.get_dtype()), view.get_shape())
                for name, view in views.items()
            }
            return _made(path, what, text, Tensors(kinds, file.get_tensor), make)
    except OSError as error:
        known = isinstance(error, FileNotFoundError)
        # The library raises some with a text of its own and no number.
        reason = "no such file" if known else (error.strerror or str(error)).lower()
        raise InputError(f"{path} cannot be read ({reason})") from error
    except SafetensorError as error:
        said = show_name(str(error))
        raise InputError(f"{path} is no whole safetensors file: {said}") from error


def _made(
    path: str | os.PathLike[str],
    what: str,
    text: str,
    tensors: Tensors,
    make: Callable[[Any, Tensors], T],
) -> T:
    try:
        return make(json.loads(text, parse_constant=_refuse), tensors)
    except (RecursionError, MemoryError, KeyError) as error:
        reason = "it is nested too deeply"
        if isinstance(error, MemoryError):
            reason = "it would need more memory than there is"
        if isinstance(error, KeyError):
            reason = f"the entry {show_text(str(error))} is missing"
        raise InputError(f"{path} holds no {what} that can be read: {reason}") from error
    except (LookupError, TypeError, AttributeError) as error:
        # What Python says of these is about its own types.
        said = f"{path} holds no {what} that can be read: its entries are not those of one"
        raise InputError(said) from error
    except (GradatimError, ArithmeticError, ValueError) as error:
        # What a file holds instead may be as long as the file.
        reason = show_sentence(str(error))
        raise InputError(f"{path} holds no {what} that can be read: {reason}") from error


def _refuse(constant: str) -> NoReturn:
    raise InputError(f"{constant} is no number of JSON")
