"""Time of each certificate as the width grows: built and random networks, on a line and in a plane.

Run with ``python benchmarks/bench_certify.py``; prints a table. Each time is the smallest of three.
"""

from itertools import pairwise
from time import perf_counter

import numpy as np

from gradatim import Layer, Network, approximate, certify
from gradatim.approximation import approximate_with_units

LINE, PLANE = "sin(2*pi*x)", "exp(-(x^2+y^2))"


def random_network(n_inputs, depth, kind, width):
    random = np.random.default_rng(width)
    sizes = [n_inputs, *[width] * depth, 1]
    return Network(
        [
            Layer(
                random.normal(size=(n_out, n_in)) * np.sqrt(2 / n_in),
                random.normal(size=n_out),
                kind if i < depth else "identity",
            )
            for i, (n_in, n_out) in enumerate(pairwise(sizes))
        ]
    )


def timed(function):
    times = []
    for _ in range(3):
        start = perf_counter()
        result = function()
        times.append(perf_counter() - start)
    return min(times), result


def row(what, width, network, function, box, **options):
    seconds, bound = timed(lambda: certify(network, function, box, gap=0.05, **options))
    done = "yes" if bound.complete else "no"
    print(f"{what:34} {width:>6} {seconds:>9.3f} s {bound.n_boxes:>8,} {bound.gap:>7.2%} {done:>4}")


def main():
    print(f"{'network':34} {'units':>6} {'time':>11} {'parts':>8} {'gap':>7} {'done':>4}")
    for width in (4, 16, 64, 256):
        row(
            "built relu, line",
            width,
            approximate_with_units(LINE, (0, 1), width).network,
            LINE,
            (0, 1),
        )
    built = approximate(LINE, (0, 1), 1e-6).network
    row("built relu, line", built.layers[0].n_out, built, LINE, (0, 1))
    for tolerance in (0.1, 0.01, 0.001):
        steps = approximate(LINE, (0, 1), tolerance, "step").network
        row("built step, line", steps.layers[0].n_out, steps, LINE, (0, 1))
        plane = approximate(PLANE, ((0, 1), (0, 1)), tolerance).network
        row("built relu, plane", plane.layers[0].n_out, plane, PLANE, ((0, 1), (0, 1)))
    for kind in ("relu", "tanh", "gelu", "step"):
        for width in (4, 16, 64, 256):
            row(f"random {kind}, line", width, random_network(1, 1, kind, width), LINE, (0, 1))
            row(
                f"random {kind}, 2 hidden, plane",
                width,
                random_network(2, 2, kind, width),
                PLANE,
                ((-1, 1), (-1, 1)),
            )
    for width in (4, 16, 64):
        network = random_network(1, 1, "tanh", width)
        row("random tanh, line, arb", width, network, LINE, (0, 1), arithmetic="arb")


if __name__ == "__main__":
    main()
