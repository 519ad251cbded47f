r"""L-BFGS over all rows at once, for many networks of one shape on one or more data sets.

Conventions: a *model* is one network of the batch; a point is its parameters as one row, weights
(n_out, n_in) and biases layer by layer, then the input factors if it learns them. Products with
the data are float32, steps and memory float64. Every evaluation serves all models that are not
done: one whose trial point is good enough accepts it and turns to a new direction, one whose is
not shortens its step, so that no model waits for another's line search [1]_.

References
----------
.. [1] J. Nocedal, S. J. Wright, "Numerical Optimization", Springer, 2006, algorithms 7.4 and 3.1.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np

from gradatim._progress import Progress
from gradatim.activations import get_activation
from gradatim.scalers import blocks
from gradatim.training.layout import Program
from gradatim.training.networks import NetworkJob, Outcome
from gradatim.training.result import FitResult

__all__ = ["TOLERANCE", "ConvexWorker", "make_workers"]

#: Largest entry of the gradient of the mean loss at which a model is solved: half of what
#: scikit-learn's LogisticRegression allows.
TOLERANCE = 5e-5

#: Pairs of steps and gradient differences that are remembered.
MEMORY = 6

#: Bytes of remembered pairs up to which data sets are solved in step: about a second cache.
_TOGETHER = 2**22

#: Sufficient decrease (Nocedal and Wright, eq. 3.4).
_ARMIJO = 1e-4

#: Shortest step that is tried.
_SHORTEST = 1e-8


class _Memory:
    """Pairs of steps and gradient differences of every model, with all their products.

    The two-loop recursion is run on coefficients of the pairs, so that a direction costs two
    passes over the memory instead of forty.
    """

    def __init__(self, n_models: int, n: int) -> None:
        # Steps, then differences; float32, since they only say where to look next.
        self._pairs = np.zeros((n_models, 2 * MEMORY, n), dtype=np.float32)
        self._products = np.zeros((n_models, 2 * MEMORY, 2 * MEMORY))
        self._count = np.zeros(n_models, dtype=int)

    def remember(self, models: np.ndarray, steps: np.ndarray, changes: np.ndarray) -> None:
        """Put a pair of some models, (n, n_parameters) each, in the place of their oldest."""
        for place, rows in ((0, steps), (MEMORY, changes)):
            slots = place + self._count[models] % MEMORY
            self._pairs[models, slots] = rows
            products = self._with_pairs(models, rows)
            self._products[models, slots] = products
            self._products[models, :, slots] = products
        self._count[models] += 1

    def direction(self, models: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Apply the two-loop recursion to the gradients of some models, (n, n_parameters).

        A model without memory takes a step of length 1 at most down its gradient.
        """
        products, count = self._products[models], self._count[models]
        dots, each = self._with_pairs(models, gradient), np.arange(len(models))
        # The direction is a multiple of the gradient and of every pair.
        weights, alphas = np.zeros_like(dots), []
        for age in range(min(int(count.max(initial=0)), MEMORY)):
            step = (count - 1 - age) % MEMORY
            there = age < count
            curvature = np.where(there, products[each, step, MEMORY + step], 1.0)
            along = dots[each, step] + (products[each, step] * weights).sum(axis=1)
            alpha = np.where(there, along / curvature, 0.0)
            weights[each, MEMORY + step] -= alpha
            alphas.append((step, alpha, curvature))
        last = (count - 1) % MEMORY
        squared = products[each, MEMORY + last, MEMORY + last]
        newton = products[each, last, MEMORY + last] / np.where(squared > 0, squared, 1.0)
        length = np.maximum(np.abs(gradient).sum(axis=1), 1.0)
        scale = np.where(count > 0, newton, 1.0 / length)
        weights *= scale[:, None]
        for step, alpha, curvature in reversed(alphas):
            change = MEMORY + step
            along = scale * dots[each, change] + (products[each, change] * weights).sum(axis=1)
            there = alpha != 0.0
            weights[each, step] += np.where(there, alpha - along / curvature, 0.0)
        found, weights = scale[:, None] * gradient, weights.astype(np.float32)
        for k, model in enumerate(models):
            found[k] += weights[k] @ self._pairs[model]
        return -found

    def _with_pairs(self, models: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Multiply every model's row with all its pairs, (n, 2 * MEMORY)."""
        products, rows = np.empty((len(models), 2 * MEMORY)), rows.astype(np.float32)
        for k, model in enumerate(models):
            products[k] = self._pairs[model] @ rows[k]
        return products


def _filled(rows: np.ndarray, n_rows: int) -> np.ndarray:
    """Fill rows up with zeros."""
    extra = [(0, n_rows - len(rows)), *[(0, 0)] * (rows.ndim - 1)]
    return np.pad(rows, extra) if len(rows) < n_rows else rows


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("mp,mp->m", a, b)


class _Objective:
    """The mean loss of every model over all rows, with its gradient.

    Points are in units of the square root of `diagonal`, in which curvatures are about 1.
    """

    def __init__(self, program: Program, jobs: Sequence[NetworkJob]) -> None:
        data = {one.job_number: one.job for one in jobs}
        places = {number: i for i, number in enumerate(data)}
        n_rows = max(len(job.X) for job in data.values())
        self.program = program
        # Rows that fill a data set up to the largest one weigh nothing.
        self.X = [_filled(job.X, n_rows) for job in data.values()]  # (n_rows, n_in) each
        targets = [_filled(job.targets.matrix, n_rows).T for job in data.values()]
        self.targets = np.stack(targets)  # (n_jobs, n_outputs, n_rows)
        self.job_of = np.array([places[one.job_number] for one in jobs])
        weight = np.stack([_filled(one.job.weight[one.number], n_rows) for one in jobs])
        counted = (weight > 0).sum(axis=1, keepdims=True)
        self.share = (weight / np.maximum(counted, 1)).astype(np.float32)  # (n_models, n_rows)
        self.decay = np.array([one.spec.weight_decay for one in jobs])
        self.smoothing = np.array([one.spec.label_smoothing for one in jobs], dtype=np.float32)
        self.shapes = list(zip(program.sizes[1:], program.sizes[:-1], strict=True))
        self.units = np.sqrt(self._diagonal())

    def __call__(self, models: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return losses (n,) and gradients (n, n_parameters) of some models at points u."""
        x = u * self.units[models]
        if len(self.shapes) == 1 and not self.program.input_scale:
            loss, gradient = self._linear(models, x)
        else:
            each = [self._deep(model, row) for model, row in zip(models, x, strict=True)]
            loss, gradient = (np.stack(part) for part in zip(*each, strict=True))
        for part in self._weights():
            loss += 0.5 * self.decay[models] * _dot(x[:, part], x[:, part])
            gradient[:, part] += self.decay[models, None] * x[:, part]
        gradient *= self.units[models]
        return loss, gradient

    def solved(self, models: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Tell of which models the gradient, in units of the parameters, vanishes."""
        return np.abs(gradient / self.units[models]).max(axis=1) <= TOLERANCE

    def _weights(self) -> list[slice]:
        """Places of the weights in a row of parameters."""
        places, start = [], 0
        for n_out, n_in in self.shapes:
            places.append(slice(start, start + n_out * n_in))
            start += n_out * (n_in + 1)
        return places

    def _linear(self, models: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Evaluate networks without a hidden layer: a product forwards and one backwards."""
        [(n_out, n_in)], n = self.shapes, len(models)
        weight = x[:, : n_out * n_in].astype(np.float32).reshape(n * n_out, n_in)
        z = np.empty((n, n_out, self.X[0].shape[0]), dtype=np.float32)
        product = np.empty((n * n_out, n_in), dtype=np.float32)
        ends = [0, *np.flatnonzero(np.diff(self.job_of[models])) + 1, n]
        parts = [(self.job_of[models[a]], slice(a * n_out, b * n_out)) for a, b in pairwise(ends)]
        flat = z.reshape(n * n_out, -1)
        for job, part in parts:
            np.matmul(weight[part], self.X[job].T, out=flat[part])
        z += x[:, n_out * n_in :].astype(np.float32)[:, :, None]
        loss, slope = self._loss(z, models)
        flat = slope.reshape(n * n_out, -1)
        for job, part in parts:
            np.matmul(flat[part], self.X[job], out=product[part])
        gradient = np.empty_like(x)
        gradient[:, : n_out * n_in] = product.reshape(n, -1)
        gradient[:, n_out * n_in :] = slope.sum(axis=2)
        return loss, gradient

    def _deep(self, model: int, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Evaluate one network with hidden layers or input factors, by the chain rule."""
        activation = get_activation(self.program.activation)
        layers, start = [], 0
        for n_out, n_in in self.shapes:
            stop = start + n_out * n_in
            weight = x[start:stop].reshape(n_out, n_in).astype(np.float32)
            layers.append((weight, x[stop : stop + n_out].astype(np.float32)))
            start = stop + n_out
        factors = x[start:].astype(np.float32) if self.program.input_scale else None
        X = self.X[self.job_of[model]]
        a, inputs, sums = X if factors is None else X * factors, [], []
        for i, (weight, bias) in enumerate(layers):
            inputs.append(a)
            sums.append(a @ weight.T + bias)
            a = activation(sums[-1]) if i < len(layers) - 1 else sums[-1]
        loss, slope = self._loss(a.T[None].copy(), np.array([model]))
        slope, back, parts = slope[0].T, X, []
        for i in reversed(range(len(layers))):
            parts[:0] = [(slope.T @ inputs[i]).ravel(), slope.sum(axis=0)]
            back = slope @ layers[i][0]
            if i:
                slope = back * activation.derivative(sums[i - 1])
        if factors is not None:
            parts.append((back * X).sum(axis=0))
        return loss[0], np.concatenate(parts).astype(np.float64)

    def _loss(self, z: np.ndarray, models: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean losses (n,) and their slopes by z, which is overwritten.

        `z` (n, n_outputs, n_rows): outputs lie apart, so that sums over them run along rows. The
        losses are those of `gradatim.losses`, computed together with their slopes.
        """
        name, share, job_of = self.program.loss, self.share[models], self.job_of[models]
        y = self.targets[job_of[:1] if (job_of == job_of[0]).all() else job_of]
        if name != "squared" and (part := self.smoothing[models]).any():
            # A softmax spreads the part over its classes, a logistic unit over its two outcomes.
            n_classes = z.shape[1] if name == "multiclass" else 2
            part = part[:, None, None]
            y = y * (1.0 - part) + part / n_classes
        if name == "multiclass":
            z -= z.max(axis=1, keepdims=True)
            product, slope = (y * z).sum(axis=1), np.exp(z, out=z)
            total = slope.sum(axis=1)
            losses = np.log(total) - product
            slope /= total[:, None]
            slope -= y
        elif name == "binary":
            size = np.abs(z)
            tail = np.exp(-size)
            losses = (0.5 * (z + size) - y * z + np.log1p(tail)).sum(axis=1)
            slope = np.where(z >= 0, 1.0, tail) / (1.0 + tail) - y
        else:
            slope = z - y
            losses = 0.5 * (slope**2).sum(axis=1)
        # where, not a product: a row without weight must not count even if its loss overflowed.
        losses = np.where(share > 0, share * losses, 0.0)
        slope *= share[:, None]
        return losses.sum(axis=1, dtype=np.float64), slope

    def _diagonal(self) -> np.ndarray:
        """Invert the diagonal of a bound of every model's Hessian; ones with hidden layers.

        The second derivative of the loss is at most 1/4 in the logit of a logistic unit, and 1
        for squared errors; with uncorrelated inputs little is left for the memory to learn.
        """
        n_models = len(self.decay)
        if len(self.shapes) > 1 or self.program.input_scale:
            return np.ones((n_models, self.program.n_parameters))
        [(n_out, n_in)] = self.shapes
        bound = 1.0 if self.program.loss == "squared" else 0.25
        second = np.zeros((n_models, n_in))
        for job, X in enumerate(self.X):
            models = np.flatnonzero(self.job_of == job)
            for part in blocks(*X.shape):
                squares = X[part].astype(np.float64) ** 2
                for model in models:
                    second[model] += self.share[model, part].astype(np.float64) @ squares
        inverse = 1.0 / np.maximum(bound * second + self.decay[:, None], 1e-6)
        return np.hstack([np.tile(inverse, n_out), np.full((n_models, n_out), 1.0 / bound)])


class _ConvexSolution(NamedTuple):
    x: np.ndarray  # (n_models, n_parameters)
    losses: list[np.ndarray]  # (n_iterations,) of each model


def _minimize(
    objective: _Objective,
    start: np.ndarray,
    limits: np.ndarray,
    stopped: threading.Event,
    progress: Progress,
) -> _ConvexSolution:
    """Minimize from rows of parameters; a model ends solved, stuck, or after its iterations.

    `start` (n_models, n_parameters), `limits` (n_models,).
    """
    n_models, n = start.shape
    x, memory = start / objective.units, _Memory(n_models, n)
    active = np.arange(n_models)
    loss, gradient = objective(active, x)
    losses = np.full((int(limits.max()) + 1, n_models), np.nan)
    losses[0], iteration = loss, np.zeros(n_models, dtype=int)
    active = active[~objective.solved(active, gradient)]
    direction, step = np.zeros_like(x), np.ones(n_models)
    direction[active] = memory.direction(active, gradient[active])
    # Most evaluations are accepted; twice the iterations leave room for shortened steps.
    for done in range(2 * int(limits.max()) + 20):
        if not len(active) or stopped.is_set():
            break
        trial = x[active] + step[active, None] * direction[active]
        found, slope = objective(active, trial)
        wanted = _ARMIJO * step[active] * _dot(gradient[active], direction[active])
        # Near the minimum the decrease drowns in the rounding of float32 products.
        rounding = np.minimum(4 * np.finfo(np.float32).eps * np.abs(loss[active]), 1e-3)
        good = found <= loss[active] + wanted + rounding
        step[active[~good]] *= 0.3
        moved = active[good]
        if len(moved):
            steps, changes = trial[good] - x[moved], slope[good] - gradient[moved]
            curved = _dot(steps, changes) > 1e-10 * _dot(steps, steps)
            if curved.any():
                memory.remember(moved[curved], steps[curved], changes[curved])
            x[moved], loss[moved], gradient[moved] = trial[good], found[good], slope[good]
            new = memory.direction(moved, gradient[moved])
            uphill = _dot(gradient[moved], new) >= 0
            new[uphill] = -gradient[moved][uphill]
            direction[moved], step[moved] = new, 1.0
            iteration[moved] += 1
            before = losses[iteration[moved] - 1, moved]
            losses[iteration[moved], moved] = np.minimum(found[good], before)
        solved = objective.solved(active, gradient[active])
        going = ~solved & (iteration[active] < limits[active]) & (step[active] >= _SHORTEST)
        active = active[going]
        if done % 10 == 9:
            left = np.zeros(n_models)
            left[active] = 1.0 - iteration[active] / limits[active]
            progress(1.0 - left.mean(), "training")
    # A start that is solved already still has one entry in its curve.
    curves = [losses[min(n, 1) : n + 1, i] for i, n in enumerate(iteration)]
    return _ConvexSolution(x * objective.units, curves)


class ConvexWorker:
    """Networks of one shape, on one or more data sets, solved in step by one thread."""

    divisible = False  # the last bits of a product depend on its width

    def __init__(self, program: Program, jobs: Sequence[NetworkJob], max_epochs: int) -> None:
        self.program, self.network_jobs = program, list(jobs)
        self.n_epochs = [one.spec.max_epochs or max_epochs for one in jobs]
        self.results: dict[tuple[int, int], FitResult] = {}
        self.on_result: Callable[[tuple[int, int], FitResult], None] | None = None
        self._stopped = threading.Event()

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to a cluster without what hears of results, and what can be stopped from here."""
        return ConvexWorker, (self.program, self.network_jobs, 0), {"n_epochs": self.n_epochs}

    @property
    def work(self) -> float:
        """Expected cost, in multiplications."""
        pairs = zip(self.network_jobs, self.n_epochs, strict=True)
        return float(self.program.n_parameters) * sum(len(o.job.X) * n for o, n in pairs)

    def cancel(self) -> None:
        """End after the next evaluation."""
        self._stopped.set()

    def run(self, progress: Progress) -> None:
        """Solve all networks; `progress` hears the share of its own work."""
        starts = [np.concatenate([np.ravel(a) for a in one.initial()]) for one in self.network_jobs]
        solution = _minimize(
            _Objective(self.program, self.network_jobs),
            np.stack(starts),
            np.array(self.n_epochs),
            self._stopped,
            progress,
        )
        if self._stopped.is_set():
            return
        for one, x, losses in zip(self.network_jobs, solution.x, solution.losses, strict=True):
            result = one.result(self._outcome(x.astype(np.float32), losses))
            self.results[one.key] = result
            if self.on_result is not None:
                self.on_result(one.key, result)

    def _outcome(self, x: np.ndarray, losses: np.ndarray) -> Outcome:
        layers, start = [], 0
        for n_in, n_out in zip(self.program.sizes[:-1], self.program.sizes[1:], strict=True):
            stop = start + n_in * n_out
            layers.append((x[start:stop].reshape(n_out, n_in), x[stop : stop + n_out]))
            start = stop + n_out
        return Outcome(
            layers,
            x[start:] if self.program.input_scale else None,
            best_epoch=len(losses),
            stopped_early=False,
            diverged=not np.isfinite(losses).all(),
            loss_curve=losses,
            validation_curve=np.empty(0),
        )


def make_workers(
    program: Program, jobs: Sequence[NetworkJob], max_epochs: int, n_workers: int
) -> list[ConvexWorker]:
    """Put data sets together whose memory fits a cache, for as many workers as there are threads.

    Steps in Python cost the same for many networks as for one.
    """
    limit = min(_TOGETHER // (8 * MEMORY * program.n_parameters), -(-len(jobs) // n_workers))
    workers: list[list[NetworkJob]] = []
    for _, group in groupby(jobs, key=lambda one: one.job_number):
        own = list(group)
        if workers and len(workers[-1]) + len(own) <= limit:
            workers[-1] += own
        else:
            workers.append(own)
    if len(workers) < n_workers:
        cut = [np.array_split(np.arange(len(w)), min(n_workers, len(w))) for w in workers]
        workers = [[w[i] for i in part] for w, c in zip(workers, cut, strict=True) for part in c]
    return [ConvexWorker(program, own, max_epochs) for own in workers]
