r"""Where the lines of step units cross: the small cells between them, which no grid meets.

Conventions: lines as in `kinks`. Around the point where two lines cross, a sum of steps takes up to
four values; every bounded cell has such a corner, so these are all its values but at the border.
"""

from __future__ import annotations

import numpy as np

from gradatim.approximation.kinks import Lines

# How far from the corner a point of each sector lies.
_BESIDE = 1e-7
_STATES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_ROWS = 20_000


class Corners:
    """Corners of the cells of some lines in the square [-1, 1]^2."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        i, j = np.triu_indices(len(lines.bias), 1)
        (a, b), (c, d) = lines.weight[i].T, lines.weight[j].T
        scale = a * d - b * c
        with np.errstate(all="ignore"):
            x = (b * lines.bias[j] - d * lines.bias[i]) / scale
            y = (c * lines.bias[i] - a * lines.bias[j]) / scale
        inside = (np.abs(scale) > 1e-9) & (np.abs(x) <= 1) & (np.abs(y) <= 1)
        self._pairs = np.stack([i[inside], j[inside]], axis=1)
        #: Corners, shape (n_corners, 2).
        self.points = np.stack([x[inside], y[inside]], axis=1)

    def worst(
        self, output: np.ndarray, constant: float, y: np.ndarray, most: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return points beside the corners with the largest errors, and these errors.

        `output` (n_lines,); `y` (n_corners,); returns (n_points, 2); returns (n_points,).
        """
        first, second = self._pairs.T
        heights = output[self._pairs]
        total = np.empty(len(y))
        for k in range(0, len(y), _ROWS):
            part = slice(k, k + _ROWS)
            z = self.points[part] @ self._lines.weight.T + self._lines.bias
            rows = np.arange(len(z))
            z[rows, first[part]] = z[rows, second[part]] = -1.0
            total[part] = (z >= 0) @ output
        errors = np.abs((constant + total - y)[:, None] + heights @ _STATES.T)
        state = np.argmax(errors, axis=1)
        largest = errors[np.arange(len(y)), state]
        order = np.argsort(-largest, kind="stable")[:most]
        sides = _BESIDE * (2 * _STATES[state[order]] - 1)
        normals = self._lines.weight[self._pairs[order]]
        moves = np.linalg.solve(normals, sides[..., None])[..., 0]
        return np.clip(self.points[order] + moves, -1, 1), largest[order]
