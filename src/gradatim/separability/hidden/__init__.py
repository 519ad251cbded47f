"""A hidden layer of step units, built rather than trained, and proved on every row."""

from gradatim.separability.hidden.build import build_hidden
from gradatim.separability.hidden.layer import HiddenLayer

__all__ = ["HiddenLayer", "build_hidden"]
