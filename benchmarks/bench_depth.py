"""What the proofs about depth take as they grow: pieces counted, sawtooths and parity proved.

Usage: ``python benchmarks/bench_depth.py``. Every time is the best of three; nothing is trained.
"""

from __future__ import annotations

import platform
import time
from itertools import pairwise

import numpy as np

from gradatim.depth import (
    count_pieces,
    deep_sawtooth,
    parity_layer,
    parity_tree,
    prove_parity,
    prove_sawtooth,
    sawtooth_error,
    shallow_sawtooth,
)
from gradatim.network.graph import Layer, Network

ROUNDS = 3


def seconds(work):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def random_network(widths, seed=0):
    """Return a ReLU network with He's weights and normal biases, 17 digits each."""
    rng = np.random.default_rng(seed)
    sizes = (1, *widths, 1)
    layers = []
    for n_in, n_out in pairwise(sizes):
        weight = rng.normal(size=(n_out, n_in)) * np.sqrt(2 / n_in)
        layers.append(Layer(weight, rng.normal(size=n_out), "relu"))
    return Network([*layers[:-1], Layer(layers[-1].weight, layers[-1].bias)])


def main():
    print("| teeth | deep units | deep proved, s | shallow units | shallow proved, s | error, s |")
    print("|--:|--:|--:|--:|--:|--:|")
    for k in range(0, 13, 2):
        teeth = 2**k
        deep, shallow = deep_sawtooth(teeth), shallow_sawtooth(teeth)
        times = [
            seconds(lambda d=deep, t=teeth: prove_sawtooth(d, t)),
            seconds(lambda s=shallow, t=teeth: prove_sawtooth(s, t)),
            seconds(lambda d=deep, t=teeth: sawtooth_error(d, t)),
        ]
        units = [sum(network.layer_sizes[1:-1]) for network in (deep, shallow)]
        print(
            f"| {teeth:,} | {units[0]} | {times[0]:.3g} | {units[1]:,} | {times[1]:.3g} | "
            f"{times[2]:.3g} |",
            flush=True,
        )
    print()
    print("| random ReLU network | pieces on the whole line | counted, s |")
    print("|---|--:|--:|")
    for widths in ((1000,), (10_000,), (50,) * 2, (50,) * 4, (100,) * 3, (200, 200)):
        network = random_network(widths)
        took = seconds(lambda n=network: count_pieces(n))
        name = " x ".join(map(str, widths))
        print(f"| {name} | {count_pieces(network):,} | {took:.3g} |", flush=True)
    print()
    print("| bits | layer: parameters | proved, s | tree: parameters | proved, s |")
    print("|--:|--:|--:|--:|--:|")
    for n in (4, 8, 12, 16):
        layer, tree = parity_layer(n), parity_tree(n)
        times = [seconds(lambda net=network: prove_parity(net)) for network in (layer, tree)]
        print(
            f"| {n} | {layer.n_parameters} | {times[0]:.3g} | {tree.n_parameters} | "
            f"{times[1]:.3g} |",
            flush=True,
        )
    print(f"\nPython {platform.python_version()}, {platform.processor() or platform.machine()}")


if __name__ == "__main__":
    main()
