"""`world`: find the country from which a recording of traditional music comes.

Conventions: latitude and longitude are degrees, north and east positive. The source gives each
recording the position of its country's capital (of Taiwan: the middle of the island), so that a
country is a position and a position a country.
"""

from __future__ import annotations

import numpy as np

from gradatim.collection import Collection
from gradatim.datasets._files import read_arrays
from gradatim.errors import SpecError

#: Country of every position (latitude, longitude) in the data.
COUNTRIES = {
    (-35.30, 149.12): "Australia",
    (-15.75, -47.95): "Brazil",
    (-6.17, 35.74): "Tanzania",
    (-6.17, 106.82): "Indonesia",
    (-1.26, 36.80): "Kenya",
    (9.03, 38.74): "Ethiopia",
    (11.55, 104.91): "Cambodia",
    (12.65, -8.00): "Mali",
    (13.75, 100.48): "Thailand",
    (14.66, -17.41): "Senegal",
    (14.91, -23.51): "Cape Verde",
    (17.25, -88.76): "Belize",
    (17.98, -76.80): "Jamaica",
    (19.75, 96.10): "Myanmar",
    (23.76, 121.00): "Taiwan",
    (28.61, 77.20): "India",
    (30.03, 31.21): "Egypt",
    (33.66, 73.16): "Pakistan",
    (34.03, -6.85): "Morocco",
    (35.68, 51.41): "Iran",
    (35.70, 139.71): "Japan",
    (36.70, 3.21): "Algeria",
    (38.00, 23.71): "Greece",
    (39.91, 32.83): "Turkey",
    (39.91, 116.38): "China",
    (41.26, 69.21): "Uzbekistan",
    (41.33, 19.80): "Albania",
    (41.71, 44.78): "Georgia",
    (41.90, 12.48): "Italy",
    (42.86, 74.60): "Kyrgyzstan",
    (44.41, 26.10): "Romania",
    (52.50, -0.12): "United Kingdom",
    (54.68, 25.31): "Lithuania",
}

_ORIGIN = (
    "Geographical Origin of Music by Fang Zhou, UCI Machine Learning Repository, CC BY 4.0, "
    "https://doi.org/10.24432/C5VK5D"
)


def load_world(target: str = "country") -> Collection:
    """Load 1,059 recordings of traditional music from 33 countries [1]_.

    Parameters
    ----------
    target : {"country", "position"}
        Names of countries as classes, or latitude and longitude as a regression.

    Returns
    -------
    Collection
        Input ``"features"`` (1059, 68): means and deviations of timbre and chroma, as the source
        gives them. There are no groups: the source does not tell artists or albums.

    Raises
    ------
    SpecError
        If there is no such target.

    References
    ----------
    .. [1] F. Zhou, Q. Claire and R. D. King, "Predicting the Geographical Origin of Music", IEEE
       International Conference on Data Mining, pp. 1115-1120, 2014.

    Examples
    --------
    >>> world = load_world()
    >>> world.X["features"].shape, world.y[-1], len(world.classes)
    ((1059, 68), np.str_('Lithuania'), 33)
    >>> load_world("position").y[-1].tolist()
    [54.68, 25.31]
    """
    if target not in ("country", "position"):
        raise SpecError(f"world has no target {target!r}; choose country or position")
    arrays = read_arrays("world")
    features, position = arrays["features"], arrays["position"]
    is_country = target == "country"
    countries = np.array([COUNTRIES[lat, lon] for lat, lon in position.tolist()])
    return Collection(
        name="world",
        X={"features": features},
        y=countries if is_country else position,
        task="classification" if is_country else "regression",
        ids=np.array([f"recording {k}" for k in range(1, len(features) + 1)]),
        feature_names={"features": tuple(f"f{k}" for k in range(features.shape[1]))},
        target_names=() if is_country else ("latitude", "longitude"),
        target_units=() if is_country else ("°", "°"),
        origin=_ORIGIN,
    )
