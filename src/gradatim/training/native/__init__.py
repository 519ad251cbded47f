"""The native engine: a network's training as one compiled loop, for CPUs.

Conventions: compiled by numba on first use and kept on disk beside the source, so that only the
first run after an installation waits for it. Activations of a minibatch are (units, samples),
samples contiguous and filled up to a multiple of 4; parameters are one flat row a network.
float32, losses summed in float64. Each network has its own arithmetic, whatever else is trained:
alone or in company it comes out the same, bit for bit.
"""
