"""The benches by name: what each measures, and about how long it takes.

Conventions: in the order in which ``python -m benchmarks all`` runs them, the shortest first; a
bench's module is imported when it is run. Expected times are those of two cores of 2 GHz.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from benchmarks.result import Options, Report, Result

__all__ = ["BENCHES", "MODULES", "Bench"]


@dataclass(frozen=True)
class Bench:
    """Something that can be measured.

    Parameters
    ----------
    name : str
        What it is called on the command line.
    measures : str
        What it measures, in a line.
    home : str
        ``module:function`` in this part; takes the arguments, options and a report.
    fixed, a_round : float
        Expected seconds before the rounds, and of each round.
    arguments : tuple
        What the function is given first.
    """

    name: str
    measures: str
    home: str
    fixed: float
    a_round: float
    arguments: tuple[str, ...] = ()

    def seconds(self, options: Options) -> float:
        """Guess how long it takes, in seconds."""
        if options.quick:
            return 25.0
        more = 2.0 if self.name == "verdict" and options.table is not None else 1.0
        return more * (self.fixed + options.rounds * self.a_round)

    def run(self, options: Options, report: Report) -> Result:
        """Measure.

        Parameters
        ----------
        options : Options
            How to measure.
        report : callable
            Hears the finished share, in [0, 1], and what is being measured.

        Returns
        -------
        Result
            What was found.
        """
        module, function = self.home.split(":")
        measure = getattr(import_module(f"benchmarks.{module}"), function)
        return measure(*self.arguments, options, report)


#: Measurements without rounds or peers in turns: ``python -m benchmarks.NAME`` prints a table.
MODULES = {
    "accuracy": "accuracy of strong networks beside RealMLP and scikit-learn",
    "verdict_calibration": "how often a verdict is wrong, on simulated collections",
    "coverage": "how often prediction sets hold the true class",
    "bench_shuffled": "climbs of a table or folder on shuffled labels: nothing should be found",
    "bench_leaks": "the leak alarm on clean tables and on tables that leak",
    "bench_labels": "planted wrong labels found, beside cleanlab",
    "bench_landmarks": "kernel machines on landmarks beside exact ones",
    "bench_ladder": "the logistic and deep rungs beside scikit-learn, on the same folds",
    "bench_features": "features of sounds per second, beside librosa",
    "bench_near_linear": "networks on near-linear tables, beside the logistic rung",
    "bench_inputs": "sets of features of drum hits: hand-made, mel, pretrained, raw and unions",
    "bench_raw": "networks on raw cycles of a wave, beside features",
    "bench_separate": "time of separate as rows and features grow",
    "bench_certify": "time of certificates as the width grows",
    "bench_depth": "time of the proofs about depth",
    "bench_lab": "the lab's page in Chromium: speeds, pictures, first paint, links",
    "bench_lab_server": "thirty pages at once on one lab server",
    "bench_throughput": "folders of sounds through worker processes, beside librosa and joblib",
    "bench_cluster": "a cluster of two nodes beside one machine: the same to the last bit",
    "bench_growth": "time and memory of a climb as its rows grow",
    "bench_kills": "extraction while workers, parents and nodes are killed",
    "fresh": "first calls in a fresh process",
}

#: Every bench, in the order in which all of them are run.
BENCHES: dict[str, Bench] = {
    bench.name: bench
    for bench in (
        Bench(
            "single",
            "one network of 2-8-8-1, all parameters handed back each epoch: steps per second",
            "single:measure",
            fixed=10,
            a_round=5,
        ),
        Bench(
            "w1",
            "1,008 networks of 2 features, widths 2 to 16, depths 1 to 3, beside scikit-learn",
            "many:measure",
            fixed=45,
            a_round=20,
            arguments=("w1",),
        ),
        Bench(
            "w2",
            "496 networks of 57 features, 10 classes, widths 8 to 128, beside scikit-learn",
            "many:measure",
            fixed=150,
            a_round=55,
            arguments=("w2",),
        ),
        Bench(
            "w3",
            "24 networks of 256 features, 10,000 rows, widths 64 to 512, beside scikit-learn",
            "many:measure",
            fixed=130,
            a_round=105,
            arguments=("w3",),
        ),
        Bench(
            "ten-thousand",
            "10,000 networks with five folds as row weights: time, memory, error of the time left",
            "scale:measure",
            fixed=80,
            a_round=20,
        ),
        Bench(
            "cost",
            "time against networks, rows, features, width, depth: slopes, and where they bend",
            "cost:measure",
            fixed=120,
            a_round=30,
        ),
        Bench(
            "verdict",
            "gradatim climb beside the same ladder written with scikit-learn and PyTorch",
            "verdict:measure",
            fixed=400,
            a_round=240,
        ),
    )
}
