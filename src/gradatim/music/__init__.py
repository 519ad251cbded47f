"""Music in: a folder of audio becomes a `Collection`.

Conventions: names are loaded when first used, so that importing this part does not import
librosa.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.music.audio import FileSound, load_audio
    from gradatim.music.features import FEATURE_NAMES, extract_features
    from gradatim.music.folders import read_folder

__all__ = [
    "FEATURE_NAMES",
    "FileSound",
    "extract_features",
    "load_audio",
    "read_folder",
]

_HOMES = {
    "FEATURE_NAMES": "features",
    "FileSound": "audio",
    "extract_features": "features",
    "load_audio": "audio",
    "read_folder": "folders",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
