"""A hidden layer of step units, built rather than trained, and proved on every row."""

from gradatim.theory.hidden.build import build_hidden
from gradatim.theory.hidden.layer import HiddenLayer

__all__ = ["HiddenLayer", "build_hidden"]
